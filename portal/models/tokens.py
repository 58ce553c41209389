"""Tokens of the interface."""

from django.db import models
from django.db.models import F, Q

from portal.models.fields import client_key, same_client_key
from portal.models.people import Staff, User
from portal.rules.tokens import LONGEST_LIFE

HASH = r"^[0-9a-f]{64}$"


class ApiToken(models.Model):
    """A secret that a programme shows in place of one membership or one person of the staff; kept as its hash.

    Its instants are of real time. It is never deleted: revoked, it stays on record with who ended it and why.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    client = client_key(null=True)
    membership = same_client_key("portal.Membership", null=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_why = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="portal_token_hash_once"),
            models.CheckConstraint(condition=Q(token_hash__regex=HASH), name="portal_token_is_hashed"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(scopes=[]), name="portal_token_says_what_for"),
            models.CheckConstraint(
                condition=Q(client__isnull=False, membership__isnull=False, staff__isnull=True)
                | Q(client__isnull=True, membership__isnull=True, staff__isnull=False),
                name="portal_token_of_one_place",
                violation_error_message="A token belongs to one membership or to one person of the staff.",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at"), expires_at__lte=F("made_at") + LONGEST_LIFE),
                name="portal_token_lives_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_why="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_why="")),
                name="portal_token_revoked_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="portal_token_user")]

    def __str__(self) -> str:
        return self.name
