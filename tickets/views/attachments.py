"""Files out: who may, is settled before the first byte; then the body streams without a database (TRUST A19, ASVS 5.4)."""

from typing import TypeVar

from django.forms import Form
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.files.answers import file_answer
from portal.files.forms import hand_files_back
from portal.files.sniff import INLINE
from portal.tenancy.middleware import PortalRequest
from tickets.models import Attachment, Ticket
from tickets.queries.access import ticket_for_client, ticket_for_staff
from tickets.queries.attachments import attached, attachments_of

Posted = TypeVar("Posted", bound=Form)


@require_safe
def client_attachment(request: PortalRequest, slug: str, ref: str, pk: int) -> FileResponse:
    """A file that this person may see: on a request that they may see, and shown to the client."""
    try:
        ticket = ticket_for_client(request.actor, ref)
    except Ticket.DoesNotExist:
        raise Http404 from None
    return answer(request, get_object_or_404(attachments_of(ticket), pk=pk, client_visible=True))


@require_safe
def staff_attachment(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """Any file of the ticket, notes' files included."""
    try:
        ticket = ticket_for_staff(ref)
    except Ticket.DoesNotExist:
        raise Http404 from None
    return answer(request, get_object_or_404(attachments_of(ticket), pk=pk))


def answer(request: PortalRequest, attachment: Attachment) -> FileResponse:
    """The stored bytes: for download, or in the page for a safe picture when ?inline=1 asks for it."""
    shown = request.GET.get("inline") == "1" and attachment.content_type in INLINE
    return file_answer(
        attachment.storage_name,
        name=attachment.name,
        content_type=attachment.content_type,
        size=attachment.size,
        shown=shown,
    )


def keeping_files(request: PortalRequest, form: Posted) -> Posted:
    """A form that offers the files it took again when it is not in order, to this person on this side only."""
    hand_files_back(form, f"user {request.actor.user_id} client {request.actor.client_id}", attached)
    return form
