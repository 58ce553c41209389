"""The demo's reported mails, with their verdicts, and the senders that were blocked (EML-6)."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.demo.facts import Fact
from portal.demo.ground import Ground, actor_of
from portal.files import take
from portal.models import Staff
from tickets.actions.spam import Told, read_reported, write_row
from tickets.demo.life import Life
from tickets.models import Attachment, SenderBlock, SpamReport
from tickets.rules.spam import BlockKind, BlockPlace, Harm, Verdict
from tickets.rules.states import Channel

MARK = "Suspicious mail: "
# Older files are gone from the demo; the reports stay.
KEPT = timedelta(days=30)
# subject: sender's name, address, where its link leads, what it is, what staff said.
MAILS = {
    "Your mailbox is full": (
        "IT Helpdesk", "no-reply@mailbox-quota.example", "https://mailbox-quota.example/verify", Verdict.PHISHING,
        "Its link leads to a false sign-in page. Please delete it; nobody of us ever asks for your password.",
    ),
    "Invoice overdue": (
        "Accounts Dept", "billing@overdue-notice.example", "https://overdue-notice.example/pay", Verdict.PHISHING,
        "The invoice is made up, and the bank account is not your supplier’s. Please delete it.",
    ),
    "Parcel on hold": (
        "Parcel Tracking", "news@parcel-offers.example", "https://parcel-offers.example/track", Verdict.SPAM,
        "It is advertising dressed up as a delivery notice. Please delete it.",
    ),
    "New terms of our supplier": (
        "Your supplier", "letters@supplies.example", "https://www.supplies.example/terms", Verdict.HARMLESS,
        "It is a real letter of your supplier about new terms. You may open it.",
    ),
}  # fmt: skip
RAW = """Authentication-Results: mx.demo.example; spf={spf}; dmarc={dmarc} header.from={domain}
Return-Path: <bounce@{path}>
From: {name} <{sender}>
To: {to}
Reply-To: {name} <answers@{path}>
Subject: {subject}
Date: {date:%a, %d %b %Y %H:%M:%S} +0000
Message-ID: <{number}@{domain}>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Dear customer,</p><p>please act today: <a href="{link}">{shown}</a></p>
"""


def write_reports(ground: Ground, lives: Sequence[Life]) -> None:
    """A report for every request whose subject says that it is one; each third phishing verdict blocked its sender."""
    told = [life for life in lives if life.ticket.subject.startswith(MARK) and life.ticket.channel != Channel.PHONE]
    reports = [(life, report_on(ground, life, number)) for number, life in enumerate(told)]
    judged = [pair for pair in reports if pair[1].verdict == Verdict.PHISHING]
    seen: set[tuple[int, str]] = set()
    for life, report in judged[::3]:
        if (report.client_id, report.sender) not in seen and life.ticket.accepted_by is not None:
            seen.add((report.client_id, report.sender))
            block_for(life, report, life.ticket.accepted_by)


def report_on(ground: Ground, life: Life, number: int) -> SpamReport:
    """The mail is made and read as a real one would be; the newest are kept as files too."""
    ticket, who, at = life.ticket, life.requester, life.ticket.received_at
    verdict, words = MAILS[ticket.subject.removeprefix(MARK)][3:]
    raw = mail_for(life, real=verdict == Verdict.HARMLESS)
    if at >= ground.at - KEPT:
        keep_file(life, raw)
    reported = read_reported(raw, left_out="Older files are left out of the demo.")
    harm = Harm.CLICKED if number % 7 == 3 else Harm.NOTHING
    report = write_row(ticket, life.messages[0], reported, Told(who.email, harm), at=at)
    facts = {"report": report.pk, "harm": str(harm), "sha256": report.sha256}
    life.facts.append(Fact(at, "mail reported", life.member, ticket.client_id, ticket, facts, True))
    answerer = next((one.author_staff for one in life.messages if one.author_staff and one.kind == "reply"), None)
    if ticket.first_reply_at is not None and answerer is not None:
        judge(life, report, verdict, words, answerer)
    return report


def mail_for(life: Life, *, real: bool) -> bytes:
    """The mail as it reached the client; one that is not real shows one address and leads to another."""
    subject = life.ticket.subject.removeprefix(MARK)
    name, sender, link = MAILS[subject][:3]
    domain = sender.partition("@")[2]
    checks = {"spf": "pass", "dmarc": "pass", "path": domain, "shown": "Read the new terms"}
    if not real:
        shown = f"www.{life.pack.client.slug}.example"
        checks = {"spf": "softfail", "dmarc": "fail", "path": "bulk-sender.example", "shown": shown}
    return RAW.format(
        name=name, sender=sender, link=link, domain=domain, to=life.requester.email, number=life.ticket.ref,
        date=life.ticket.received_at, subject=subject, **checks,
    ).encode()  # fmt: skip


def keep_file(life: Life, raw: bytes) -> None:
    message, taken = life.messages[0], take(SimpleUploadedFile("suspicious.eml", raw))
    Attachment.objects.create(
        client_id=message.client_id, ticket_id=message.ticket_id, message=message, name=taken.name,
        content_type=taken.content_type, size=taken.size, sha256=sha256(raw).hexdigest(),
        storage_name=taken.storage_name, client_visible=True, added_by=message.author_label, added_at=message.written_at,
    )  # fmt: skip


def judge(life: Life, report: SpamReport, verdict: Verdict, words: str, by: Staff) -> None:
    at = life.ticket.first_reply_at or life.ticket.received_at
    report.verdict, report.verdict_words = verdict, words
    report.judged_by, report.judged_by_label, report.judged_at = by, by.label, at
    report.save(update_fields=["verdict", "verdict_words", "judged_by", "judged_by_label", "judged_at"])
    facts = {"report": report.pk, "verdict": str(verdict), "was": ""}
    life.facts.append(Fact(at, "report judged", actor_of(by), report.client_id, life.ticket, facts, True))


def block_for(life: Life, report: SpamReport, by: Staff) -> None:
    """In our own filter, where no access to the client's data is needed."""
    at = (report.judged_at or report.reported_at) + timedelta(minutes=4)
    row = SenderBlock.objects.create(
        client_id=report.client_id, ticket=life.ticket, kind=BlockKind.ADDRESS, value=report.sender,
        place=BlockPlace.FILTER, reason="Phishing for passwords", blocked_by=by, blocked_by_label=by.label, blocked_at=at,
    )  # fmt: skip
    facts = {"block": row.pk, "value": row.value, "at_place": row.place}
    life.facts.append(Fact(at, "sender blocked", actor_of(by), report.client_id, life.ticket, facts, True))
