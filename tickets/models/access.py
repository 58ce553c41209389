"""Access to a client's data, each step a row that is never changed (ACC-5 to ACC-7, ODS-4 to ODS-7)."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from portal.models import Staff
from portal.models.fields import client_key, dates_in_order, one_of, same_client_key
from tickets.rules.dataaccess import RESETS, SHORTEST_PURPOSE, About, Act, Basis, How, Proof, Verb

# purpose__length in the constraints below.
models.CharField.register_lookup(Length)


class AccessNaming(models.Model):
    """A person whom a manager named for one site, mailbox or account, for dates (ODS-4). Ended early by its last day."""

    client = client_key()
    membership = same_client_key("portal.Membership")
    label = models.CharField(max_length=120)
    place = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField()
    named_by = same_client_key("portal.Membership")
    named_by_label = models.CharField(max_length=120)
    named_at = models.DateTimeField()

    class Meta:
        constraints = [
            dates_in_order("tickets_ods4_naming_dates"),
            models.CheckConstraint(condition=~Q(place=""), name="tickets_ods4_naming_says_where"),
        ]
        indexes = [models.Index(fields=["client", "membership"], name="tickets_naming_person")]


class AccessRequest(models.Model):
    """What somebody asks us to do with data under a ticket. asked_by: the person of the client; written_by: who typed it."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "access_requests")
    asked_by = same_client_key("portal.Membership")
    asked_by_label = models.CharField(max_length=120)
    verb = models.CharField(max_length=10)
    person = models.CharField(max_length=120, help_text="Whose data it is.")
    own_data = models.BooleanField()
    place = models.CharField(max_length=200, help_text="The mailbox, site, file or account.")
    purpose = models.CharField(max_length=500)
    written_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            one_of("verb", Verb, "tickets_acc5_verb_known"),
            models.CheckConstraint(
                condition=Q(purpose__length__gte=SHORTEST_PURPOSE),
                name="tickets_ods6_purpose_is_specific",
                violation_error_message="Say the purpose in 20 characters or more.",
            ),
            models.CheckConstraint(condition=~Q(person="") & ~Q(place=""), name="tickets_ods6_names_person_and_place"),
        ]
        indexes = [models.Index(fields=["client", "ticket"], name="tickets_access_asked")]


class AccessDecision(models.Model):
    """A manager's yes or no: to the access itself, or to the deletion of one object. recorded_by: staff who were told."""

    client = client_key()
    request = same_client_key("tickets.AccessRequest", "decisions")
    about = models.CharField(max_length=6)
    thing = models.CharField(max_length=300, default="", blank=True)
    yes = models.BooleanField()
    decided_by = same_client_key("portal.Membership")
    decided_by_label = models.CharField(max_length=120)
    how = models.CharField(max_length=8)
    recorded_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by_label = models.CharField(max_length=120, default="", blank=True)
    note = models.CharField(max_length=300, default="", blank=True)
    decided_at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            one_of("about", About, "tickets_acc5_decision_known"),
            one_of("how", How, "tickets_ods4_decision_came_how"),
            models.CheckConstraint(
                condition=Q(about=About.ACCESS, thing="") | (Q(about=About.DELETE, how=How.PORTAL) & ~Q(thing="")),
                name="tickets_acc5_delete_is_confirmed_in_portal",
            ),
            models.CheckConstraint(
                condition=Q(how=How.PORTAL, recorded_by__isnull=True)
                | (~Q(how=How.PORTAL) & Q(recorded_by__isnull=False) & ~Q(note="")),
                name="tickets_ods4_decision_verified",
            ),
        ]
        indexes = [models.Index(fields=["client", "request"], name="tickets_access_decided")]


class BreakGlass(models.Model):
    """An emergency without anybody of the client's: its reason, and the two people of ours (portal.Approval)."""

    client = client_key()
    request = same_client_key("tickets.AccessRequest", "emergencies")
    approval = same_client_key("portal.Approval")
    reason = models.CharField(max_length=500)
    proposed_by_label = models.CharField(max_length=120)
    confirmed_by_label = models.CharField(max_length=120)
    confirmed_at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="tickets_acc5_emergency_has_a_reason"),
            models.UniqueConstraint(fields=["client", "approval"], name="tickets_acc5_emergency_once"),
        ]


class DataAccess(models.Model):
    """A window in which one member of staff may touch what the request names."""

    client = client_key()
    request = same_client_key("tickets.AccessRequest", "windows")
    ticket = same_client_key("tickets.Ticket", "accesses")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    staff_label = models.CharField(max_length=120)
    basis = models.CharField(max_length=11)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            one_of("basis", Basis, "tickets_ods4_basis_known"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at"))
                & (
                    Q(ends_at__lte=F("begins_at") + timedelta(hours=2))
                    | (~Q(basis=Basis.BREAK_GLASS) & Q(ends_at__lte=F("begins_at") + timedelta(hours=8)))
                ),
                name="tickets_acc5_window_is_short",
                violation_error_message="A window is open for eight hours at most, for two in an emergency.",
            ),
        ]
        indexes = [models.Index(fields=["client", "ticket"], name="tickets_access_ticket")]


