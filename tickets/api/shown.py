"""How programmes are shown tickets, clocks, messages and files."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from portal.queries.contract import worktime_of
from portal.worktime import Deadline, explain
from tickets.models import Attachment, Message, ResponseClock, Ticket
from tickets.rules.states import Channel, Kind, MessageKind, State, Target, Visibility


def one_of(values: Any, **given: Any) -> serializers.ChoiceField:
    """One word of a closed vocabulary."""
    return serializers.ChoiceField(choices=[str(value) for value in values], **given)


class ClockOut(serializers.Serializer):
    """The promise of a first response."""

    target = one_of(Target, help_text="4h: four working hours (HLP-4); 1d: one working day (HLP-3).")
    minutes = serializers.IntegerField(help_text="Working minutes promised.")
    started_at = serializers.DateTimeField(help_text="When the mail server took the acknowledgement (HLP-5).")
    due_at = serializers.DateTimeField()
    met_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(
        allow_null=True, help_text="The due time, once it passed without an answer."
    )
    probably_accepted = serializers.BooleanField(help_text="The mail server’s answer to the acknowledgement was lost.")


class ClockWithTrailOut(ClockOut):
    """The promise, with what it was reckoned from."""

    terms = serializers.IntegerField(source="terms.version", help_text="Version of the terms.")
    calendar = serializers.IntegerField(source="calendar.version", help_text="Version of the working calendar.")
    warn75_at = serializers.DateTimeField()
    warn90_at = serializers.DateTimeField()
    trail = serializers.JSONField(help_text="The reckoning as it was stored: each stretch of working time.")
    explained = serializers.SerializerMethodField(help_text="The same in sentences.")

    def get_explained(self, clock: ResponseClock) -> list[str]:
        """As on the ticket's page."""
        return explain(Deadline.from_json(clock.trail), worktime_of(clock.calendar))


class TicketOut(serializers.Serializer):
    """A request and where it stands."""

    ref = serializers.CharField()
    client = serializers.CharField(source="client.slug")
    subject = serializers.CharField()
    state = one_of(State)
    kind = one_of(Kind, allow_null=True, help_text="What kind of request it is (LIA-1), once it is accepted.")
    clause = serializers.CharField(allow_blank=True, help_text="The clause it comments on; then no clock runs.")
    channel = one_of(Channel)
    visibility = one_of(Visibility)
    requester = serializers.CharField(source="requester_label")
    for_whom = serializers.CharField(allow_blank=True)
    impact = serializers.CharField(allow_blank=True)
    product = serializers.CharField(source="product.code", allow_null=True, default=None)
    tenant = serializers.CharField(source="tenant.directory_id", allow_null=True, default=None)
    assignee = serializers.SerializerMethodField(help_text="Whose work it is; told to staff only.")
    terms = serializers.IntegerField(source="terms.version")
    version = serializers.IntegerField(help_text="Counts changes; send it back with a change to overwrite nobody’s.")
    received_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    first_reply_at = serializers.DateTimeField(allow_null=True)
    state_since = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    clock = serializers.SerializerMethodField(help_text="Absent (null) until the acknowledgement is out (HLP-5).")

    def get_assignee(self, ticket: Ticket) -> str | None:
        """A colleague's name; a client's scope cannot read it."""
        if not self.context["request"].actor.is_staff or ticket.assignee is None:
            return None
        return ticket.assignee.label

    def get_clock(self, ticket: Ticket) -> dict[str, Any] | None:
        """The clock without its trail. There is none before the acknowledgement, so none is looked for (HLP-5)."""
        clock = getattr(ticket, "clock", None) if ticket.acknowledged_at else None
        return ClockOut(clock).data if clock else None


class AttachmentOut(serializers.Serializer):
    """A file."""

    id = serializers.IntegerField(source="pk")
    message = serializers.IntegerField(source="message_id")
    name = serializers.CharField()
    content_type = serializers.CharField(help_text="What the bytes are, not what the sender said.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    scanned = serializers.SerializerMethodField(help_text="Whether a virus scanner has looked at it.")
    added_by = serializers.CharField()
    added_at = serializers.DateTimeField()

    def get_scanned(self, row: Attachment) -> bool:
        return row.scanned_at is not None


class MessageOut(serializers.Serializer):
    """A message of a request."""

    id = serializers.IntegerField(source="pk")
    kind = one_of(MessageKind, help_text="A note is seen by staff only.")
    author = serializers.CharField(source="author_label")
    by_staff = serializers.SerializerMethodField()
    channel = one_of(Channel)
    body = serializers.CharField()
    written_at = serializers.DateTimeField()
    publish_at = serializers.DateTimeField(allow_null=True, help_text="When a reply goes out, unless it is taken back.")
    published_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    attachments = AttachmentOut(many=True)

    def get_by_staff(self, row: Message) -> bool:
        return row.author_member_id is None


def ticket_address(ticket: Ticket) -> str:
    """Where a ticket is shown."""
    return reverse("api:ticket", args=[ticket.ref])


def message_address(message: Message) -> str:
    """Where a message is shown."""
    return reverse("api:message", args=[message.ticket.ref, message.pk])
