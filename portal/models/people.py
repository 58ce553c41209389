"""People: users, addresses, dated memberships of clients, staff, non-disclosure agreements, invitations."""

from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connections, models
from django.db.models import F, Q
from django.db.models.functions import Lower

from portal.models.fields import client_key, dates_in_order, no_overlap, one_of, same_client_key
from portal.prepared import Prepared
from portal.rules.states import AddressState, Grade, IdentityCheck, Role, SignInWay


class UserManager(BaseUserManager["User"]):
    """What sign-in needs: find a person by the address they type."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def get(self, *args: Any, **kwargs: Any) -> "User":
        """Django's; by the key alone, as every page of a signed-in person asks, it is planned once a connection.

        Raises User.DoesNotExist.
        """
        key = kwargs.get("pk")
        if args or len(kwargs) != 1 or type(key) is not int:
            return super().get(*args, **kwargs)
        names, by_key = self.by_key
        with connections[self.db].cursor() as cursor:
            by_key.run(cursor, [key])
            row = cursor.fetchone()
        if row is None:
            raise self.model.DoesNotExist
        return self.model.from_db(self.db, names, row)

    @cached_property
    def by_key(self) -> tuple[list[str], Prepared]:
        """The columns, and the statement that reads them."""
        names = [field.attname for field in self.model._meta.concrete_fields]
        return names, Prepared(f"select {', '.join(names)} from portal_user where id = %s")  # noqa: S608 - our own columns


class User(AbstractBaseUser):
    """A person who can sign in. What they may do stands in Membership or Staff, never both."""

    email = models.EmailField(max_length=190)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    shortcuts_on = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="portal_user_email_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="portal_user_email_is_lower"),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """Where a person gets mail. Registered is enough for an acknowledgement; verified is needed to sign in (HLP-5)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="addresses")
    email = models.EmailField(max_length=190)
    registered_by = models.CharField(max_length=120)
    registered_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, default=AddressState.ACTIVE)
    trouble = models.CharField(max_length=200, default="", blank=True)
    home_client = models.ForeignKey(
        "portal.Client",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="For whom mail from here is, where the person belongs to several clients.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="portal_address_email_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="portal_address_email_is_lower"),
            one_of("state", AddressState, "portal_address_state_known"),
        ]

    def __str__(self) -> str:
        return self.email


class Membership(models.Model):
    """A person's role at a client, for dates. Name and address are copied here: client scopes cannot read users."""

    client = client_key("memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    email = models.EmailField(max_length=190)
    role = models.CharField(max_length=8)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    delegated_by = same_client_key("portal.Membership", null=True)
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            no_overlap("portal_membership_one_at_a_time", ["client", "user", "role"], "They already have this role."),
            dates_in_order("portal_membership_dates_in_order"),
            one_of("role", Role, "portal_membership_role_known"),
            models.CheckConstraint(
                condition=Q(delegated_by__isnull=True) | Q(role=Role.MANAGER, valid_to__isnull=False),
                name="portal_membership_delegation_is_dated",
                violation_error_message="A delegated manager needs a last day.",
            ),
        ]
        indexes = [models.Index(fields=["user", "client"], name="portal_membership_user")]

    def __str__(self) -> str:
        return self.label


class Staff(models.Model):
    """A person of the supplier. Leavers stay: their names are in the record."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="staff")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    email = models.EmailField(max_length=190)
    grade = models.CharField(max_length=6, default=Grade.AGENT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    absent_from = models.DateField(null=True, blank=True)
    absent_to = models.DateField(null=True, blank=True)
    stand_in = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            one_of("grade", Grade, "portal_staff_grade_known"),
            dates_in_order("portal_staff_dates_in_order"),
            models.CheckConstraint(
                # Both must be asked for: a comparison with nothing is neither true nor false, and would pass.
                condition=Q(absent_from__isnull=True, absent_to__isnull=True)
                | Q(absent_from__isnull=False, absent_to__isnull=False, absent_to__gte=F("absent_from")),
                name="portal_staff_absence_is_a_span",
                violation_error_message="An absence needs a first and a last day, in order.",
            ),
            models.CheckConstraint(condition=~Q(stand_in=F("id")), name="portal_staff_stand_in_is_another"),
        ]

    def __str__(self) -> str:
        return self.label


class Nda(models.Model):
    """A signed non-disclosure agreement (CMP-6). valid_to = the first day on which it no longer covers new work."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="ndas")
    valid_from = models.DateField(help_text="The day it was signed.")
    valid_to = models.DateField(null=True, blank=True)
    template_version = models.CharField(max_length=40)
    witness = models.CharField(max_length=120)
    storage_reference = models.CharField(max_length=200)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            no_overlap("portal_cmp6_nda_one_at_a_time", ["staff"], "An agreement already covers those days."),
            dates_in_order("portal_cmp6_nda_dates_in_order"),
        ]


