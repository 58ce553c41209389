"""Suspicious mails for tests, and reports of them made by the real actions."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.actors import SYSTEM
from portal.files import take
from portal.models import Outbox
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, Person, World
from tests.rows import accepted
from tickets.actions.acknowledgement import acknowledgement_accepted
from tickets.actions.dataaccess import Asked, ask_access, open_access
from tickets.actions.spam import Told, read_reported, report_mail
from tickets.models import DataAccess, SpamReport, Ticket
from tickets.rules.dataaccess import Verb
from tickets.rules.spam import Harm

PAGE = (
    '<p>Dear customer, <a href="https://evil.example/login">www.bank.example</a></p>'
    '<img src="https://evil.example/pixel.gif"><script>alert(1)</script>'
)


def eml(sender: str = "Your bank <service@evil.example>", **headers: str) -> bytes:
    """A phishing mail as the client's mail program saves it."""
    given = {
        "Return-Path": "<bounce@other.example>",
        "Authentication-Results": "mx.alder.example; dmarc=fail header.from=evil.example",
        "From": sender,
        "To": "ben@example.org",
        "Reply-To": "cash@third.example",
        "Subject": "Your account is locked",
        "Date": "Tue, 24 Nov 2026 08:00:00 +0000",
        "Message-ID": "<one@evil.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/html; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return ("".join(f"{name}: {value}\r\n" for name, value in given.items()) + f"\r\n{PAGE}\r\n").encode()


def upload(raw: bytes | None = None, name: str = "suspicious.eml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, eml() if raw is None else raw, "message/rfc822")


def reported(
    world: World,
    who: Person | None = None,
    *,
    raw: bytes | None = None,
    harm: Harm = Harm.NOTHING,
    at: datetime = MORNING,
) -> SpamReport:
    """Ben's report (or another member's); its acknowledgement still waits."""
    person = who or world.ben
    assert person.membership
    given = read_reported(eml() if raw is None else raw, taken=take(upload(raw)))
    with act_as(person.membership.client_id):
        return report_mail(given, Told("ben@example.org", harm), requester=person.membership, by=person.actor, at=at)


def taken_on(world: World, report: SpamReport, at: datetime = MORNING) -> Ticket:
    """Its request, acknowledged and accepted by Cora."""
    with act_as_staff(SYSTEM):
        mail = Outbox.objects.get(kind="acknowledgement", about_id=report.ticket_id)
        mail.state, mail.sent_at = "sent", at
        mail.save()
        acknowledgement_accepted(outbox=mail, at=at)
        return accepted(Ticket.objects.get(pk=report.ticket_id), world.cora.staff, at)


def window(world: World, ticket: Ticket, at: datetime = MORNING) -> DataAccess:
    """Cora's open window on it, asked for by Ann, who is a manager."""
    asked = Asked(Verb.ADMINISTER, "Everybody", False, "Blocked senders", "Block the sender of the reported mail")
    with act_as_staff(world.cora.actor):
        row = ask_access(ticket.pk, asked, asked_by=world.ann.membership, by=world.cora.actor, at=at)
        return open_access(row.pk, minutes=60, by=world.cora.actor, at=at + timedelta(seconds=1))


FORM: dict[str, Any] = {"recipient": "ben@example.org", "harm": "nothing", "note": ""}
