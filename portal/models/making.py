"""What every request for a document has that a worker makes: who asked, where it stands, and the worker's lease."""

from django.db import models

from portal.models.fields import client_key
from portal.rules.making import MakingState, check_making


class Making(models.Model):
    """A request for a document. A worker makes it under a lease and tells how far it is (per cent and words)."""

    client = client_key()
    requested_by_label = models.CharField(max_length=120)
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=MakingState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    progress_says = models.CharField(max_length=120, default="", blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        abstract = True

    def move(self, new: MakingState) -> None:
        """Change the state in memory: its only writer. Raises Refused for a move the table does not know."""
        check_making(MakingState(self.state), new)
        self.state = new
