"""The file field: what was chosen once is never lost, and every refusal names the file (issue A slice 5, TRUST F11)."""

import errno
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from portal.files import BadFile, NoRoom, TooLarge, take
from portal.files.forms import MultipleFileField, hand_files_back, status_of
from portal.files.limits import POST_FILES
from portal.files.tokens import SALT, taken_from, token_of
from portal.files.uploads import NotKept
from tests.filemaking import folder, picture, stored_files, upload  # noqa: F401

pytestmark = pytest.mark.usefixtures("folder")
OWNER = "user 7 client 3"


class Ask(forms.Form):
    body = forms.CharField()
    files = MultipleFileField()


def ask(
    *sent: SimpleUploadedFile, body: str = "Help", kept: list[str] | None = None, owner: str = OWNER, used: Any = None
) -> Ask:
    data = MultiValueDict({"body": [body], "files-kept": kept or []})
    form = Ask(data, MultiValueDict({"files": list(sent)}))
    hand_files_back(form, owner, used or (lambda names: set()))
    return form


def offered(form: Ask) -> list[str]:
    """The tokens in the page."""
    return re.findall(r'name="files-kept" value="([^"]+)" checked', str(form["files"]))


def test_several_files_become_taken_files() -> None:
    form = ask(upload("a.txt", b"words"), upload("b.heic", picture("HEIF")))
    assert form.is_valid()
    assert [taken.name for taken in form.cleaned_data["files"]] == ["a.txt", "b.jpg"]


def test_no_file_is_fine() -> None:
    form = ask()
    assert form.is_valid()
    assert form.cleaned_data["files"] == []


def test_a_needed_file_is_asked_for() -> None:
    class Needed(forms.Form):
        files = MultipleFileField(required=True)

    assert Needed({}, {}).errors["files"] == ["Please add a file."]


def test_every_refusal_names_its_file() -> None:
    form = ask(upload("a.exe", b"MZ"), upload("b.txt", b"words"), upload("c.txt", b""))
    faults = form.errors["files"]
    assert [fault.split("”")[0] for fault in faults] == ["“a.exe", "“c.txt"]
    assert status_of(form) == 422


def test_good_files_of_a_refused_form_are_offered_again() -> None:
    first = ask(upload("a.txt", b"words"), upload("b.exe", b"MZ"), body="")
    assert not first.is_valid()
    second = ask(upload("c.txt", b"more"), kept=offered(first))
    assert second.is_valid()
    assert [taken.name for taken in second.cleaned_data["files"]] == ["a.txt", "c.txt"]


def test_the_page_names_what_it_keeps(folder: Path) -> None:
    form = ask(upload("<b>bold.txt", b"words"), body="")
    assert not form.is_valid()
    page = str(form["files"])
    assert "b_bold.txt" in page
    assert 'type="file"' in page
    assert "multiple" in page
    assert 'capture="environment"' in page
    assert stored_files(folder)[0] not in page


def test_a_file_handed_in_twice_counts_once() -> None:
    token = token_of(take(upload("a.txt", b"words")), OWNER)
    form = ask(kept=[token, token])
    assert form.is_valid()
    assert len(form.cleaned_data["files"]) == 1


@pytest.mark.parametrize("owner", ["user 8 client 3", ""])
def test_nobody_elses_file_is_handed_in(owner: str) -> None:
    token = token_of(take(upload("a.txt", b"words")), OWNER)
    form = ask(kept=[token], owner=owner)
    assert form.errors["files"] == ["A file that you had added is no longer here. Please choose it again."]


def test_a_forged_token_is_nothing() -> None:
    forged = signing.dumps({"owner": OWNER, "file": {"storage_name": "../secret"}}, key="another key" * 5, salt=SALT)
    assert not ask(kept=[forged]).is_valid()
    assert not ask(kept=["rubbish"]).is_valid()


def test_a_token_lives_two_hours(frozen: Any) -> None:
    frozen("2026-11-24T10:40+00:00")
    token = token_of(take(upload("a.txt", b"words")), OWNER)
    frozen("2026-11-24T12:39+00:00")
    assert taken_from(token, OWNER)
    frozen("2026-11-24T12:41+00:00")
    assert taken_from(token, OWNER) is None


