"""What has to do with a ticket: what was merged into it, split off it or linked with it, and what else its requester asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tickets.models import Message, Tag, Ticket, TicketLink
from tickets.rules.states import Group, LinkKind

MOST = 8
SHOWN = ("id", "client_id", "ref", "subject", "state", "queue_group", "requester_label")


@dataclass(frozen=True, slots=True)
class Related:
    """One other request. how: "merged", "into", "split", "from", a LinkKind, "duplicated" or "causes" seen from the other end,
    or "asked" for another open one of the requester's; link: the link's key, where it is one."""

    how: str
    ticket: Ticket
    link: int | None = None


FROM_THE_OTHER_END = {LinkKind.RELATED: "related", LinkKind.DUPLICATE: "duplicated", LinkKind.CAUSED_BY: "causes"}


def merged_here(ticket: Ticket) -> QuerySet[Ticket]:
    """The requests that were merged into this one."""
    return Ticket.objects.filter(client_id=ticket.client_id, merged_into_id=ticket.pk).defer("search").order_by("id")


def related(ticket: Ticket) -> list[Related]:
    """Everything that has to do with the ticket, the closest first; three queries."""
    near = Ticket.objects.filter(client_id=ticket.client_id).filter(
        Q(merged_into_id=ticket.pk)
        | Q(split_from_id=ticket.pk)
        | Q(pk__in=[pk for pk in (ticket.merged_into_id, ticket.split_from_id) if pk])
    )
    found = [
        Related(_kinship(ticket, one), one) for one in near.only(*SHOWN, "merged_into", "split_from").order_by("id")
    ]
    found += _linked(ticket)
    known = {ticket.pk, *(one.ticket.pk for one in found)}
    asked = Ticket.objects.filter(
        client_id=ticket.client_id, requester_id=ticket.requester_id, queue_group__lt=Group.ENDED
    )
    return found + [Related("asked", one) for one in asked.exclude(pk__in=known).only(*SHOWN).order_by("-id")[:MOST]]


def _kinship(ticket: Ticket, other: Ticket) -> str:
    if other.merged_into_id == ticket.pk:
        return "merged"
    if other.split_from_id == ticket.pk:
        return "split"
    return "into" if ticket.merged_into_id == other.pk else "from"


def _linked(ticket: Ticket) -> list[Related]:
    rows = TicketLink.objects.filter(Q(ticket_id=ticket.pk) | Q(other_id=ticket.pk), client_id=ticket.client_id)
    links: Sequence[TicketLink] = list(rows.select_related("ticket", "other").order_by("id"))
    return [
        Related(link.kind, link.other, link.pk)
        if link.ticket_id == ticket.pk
        else Related(FROM_THE_OTHER_END[LinkKind(link.kind)], link.ticket, link.pk)
        for link in links
    ]


def another_of(ticket: Ticket, ref: str) -> Ticket | None:
    """Another request of the same client by its reference: no other client's is ever found here."""
    return Ticket.objects.filter(client_id=ticket.client_id, ref=ref).exclude(pk=ticket.pk).first()


def splittable(ticket: Ticket) -> list[Message]:
    """The client's own messages: what can become a request of its own."""
    said = Message.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk, client_visible=True)
    return list(said.filter(author_member__isnull=False).defer("search").order_by("written_at", "id"))


def tag_words() -> list[str]:
    """Every tag in use, for the list that is offered while one types."""
    return list(Tag.objects.order_by("label").values_list("label", flat=True)[:500])
