"""What programmes see of the helpdesk: for each side the rows that its pages would show, with what a row's answer needs."""

from collections.abc import Container
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.models import Membership, MicrosoftTenant, Product
from portal.queries.people import contract_day
from tickets.models import Attachment, Message, Ticket
from tickets.queries.access import tickets_for_client
from tickets.queries.people import members_on
from tickets.rules.references import normal_reference

# The staff's table is not a client's to read, so only their own side's answers name colleagues.
ROW = ("client", "product", "tenant", "terms", "clock", "clock__calendar", "clock__terms")


def tickets_seen_by(actor: Actor) -> QuerySet[Ticket]:
    """Every request that a person may see, whichever side they are on."""
    if actor.is_staff:
        return Ticket.objects.select_related(*ROW, "assignee", "accepted_by").defer("search")
    return tickets_for_client(actor).select_related(*ROW).defer("search")


def ticket_seen_by(actor: Actor, ref: str) -> Ticket:
    """One of them by its reference, the newest if two clients share it. Raises Ticket.DoesNotExist for every other."""
    found = tickets_seen_by(actor).filter(ref=normal_reference(ref) or "").order_by("-id").first()
    if found is None:
        raise Ticket.DoesNotExist(_("There is no request %(ref)s.") % {"ref": ref})
    return found


def messages_seen_by(actor: Actor, ticket: Ticket) -> QuerySet[Message]:
    """The messages of a ticket with their files; a client has only what is shown to it."""
    shown = {} if actor.is_staff else {"client_visible": True}
    files = Prefetch("attachments", queryset=Attachment.objects.filter(**shown).order_by("id"))
    rows = Message.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk, **shown)
    return rows.prefetch_related(files).defer("search")


def attachments_seen_by(actor: Actor, ticket: Ticket) -> QuerySet[Attachment]:
    """The files of a ticket; a client has only what is shown to it."""
    shown = {} if actor.is_staff else {"client_visible": True}
    return Attachment.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk, **shown)


def asking_choices(
    client_id: int, at: datetime, *, without_user: int = 0, given: Container[str] = ("tenant", "named", "requester")
) -> dict[str, Any]:
    """What a request may name: the products, and only this client's tenants and people.

    given: what it does name, where that is known before; the rest is then not looked up.
    """
    tenants, people = MicrosoftTenant.objects.none(), Membership.objects.none()
    if "tenant" in given:
        tenants = MicrosoftTenant.objects.filter(client_id=client_id).order_by("label")
    if "named" in given or "requester" in given:
        people = members_on(client_id, contract_day(at)).exclude(user_id=without_user)
    return {"products": Product.objects.order_by("position", "name"), "tenants": tenants, "colleagues": people}