class IdentityCheck(models.Model):
    """How we made sure who asks for a reset, before it is done; and the second address that was told (LIA-3)."""

    client = client_key()
    request = same_client_key("tickets.AccessRequest", "identity_checks")
    proof = models.CharField(max_length=8)
    note = models.CharField(max_length=300)
    manager = same_client_key("portal.Membership", null=True)
    manager_label = models.CharField(max_length=120, default="", blank=True)
    second_email = models.EmailField(max_length=190, default="", blank=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    staff_label = models.CharField(max_length=120)
    checked_at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            one_of("proof", Proof, "tickets_lia3_proof_known"),
            models.CheckConstraint(
                condition=Q(proof=Proof.CALLBACK) | (Q(manager__isnull=False) & ~Q(second_email="")),
                name="tickets_lia3_managers_word_is_told_elsewhere",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="tickets_lia3_check_says_how"),
        ]


class DataChange(models.Model):
    """One act on one object, in a window: what it was, what it is (ACC-6)."""

    client = client_key()
    access = same_client_key("tickets.DataAccess", "changes")
    ticket = same_client_key("tickets.Ticket", "data_changes")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    staff_label = models.CharField(max_length=120)
    act = models.CharField(max_length=14)
    thing = models.CharField(max_length=300)
    before = models.CharField(max_length=1000, default="", blank=True)
    after = models.CharField(max_length=1000, default="", blank=True)
    confirmation = same_client_key("tickets.AccessDecision", null=True)
    identity_check = same_client_key("tickets.IdentityCheck", null=True)
    at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            one_of("act", Act, "tickets_acc6_act_known"),
            models.CheckConstraint(condition=~Q(thing=""), name="tickets_acc6_change_names_its_object"),
            models.CheckConstraint(
                condition=~Q(act=Act.CHANGED) | (~Q(before="") & ~Q(after="")), name="tickets_acc7_before_and_after"
            ),
            models.CheckConstraint(
                condition=~Q(act=Act.DELETED) | Q(confirmation__isnull=False),
                name="tickets_acc5_delete_is_confirmed",
                violation_error_message="A deletion needs a manager’s confirmation of that object.",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=[str(act) for act in sorted(RESETS)]) | Q(identity_check__isnull=False),
                name="tickets_lia3_reset_is_checked",
                violation_error_message="Record the identity check before the reset.",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "ticket"], name="tickets_change_ticket"),
            models.Index(fields=["client", "-id"], name="tickets_change_newest"),
        ]


class AccessClosing(models.Model):
    """The end of a window before its time, by hand."""

    client = client_key()
    access = models.OneToOneField(DataAccess, on_delete=models.PROTECT, related_name="closing", db_constraint=False)
    closed_by = models.CharField(max_length=120)
    note = models.CharField(max_length=300, default="", blank=True)
    closed_at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)


class AdditionalTask(models.Model):
    """Something added to a request later, with the name of who added it, kept when they have left (ODS-7)."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "additional_tasks")
    added_by = same_client_key("portal.Membership", null=True)
    added_by_staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    added_by_name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500)
    recorded_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(added_by_name=""), name="tickets_ods7_task_names_who_added_it"),
            models.CheckConstraint(
                condition=Q(purpose__length__gte=SHORTEST_PURPOSE), name="tickets_ods7_task_says_what"
            ),
        ]
        indexes = [models.Index(fields=["client", "ticket"], name="tickets_task_ticket")]


class TaskStep(models.Model):
    """What became of an additional task: confirmed by the client, accepted, done, each once and by name."""

    client = client_key()
    task = same_client_key("tickets.AdditionalTask", "steps")
    step = models.CharField(max_length=9)
    member = same_client_key("portal.Membership", null=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_label = models.CharField(max_length=120)
    at = models.DateTimeField()
    client_visible = models.BooleanField(default=True)

    class Meta:
        constraints = [
            one_of("step", ("confirmed", "accepted", "done"), "tickets_ods7_step_known"),
            models.UniqueConstraint(fields=["client", "task", "step"], name="tickets_ods7_step_once"),
            models.CheckConstraint(
                condition=Q(step="confirmed", member__isnull=False) | (~Q(step="confirmed") & Q(staff__isnull=False)),
                name="tickets_ods7_step_by_whom",
            ),
        ]
