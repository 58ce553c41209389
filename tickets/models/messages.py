"""What was said on a ticket, and the files that came with it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When

from portal.models import Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.models.tickets import PENDING_KB
from tickets.rules.states import Channel, MessageKind

# People of clients are found by what they wrote; the names of staff stand on every answer and would find them all.
CLIENT_AUTHOR = Case(
    When(author_member__isnull=False, then=F("author_label")), default=Value(""), output_field=models.TextField()
)
SHA256 = r"^[0-9a-f]{64}$"


class Message(models.Model):
    """One message. client_visible is what the client's row policy reads: a note never has it, a reply gets it when it
    is published (after the ten seconds in which it can be undone), a withdrawn message loses it.
    """

    client = client_key(indexed=False)
    ticket = same_client_key("tickets.Ticket", "messages", indexed=False)
    kind = models.CharField(max_length=8)
    author_member = same_client_key("portal.Membership", null=True, indexed=False)
    author_staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    author_label = models.CharField(max_length=120)
    channel = models.CharField(max_length=6, default=Channel.PORTAL)
    body = models.TextField()
    signature = models.TextField(default="", blank=True, db_default="", help_text="How a mail was signed.")
    history = models.TextField(default="", blank=True, db_default="", help_text="What a mail quoted.")
    html = models.TextField(default="", blank=True, db_default="", help_text="A mail's HTML, made safe.")
    html_history = models.TextField(default="", blank=True, db_default="", help_text="The same of what it quoted.")
    client_visible = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    then_state = models.CharField(max_length=16, default="", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=120, default="", blank=True)
    withdrawn_reason = models.CharField(max_length=200, default="", blank=True)
    search = models.GeneratedField(
        expression=SearchVector("body", CLIENT_AUTHOR, config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            one_of("kind", MessageKind, "tickets_message_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind=MessageKind.NOTE) | Q(client_visible=False), name="tickets_note_stays_inside"
            ),
            models.CheckConstraint(
                condition=Q(author_member__isnull=True) | Q(author_staff__isnull=True),
                name="tickets_message_one_author",
            ),
            models.CheckConstraint(
                condition=Q(client_visible=False) | Q(published_at__isnull=False, withdrawn_at__isnull=True),
                name="tickets_visible_is_published",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="") & ~Q(withdrawn_reason="")),
                name="tickets_withdrawn_by_someone",
            ),
            models.UniqueConstraint(fields=["client", "id", "client_visible"], name="tickets_message_visible_key"),
        ]
        indexes = [
            models.Index(fields=["ticket", "id"], name="tickets_message_thread"),
            models.Index(
                fields=["publish_at", "id"],
                condition=Q(publish_at__isnull=False, published_at__isnull=True, withdrawn_at__isnull=True),
                name="tickets_message_to_publish",
            ),
            models.Index(
                fields=["author_member"], condition=Q(author_member__isnull=False), name="tickets_message_of_member"
            ),
            models.Index(
                fields=["author_staff"], condition=Q(author_staff__isnull=False), name="tickets_message_of_staff"
            ),
            GinIndex(fields=["client", "search"], name="tickets_message_search", gin_pending_list_limit=PENDING_KB),
        ]


class Attachment(models.Model):
    """A file on a message, stored under a random name. Its client_visible follows the message's through the key."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "attachments")
    message = same_client_key("tickets.Message", "attachments")
    name = models.CharField(max_length=180)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=80)
    part = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Its number in the mail that brought it.")
    scanned_at = models.DateTimeField(null=True, blank=True)
    client_visible = models.BooleanField(default=False)
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="tickets_attachment_is_hashed"),
            models.CheckConstraint(condition=~Q(name=""), name="tickets_attachment_has_a_name"),
            models.UniqueConstraint(fields=["storage_name"], name="tickets_attachment_stored_once"),
        ]
        indexes = [
            models.Index(fields=["client", "ticket"], name="tickets_attachment_ticket"),
            models.Index(fields=["client", "added_at"], name="tickets_attachment_quota"),
        ]
