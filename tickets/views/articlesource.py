"""An answer on a request as the beginning of an article. The client's names are not carried over in silence: they are named."""

from dataclasses import dataclass

from django.http import Http404

from portal.queries.paging import key_of
from portal.tenancy.middleware import PortalRequest
from tickets.models import Message
from tickets.queries.articles import client_names_of
from tickets.rules.articles import names_left
from tickets.rules.states import MessageKind
from tickets.views.queue import found


@dataclass(frozen=True, slots=True)
class Source:
    """The words of an answer, and the names of the client and its people; `left` are those that stand in the words."""

    ref: str
    message: int
    title: str
    body: str
    names: tuple[str, ...]
    left: tuple[str, ...]


def source_of(request: PortalRequest) -> Source | None:
    """The answer that the address names (?ticket=…&message=3), None without one. Raises Http404 for no answer of staff."""
    given = request.GET
    if not given.get("ticket"):
        return None
    ticket = found(given["ticket"])
    message = Message.objects.filter(
        client_id=ticket.client_id, ticket_id=ticket.pk, pk=key_of(given.get("message")) or 0,
        kind=MessageKind.REPLY, author_staff__isnull=False, withdrawn_at__isnull=True,
    ).first()  # fmt: skip
    if message is None:
        raise Http404
    names = client_names_of(ticket)
    left = names_left(f"{ticket.subject}\n{message.body}", names)
    return Source(ticket.ref, message.pk, ticket.subject, message.body, names, tuple(left))
