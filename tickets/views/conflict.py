"""Two people edited one ticket: the page that shows what stands now beside what this person was sending. Nothing is overwritten."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.files import Taken
from portal.models import Product, Staff
from portal.tenancy.middleware import PortalRequest
from tickets.forms import KIND_CHOICES, CorrectForm
from tickets.models import Ticket
from tickets.rules.states import State
from tickets.views.sorting import PRIORITIES
from tickets.views.ticket import STATE_LABELS, ticket_context

# Fields of the forms of a ticket, in the order of the page; the text of a message stands in a box of its own.
LABELS = {
    "subject": "Subject",
    "kind": gettext_noop("Kind"),
    "product": gettext_noop("Product"),
    "visibility": gettext_noop("Seen at the client by"),
    "assignee": gettext_noop("With"),
    "state": gettext_noop("State"),
    "priority": gettext_noop("Priority"),
    "tags": gettext_noop("Tags"),
    "ref": gettext_noop("Reference of the other"),
    "until": gettext_noop("Until"),
    "sentence": gettext_noop("Why not, in your words"),
    "note": gettext_noop("Note"),
    "reason": gettext_noop("Reason"),
}
UNSHOWN = ("csrfmiddlewaretoken", "idempotency_key", "version", "after", "files-kept")
VISIBILITIES = dict(CorrectForm.base_fields["visibility"].choices)  # type: ignore[attr-defined]


def conflict(request: PortalRequest, ticket: Ticket, *, kept: Sequence[tuple[str, Taken]] = ()) -> HttpResponse:
    """409, with both sides and a way to send one's own all the same. kept: its files, with their tokens."""
    context = ticket_context(request, ticket) | {
        "sent": [(name, value) for name, values in request.POST.lists() for value in values if name not in UNSHOWN],
        "wanted": wanted(request),
        "now": standing(ticket),
        "path": request.path,
        "kept": kept,
    }
    return render(request, "desk/conflict.html", context, status=409)


def wanted(request: HttpRequest) -> list[tuple[str, str]]:
    """What this person was sending, as labels and words."""
    return [(label, in_words(name, request.POST[name])) for name, label in LABELS.items() if name in request.POST]


def standing(ticket: Ticket) -> list[tuple[str, str]]:
    """The same facts as they are now."""
    return [
        ("Subject", ticket.subject),
        (_("Kind"), in_words("kind", ticket.kind)),
        (_("Product"), ticket.product.name if ticket.product else "not said"),
        (_("Seen at the client by"), in_words("visibility", ticket.visibility)),
        (_("With"), ticket.assignee.label if ticket.assignee else "nobody"),
        (_("State"), STATE_LABELS[State(ticket.state)]),
        (_("Priority"), in_words("priority", ticket.priority)),
        (_("Tags"), in_words("tags", ", ".join(ticket.tags))),
    ]


def in_words(name: str, value: str | None) -> str:
    """A field's value as a person reads it."""
    reader = READERS.get(name)
    return (reader(value or "") if reader else value) or "nothing"


def product_name(value: str) -> str:
    """A product by its key, "not said" without one."""
    found = Product.objects.filter(pk=value).first() if value.isdecimal() else None
    return found.name if found else "not said"


def staff_name(value: str) -> str:
    """A colleague by key, "nobody" without one."""
    found = Staff.objects.filter(pk=value).first() if value.isdecimal() else None
    return found.label if found else "nobody"


def state_name(value: str) -> str:
    """A state's label."""
    return STATE_LABELS[State(value)] if value in set(State) else value


KINDS = {**dict(KIND_CHOICES), "reply": gettext_noop("Reply"), "note": gettext_noop("Internal note")}
PRIORITY_WORDS: dict[str, object] = {str(value): label for value, label in PRIORITIES}
READERS: dict[str, Callable[[str], str]] = {
    "kind": lambda value: KINDS.get(value, value),
    "product": product_name,
    "visibility": lambda value: str(VISIBILITIES.get(value, value)),
    "assignee": staff_name,
    "state": state_name,
    "priority": lambda value: str(PRIORITY_WORDS.get(value, value)),
}
