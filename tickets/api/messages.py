"""Messages and files for programmes: read, answer, note, take back, withdraw, fetch."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from portal import clock
from portal.api.resource import StrictJson
from portal.api.shapes import bound, judged, shape_of
from portal.api.verbs import lists, reads, sends, writes
from portal.files import discarded_on_failure
from portal.files.answers import file_answer
from tickets.actions import replies
from tickets.actions.intake import add_client_message
from tickets.api.resource import TicketResource, found
from tickets.api.shown import AttachmentOut, MessageOut, message_address
from tickets.forms import ClientReplyForm, StaffMessageForm, WithdrawForm
from tickets.models import Attachment, Message
from tickets.queries.seen import attachments_seen_by, messages_seen_by
from tickets.rules.states import Channel, State

NewReply = shape_of(StaffMessageForm, "NewReply", without=["kind", "then"])
ClientReply = shape_of(ClientReplyForm, "ClientReply")
NewNote = shape_of(ClientReplyForm, "NewNote")
Withdrawal = shape_of(WithdrawForm, "Withdrawal")


class Messages(TicketResource):
    """The messages of a request."""

    parser_classes = [StrictJson, MultiPartParser]

    @lists(MessageOut, about="The messages of a request")
    def get(self, request: Request, ref: str) -> QuerySet[Message]:
        return messages_seen_by(request.actor, found(request, ref))

    @writes(
        "reply", about="Answer", given=NewReply, members=ClientReply, answers=MessageOut, status=201, at=message_address
    )
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Message:
        """A public answer, with files as multipart/form-data. The client’s own reopens a finished request within 14 days;
        ours goes out after ten seconds. `state`, `version` and `after` are for staff."""
        ticket = found(request, ref)
        if request.membership is None:
            return self.by_staff(request, given, ticket.pk)
        said = judged(ClientReplyForm(*bound(given)))
        with discarded_on_failure(said["files"]):
            return add_client_message(
                ticket.pk, said["body"], author=request.membership, by=request.actor, at=clock.now(),
                files=said["files"], channel=Channel.API,
            )  # fmt: skip

    def by_staff(self, request: Request, given: dict[str, Any], ticket_id: int) -> Message:
        """As the composer of the desk."""
        said = judged(StaffMessageForm(*bound(given | {"kind": "reply"})))
        then = State(said["state"]) if said["state"] else None
        with discarded_on_failure(said["files"]):
            return replies.reply(
                ticket_id, said["body"], by=request.actor, at=clock.now(), then=then, files=said["files"],
                seen=said["version"], after=said["after"],
            )  # fmt: skip


class Notes(TicketResource):
    """Internal notes."""

    only = "staff"
    parser_classes = [StrictJson, MultiPartParser]

    @writes("note", about="Write an internal note", given=NewNote, answers=MessageOut, status=201, at=message_address)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> Message:
        """Never shown to the client, and never a response (D5)."""
        ticket, said = found(request, ref), judged(ClientReplyForm(*bound(given)))
        with discarded_on_failure(said["files"]):
            return replies.note(ticket.pk, said["body"], by=request.actor, at=clock.now(), files=said["files"])


class OneMessage(TicketResource):
    """One message."""

    @reads(MessageOut, about="One message")
    def get(self, request: Request, ref: str, pk: int) -> Message:
        return message_of(request, ref, pk)


class Undo(TicketResource):
    """A reply that has not gone out yet."""

    only = "staff"

    @writes("reply undone", about="Take a reply back", answers=MessageOut)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> Message:
        """Only by the one who wrote it, and only within its ten seconds."""
        message = message_of(request, ref, pk)
        if message.kind != "reply":
            raise Http404
        return replies.undo_reply(message.pk, by=request.actor, at=clock.now())


class Withdraw(TicketResource):
    """A message that the client should not see any more."""

    only = "staff"

    @writes("message withdrawn", about="Withdraw a message", given=Withdrawal, answers=MessageOut)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> Message:
        """It stays on record, with who withdrew it and why."""
        message, said = message_of(request, ref, pk), judged(WithdrawForm(given))
        return replies.withdraw_message(message.pk, reason=said["reason"], by=request.actor, at=clock.now())


class Attachments(TicketResource):
    """The files of a request."""

    @lists(AttachmentOut, about="The files of a request")
    def get(self, request: Request, ref: str) -> QuerySet[Attachment]:
        """They came with its messages: to add one, answer with it."""
        return attachments_seen_by(request.actor, found(request, ref))


class AttachmentFile(TicketResource):
    """A file’s bytes."""

    @sends("*/*", about="A file")
    def get(self, request: Request, ref: str, pk: int) -> FileResponse:
        """As it is stored: pictures were drawn anew, without place and device."""
        row = attachments_seen_by(request.actor, found(request, ref)).filter(pk=pk).first()
        if row is None:
            raise Http404
        return file_answer(row.storage_name, name=row.name, content_type=row.content_type, size=row.size)


def message_of(request: Request, ref: str, pk: int) -> Message:
    """A message of this very ticket. Raises Http404."""
    message = messages_seen_by(request.actor, found(request, ref)).select_related("ticket").filter(pk=pk).first()
    if message is None:
        raise Http404
    return message
