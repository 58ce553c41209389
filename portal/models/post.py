"""What leaves the system, and what it tells people: outbox, alarms, notices."""

from django.db import models
from django.db.models import Q

from portal.models.fields import client_key, one_of, same_client_key
from portal.models.people import Address, User
from portal.rules.notices import Way
from portal.rules.states import MailState

UNSENT = [MailState.QUEUED, MailState.SENDING]


class Outbox(models.Model):
    """A mail that must leave. Written with the fact it tells of; a sweep sends it and marks it (HLP-5).

    dot_at is the instant before the final dot of the last attempt: if the server's answer is lost, it stands in for
    sent_at and probably_accepted says so.
    """

    client = client_key(null=True, indexed=False)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    to_email = models.EmailField(max_length=190)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(default="", blank=True)
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=190)
    about_type = models.CharField(max_length=40, default="", blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    secret = models.BinaryField(null=True, blank=True)
    by = models.CharField(max_length=120)
    queued_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=MailState.QUEUED)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    dot_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    probably_accepted = models.BooleanField(default=False)
    error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            one_of("state", MailState, "portal_outbox_state_known"),
            models.UniqueConstraint(fields=["message_id"], name="portal_outbox_message_id_once"),
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
                name="portal_hlp5_sent_has_its_instant",
            ),
            models.UniqueConstraint(
                fields=["about_type", "about_id"],
                condition=Q(kind="acknowledgement"),
                name="portal_hlp5_one_acknowledgement",
                violation_error_message="This request already has its acknowledgement.",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state__in=UNSENT), name="portal_outbox_due"),
            models.Index(fields=["about_type", "about_id"], name="portal_outbox_about"),
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=[MailState.FAILED, MailState.CANCELLED]),
                name="portal_outbox_stopped",
            ),
        ]


class Alarm(models.Model):
    """Something staff must look at. One open alarm a kind and subject; cleared, never deleted.

    told_at is empty until the leads have their notice of it; taken_* says who has it in hand.
    """

    client = client_key(null=True)
    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    clause = models.CharField(max_length=8, default="", blank=True)
    sentence = models.TextField()
    cure = models.TextField(default="", blank=True)
    url = models.CharField(max_length=200, default="", blank=True)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.CharField(max_length=120, default="", blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.CharField(max_length=120, default="", blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snoozed_by = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(cleared_at__isnull=True),
                name="portal_alarm_open_once",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True, cleared_by="") | (Q(cleared_at__isnull=False) & ~Q(cleared_by="")),
                name="portal_alarm_cleared_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by="") | (Q(taken_at__isnull=False) & ~Q(taken_by="")),
                name="portal_alarm_taken_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True, snoozed_by="")
                | (Q(snoozed_until__isnull=False) & ~Q(snoozed_by="")),
                name="portal_alarm_snoozed_by_someone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(told_at__isnull=True, cleared_at__isnull=True), name="portal_alarm_untold"
            )
        ]


class Notice(models.Model):
    """A line in a person's inbox inside the portal. Never the only way a promise is told.

    Of a client's person it names the membership; without one it is a colleague's, and client only says whom it is about.
    mail_due_at and digest_due_at are empty when nothing more is to be sent; mailed_at and digested_at when nothing was.
    """

    client = client_key(null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    membership = same_client_key("portal.Membership", null=True)
    kind = models.CharField(max_length=40)
    sentence = models.CharField(max_length=300)
    url = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=120)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    digest_due_at = models.DateTimeField(null=True, blank=True)
    digested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="portal_notice_told_once"),
            models.CheckConstraint(condition=~Q(sentence=""), name="portal_notice_says_something"),
            models.CheckConstraint(
                condition=Q(mail_due_at__isnull=True) | Q(digest_due_at__isnull=True),
                name="portal_notice_leaves_one_way",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="portal_notice_inbox"),
            models.Index(fields=["user", "-at"], condition=Q(read_at__isnull=True), name="portal_notice_unread"),
            models.Index(
                fields=["mail_due_at", "id"], condition=Q(mail_due_at__isnull=False), name="portal_notice_mail_due"
            ),
            models.Index(
                fields=["digest_due_at", "user"],
                condition=Q(digest_due_at__isnull=False),
                name="portal_notice_digest_due",
            ),
            models.Index(
                fields=["user", "-digested_at"],
                condition=Q(digested_at__isnull=False),
                name="portal_notice_digested",
            ),
        ]


class NoticeChoice(models.Model):
    """How one person wants to be told of one kind: as one client's person, or, without a client, as a colleague.

    A new role keeps the choice; membership is the one in which it was made last.
    """

    client = client_key(null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    membership = same_client_key("portal.Membership", null=True)
    kind = models.CharField(max_length=40)
    way = models.CharField(max_length=8)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client", "kind"], nulls_distinct=False, name="portal_notice_choice_once"
            ),
            models.CheckConstraint(
                condition=Q(client__isnull=True, membership__isnull=True)
                | Q(client__isnull=False, membership__isnull=False),
                name="portal_notice_choice_of_a_person",
            ),
            one_of("way", Way, "portal_notice_choice_way_known"),
        ]
