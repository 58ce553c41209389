"""Too many wait for the guarded reader: every door says so in words, and nothing that was given is lost (EML-6, SUB-1)."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.urls import reverse

from portal.actors import SYSTEM
from portal.guarded import process
from portal.models import AuditEvent
from portal.tenancy import act_as_staff
from tests.api import is_problem, programme_of
from tests.cast import MORNING, World
from tests.mails import came, raw_mail
from tests.spamming import FORM, eml, upload
from tickets.mail.guarded import guarded_reading
from tickets.models import RawMail, SpamReport

pytestmark = pytest.mark.django_db
NEW = "/c/alder/suspicious/new/"
BUSY = "Too many wait to have a mail looked at. Try again in a moment."
Reading = Callable[[], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


@pytest.fixture
def somebody_reads(monkeypatch: pytest.MonkeyPatch) -> Reading:
    """The reader is at work for somebody else; who comes meanwhile waits a twentieth of a second instead of twenty."""

    @contextmanager
    def reading() -> Iterator[None]:
        with monkeypatch.context() as patch, guarded_reading(eml()):
            patch.setattr(process, "QUEUE", 0.01)
            yield

    return reading


@pytest.mark.clause("EML-6")
def test_the_form_says_so_and_keeps_the_file_and_the_words(world: World, as_user: Any, somebody_reads: Reading) -> None:
    ben, given = as_user(world.ben), {**FORM, "note": "It came at night.", "idempotency_key": "once-only"}
    with somebody_reads():
        answer = ben.post(NEW, {**given, "files": upload()})
    page = answer.content.decode()
    assert answer.status_code == 503 and BUSY in page and "It came at night." in page
    [token] = re.findall(r'name="files-kept" value="([^"]+)"', page)
    with act_as_staff(SYSTEM):
        assert not SpamReport.objects.exists()
    assert ben.post(NEW, {**given, "files-kept": token}).status_code == 302
    with act_as_staff(SYSTEM):
        assert SpamReport.objects.get().attachment_id is not None


@pytest.mark.clause("EML-6")
def test_a_programme_gets_a_problem_and_may_send_it_again_with_the_same_key(
    world: World, somebody_reads: Reading
) -> None:
    programme, given = programme_of(world.ben), {"recipient": "ben@example.org", "harm": "nothing"}
    with somebody_reads():
        said = is_problem(programme.upload("mail-reports", given | {"files": upload()}, key="one"), 503)
    assert said["errors"] == [{"field": "files", "detail": BUSY}]
    assert programme.upload("mail-reports", given | {"files": upload()}, key="one").status_code == 201
    operation = programme.get("schema.json").json()["paths"]["/api/v1/mail-reports"]["post"]
    assert "503" in operation["responses"] and "503: very many mails" in operation["description"]


@pytest.mark.clause("SUB-1")
@pytest.mark.parametrize("act", ["again", "release", "give"])
def test_staff_who_settle_a_mail_keep_what_they_wrote(
    world: World, as_user: Any, somebody_reads: Reading, act: str
) -> None:
    row = came(raw_mail(world.ben, passed=False))
    given = {"email": world.ben.user.email, "reason": "I rang him."}
    with somebody_reads():
        answer = as_user(world.cora).post(reverse(f"desk:mail_in_{act}", args=[row.pk]), given)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert BUSY in answer.content.decode() and "I rang him." in answer.content.decode()
    with act_as_staff(SYSTEM):
        assert RawMail.objects.get(pk=row.pk).state == "quarantined"


@pytest.mark.clause("SUB-1")
def test_staff_who_open_a_mail_are_told(world: World, as_user: Any, somebody_reads: Reading) -> None:
    row = came(raw_mail("new.person@example.org"))
    with somebody_reads():
        page = as_user(world.cora).post(reverse("desk:mail_in_words", args=[row.pk]), follow=True)
    assert page.status_code == 200 and BUSY in page.content.decode()


@pytest.mark.clause("SUB-1")
@pytest.mark.parametrize("act", ["open", "again", "release"])
def test_a_programme_of_the_staff_gets_a_problem_and_nothing_is_done(
    world: World, somebody_reads: Reading, act: str
) -> None:
    row, cora = came(raw_mail(world.ben, passed=False)), programme_of(world.cora)
    given = {} if act == "open" else {"reason": "I rang him."}
    with somebody_reads():
        answer = cora.post(f"mail-in/{row.pk}/{act}", given, key="one")
    assert is_problem(answer, 503)["detail"] == BUSY and answer.headers["Retry-After"] == "10"
    with act_as_staff(SYSTEM):
        assert RawMail.objects.get(pk=row.pk).state == "quarantined"
        assert not AuditEvent.objects.filter(kind__in=["mail opened", "mail run again", "mail released"]).exists()
    assert cora.post(f"mail-in/{row.pk}/{act}", given, key="one").status_code == 200
