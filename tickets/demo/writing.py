"""Writes the lives of the demo's requests: rows in bulk, mails of the last weeks, alarms, notices, and the audit trail."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal import outbox as post
from portal.demo.ground import Ground
from portal.files import take
from portal.models import Alarm, Notice, Outbox
from portal.outbox.queueing import automatic_headers
from portal.rules.mail import LATE_AFTER
from portal.rules.states import Grade, MailState
from portal.worktime import hours_in_words, next_closed_day
from tickets.demo.access import write_accesses
from tickets.demo.life import Life, Mail, known
from tickets.demo.notices import client_notices
from tickets.demo.spam import write_reports
from tickets.models import Attachment, Message, ResponseClock, Ticket, TicketPerson
from tickets.rules.life import STATE_WORDS
from tickets.rules.noticelist import CLOCK_MISSED, CLOCK_WARNING
from tickets.rules.promise import MISSED, TARGET_CLAUSE, TARGET_WORDS, response_target
from tickets.rules.states import ENDED_STATES, State, Target

MAIL_DAYS = 60
NOTICE_DAYS = 10
BATCH = 1000


def write_lives(ground: Ground, lives: Sequence[Life]) -> None:
    """Write the requests in the order in which they came in. Needs the staff's rights."""
    ordered = sorted(lives, key=lambda life: life.ticket.received_at)
    Ticket.objects.bulk_create([life.ticket for life in ordered], batch_size=BATCH)
    TicketPerson.objects.bulk_create(
        TicketPerson(
            client_id=life.ticket.client_id,
            ticket=life.ticket,
            membership=one,
            added_by=life.requester.label,
            added_at=life.ticket.received_at,
        )
        for life in ordered
        for one in life.named
    )
    ResponseClock.objects.bulk_create([life.clock for life in ordered if life.clock], batch_size=BATCH)
    said = sorted((one for life in ordered for one in life.messages), key=lambda one: one.written_at)
    Message.objects.bulk_create(said, batch_size=BATCH)
    Attachment.objects.bulk_create(attachment(*file) for life in ordered for file in life.files)
    write_reports(ground, ordered)
    write_accesses(ground, ordered)
    mails = write_mails(ground, ordered)
    write_alarms(ordered, mails)
    write_notices(ground, ordered)
    for life in ordered:
        ground.facts += life.facts


def attachment(message: Message, name: str, content: bytes) -> Attachment:
    """A file, taken in as if somebody had sent it."""
    taken = take(SimpleUploadedFile(name, content))
    return Attachment(
        client_id=message.client_id,
        ticket_id=message.ticket_id,
        message=message,
        name=taken.name,
        content_type=taken.content_type,
        size=taken.size,
        sha256=taken.sha256,
        storage_name=taken.storage_name,
        client_visible=message.client_visible,
        added_by=message.author_label,
        added_at=message.written_at,
    )


def write_mails(ground: Ground, lives: Sequence[Life]) -> list[tuple[Life, Outbox]]:
    """The mails of the last weeks as they left, and those that are leaving now."""
    since = ground.at - timedelta(days=MAIL_DAYS)
    wanted = [(life, mail) for life in lives for mail in life.mails if mail.queued_at >= since]
    wanted.sort(key=lambda pair: pair[1].queued_at)
    rows = [mail_row(ground, life, mail) for life, mail in wanted]
    Outbox.objects.bulk_create(rows, batch_size=BATCH)
    return [(life, row) for (life, _), row in zip(wanted, rows, strict=True)]


def mail_row(ground: Ground, life: Life, mail: Mail) -> Outbox:
    subject, text, html = words_of(ground, life, mail)
    about: Ticket | Message = mail.message or life.ticket
    return Outbox(
        client_id=life.ticket.client_id,
        address_id=life.requester.address_id,
        to_email=life.requester.email,
        kind=mail.kind,
        subject=subject,
        text=text,
        html=html,
        headers=automatic_headers(mail.kind),
        message_id=mail.message_id,
        about_type=str(about._meta.model_name),
        about_id=about.pk,
        by=mail.by if mail.message else life.requester.label,
        queued_at=mail.queued_at,
        state=MailState.SENT if mail.sent_at else MailState.QUEUED,
        next_try_at=mail.queued_at,
        attempts=attempts(mail),
        dot_at=mail.sent_at,
        sent_at=mail.sent_at,
    )


def attempts(mail: Mail) -> int:
    """How often it was tried: every half-hour while the mail server was away."""
    if mail.sent_at is None:
        return 0
    return 1 + (mail.sent_at - mail.queued_at) // timedelta(minutes=30)


