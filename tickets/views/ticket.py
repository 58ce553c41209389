"""A ticket's page at the desk."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from portal import clock
from portal.queries.contract import calendar_at, products, worktime_of
from portal.tenancy.middleware import PortalRequest
from tickets.actions.base import is_accepted
from tickets.forms import KIND_CHOICES
from tickets.models import Ticket
from tickets.queries.access import hang_on
from tickets.queries.beside import Beside, beside
from tickets.queries.people import colleagues_on
from tickets.queries.thread import Line, timeline
from tickets.rules.states import ENDED_STATES, State
from tickets.views.answers import chosen_answer
from tickets.views.faces import running_of, sla_of
from tickets.views.panel import contract_panel, next_state_choices, registered_cards
from tickets.views.papers import papers_offer
from tickets.views.queue import found
from tickets.views.sorting import sorting
from tickets.views.thread import lines_for

MOST_BYTES = 25_000_000


@require_safe
def ticket(request: PortalRequest, ref: str) -> HttpResponse:
    """The thread, the composer, and what the contract says."""
    return render(request, "desk/ticket.html", ticket_context(request, found(ref)))


def ticket_context(
    request: PortalRequest, one: Ticket, *, body: str = "", error: str = "", kind: str = ""
) -> dict[str, Any]:
    """Everything the page shows. body and error: what was typed and could not be sent."""
    at = clock.now()
    calendar_row = calendar_at(at)
    calendar = worktime_of(calendar_row)
    day = calendar.local_date(at)
    colleagues, offered = colleagues_on(day), products()
    hang_on(one, calendar=calendar_row, staff=colleagues, products=offered)
    known = beside(one, request.actor, day)
    lines = timeline(one, client_side=False, with_files=known.has_files)
    return {
        "ticket": one,
        "state_words": state_words(one),
        "sla": sla_of(one, running_of(one), at=at, calendar=calendar),
        "lines": lines_for(lines, one, at=at, staff_id=request.actor.staff_id),
        "cards": contract_panel(one, request.actor, at, known),
        "more_cards": registered_cards(one, request),
        "composer": composer(one, body=body, error=error, kind=kind)
        | {"after": newest_of(lines)}
        | kept_words(request, one, body, known),
        "papers": papers_offer(one),
        "by_form": known.form_kind is not None,
        "open_steps": known.open_steps or 0,
        "kind_now": one.kind or known.form_kind,
        "reported": known.reported,
        "accepted_by_me": is_accepted(one) and one.accepted_by_id == request.actor.staff_id,
        "is_accepted": is_accepted(one),
        "is_ended": one.state in ENDED_STATES,
        "kinds": KIND_CHOICES,
        "product_options": [(product.pk, product.name) for product in offered],
        "staff_options": [(person.pk, person.label) for person in colleagues],
        "moves": next_state_choices(one),
        "planned": known.follow_ups,
        "triage": sorting(one, at, known.due_at, [line.message for line in lines if line.message is not None]),
    }


def kept_words(request: PortalRequest, one: Ticket, body: str, known: Beside) -> dict[str, Any]:
    """Where the saved answers are, and what the composer begins with: the person's draft, then the answer just chosen.

    Words that came back because they could not be sent (body) stand alone.
    """
    kept: dict[str, Any] = {"answers_url": reverse("desk:ticket-answers", args=[one.ref]) if known.has_answers else ""}
    draft = "" if body else known.draft_body or ""
    answer = "" if body else chosen_answer(request, one)
    if known.draft_at is not None and not body:
        kept |= {"kind": known.draft_kind, "draft_at": known.draft_at}
    words = [part for part in (draft, answer) if part]
    return kept | {"body": "\n\n".join(words)} if words else kept


def newest_of(lines: Iterable[Line]) -> int:
    """The key of the newest message on the page; 0 without any."""
    return max((line.message.pk for line in lines if line.message is not None), default=0)


def composer(one: Ticket, *, body: str, error: str, kind: str) -> dict[str, Any]:
    """The reply box (templates/parts/composer.html)."""
    return {
        "post_url": reverse("desk:say", args=[one.ref]),
        "draft_url": reverse("desk:draft", args=[one.ref]),
        "articles_url": reverse("desk:ticket-articles", args=[one.ref]),
        "to": one.requester_label.split()[0] if one.requester_label else "the client",
        "body": body,
        "kind": kind,
        "error": error,
        "max_bytes": MOST_BYTES,
        "may_reply": one.state != State.MERGED,
    }


def state_words(one: Ticket) -> str:
    """The state as a short label."""
    return STATE_LABELS[State(one.state)]


STATE_LABELS = {
    State.RECEIVED: gettext_noop("New"),
    State.ACKNOWLEDGED: gettext_noop("To accept"),
    State.ACCEPTED: gettext_noop("Accepted"),
    State.IN_PROGRESS: gettext_noop("In progress"),
    State.WAITING_CLIENT: gettext_noop("Waiting for the client"),
    State.WITH_MICROSOFT: gettext_noop("With Microsoft"),
    State.AWAITING_CHARGE: gettext_noop("Awaiting approval"),
    State.RESOLVED: gettext_noop("Resolved"),
    State.CLOSED: gettext_noop("Closed"),
    State.DECLINED: gettext_noop("Declined"),
    State.QUOTED: gettext_noop("Quoted"),
    State.MERGED: gettext_noop("Merged"),
}
