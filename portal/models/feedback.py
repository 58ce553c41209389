"""Comments on the terms by visitors. Comments by people of a client are requests of the helpdesk, without a clock."""

from django.db import models
from django.db.models import Q

from portal.models.contract import Terms


class TermsFeedback(models.Model):
    """A visitor's comment on a clause, kept with the version it was written about (DOC-1). No mail, no promise.

    source: a keyed hash of the address it came from, only to limit how many come from one.
    """

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="feedback")
    clause = models.CharField(max_length=8)
    body = models.TextField()
    name = models.CharField(max_length=120, default="", blank=True)
    source = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(body="") & ~Q(clause=""), name="portal_doc1_comment_says_something"),
            models.CheckConstraint(condition=Q(source__regex=r"^[0-9a-f]{64}$"), name="portal_doc1_source_is_hashed"),
        ]
        indexes = [models.Index(fields=["at", "source"], name="portal_feedback_limit")]
