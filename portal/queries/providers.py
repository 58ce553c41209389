"""Accounts at the sign-in provider. Needs the staff's rights, apart from `own_account`."""

from collections.abc import Sequence

from django.db.models import F

from portal.actors import SYSTEM
from portal.models import Address, ProviderAccount, User
from portal.tenancy import act_as_staff

SHOWN = 100


def bound_account(issuer: str, subject: str) -> ProviderAccount | None:
    """The account that opens somebody's."""
    rows = ProviderAccount.objects.filter(issuer=issuer, subject=subject, bound_at__isnull=False, ended_at=None)
    return rows.select_related("user").first()


def has_joined(user: User) -> bool:
    """Whether the person has accepted an invitation and is not shut out: their own address is verified."""
    return user.is_active and Address.objects.filter(user=user, email=user.email, verified_at__isnull=False).exists()


def own_account(user_id: int) -> ProviderAccount | None:
    """A person's own linked account. Runs at the door."""
    with act_as_staff(SYSTEM):
        return ProviderAccount.objects.filter(user_id=user_id, bound_at__isnull=False, ended_at=None).first()


def accounts() -> Sequence[ProviderAccount]:
    """Those that wait first, then the bound ones, newest first; a hundred at most."""
    rows = ProviderAccount.objects.filter(ended_at=None).select_related("user")
    return list(rows.order_by(F("bound_at").desc(nulls_first=True), "-id")[:SHOWN])
