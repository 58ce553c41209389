"""The staff list and the register of non-disclosure agreements (CMP-6)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connections
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from portal.models import Nda, Staff
from portal.rules.people import NdaStanding, covered_until, nda_standing
from portal.rules.states import Grade

TONES = {
    NdaStanding.VALID: "good",
    NdaStanding.EXPIRING: "warn",
    NdaStanding.EXPIRED: "bad",
    NdaStanding.NOT_YET: "bad",
}


@dataclass(frozen=True, slots=True)
class Colleague:
    """One line of the staff list and of the register."""

    staff: Staff
    standing: str
    nda: NdaStanding
    nda_tone: str
    nda_until: date | None
    latest: Nda | None


def on_staff(day: date) -> Q:
    """The condition for being on the staff on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def colleagues(day: date, *, leavers: bool = True) -> list[Colleague]:
    """Everybody on the staff by name, then those who left: leavers stay in the register."""
    ndas = Prefetch("ndas", queryset=Nda.objects.order_by("-valid_from"))
    rows = Staff.objects.select_related("stand_in", "user").prefetch_related(ndas).order_by("label", "id")
    lines = [colleague(row, day) for row in rows]
    here = [line for line in lines if line.standing != "Left"]
    return here + [line for line in lines if line.standing == "Left"] if leavers else here


def colleague(row: Staff, day: date) -> Colleague:
    """One person of the staff as the list shows them."""
    ndas = list(row.ndas.all())
    periods = [(nda.valid_from, nda.valid_to) for nda in ndas]
    standing = nda_standing(periods, day)
    until = covered_until(periods, day) if standing in (NdaStanding.VALID, NdaStanding.EXPIRING) else None
    latest = max(ndas, key=lambda nda: nda.valid_from, default=None)
    return Colleague(row, _standing(row, day), standing, TONES[standing], until, latest)


def _standing(row: Staff, day: date) -> str:
    if row.valid_to is not None and row.valid_to <= day:
        return _("Left")
    if row.valid_from > day:
        return _("Not yet")
    if row.absent_from and row.absent_to and row.absent_from <= day <= row.absent_to:
        return _("Away")
    return _("At work") if row.user.has_usable_password() or row.user.is_demo else _("Invited")


def staff_person(staff_id: int) -> Staff | None:
    return Staff.objects.select_related("user", "stand_in", "address").filter(pk=staff_id).first()


def possible_stand_ins(staff_id: int, day: date) -> QuerySet[Staff]:
    """Colleagues who can stand in for somebody."""
    return Staff.objects.filter(on_staff(day)).exclude(pk=staff_id).order_by("label")


def admins_on(day: date) -> QuerySet[Staff]:
    """Administrators in office on a day who have come in at least once or are of the demo."""
    return Staff.objects.filter(on_staff(day), grade=Grade.ADMIN)


def has_nda(staff_id: int | None, at: datetime) -> bool:
    """Whether a person's non-disclosure agreement covers an instant."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select public.staff_nda_valid(%s, %s)", [staff_id, at])
        return bool(cursor.fetchone()[0])
