"""What staff plan to do on a request later."""

from django.db import models
from django.db.models import F, Q

from portal.models import Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.followups import Plan, PlanState


class FollowUp(models.Model):
    """A reminder to a colleague, or a message to the client that is sent when it is due. seen: the newest message that its
    author knew; outcome: why it was not done. The words of a message that went out stand in the message alone."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "follow_ups")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=9, default=str(PlanState.PLANNED), db_default=str(PlanState.PLANNED))
    due_at = models.DateTimeField()
    words = models.TextField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    told_client = models.BooleanField(default=False, db_default=False)
    seen = models.BigIntegerField(default=0, db_default=0)
    planned_by = models.CharField(max_length=120)
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            one_of("kind", Plan, "tickets_follow_up_kind_known"),
            one_of("state", PlanState, "tickets_follow_up_state_known"),
            models.CheckConstraint(condition=Q(due_at__gt=F("planned_at")), name="tickets_follow_up_comes_later"),
            models.CheckConstraint(
                condition=Q(state=str(PlanState.PLANNED), ended_at__isnull=True)
                | (~Q(state=str(PlanState.PLANNED)) & Q(ended_at__isnull=False, ended_at__gte=F("planned_at"))),
                name="tickets_follow_up_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(words="") | Q(state=str(PlanState.DONE), kind=str(Plan.MESSAGE)),
                name="tickets_follow_up_says_something",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state=str(PlanState.PLANNED)), name="tickets_follow_up_due"
            ),
            models.Index(fields=["client", "ticket", "due_at"], name="tickets_follow_up_ticket"),
        ]