def words_of(ground: Ground, life: Life, mail: Mail) -> tuple[str, str, str]:
    path = reverse("client:ticket", args=[life.pack.client.slug, life.ticket.ref])
    facts = {"ticket": life.ticket, "requester": life.requester.label, "link": f"{settings.PORTAL_URL}{path}"}
    if mail.message is not None:
        state = State(mail.state_then)
        about = {
            "author": mail.by,
            "body": mail.message.body,
            "state": STATE_WORDS[state],
            "ended": state in ENDED_STATES,
        }
        return post.compose("reply", facts | about)
    target = Target(life.clock.target) if life.clock else response_target(None)
    calendar = ground.calendar
    promise = {
        "promise": TARGET_WORDS[target],
        "hours": hours_in_words(calendar),
        "closed_next": next_closed_day(calendar.local_date(mail.queued_at), calendar),
    }
    return post.compose("acknowledgement", facts | promise)


def write_alarms(lives: Sequence[Life], mails: Sequence[tuple[Life, Outbox]]) -> None:
    """A missed promise is an alarm until the answer; an acknowledgement that waits five minutes is one until it leaves."""
    alarms = [missed_alarm(life) for life in lives if life.clock and life.clock.breached_at]
    late = [(life, row) for life, row in mails if row.kind == "acknowledgement" and waited(row) >= LATE_AFTER]
    alarms += [late_alarm(row) for _, row in late]
    Alarm.objects.bulk_create(sorted(alarms, key=lambda alarm: alarm.raised_at))


def waited(row: Outbox) -> timedelta:
    return row.sent_at - row.queued_at if row.sent_at else timedelta()


def missed_alarm(life: Life) -> Alarm:
    clock, ticket = known(life.clock), life.ticket
    target = Target(clock.target)
    answer = next((one for one in life.messages if one.publish_at == clock.met_at), None) if clock.met_at else None
    return Alarm(
        client_id=ticket.client_id,
        kind=MISSED,
        subject_type="ticket",
        subject_id=ticket.pk,
        clause=TARGET_CLAUSE[target],
        sentence=f"{ticket.ref} of {life.pack.client.name} has had no answer within {TARGET_WORDS[target]}.",
        cure="Answer it now: the breach stays on record, and the time to the answer counts too.",
        url=reverse("desk:ticket", args=[ticket.ref]),
        raised_at=clock.due_at,
        told_at=clock.due_at,
        cleared_at=clock.met_at,
        cleared_by=answer.author_label if answer else "",
    )


def late_alarm(row: Outbox) -> Alarm:
    return Alarm(
        client_id=row.client_id,
        kind="acknowledgement late",
        subject_type="outbox",
        subject_id=row.pk,
        clause="HLP-5",
        sentence=f"The acknowledgement to {row.to_email} has waited since it was written and has not left. No connection.",
        cure="See whether the mail server answers and the job “send mail” runs; until it leaves, no clock runs.",
        url=f"/desk/mail/{row.pk}/",
        raised_at=row.queued_at + LATE_AFTER + timedelta(seconds=14),
        told_at=row.queued_at + LATE_AFTER + timedelta(seconds=24),
        cleared_at=row.sent_at,
        cleared_by="The portal",
    )


def write_notices(ground: Ground, lives: Sequence[Life]) -> None:
    """What the clocks of the last days told staff, and what clients heard of their requests: read, where it is settled."""
    leads = [one.user_id for key, one in ground.staff.items() if one.grade != Grade.AGENT and one.valid_to is None]
    since = ground.at - timedelta(days=NOTICE_DAYS)
    rows = [
        notice(life, user, stage, at)
        for life in lives
        if life.clock is not None and life.clock.started_at >= since
        for stage, at in stages(life.clock)
        for user in told(ground, life, at, leads)
    ]
    for life in lives:
        rows += client_notices(life, since=since, at=ground.at)
    Notice.objects.bulk_create(sorted(rows, key=lambda row: row.at))


def stages(clock: ResponseClock) -> list[tuple[str, datetime]]:
    found = [("75", clock.warned75_at), ("90", clock.warned90_at), ("missed", clock.breached_at)]
    return [(stage, at) for stage, at in found if at is not None]


def told(ground: Ground, life: Life, at: datetime, leads: list[int]) -> list[int]:
    """The assignee at that time, or whoever stands in; nobody had it: the leads."""
    ticket = life.ticket
    person = ticket.assignee if ticket.assigned_at is not None and ticket.assigned_at <= at else None
    if person is None:
        return leads
    day = ground.calendar.local_date(at)
    away = person.absent_from is not None and person.absent_from <= day
    return [person.stand_in.user_id if away and person.stand_in else person.user_id]


def notice(life: Life, user: int, stage: str, at: datetime) -> Notice:
    ticket, clock = life.ticket, known(life.clock)
    says = "is past its promised time" if stage == "missed" else f"has used {stage} % of its time to be answered"
    return Notice(
        client_id=ticket.client_id,
        user_id=user,
        kind=CLOCK_MISSED if stage == "missed" else CLOCK_WARNING,
        sentence=f"{ticket.ref} {ticket.subject[:150]} {says}.",
        url=reverse("desk:ticket", args=[ticket.ref]),
        at=at,
        read_at=clock.met_at,
        key=f"clock {clock.pk} {stage}",
    )
