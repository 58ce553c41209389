"""What was made unreadable in a message or picture, by whom and why (ACC-2)."""

from django.db import models
from django.db.models import Q

from portal.models import Staff
from portal.models.fields import client_key, same_client_key


class Redaction(models.Model):
    """One redaction: of areas of a picture (both hashes of its bytes), or of words of a message.

    A text keeps no hash of what it was: with the rest of the sentence at hand, a short secret could be guessed from it.
    """

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "redactions")
    message = same_client_key("tickets.Message", "redactions")
    attachment = same_client_key("tickets.Attachment", null=True)
    old_sha256 = models.CharField(max_length=64, default="", blank=True)
    new_sha256 = models.CharField(max_length=64, default="", blank=True)
    places = models.PositiveSmallIntegerField(help_text="How many areas or passages.")
    reason = models.CharField(max_length=200)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    staff_label = models.CharField(max_length=120)
    at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & Q(places__gte=1), name="tickets_acc2_redaction_says_why"),
            models.CheckConstraint(
                condition=Q(attachment__isnull=True, old_sha256="", new_sha256="")
                | (Q(attachment__isnull=False) & ~Q(old_sha256="") & ~Q(new_sha256="")),
                name="tickets_acc2_redacted_picture_is_hashed",
            ),
        ]
