"""Tickets: a request and where it stands."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from portal.models import MicrosoftTenant, Product, Staff, Terms
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.states import NEEDS_ACCEPTANCE, Channel, Group, Kind, Priority, State, Visibility
from tickets.rules.triage import MOST_TAGS

# New words wait in a list beside their index, which every search reads whole: with PostgreSQL's own 4 MB that alone takes
# 20 ms, and whoever fills it waits a tenth of a second while it is sorted in.
PENDING_KB = 256


class Ticket(models.Model):
    """A request by a client. version counts edits: a second editor with an old number sees a conflict page.

    queue_group and queue_at place it in the queue; queue_at is the due time while the clock runs, the oldest
    unanswered client message afterwards. follows: the finished request that this one goes on from (D24).
    """

    client = client_key("tickets", indexed=False)
    ref = models.CharField(max_length=9)
    requester = same_client_key("portal.Membership", indexed=False)
    requester_label = models.CharField(max_length=120)
    for_whom = models.CharField(max_length=200, default="", blank=True)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    tenant = models.ForeignKey(
        MicrosoftTenant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=10, null=True, blank=True)
    clause = models.CharField(
        max_length=8, default="", blank=True, db_default="", help_text="The clause it comments on: then no clock runs."
    )
    subject = models.CharField(max_length=200)
    impact = models.CharField(max_length=300, default="", blank=True)
    channel = models.CharField(max_length=6, default=Channel.PORTAL)
    visibility = models.CharField(max_length=12, default=Visibility.STANDARD)
    state = models.CharField(max_length=16, default=State.RECEIVED)
    queue_group = models.PositiveSmallIntegerField(default=Group.UNACKNOWLEDGED)
    queue_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    assignee = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    last_client_at = models.DateTimeField()
    last_staff_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="The oldest client message not yet answered.")
    state_since = models.DateTimeField()
    state_note = models.CharField(max_length=300, default="", blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_due_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    misfiled_at = models.DateTimeField(null=True, blank=True, help_text="When it was closed as another client's.")
    merged_into = same_client_key("tickets.Ticket", "merged_here", null=True, indexed=False)
    follows = same_client_key("tickets.Ticket", null=True, indexed=False)
    merged_state = models.CharField(max_length=16, default="", blank=True, db_default="", help_text="As it was before.")
    split_from = same_client_key("tickets.Ticket", "split_off", null=True, indexed=False)
    priority = models.CharField(max_length=6, default=Priority.NORMAL, db_default=Priority.NORMAL)
    tags = ArrayField(models.CharField(max_length=30), default=list, db_default=[], blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_reason = models.CharField(max_length=200, default="", blank=True, db_default="")
    search = models.GeneratedField(
        expression=SearchVector("ref", "subject", "requester_label", "for_whom", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            # References are random, so each index over them is written in another place every time: this one does for all, whole
            # references and their first letters.
            models.UniqueConstraint(
                fields=["ref", "client"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="tickets_ref_once_per_client",
            ),
            models.CheckConstraint(
                condition=Q(ref__regex=r"^[0-9A-Z]{4}-[0-9A-Z]{4}$"), name="tickets_ref_is_speakable"
            ),
            models.CheckConstraint(condition=~Q(subject=""), name="tickets_subject_said"),
            one_of("state", State, "tickets_state_known"),
            one_of("channel", Channel, "tickets_channel_known"),
            one_of("visibility", Visibility, "tickets_visibility_known"),
            models.CheckConstraint(
                condition=Q(kind__isnull=True) | Q(kind__in=[str(kind) for kind in Kind]),
                name="tickets_lia1_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(clause="") | Q(kind=Kind.FEEDBACK, kind__isnull=False),
                name="tickets_doc1_comment_is_feedback",
                violation_error_message="A comment on a clause stays feedback: no promise runs for it.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=NEEDS_ACCEPTANCE) | Q(accepted_at__isnull=False),
                name="tickets_acc6_work_needs_acceptance",
                violation_error_message="Accept the request before you work on it.",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(
                    accepted_at__isnull=False,
                    accepted_by__isnull=False,
                    kind__isnull=False,
                    acknowledged_at__isnull=False,
                ),
                name="tickets_acc6_accepted_by_someone",
                violation_error_message="An acceptance needs who, when and what kind of request.",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True) | Q(assigned_at__isnull=False), name="tickets_cmp6_assigned_when"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RECEIVED) | Q(acknowledged_at__isnull=True),
                name="tickets_hlp5_received_is_before",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACKNOWLEDGED) | Q(acknowledged_at__isnull=False),
                name="tickets_hlp5_acknowledged_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(misfiled_at__isnull=True) | Q(state=State.CLOSED),
                name="tickets_cmp5_misfiled_stays_closed",
                violation_error_message="This request was another client’s. It stays closed here.",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.MERGED) | Q(merged_into__isnull=False), name="tickets_d24_merged_into_another"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="tickets_d24_not_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(merged_state="") | Q(merged_into__isnull=False), name="tickets_d24_merge_can_be_undone"
            ),
            models.CheckConstraint(
                condition=Q(split_from__isnull=True) | ~Q(split_from=F("id")), name="tickets_d24_not_split_from_itself"
            ),
            one_of("priority", Priority, "tickets_priority_known"),
            models.CheckConstraint(condition=Q(tags__len__lte=MOST_TAGS), name="tickets_tags_are_few"),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True, snooze_reason="")
                | (Q(snoozed_until__isnull=False) & ~Q(snooze_reason="")),
                name="tickets_d24_snooze_has_a_reason",
                violation_error_message="A snooze needs its reason.",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True) | Q(queue_group=Group.WAITING),
                name="tickets_d24_snooze_hides_no_clock",
                violation_error_message="A request whose promise is running cannot be snoozed.",
            ),
            models.UniqueConstraint(
                fields=["client", "id", "acknowledged_at"], name="tickets_hlp5_acknowledged_instant"
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue_group", "queue_at", "id"], condition=Q(queue_group__lt=Group.ENDED), name="tickets_queue"
            ),
            models.Index(
                fields=["assignee", "queue_group", "queue_at", "id"],
                condition=Q(queue_group__lt=Group.ENDED),
                name="tickets_queue_mine",
            ),
            models.Index(
                fields=["client", "queue_group", "queue_at", "id"],
                include=["assignee"],
                condition=Q(queue_group__lt=Group.ENDED),
                name="tickets_queue_client",
            ),
            models.Index(fields=["client", "-last_client_at", "-id"], name="tickets_client_newest"),
            models.Index(fields=["requester", "-id"], name="tickets_requester"),
            models.Index(fields=["received_at"], name="tickets_received"),
            models.Index(fields=["client", "received_at"], name="tickets_client_received"),
            models.Index(
                fields=["-state_since", "-id"], condition=Q(queue_group=Group.ENDED), name="tickets_done_newest"
            ),
            models.Index(fields=["close_due_at"], condition=Q(state=State.RESOLVED), name="tickets_close_due"),
            models.Index(
                fields=["snoozed_until", "id"], condition=Q(snoozed_until__isnull=False), name="tickets_snoozed"
            ),
            models.Index(
                fields=["client", "merged_into"], condition=Q(merged_into__isnull=False), name="tickets_merged"
            ),
            models.Index(fields=["client", "split_from"], condition=Q(split_from__isnull=False), name="tickets_split"),
            models.Index(fields=["client", "follows"], condition=Q(follows__isnull=False), name="tickets_follows"),
            models.Index(fields=["product"], condition=Q(product__isnull=False), name="tickets_product"),
            models.Index(fields=["tenant"], condition=Q(tenant__isnull=False), name="tickets_tenant"),
            GinIndex(fields=["client", "search"], name="tickets_search", gin_pending_list_limit=PENDING_KB),
            models.Index(fields=["-id"], condition=~Q(clause=""), name="tickets_doc1_comments"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.subject}"


class TicketPerson(models.Model):
    """A person of the client whom the requester named on a confidential request: they may see it too."""

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "people")
    membership = same_client_key("portal.Membership")
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "ticket", "membership"], name="tickets_person_named_once"),
            models.CheckConstraint(condition=~Q(added_by=""), name="tickets_person_named_by_someone"),
        ]


class TicketWatcher(models.Model):
    """A person of the client who gets a copy of each answer. It opens nothing: who may see no more gets no more.

    named: they could not see the request before, and were named on it together with this.
    """

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "watchers")
    membership = same_client_key("portal.Membership")
    by_mail = models.BooleanField(default=True, db_default=True)
    named = models.BooleanField(default=False, db_default=False)
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "ticket", "membership"], name="tickets_watches_once"),
            models.CheckConstraint(condition=~Q(added_by=""), name="tickets_watcher_added_by_someone"),
        ]