def test_a_file_that_a_row_has_already_is_not_handed_in_again() -> None:
    """A double post, or the browser's back button after sending."""
    token = token_of(take(upload("a.txt", b"words")), OWNER)
    assert not ask(kept=[token], used=set).is_valid()


def test_eleven_files_are_one_too_many() -> None:
    form = ask(*(upload(f"{number}.txt", b"words") for number in range(POST_FILES + 1)))
    assert not form.is_valid()
    assert status_of(form) == 413
    assert len(offered(form)) == POST_FILES


def test_kept_files_count_into_the_number() -> None:
    kept = [token_of(take(upload("a.txt", b"words")), OWNER) for _ in range(POST_FILES)]
    assert status_of(ask(upload("b.txt", b"words"), kept=kept)) == 413


def test_files_of_more_than_a_posts_bytes_are_refused(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("portal.files.forms.POST_BYTES", 10)
    form = ask(upload("a.txt", b"12345678"), upload("b.txt", b"12345678"))
    assert status_of(form) == 413
    assert len(stored_files(folder)) == 1


# ---- How files arrive -------------------------------------------------------------------------------------------------


@pytest.fixture
def spooled(settings: Any) -> None:
    """Every post counts as large, so that each file goes through the disk."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0


@pytest.fixture
def posts() -> Iterator[Any]:
    """`posts(files=..., body=...)`: what arrived."""
    requests = []

    def post(**fields: Any) -> Any:
        request = RequestFactory().post("/", fields)
        requests.append(request)
        request.POST.keys()
        return request

    yield post
    for request in requests:
        request.close()


@pytest.mark.usefixtures("spooled")
def test_a_large_file_arrives_on_the_disk_of_the_files(posts: Any, folder: Path) -> None:
    request = posts(files=upload("a.txt", b"words" * 50_000), body="Help")
    arrived = request.FILES["files"]
    assert Path(arrived.temporary_file_path()).parent == folder / "incoming"
    assert take(arrived).size == 250_000
    arrived.close()
    assert len(stored_files(folder)) == 1


@pytest.mark.usefixtures("spooled")
def test_a_file_over_the_cap_costs_no_disk_and_no_typed_word(
    posts: Any,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.files.uploads.FILE_BYTES", 100_000)
    request = posts(files=[upload("big.txt", b"x" * 300_000), upload("b.txt", b"words")], body="My long story")
    big, small = request.FILES.getlist("files")
    assert request.POST["body"] == "My long story"
    assert isinstance(big, NotKept)
    with pytest.raises(TooLarge, match=r"“big.txt” is larger than"):
        take(big)
    assert take(small).name == "b.txt"
    assert len(stored_files(folder)) == 2  # the small one, and its spool until the request is closed


@pytest.mark.usefixtures("spooled")
def test_files_over_the_posts_cap_are_let_go_one_by_one(posts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.files.uploads.POST_BYTES", 100_000)
    request = posts(files=[upload("a.txt", b"x" * 80_000), upload("b.txt", b"x" * 80_000)])
    first, second = request.FILES.getlist("files")
    assert take(first).size == 80_000
    with pytest.raises(BadFile, match=r"“b.txt” is over .* in all"):
        take(second)


@pytest.mark.usefixtures("spooled")
def test_a_full_disk_while_a_file_arrives_loses_no_typed_word(
    posts: Any,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full() -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr("portal.files.uploads.incoming", full)
        request = posts(files=upload("a.txt", b"x" * 80_000), body="My long story")
    assert request.POST["body"] == "My long story"
    with pytest.raises(NoRoom, match="our disk is full"):
        take(request.FILES["files"])
    form = Ask(request.POST, request.FILES)
    assert status_of(form) == 507
    assert form["body"].value() == "My long story"
    assert stored_files(folder) == []


@pytest.mark.usefixtures("spooled")
def test_another_fault_of_the_disk_is_not_taken_for_a_full_one(posts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Path:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("portal.files.uploads.incoming", broken)
    with pytest.raises(OSError, match="Input/output"):
        posts(files=upload("a.txt", b"x" * 80_000))


def test_a_small_post_stays_in_memory(posts: Any, folder: Path) -> None:
    assert take(posts(files=upload("a.txt", b"words")).FILES["files"]).size == 5
    assert len(stored_files(folder)) == 1
