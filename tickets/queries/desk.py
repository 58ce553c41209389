"""What one person of the staff keeps: drafts, saved answers, macros, saved views."""

from django.db.models import Q, QuerySet

from portal.actors import Actor
from portal.queries.supplier import supplier
from tickets.models import Draft, SavedAnswer, SavedMacro, SavedView, Ticket


def draft_of(ticket: Ticket, actor: Actor) -> Draft | None:
    """This person's unsent words on the ticket; nobody else ever reads them."""
    return Draft.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk, staff_id=actor.staff_id or 0).first()


def answers_for(actor: Actor) -> QuerySet[SavedAnswer]:
    """Saved answers that a person may use: everybody's and the own, by name."""
    mine = Q(owner__isnull=True) | Q(owner_id=actor.staff_id or 0)
    return SavedAnswer.objects.filter(mine, retired_at__isnull=True).select_related("owner").order_by("label", "id")


def values_of(ticket: Ticket, me: str) -> dict[str, str]:
    """What the placeholders of a saved answer say on this ticket. me: the name of who writes."""
    us = supplier()
    return {
        "client": ticket.client.name,
        "person": ticket.requester_label,
        "first_name": ticket.requester_label.partition(" ")[0],
        "reference": ticket.ref,
        "subject": ticket.subject,
        "me": me,
        "supplier": us.name if us else "",
    }


def macros_for(actor: Actor) -> QuerySet[SavedMacro]:
    """Macros that a person may play: everybody's and the own, by name, with what they name."""
    mine = Q(owner__isnull=True) | Q(owner_id=actor.staff_id or 0)
    rows = SavedMacro.objects.filter(mine, retired_at__isnull=True)
    return rows.select_related("owner", "product", "person", "answer").order_by("label", "id")


def views_for(actor: Actor) -> QuerySet[SavedView]:
    """Saved views of the queue that a person may open: everybody's and the own, by name."""
    return SavedView.objects.filter(Q(owner__isnull=True) | Q(owner_id=actor.staff_id or 0)).order_by("label", "id")
