"""Who is who: what the sign-in and invitation pages, the home page and a client's people page need to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connections
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.actors import SYSTEM, Actor
from portal.models import Address, Client, Invitation, LoginAttempt, Membership, Staff, Supplier, User
from portal.queries.contract import calendar_known, worktime_of
from portal.rules.people import (
    FAILURE_WINDOW,
    SLOW_WINDOW,
    Management,
    account_hash,
    code_again_at,
    token_hash,
    try_again_at,
)
from portal.rules.states import Role, SignInWay
from portal.tenancy import act_as_staff
from portal.tenancy.stamps import signs


def contract_day(at: datetime) -> date:
    """The date of an instant in the working calendar's zone: the day that contract dates are compared with."""
    calendar = calendar_known(at) if signs() else None
    if calendar is not None:
        return worktime_of(calendar).local_date(at)
    with connections["default"].cursor() as cursor:
        cursor.execute("select public.contract_day(%s)", [at])
        return cursor.fetchone()[0]


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation's page shows."""

    user_id: int
    email: str
    name: str
    purpose: str
    invited_by: str
    to: tuple[str, ...]
    is_staff: bool


def usable_invitations(token: str, at: datetime) -> QuerySet[Invitation]:
    """The invitation behind a link while the link may be used; empty for expired, used, revoked and unknown ones."""
    if not token:
        return Invitation.objects.none()
    return Invitation.objects.filter(
        token_hash=token_hash(token), used_at__isnull=True, revoked_at__isnull=True, made_at__lte=at, expires_at__gt=at
    )


def invited(token: str, at: datetime) -> Invited | None:
    """Who a link invites, and to what; None when the link may not be used. Runs at the door."""
    row = usable_invitations(token, at).select_related("user").first()
    if row is None:
        return None
    with act_as_staff(SYSTEM):
        staff = Staff.objects.filter(user=row.user).exists()
        names = tuple(standing_memberships(row.user_id, at).values_list("client__name", flat=True).distinct())
        supplier = Supplier.objects.filter(pk=1).values_list("name", flat=True)
        to = tuple(supplier) if staff else names
    return Invited(row.user_id, row.user.email, row.user.name, row.purpose, row.made_by, to, staff)


def standing_memberships(user_id: int, at: datetime) -> QuerySet[Membership]:
    """A person's memberships that have not ended at an instant, also those that have yet to begin."""
    day = contract_day(at)
    rows = Membership.objects.filter(user_id=user_id).exclude(valid_to__lte=day)
    return rows.select_related("client").order_by("client__name", "id")


def still_invited(user: User, at: datetime) -> bool:
    """Whether somebody has been asked in, has not come yet, and is still wanted."""
    if Staff.objects.filter(user=user).exclude(valid_to__lte=contract_day(at)).exists():
        return not user.has_usable_password()
    return standing_memberships(user.pk, at).filter(joined_at__isnull=True).exists()


def may_try_at(email: str, ip: str, now: datetime) -> datetime | None:
    """When this account may next be tried from this address; None when it may be tried now. Real time."""
    failures = LoginAttempt.objects.filter(
        account=account_hash(email), succeeded=False, way=SignInWay.PASSWORD, at__lte=now
    )
    here = failures.filter(ip=ip, at__gt=now - FAILURE_WINDOW).values_list("at", flat=True)
    anywhere = failures.filter(at__gt=now - SLOW_WINDOW).values_list("at", flat=True)
    return try_again_at(here=list(here), anywhere=list(anywhere), now=now)


def may_try_code_at(email: str, now: datetime) -> datetime | None:
    """When a code of this account's second step may next be tried, from anywhere; None when now. Real time."""
    failures = LoginAttempt.objects.filter(
        account=account_hash(email),
        succeeded=False,
        way=SignInWay.SECOND_STEP,
        at__lte=now,
        at__gt=now - FAILURE_WINDOW,
    )
    return code_again_at(list(failures.values_list("at", flat=True)), now)


def is_staff_person(user_id: int, at: datetime) -> bool:
    """Whether the person is on the staff at an instant. Runs at the door."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select 1 from public.door_staff(%s, %s)", [user_id, at])
        return cursor.fetchone() is not None


def address_of(email: str) -> Address | None:
    """The registered address, whichever way it was typed."""
    return Address.objects.filter(email=email.strip().lower()).first()


def managements(client_id: int) -> list[Management]:
    """Every time in office of a client's managers."""
    rows = Membership.objects.filter(client_id=client_id, role=Role.MANAGER)
    return [
        Management(row.pk, row.valid_from, row.valid_to, row.joined_at is not None, row.delegated_by_id is not None)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a client's people page."""

    membership: Membership
    standing: str
    tone: str
    delegated_by: str


def people_of(client: Client, day: date) -> list[Person]:
    """A client's people, those in office first, then those to come and the last fifty who left."""
    rows = list(Membership.objects.filter(client=client).select_related("delegated_by").order_by("label", "id")[:500])
    current = [row for row in rows if row.valid_to is None or row.valid_to > day]
    former = [row for row in rows if row.valid_to is not None and row.valid_to <= day][:50]
    return [_person(row, day) for row in (*current, *former)]


def _person(row: Membership, day: date) -> Person:
    standing, tone = standing_of(row, day)
    return Person(row, standing, tone, row.delegated_by.label if row.delegated_by else "")


def memberships_seen_by(actor: Actor) -> QuerySet[Membership]:
    """For programmes: every time in a role, at the manager's own client; for staff at every client."""
    rows = Membership.objects.select_related("client")
    return rows if actor.is_staff else rows.filter(client_id=actor.client_id or 0)


def standing_of(row: Membership, day: date) -> tuple[str, str]:
    """How a person's role stands on a day, in words, and the words' tone."""
    if row.valid_to is not None and row.valid_to <= day:
        return _("Left"), "quiet"
    if row.valid_from > day:
        return _("Not yet"), "quiet"
    if row.joined_at is None:
        return _("Invited"), "warn"
    return (_("Standing in"), "info") if row.delegated_by_id else (_("Active"), "good")


def current_members(client: Client, day: date) -> Sequence[Membership]:
    """People who have joined and are in office on a day, one line a role."""
    rows = Membership.objects.filter(client=client, joined_at__isnull=False, valid_from__lte=day)
    return list(rows.exclude(valid_to__lte=day).order_by("label", "id"))


def person_of(client: Client, membership_id: int) -> Membership | None:
    """One of a client's people; None for a stranger."""
    return Membership.objects.filter(client=client, pk=membership_id).first()
