"""Problems of the supplier's: a cause behind requests of many clients. No client learns of a problem, nor of another's request."""

from django.db import models
from django.db.models import Q

from portal.models import Announcement, Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.problems import AnswerState, ProblemState


class Problem(models.Model):
    """One cause. It is announced at most once, and an announcement has at most one problem."""

    title = models.CharField(max_length=160)
    cause = models.TextField(default="", blank=True)
    state = models.CharField(max_length=12, default=ProblemState.OPEN)
    announcement = models.OneToOneField(
        Announcement, on_delete=models.PROTECT, null=True, blank=True, related_name="problem"
    )
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("state", ProblemState, "tickets_problem_state_known"),
            models.CheckConstraint(condition=~Q(title=""), name="tickets_problem_has_a_name"),
            models.CheckConstraint(
                condition=Q(state=ProblemState.RESOLVED, resolved_at__isnull=False)
                | (~Q(state=ProblemState.RESOLVED) & Q(resolved_at__isnull=True)),
                name="tickets_problem_resolved_when",
            ),
        ]
        indexes = [models.Index(fields=["-id"], condition=~Q(state=ProblemState.RESOLVED), name="tickets_problem_open")]

    def __str__(self) -> str:
        return self.title


class ProblemTicket(models.Model):
    """A request that the problem is behind. A request has at most one problem."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "problem_links")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="links")
    linked_by = models.CharField(max_length=120)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "ticket"], name="tickets_problem_one_each")]
        indexes = [models.Index(fields=["problem", "-id"], name="tickets_problem_links")]


class ProblemUpdate(models.Model):
    """Words of a person to every open request of a problem. goes_out_at: after the ten seconds in which all can be taken back."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="updates")
    body = models.TextField()
    resolve = models.BooleanField(default=False)
    by_staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    goes_out_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="tickets_problem_update_says_something")]
        indexes = [models.Index(fields=["problem", "-id"], name="tickets_problem_updates")]


class ProblemAnswer(models.Model):
    """What became of one request. due_at: when the sweep does what waits. version: the request's as the answer left it, so
    that an undo leaves alone what somebody changed since then."""

    client = client_key()
    update = models.ForeignKey(ProblemUpdate, on_delete=models.PROTECT, related_name="answers")
    ticket = same_client_key("tickets.Ticket", "problem_answers")
    message = same_client_key("tickets.Message", "problem_answers", null=True)
    state = models.CharField(max_length=10, default=AnswerState.WAITING)
    due_at = models.DateTimeField()
    before_state = models.CharField(max_length=16, default="", blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    sentence = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            one_of("state", AnswerState, "tickets_problem_answer_known"),
            models.UniqueConstraint(fields=["update", "ticket"], name="tickets_problem_answer_once"),
            models.CheckConstraint(
                condition=~Q(state=AnswerState.POSTED) | Q(message__isnull=False),
                name="tickets_problem_answer_is_a_reply",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state__in=[AnswerState.WAITING, AnswerState.UNDOING]),
                name="tickets_problem_answers_due",
            ),
        ]
