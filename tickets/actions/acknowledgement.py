"""The acknowledgement, and the clock that its acceptance by the mail server starts (HLP-5)."""

from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.urls import reverse

from portal import outbox as post
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.models import Membership, Outbox, WorkingCalendar
from portal.queries.contract import calendar_at, worktime_of
from portal.worktime import Deadline, deadline, hours_in_words, instant_at_share, next_closed_day
from tickets.actions.base import lock, move, record, settle
from tickets.actions.marks import reply_mark
from tickets.models import ResponseClock, Ticket
from tickets.queries.clock_inputs import promise_ahead, support_of
from tickets.rules.answertimes import answer_times
from tickets.rules.promise import TARGET_WORDS, next_watch, response_target, verdict
from tickets.rules.states import State, Target

KIND = "acknowledgement"


@clause("HLP-5", "SUB-1")
def acknowledgement(
    ticket: Ticket,
    *,
    requester: Membership,
    by: Actor,
    at: datetime,
    release_at: datetime | None = None,
    supported: bool | None = None,
) -> Outbox:
    """The automatic answer, not written yet: reference, promise in words, opening hours, next closure, link.

    It says no time: none is known until the mail server has taken it. One per ticket, by constraint. `release_at` holds it
    back where one sender asks too often. `supported`: the answer to `promise_question`, where it is at hand.
    """
    calendar = worktime_of(calendar_at(at))
    if supported is None:
        supported = promise_ahead(ticket.client_id, at, calendar)
    target = Target.FOUR_HOURS if supported else Target.ONE_DAY
    path = reverse("client:ticket", args=[requester.client.slug, ticket.ref])
    subject, text, html = post.compose(
        "acknowledgement",
        {
            "ticket": ticket,
            "requester": requester.label,
            "promise": "" if ticket.clause else TARGET_WORDS[target],
            "hours": hours_in_words(calendar),
            "closed_next": next_closed_day(calendar.local_date(at), calendar),
            "link": f"{settings.PORTAL_URL}{path}",
            "written_by": by.label,
        },
    )
    return post.mail(
        to=requester, kind=KIND, subject=subject, text=text, html=html,
        client_id=ticket.client_id, at=at, by=by, about=ticket, release_at=release_at, mark=reply_mark(ticket.pk),
    )  # fmt: skip


@clause("HLP-5", "DOC-1")
def acknowledgement_accepted(*, outbox: Outbox, at: datetime, **_: Any) -> None:
    """Event "mail accepted": if it was an acknowledgement, its ticket is acknowledged and its clock starts, now.

    A comment on the terms is acknowledged without a clock: nothing is promised for feedback (DOC-1).
    """
    if outbox.kind != KIND or outbox.about_type != "ticket" or outbox.about_id is None:
        return
    ticket = lock(outbox.about_id)
    if ticket.acknowledged_at is not None:
        return
    ticket.acknowledged_at = at
    if ticket.state == State.RECEIVED:
        move(ticket, State.ACKNOWLEDGED, at=at)
    # The clock is a key into the acknowledged instant, so that must stand in the table before the clock can.
    ticket.save(update_fields=["acknowledged_at", "state", "state_since"])
    told: dict[str, Any] = {
        "to": outbox.to_email,
        "message_id": outbox.message_id,
        "probably_accepted": outbox.probably_accepted,
    }
    if ticket.clause:
        settle(ticket, "acknowledged_at", due_at=None)
        record(ticket, "acknowledgement accepted", by=SYSTEM, at=at, **told)
        return
    clock = start_clock(ticket, started_at=at, probably_accepted=outbox.probably_accepted)
    settle(ticket, "acknowledged_at", due_at=None if clock.met_at else clock.due_at)
    record(ticket, "acknowledgement accepted", by=SYSTEM, at=at, target=clock.target, due_at=clock.due_at, **told)


@clause("HLP-3", "HLP-4", "HLP-5")
def start_clock(ticket: Ticket, *, started_at: datetime, probably_accepted: bool) -> ResponseClock:
    """Store the promise with its inputs: target, entitlement, calendar version, trail. A reply that went out before the
    acknowledgement meets it at the start (D4)."""
    calendar = calendar_at(started_at)
    support = support_of(ticket, started_at=started_at, calendar=calendar)
    target = response_target(support)
    promise = deadline(started_at, target, worktime_of(calendar))
    return ResponseClock.objects.create(
        client_id=ticket.client_id,
        ticket=ticket,
        target=target,
        entitlement_id=support.id if support else None,
        terms_id=ticket.terms_id,
        probably_accepted=probably_accepted,
        started_at=started_at,
        **clock_facts(promise, calendar, started_at=started_at, first_reply_at=ticket.first_reply_at),
        **early_times(ticket, calendar, started_at=started_at),
    )


def early_times(ticket: Ticket, calendar: WorkingCalendar, *, started_at: datetime) -> dict[str, int]:
    """How long an answer took that came before the acknowledgement; nothing while there is none."""
    if ticket.first_reply_at is None:
        return {}
    return asdict(
        answer_times(
            received_at=ticket.received_at, started_at=started_at, replied_at=ticket.first_reply_at,
            calendar=worktime_of(calendar),
        )
    )  # fmt: skip


def clock_facts(
    promise: Deadline, calendar: WorkingCalendar, *, started_at: datetime, first_reply_at: datetime | None
) -> dict[str, Any]:
    """The stored columns that follow from a deadline: warnings, due time, trail, and the verdict of an early reply."""
    warn75, warn90 = (instant_at_share(promise, Fraction(share, 100)) for share in (75, 90))
    early = (
        verdict(replied_at=first_reply_at, started_at=started_at, due_at=promise.due)
        if first_reply_at is not None
        else None
    )
    return {
        "calendar": calendar,
        "minutes": promise.minutes,
        "warn75_at": warn75,
        "warn90_at": warn90,
        "due_at": promise.due,
        "trail": promise.as_json(),
        "met_at": early.met_at if early else None,
        "breached_at": early.breached_at if early else None,
        "next_at": next_watch(
            warn75_at=warn75, warn90_at=warn90, due_at=promise.due, after=started_at, met=early is not None
        ),
    }
