"""Worked time: a timer, entries by hand, and corrections by reversal (HLP-8, D19)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.queries.people import contract_day
from tickets.actions.base import is_accepted, lock, record, require_person
from tickets.models import Ticket, TimeEntry, Timer
from tickets.queries.charges import Standing, standing
from tickets.rules.charge import Source, chargeable_part, check_may_work, check_yes_first, may_correct
from tickets.rules.scope import CHARGED, OUTCOME_WORDS, Outcome


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody did, when, for how many seconds; free: why it is not charged, "" where it is charged if the ruling says so."""

    started_at: datetime
    seconds: int
    words: str
    free: str = ""


@clause("HLP-8", "ACC-6")
@transaction.atomic
def start_timer(ticket_id: int, *, by: Actor, at: datetime) -> Timer:
    """Start this person's timer. Raises Refused while one runs anywhere, without acceptance, ruling, or the client's yes."""
    person, ticket = _ready(ticket_id, by=by, at=at)[:2]
    if Timer.objects.filter(staff_id=person).exists():
        raise Refused("HLP-8", _("A timer of yours runs already. Stop it first."))
    try:
        with transaction.atomic():
            row = Timer.objects.create(client_id=ticket.client_id, ticket=ticket, staff_id=person, started_at=at)
    except IntegrityError as error:
        if "tickets_one_timer_a_person" not in str(error):
            raise
        raise Refused("HLP-8", _("A timer of yours runs already. Stop it first.")) from error
    record(ticket, "timer started", by=by, at=at, client_visible=False)
    return row


@clause("HLP-8")
@transaction.atomic
def stop_timer(ticket_id: int, words: str, *, by: Actor, at: datetime, free: str = "") -> list[TimeEntry]:
    """Stop this person's timer on a request and write its time down; what lies beyond the estimate is not charged.

    Raises Refused when none runs here.
    """
    person = require_person(by, "HLP-8", "write time down")
    ticket = lock(ticket_id)
    timer = Timer.objects.filter(staff_id=person, client_id=ticket.client_id, ticket=ticket).first()
    if timer is None:
        raise Refused("HLP-8", _("No timer of yours runs on this request."))
    seconds = max(1, round((at - timer.started_at).total_seconds()))
    work = Work(timer.started_at, seconds, words, free)
    timer.delete()
    now = standing(ticket, staff_id=person)
    rows = [_write(ticket, person, part, now, Source.TIMER, by=by, at=at) for part in _parts(work, now)]
    record(
        ticket, "timer stopped", by=by, at=at, client_visible=False, entries=[row.pk for row in rows], seconds=seconds
    )
    return rows


@clause("HLP-8", "ACC-6")
@transaction.atomic
def add_time(ticket_id: int, work: Work, *, by: Actor, at: datetime) -> TimeEntry:
    """Write worked time down by hand. Raises Refused for time to come, before the client's yes, or beyond the estimate."""
    person, ticket, now = _ready(ticket_id, by=by, at=at)
    if work.started_at + timedelta(seconds=work.seconds) > at:
        raise Refused("HLP-8", _("That time is not over yet."))
    if _is_charged(work, now):
        check_yes_first(work.started_at, now.approved.approved_at if now.approved else None)
        room = now.room(contract_day(work.started_at))
        if chargeable_part(work.seconds, room)[1]:
            raise Refused(
                "HLP-8",
                _(
                    "The approved estimate has %(minutes)s minutes left on that day. Ask the client again before you go on."
                )
                % {"minutes": (room or 0) // 60},
            )
    row = _write(ticket, person, work, now, Source.MANUAL, by=by, at=at)
    record(
        ticket,
        "time added",
        by=by,
        at=at,
        client_visible=False,
        entry=row.pk,
        seconds=row.seconds,
        charged=row.billable,
    )
    return row


@clause("HLP-8")
@transaction.atomic
def reverse_time(entry_id: int, reason: str, *, by: Actor, at: datetime) -> TimeEntry:
    """Take an entry back by a row of its own. Raises Refused for somebody else's (leads may), a reversal, or a second time."""
    person = require_person(by, "HLP-8", "take time back")
    found = TimeEntry.objects.get(pk=entry_id)
    ticket = lock(found.ticket_id)
    if not may_correct(own=found.staff_id == person, grade=by.role):
        raise Refused("HLP-8", _("Only the person who worked, or a lead, can take time back."))
    if not reason.strip():
        raise Refused("HLP-8", _("Say why the time is taken back."))
    if found.reverses_id is not None or TimeEntry.objects.filter(reverses=found).exists():
        raise Refused("HLP-8", _("This time is taken back already."))
    row = TimeEntry.objects.create(
        client_id=found.client_id, ticket=ticket, staff_id=found.staff_id, staff_label=found.staff_label, day=found.day,
        started_at=found.started_at, seconds=-found.seconds, work=found.work, source=found.source,
        billable=found.billable, approval_id=found.approval_id, approved_at=found.approved_at, reason=reason.strip(),
        reverses=found, recorded_by_label=by.label, recorded_at=at,
    )  # fmt: skip
    record(ticket, "time taken back", by=by, at=at, client_visible=False, entry=found.pk, reason=row.reason)
    return row


def _ready(ticket_id: int, *, by: Actor, at: datetime) -> tuple[int, Ticket, Standing]:
    """Who works, the ticket, locked, and how it stands. Raises Refused when nobody may work on it."""
    person = require_person(by, "HLP-8", "write time down")
    ticket = lock(ticket_id)
    if not is_accepted(ticket):
        raise Refused("ACC-6", _("Accept the request before you work on it."))
    now = standing(ticket, staff_id=person)
    check_may_work(now.outcome, approved=now.approved is not None, room=now.room(contract_day(at)))
    return person, ticket, now


def _is_charged(work: Work, now: Standing) -> bool:
    return now.outcome in CHARGED and not work.free.strip()


def _parts(work: Work, now: Standing) -> list[Work]:
    """Timed work as entries: what the estimate covers, and what is beyond it or began before the yes, with its reason."""
    under = now.approved
    if not _is_charged(work, now):
        return [work]
    if under is None or under.approved_at is None or work.started_at < under.approved_at:
        return [Work(work.started_at, work.seconds, work.words, _("Begun before the client’s yes"))]
    covered, beyond = chargeable_part(work.seconds, now.room(contract_day(work.started_at)))
    parts = [Work(work.started_at, covered, work.words)] if covered else []
    if beyond:
        later = work.started_at + timedelta(seconds=covered)
        parts.append(Work(later, beyond, work.words, _("Beyond the approved estimate")))
    return parts


def _write(
    ticket: Ticket, person: int, work: Work, now: Standing, source: Source, *, by: Actor, at: datetime
) -> TimeEntry:
    charged = _is_charged(work, now)
    under = now.approved if charged else None
    free = "" if charged else work.free.strip() or OUTCOME_WORDS[now.outcome or Outcome.INCLUDED]
    return TimeEntry.objects.create(
        client_id=ticket.client_id, ticket=ticket, staff_id=person, staff_label=by.label,
        day=contract_day(work.started_at), started_at=work.started_at, seconds=work.seconds, work=work.words.strip(),
        source=source, billable=charged, approval_id=under.id if under else None,
        approved_at=under.approved_at if under else None, reason=free, recorded_by_label=by.label, recorded_at=at,
    )  # fmt: skip
