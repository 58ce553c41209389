"""A suspicious mail that is forwarded as an attachment to the address for reports (EML-6)."""

from email import message_from_bytes
from email.message import EmailMessage

import pytest

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.cast import World
from tests.mailcorpus import corpus
from tests.mails import DESK, came, raw_mail
from tests.spamming import eml
from tickets.mail.guarded import guarded_parse
from tickets.models import Attachment, RawMail, SpamReport
from tickets.rules.mail.verdict import RawState
from tickets.rules.spam import is_a_mail, suspect_of

pytestmark = [pytest.mark.django_db, pytest.mark.clause("EML-6", "SUB-1")]
REPORTS = "support+report@northgate.example"


def forwarded(who: str, suspicious: bytes, *, to: str = REPORTS) -> bytes:
    """A mail with another one attached, as a mail program forwards it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = who, to, "Is this real?"
    mail["Message-ID"] = "<forwarded@example.org>"
    mail.set_content("I did not click on anything.")
    mail.add_attachment(message_from_bytes(suspicious))
    return mail.as_bytes()


def test_a_forwarded_mail_becomes_a_report_of_its_sender(world: World) -> None:
    row = came(forwarded("ben@example.org", eml()), to=[REPORTS])
    assert row.state == RawState.TICKETED
    with act_as_staff(SYSTEM):
        report = SpamReport.objects.select_related("ticket").get()
        kept = Attachment.objects.get(pk=report.attachment_id)
    assert report.ticket_id == row.ticket_id and report.client_id == world.alder.pk
    assert (report.sender, report.recipient, report.harm) == ("service@evil.example", "ben@example.org", "unknown")
    assert report.links == [["www.bank.example", "https://evil.example/login", True]]
    assert kept.content_type == "message/rfc822" and report.ticket.requester_label == "Ben Baker"


@pytest.mark.parametrize("case", ["desk", "no-mail", "stranger"])
def test_only_a_mail_in_a_registered_persons_mail_to_that_address_is_a_report(world: World, case: str) -> None:
    mails = {
        "desk": (forwarded("ben@example.org", eml(), to=DESK), DESK, RawState.TICKETED),
        "no-mail": (raw_mail(world.ben, to=REPORTS), REPORTS, RawState.TICKETED),
        "stranger": (forwarded("who@elsewhere.example", eml()), REPORTS, RawState.QUARANTINED),
    }
    raw, to, state = mails[case]
    assert came(raw, to=[to]).state == state
    with act_as_staff(SYSTEM):
        assert not SpamReport.objects.exists()


def test_the_same_mail_twice_is_one_report(world: World) -> None:
    raw = forwarded("ben@example.org", eml())
    came(raw, to=[REPORTS])
    again = came(raw, to=[REPORTS])
    assert again.state == RawState.IGNORED
    with act_as_staff(SYSTEM):
        assert SpamReport.objects.count() == 1 and RawMail.objects.count() == 2


def test_hostile_mails_are_read_to_bounded_text(world: World) -> None:
    """Each of the corpus is a mail that somebody may report: nothing raises, nothing is longer than its column."""
    for specimen in corpus(60, seed=6):
        parsed = guarded_parse(specimen.raw)
        suspect = suspect_of(parsed)
        assert isinstance(is_a_mail(parsed), bool), specimen.name
        assert len(suspect.words) <= 20_000 and "\0" not in suspect.words, specimen.name
        assert len(suspect.subject) <= 300 and len(suspect.sender) <= 320, specimen.name
        assert all(len(link.target) <= 500 for link in suspect.links), specimen.name


def test_hostile_mails_are_kept_as_reports(world: World) -> None:
    """The same through the whole path: each becomes a report or an ordinary request, none fails."""
    for number, specimen in enumerate(corpus(24, seed=7)):
        raw = (
            b"From: ben@example.org\r\nTo: support+report@northgate.example\r\nSubject: Look\r\nMIME-Version: 1.0\r\n"
            + f"Message-ID: <report.{number}@example.org>\r\n".encode()
            + b'Content-Type: multipart/mixed; boundary="outer-boundary"\r\n\r\n--outer-boundary\r\n\r\nLook at this.\r\n'
            + b"--outer-boundary\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=x.eml\r\n\r\n"
            + specimen.raw
            + b"\r\n--outer-boundary--\r\n"
        )
        assert came(raw, to=[REPORTS]).state == RawState.TICKETED, specimen.name
    with act_as_staff(SYSTEM):
        assert SpamReport.objects.count() >= 20
