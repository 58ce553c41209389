"""Ready-made forms: the supplier's forms with their versions, and what clients filled in, kept and had done (LIA-3)."""

from django.db import models
from django.db.models import F, Q

from portal.models import Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.requestforms import Definition, Leads, fields_of, steps_of
from tickets.rules.scope import Area
from tickets.rules.states import Kind


class RequestForm(models.Model):
    """One ready-made form. Its questions are in its versions; ready: one of those that the portal came with."""

    code = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField()
    ready = models.BooleanField(default=False)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*$"), name="tickets_form_code_is_plain"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("made_at")),
                name="tickets_form_retired_after",
            ),
        ]


class FormVersion(models.Model):
    """A form as it stood from one change to the next, never changed: a request keeps the version it was filled in with."""

    form = models.ForeignKey(RequestForm, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=200)
    notice = models.TextField(default="", blank=True)
    kind = models.CharField(max_length=10)
    area = models.CharField(max_length=10)
    clause = models.CharField(max_length=8)
    why = models.CharField(max_length=300)
    leads = models.CharField(max_length=10, default=Leads.NOTHING)
    managers_only = models.BooleanField(default=False)
    fields = models.JSONField()
    steps = models.JSONField()
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="tickets_form_version_once"),
            one_of("kind", Kind, "tickets_form_kind_known"),
            one_of("area", Area, "tickets_form_area_known"),
            one_of("leads", Leads, "tickets_form_leads_known"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(summary="") & ~Q(why=""), name="tickets_form_version_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(leads=Leads.PROTECTION) | Q(managers_only=True),
                name="tickets_eml5_only_a_manager",
                violation_error_message="Only a manager may ask to remove a protection.",
            ),
        ]

    def definition(self) -> Definition:
        """The version as the rules know it."""
        return Definition(
            self.name, self.summary, self.kind, self.area, self.clause, self.why, fields_of(self.fields),
            steps_of(self.steps), self.notice, Leads(self.leads), self.managers_only,
        )  # fmt: skip


class FilledForm(models.Model):
    """What a client answered, on the request that came of it. open_steps, open_required: how far staff are."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "filled_forms")
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField()
    filled_by = models.CharField(max_length=120)
    filled_at = models.DateTimeField()
    open_steps = models.PositiveSmallIntegerField()
    open_required = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "ticket"], name="tickets_form_one_each"),
            models.CheckConstraint(
                condition=Q(open_required__lte=F("open_steps")), name="tickets_form_required_are_steps"
            ),
        ]


class StepTick(models.Model):
    """A step of the checklist that somebody ticked, or took back. The newest of a step counts."""

    client = client_key()
    filled = same_client_key("tickets.FilledForm", "ticks")
    step = models.CharField(max_length=40)
    done = models.BooleanField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    staff_label = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(step=""), name="tickets_tick_names_its_step")]
        indexes = [models.Index(fields=["client", "filled"], name="tickets_tick_of_form")]


class FormTemplate(models.Model):
    """Answers that a client keeps under a name, for everybody of its own. Nothing private is in them (ACC-4)."""

    client = client_key()
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    answers = models.JSONField()
    maker = same_client_key("portal.Membership")
    maker_label = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    removed_by = models.CharField(max_length=120, default="", blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label=""), name="tickets_template_has_a_name"),
            models.UniqueConstraint(
                fields=["client", "label"], condition=Q(removed_at__isnull=True), name="tickets_template_named_once"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by="") | (Q(removed_at__isnull=False) & ~Q(removed_by="")),
                name="tickets_template_removed_by_someone",
            ),
        ]