class Invitation(models.Model):
    """A one-time link, kept as its hash: 72 hours, one use."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=12, default="invitation")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="portal_invitation_token_once"),
            models.CheckConstraint(
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 - the shape of a hash, no secret
                name="portal_invitation_is_hashed",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="portal_invitation_expires"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__lt=F("expires_at")),
                name="portal_invitation_used_in_time",
            ),
        ]


class LostFactor(models.Model):
    """Somebody says that their second step is lost. Staff check who they are, and only then are they let in anew."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    check_method = models.CharField(max_length=12, default="", blank=True)
    check_note = models.CharField(max_length=200, default="", blank=True)
    checked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    reset_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(reset_at__isnull=True, dismissed_at__isnull=True),
                name="portal_lost_factor_open_once",
            ),
            models.CheckConstraint(
                condition=Q(check_method__in=["", *IdentityCheck]), name="portal_lost_factor_method_known"
            ),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, checked_by__isnull=True, check_method="")
                | (Q(checked_at__isnull=False, checked_by__isnull=False) & ~Q(check_method="") & ~Q(check_note="")),
                name="portal_lost_factor_check_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(reset_at__isnull=True) | Q(checked_at__isnull=False, dismissed_at__isnull=True),
                name="portal_lost_factor_reset_was_checked",
                violation_error_message="A second step is reset only after the person's identity was checked.",
            ),
        ]


class EmailChange(models.Model):
    """A person's wish for another address: told to the old one, which can stop it, and done by a link to the new one."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    old_email = models.EmailField(max_length=190)
    new_email = models.EmailField(max_length=190)
    confirm_hash = models.CharField(max_length=64)
    stop_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["confirm_hash"], name="portal_email_change_confirmed_once"),
            models.UniqueConstraint(fields=["stop_hash"], name="portal_email_change_stopped_once"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(confirmed_at__isnull=True, stopped_at__isnull=True),
                name="portal_email_change_one_waits",
            ),
            models.CheckConstraint(
                condition=Q(confirm_hash__regex=r"^[0-9a-f]{64}$", stop_hash__regex=r"^[0-9a-f]{64}$"),
                name="portal_email_change_is_hashed",
            ),
            models.CheckConstraint(condition=Q(new_email=Lower("new_email")), name="portal_email_change_is_lower"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=F("expires_at")),
                name="portal_email_change_in_time",
            ),
        ]


class ProviderAccount(models.Model):
    """Somebody's account at the sign-in provider, named by the provider's own number. It opens nothing before it is bound."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    email = models.EmailField(max_length=190, blank=True)
    email_verified = models.BooleanField()
    tenant = models.CharField(max_length=64, default="", blank=True)
    asked_at = models.DateTimeField()
    bound_at = models.DateTimeField(null=True, blank=True)
    bound_by = models.CharField(max_length=120, default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=Q(bound_at__isnull=False, ended_at__isnull=True),
                name="portal_provider_account_is_one_person",
                violation_error_message="That account opens somebody else's.",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(bound_at__isnull=False, ended_at__isnull=True),
                name="portal_provider_account_one_each",
            ),
            models.UniqueConstraint(
                fields=["user", "issuer", "subject"],
                condition=Q(bound_at__isnull=True, ended_at__isnull=True),
                name="portal_provider_account_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(bound_at__isnull=True, bound_by="") | (Q(bound_at__isnull=False) & ~Q(bound_by="")),
                name="portal_provider_account_binding_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(issuer="") & ~Q(subject="") & Q(email=Lower("email")),
                name="portal_provider_account_is_named",
            ),
        ]


class LoginAttempt(models.Model):
    """One try to sign in, by account hash and address: limits live in PostgreSQL, so that a cache loss opens nothing.

    People read their own here: by the hashes of their addresses, also those they had before.
    """

    account = models.CharField(max_length=64)
    ip = models.GenericIPAddressField()
    at = models.DateTimeField()
    succeeded = models.BooleanField()
    way = models.CharField(max_length=12, default=SignInWay.PASSWORD)

    class Meta:
        indexes = [
            models.Index(fields=["account", "ip", "at"], name="portal_login_account_ip"),
            models.Index(fields=["account", "-at"], name="portal_login_account_at"),
        ]
        constraints = [
            one_of("way", SignInWay, "portal_login_way_known"),
            models.CheckConstraint(
                condition=Q(account__regex=r"^[0-9a-f]{64}$"), name="portal_login_account_is_hashed"
            ),
        ]
