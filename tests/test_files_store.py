"""The store: random names, closed to others, whole files or none, and nothing left lying about (TRUST A19, F11)."""

import hashlib
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.files import NoRoom, discard, discarded_on_failure, open_stored, orphans, take
from portal.files import store as room
from tests.filemaking import bytes_of, folder, picture, stored_files, upload  # noqa: F401

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def place(folder: Path) -> Path:
    return folder


def test_nothing_of_the_senders_name_reaches_the_disk(place: Path) -> None:
    taken = take(upload("../../etc/cron.d/evil.txt", b"words"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/[0-9a-f]{32}", taken.storage_name)
    assert stored_files(place) == [taken.storage_name]


def test_only_the_portal_may_read(place: Path) -> None:
    previous = os.umask(0)
    try:
        taken = take(upload("a.txt", b"words"))
    finally:
        os.umask(previous)
    file = place / taken.storage_name
    assert [oct(path.stat().st_mode & 0o777) for path in (file, file.parent, place, place / room.INCOMING)] == [
        "0o600",
        "0o700",
        "0o700",
        "0o700",
    ]


def test_the_hash_is_that_of_the_stored_bytes() -> None:
    taken = take(upload("a.jpg", picture("JPEG")))
    stored = bytes_of(taken.storage_name)
    assert (taken.sha256, taken.size) == (hashlib.sha256(stored).hexdigest(), len(stored))


def test_the_same_file_twice_lies_there_twice() -> None:
    assert len({take(upload("a.txt", b"words")).storage_name for _ in range(2)}) == 2


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "2026-11-24/../../secret", "2026-11-24/" + "g" * 32, ""])
def test_a_name_that_is_none_of_ours_opens_nothing(place: Path, name: str) -> None:
    (place.parent / "secret").write_text("secret")
    with pytest.raises(FileNotFoundError):
        open_stored(name)
    discard(name)
    assert (place.parent / "secret").exists()


def test_a_discarded_file_is_gone_and_may_be_discarded_again(place: Path) -> None:
    taken = take(upload("a.txt", b"words"))
    discard(taken.storage_name)
    discard(taken.storage_name)
    assert stored_files(place) == []


def test_files_of_failed_work_are_discarded(place: Path) -> None:
    files = [take(upload("a.txt", b"words")), take(upload("b.txt", b"words"))]
    with pytest.raises(ValueError, match="no"), discarded_on_failure(files):
        raise ValueError("no")
    assert stored_files(place) == []


def test_files_of_work_that_went_well_stay(place: Path) -> None:
    files = [take(upload("a.txt", b"words"))]
    with discarded_on_failure(files):
        pass
    assert stored_files(place) == [files[0].storage_name]


def age(path: Path, hours: float) -> None:
    then = path.stat().st_mtime - hours * 3600
    os.utime(path, (then, then))


def test_orphans_go_and_known_files_stay(place: Path) -> None:
    known, lost, fresh = (take(upload("a.txt", b"words")).storage_name for _ in range(3))
    for name in (known, lost):
        age(place / name, 4)
    asked: list[list[str]] = []

    def rows(names: list[str]) -> set[str]:
        asked.append(names)
        return {known} & set(names)

    assert orphans(rows) == 1
    assert stored_files(place) == sorted([known, fresh])
    assert [sorted(names) for names in asked] == [sorted([known, lost])]


def test_leftovers_of_killed_uploads_go(place: Path) -> None:
    taken = take(upload("a.txt", b"words"))
    draft, spooled = place / taken.storage_name.replace("/", "/.draft-"), place / room.INCOMING / "tmpabc"
    for path in (draft, spooled):
        path.write_bytes(b"half")
        age(path, 4)
    assert orphans(lambda _: set()) == 2
    assert stored_files(place) == [taken.storage_name]


def test_the_sweep_looks_at_the_last_days_only(place: Path) -> None:
    days = [datetime.now(UTC).date() - timedelta(days=back) for back in (2, 400)]  # noqa: TID251 - as on the disk
    names = [f"{day:%Y-%m-%d}/{'a' * 32}" for day in days]
    for name in names:
        (place / name).parent.mkdir(parents=True)
        (place / name).write_bytes(b"old")
        age(place / name, 24)
    assert orphans(lambda _: set()) == 1
    assert stored_files(place) == [names[1]]


def test_an_empty_store_has_no_orphans() -> None:
    assert orphans(set) == 0


FULL_DISK = """
import os, resource, signal, sys
import django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from portal.files import NoRoom, take
from tests.filemaking import picture
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
big = {"text": ("big.txt", b"x" * 3_000_000), "picture": ("big.png", picture("BMP", size=(800, 800)))}[sys.argv[1]]
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    take(SimpleUploadedFile(*big))
except NoRoom as error:
    print(error.status, error.sentence)
print(take(SimpleUploadedFile("small.txt", b"words")).name)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(take(SimpleUploadedFile(*big)).content_type)
"""


@pytest.mark.parametrize(("kind", "content_type"), [("text", "text/plain"), ("picture", "image/png")])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, kind: str, content_type: str) -> None:
    """A process that may write no more than 200 KB stands for a disk without room; afterwards there is room again."""
    environment = {
        **os.environ,
        "PORTAL_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, kind], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    said, small, again = done.stdout.splitlines()[-3:]
    assert said.startswith("507 “big.") and "our disk is full" in said
    assert (small, again) == ("small.txt", content_type)
    assert len(stored_files(tmp_path / "files")) == 2


def test_the_last_of_the_disk_is_kept_for_the_database(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setattr("portal.files.intake.RESERVE_BYTES", 10**18)
    usage = type("Usage", (), {"free": 10_000, "total": 10**15})
    monkeypatch.setattr("portal.files.intake.shutil.disk_usage", lambda _: usage)
    with pytest.raises(NoRoom):
        take(upload("a.txt", b"words"))
    assert stored_files(place) == []
