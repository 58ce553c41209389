"""What the triage menus and the panel of related requests show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.queries.contract import calendar_at, worktime_of
from tickets.models import Message, Ticket
from tickets.queries.moving import other_half
from tickets.queries.related import related
from tickets.rules.life import STATE_WORDS
from tickets.rules.moving import Side
from tickets.rules.states import ENDED_STATES, LinkKind, Priority, State
from tickets.rules.triage import may_unmerge

PRIORITIES = [(Priority.HIGH, _("High")), (Priority.NORMAL, _("Normal")), (Priority.LOW, _("Low"))]
LINKS = [
    (LinkKind.RELATED, _("related to")),
    (LinkKind.DUPLICATE, _("a duplicate of")),
    (LinkKind.CAUSED_BY, _("caused by")),
]
HOW = {
    "merged": _("Merged into this one"),
    "into": _("Merged into"),
    "split": _("Split off"),
    "from": _("Split from"),
    "related": _("Related"),
    "duplicate": _("Duplicate of"),
    "duplicated": _("Has a duplicate"),
    "caused_by": _("Caused by"),
    "causes": _("Causes"),
    "asked": _("Same requester"),
}
# Seen from the other half: what came there had left here.
MOVED = {Side.CAME: _("Moved to %(name)s"), Side.LEFT: _("Moved here from %(name)s")}
# Days from now, at nine in the morning of the office's zone.
LATER = [(1, _("Tomorrow")), (3, _("In three days")), (7, _("In a week"))]


@dataclass(frozen=True, slots=True)
class Sorting:
    """What the menus of one ticket need."""

    may_snooze: bool
    may_decline: bool
    may_merge: bool
    may_unmerge: bool
    suggested: str
    tags: str
    messages: list[Message]
    priorities = PRIORITIES
    links = LINKS
    later = LATER


def sorting(ticket: Ticket, at: datetime, due_at: datetime | None, messages: Iterable[Message] = ()) -> Sorting:
    """What may be done with the ticket now. due_at: of the earliest promise that is not met; messages: those that the page
    shows, of which the client's own can be split off."""
    still_open = ticket.state not in ENDED_STATES
    merged = ticket.state == State.MERGED
    calm = ticket.acknowledged_at is not None and due_at is None
    zone = worktime_of(calendar_at(at)).zone
    return Sorting(
        may_snooze=still_open and calm,
        may_decline=still_open,
        may_merge=still_open,
        may_unmerge=merged and may_unmerge(merged_at=ticket.state_since, at=at),
        suggested=morning(at, 1, zone).strftime("%Y-%m-%dT%H:%M"),
        tags=", ".join(ticket.tags),
        messages=[one for one in messages if one.client_visible and one.author_member_id],
    )


def morning(at: datetime, days: int, zone: object) -> datetime:
    """Nine in the morning some days on, in a zone."""
    day = at.astimezone(zone).date() + timedelta(days=days)  # type: ignore[arg-type]
    return datetime.combine(day, time(9), tzinfo=zone)  # type: ignore[arg-type]


def related_rows(ticket: Ticket) -> list[dict[str, object]]:
    """The panel of related requests."""
    half = other_half(ticket)
    moved = [related_row(str(MOVED[Side(half.side)]) % {"name": half.client.name}, half.ticket)] if half else []
    return moved + [
        related_row(
            str(HOW[one.how]), one.ticket, reverse("desk:unlink", args=[ticket.ref, one.link]) if one.link else ""
        )
        for one in related(ticket)
    ]


def related_row(how: str, one: Ticket, unlink_url: str = "") -> dict[str, object]:
    """Another request as the panel shows it."""
    return {
        "how": how,
        "ref": one.ref,
        "url": reverse("desk:ticket", args=[one.ref]),
        "subject": one.subject,
        "state": STATE_WORDS[State(one.state)],
        "unlink_url": unlink_url,
    }
