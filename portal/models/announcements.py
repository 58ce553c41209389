"""What the supplier tells its clients: outages, planned work, closures; to whom, what followed, and who was told."""

from django.db import models
from django.db.models import F, Q

from portal.models.fields import client_key, one_of, same_client_key
from portal.models.people import Staff
from portal.rules.announcements import AnnouncementKind, AnnouncementState, Stage, Telling


class Announcement(models.Model):
    """One announcement. The row policy shows it to a client once it was published, to all or to that client.

    shown_from: when its banner begins. news_at: the last time that something new was said; who dismissed the banner before
    sees it again. An outage's ends_at is what we expect; of the others it is the end.
    """

    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=9, default=AnnouncementState.DRAFT)
    title = models.CharField(max_length=120)
    text = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    to_all = models.BooleanField(default=True)
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    shown_from = models.DateTimeField(null=True, blank=True)
    news_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_note = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            one_of("kind", AnnouncementKind, "portal_announcement_kind_known"),
            one_of("state", AnnouncementState, "portal_announcement_state_known"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="portal_announcement_says_something"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="portal_announcement_in_order"
            ),
            models.CheckConstraint(
                condition=Q(kind=AnnouncementKind.OUTAGE) | Q(ends_at__isnull=False),
                name="portal_announcement_ends",
                violation_error_message="Only an outage may have no end yet.",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, shown_from__isnull=True, news_at__isnull=True)
                | Q(published_at__isnull=False, shown_from__isnull=False, news_at__isnull=False),
                name="portal_announcement_published_when",
            ),
            models.CheckConstraint(
                condition=Q(state=AnnouncementState.DRAFT, published_at__isnull=True, closed_at__isnull=True)
                | Q(state=AnnouncementState.PUBLISHED, published_at__isnull=False, closed_at__isnull=True)
                | Q(state=AnnouncementState.ENDED, published_at__isnull=False, closed_at__isnull=False)
                | Q(state=AnnouncementState.WITHDRAWN, closed_at__isnull=False),
                name="portal_announcement_state_has_its_instants",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shown_from"], condition=Q(state=AnnouncementState.PUBLISHED), name="portal_announcement_shown"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AnnouncementClient(models.Model):
    """A client to whom an announcement is made that is not for all. A client sees its own row only."""

    client = client_key()
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="audience")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "client"], name="portal_announcement_client_once")
        ]


class AnnouncementUpdate(models.Model):
    """What was said later, for everybody who may read the announcement."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="updates")
    stage = models.CharField(max_length=13)
    body = models.TextField()
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("stage", Stage, "portal_announcement_stage_known"),
            models.CheckConstraint(condition=~Q(body=""), name="portal_announcement_update_says_something"),
        ]
        indexes = [models.Index(fields=["announcement", "-id"], name="portal_announcement_updates")]


class AnnouncementTelling(models.Model):
    """One thing of which people are told when it is due. reached: the last membership told so far, so that a thousand clients
    are told batch by batch and a crash goes on where it stood."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="tellings")
    update = models.ForeignKey(AnnouncementUpdate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=9)
    due_at = models.DateTimeField()
    reached = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("what", Telling, "portal_telling_known"),
            models.UniqueConstraint(
                fields=["announcement", "what", "update"], nulls_distinct=False, name="portal_telling_once"
            ),
            models.CheckConstraint(
                condition=Q(what=Telling.UPDATE, update__isnull=False)
                | (~Q(what=Telling.UPDATE) & Q(update__isnull=True)),
                name="portal_telling_of_its_update",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(done_at__isnull=True), name="portal_telling_due"),
        ]


class AnnouncementDismissal(models.Model):
    """A person put a banner away; it comes back with the next news."""

    client = client_key()
    membership = same_client_key("portal.Membership")
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "announcement"], name="portal_announcement_put_away_once"),
        ]
