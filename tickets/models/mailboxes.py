"""Mailboxes elsewhere, from which mail is fetched."""

from django.db import models
from django.db.models import F, Q

from portal.models.fields import one_of
from tickets.rules.mailboxes import BoxState, PauseReason, Security, Way


class Mailbox(models.Model):
    """One folder of one mailbox: how to reach it, and up to which mail it has been read. The supplier's.

    secret is encrypted (portal.secrecy). uidvalidity and last_uid: the server's numbers; after a change of the first the folder
    is read from its beginning. stuck_uid: the mail at which the line broke, stuck_tries times. next_look_at and leased_until are
    real time. failures: looks in a row that came to nothing.
    """

    label = models.CharField(max_length=60)
    host = models.CharField(max_length=120)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=8)
    user = models.CharField(max_length=254)
    folder = models.CharField(max_length=120, default="INBOX")
    done_folder = models.CharField(max_length=120, default="", blank=True)
    way = models.CharField(max_length=9)
    tenant = models.CharField(max_length=80, default="", blank=True)
    application = models.CharField(max_length=80, default="", blank=True)
    secret = models.BinaryField()
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    stuck_uid = models.BigIntegerField(default=0)
    stuck_tries = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=7, default=BoxState.RUNNING)
    reason = models.CharField(max_length=8, default="", blank=True)
    note = models.CharField(max_length=300, default="", blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_look_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("state", BoxState, "tickets_mailbox_state_known"),
            one_of("reason", ["", *PauseReason], "tickets_mailbox_reason_known"),
            one_of("security", Security, "tickets_mailbox_security_known"),
            one_of("way", Way, "tickets_mailbox_way_known"),
            models.CheckConstraint(
                condition=Q(state=BoxState.RUNNING, reason="") | (Q(state=BoxState.PAUSED) & ~Q(reason="")),
                name="tickets_mailbox_paused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(way=Way.PASSWORD) | (~Q(tenant="") & ~Q(application="")),
                name="tickets_mailbox_application_named",
            ),
            models.CheckConstraint(condition=~Q(folder=F("done_folder")), name="tickets_mailbox_moves_elsewhere"),
            models.UniqueConstraint(
                fields=["host", "user", "folder"], condition=Q(removed_at__isnull=True), name="tickets_mailbox_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label
