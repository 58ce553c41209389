"""What one person of the staff keeps at the desk: drafts, saved answers, macros, saved views of the queue."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.models import Product, Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.macros import STATES, Assign, MacroPlan
from tickets.rules.states import BulkKind, Kind, MessageKind, Priority


class Draft(models.Model):
    """Words in the composer that are not sent yet: one per person and ticket, gone when they are sent."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "drafts")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    body = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "ticket", "staff"], name="tickets_draft_one_each"),
            one_of("kind", (MessageKind.REPLY, MessageKind.NOTE), "tickets_draft_kind_known"),
            models.CheckConstraint(condition=~Q(body=""), name="tickets_draft_says_something"),
        ]


class SavedAnswer(models.Model):
    """Words that are written often, with placeholders such as {client}. Without an owner it is everybody's."""

    label = models.CharField(max_length=80)
    body = models.TextField()
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label="") & ~Q(body=""), name="tickets_answer_says_something"),
            models.UniqueConstraint(
                fields=["owner", "label"],
                condition=Q(retired_at__isnull=True),
                name="tickets_answer_named_once",
                nulls_distinct=False,
            ),
        ]


class SavedMacro(models.Model):
    """Acts that are played on a request together (tickets.rules.macros). Without an owner it is everybody's."""

    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, default="", blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    priority = models.CharField(max_length=6, default="", blank=True)
    add_tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    remove_tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    assign = models.CharField(max_length=6, default="", blank=True)
    person = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=16, default="", blank=True)
    answer = models.ForeignKey(SavedAnswer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label=""), name="tickets_macro_has_a_name"),
            one_of("kind", ("", *Kind), "tickets_macro_kind_known"),
            one_of("priority", ("", *Priority), "tickets_macro_priority_known"),
            one_of("assign", ("", *Assign), "tickets_macro_assign_known"),
            one_of("state", ("", *STATES), "tickets_macro_state_known"),
            models.CheckConstraint(
                condition=Q(assign=Assign.PERSON, person__isnull=False)
                | (~Q(assign=Assign.PERSON) & Q(person__isnull=True)),
                name="tickets_macro_names_whom",
            ),
            models.UniqueConstraint(
                fields=["owner", "label"],
                condition=Q(retired_at__isnull=True),
                name="tickets_macro_named_once",
                nulls_distinct=False,
            ),
        ]

    def plan(self) -> MacroPlan:
        """What it says, for the rules."""
        return MacroPlan(
            kind=self.kind, product=self.product_id, priority=self.priority, add_tags=tuple(self.add_tags),
            remove_tags=tuple(self.remove_tags), assign=self.assign, person=self.person_id, state=self.state,
            answer=self.answer_id,
        )  # fmt: skip


class SavedView(models.Model):
    """Filters of the queue under a name, for one person or for everybody."""

    label = models.CharField(max_length=40)
    name = models.CharField(max_length=12)
    client_slug = models.CharField(max_length=60, default="", blank=True)
    tag = models.CharField(max_length=30, default="", blank=True)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label=""), name="tickets_view_has_a_name"),
            models.UniqueConstraint(fields=["owner", "label"], name="tickets_view_named_once", nulls_distinct=False),
        ]


class BulkAct(models.Model):
    """One act on many requests: a line for each, with what it was before, so that it can be undone."""

    kind = models.CharField(max_length=8)
    by_staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    lines = models.JSONField()

    class Meta:
        constraints = [
            one_of("kind", BulkKind, "tickets_bulk_kind_known"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=models.F("made_at")),
                name="tickets_bulk_undone_after",
            ),
        ]
