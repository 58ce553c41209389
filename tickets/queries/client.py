"""A client's own lists: its requests page by page, and the figures of its home page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.tuple_lookups import TupleLessThan
from django.utils.translation import gettext_noop

from portal.actors import Actor
from portal.queries.paging import cursor_of, place_of
from tickets.models import Ticket
from tickets.queries.access import tickets_for_client
from tickets.rules.states import ENDED_STATES, State

CLIENT_VIEWS = {
    "open": gettext_noop("Open"),
    "yours": gettext_noop("Waiting for you"),
    "done": gettext_noop("Done"),
    "all": gettext_noop("All"),
}
PAGE = 50


@dataclass(frozen=True, slots=True)
class ClientPage:
    """Rows, newest first; next_cursor is "" on the last page."""

    rows: list[Ticket]
    next_cursor: str


def client_page(actor: Actor, view: str, *, after: str = "", size: int = PAGE) -> ClientPage:
    """One page of the requests that a person may see. Raises ValueError for a cursor that is none of ours."""
    wanted = viewed(tickets_for_client(actor), view).select_related("clock").defer("search")
    if after:
        wanted = wanted.filter(TupleLessThan(("last_client_at", "id"), place_of(after, datetime, int)))
    rows = list(wanted.order_by("-last_client_at", "-id")[: size + 1])
    if len(rows) <= size:
        return ClientPage(rows, "")
    last = rows[size - 1]
    return ClientPage(rows[:size], cursor_of(last.last_client_at, last.pk))


def viewed(tickets: QuerySet[Ticket], view: str) -> QuerySet[Ticket]:
    """One of CLIENT_VIEWS; an unknown name is all of them."""
    if view == "open":
        return tickets.exclude(state__in=ENDED_STATES)
    if view == "yours":
        return tickets.filter(state__in=[State.WAITING_CLIENT, State.AWAITING_CHARGE])
    return tickets.filter(state__in=ENDED_STATES) if view == "done" else tickets


def open_figures(actor: Actor) -> dict[str, int]:
    """How many requests are open, with us and with the client; one query."""
    return (
        tickets_for_client(actor)
        .exclude(state__in=ENDED_STATES)
        .aggregate(
            open=Count("id"), yours=Count("id", filter=Q(state__in=[State.WAITING_CLIENT, State.AWAITING_CHARGE]))
        )
    )


def next_promised(actor: Actor) -> Ticket | None:
    """The request whose promise falls due first."""
    running = tickets_for_client(actor).filter(clock__met_at__isnull=True, clock__isnull=False)
    return (
        running.exclude(state__in=ENDED_STATES)
        .select_related("clock")
        .defer("search")
        .order_by("clock__due_at")
        .first()
    )
