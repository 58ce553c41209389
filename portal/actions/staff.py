"""The supplier's people: grades, absence, leaving, and the register of non-disclosure agreements (CMP-6)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal import audit, events
from portal.actions.alarms import clear_alarm, raise_alarm
from portal.actions.invitations import revoke_links, send_invitation
from portal.actions.people import person
from portal.actions.permission import staff_work
from portal.actions.sessions import end_provider_accounts, end_sessions
from portal.actions.tokens import end_tokens
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.jobs import sweep
from portal.models import Alarm, Membership, Nda, Staff, Supplier, User
from portal.queries.people import contract_day
from portal.queries.staff import admins_on, colleagues, on_staff
from portal.rules.people import NdaStanding, Power, require
from portal.rules.states import Grade
from portal.tenancy import act_as_staff

EXPIRY = gettext_noop("NDA running out")


def add_staff(*, email: str, name: str, grade: str, by: Actor, at: datetime, first_day: date | None = None) -> Staff:
    """Put a person on the staff and, once there is a supplier to write in whose name, invite them. Raises Refused."""
    with staff_work(by, Power.MANAGE_STAFF):
        user, address = person(email=email, name=name, by=by, at=at)
        day = contract_day(at)
        if Staff.objects.filter(user=user).exists():
            raise Refused(
                "CMP-6",
                _("%(name)s is in the staff list already; look there, also among those who left.")
                % {"name": user.name},
            )
        if Membership.objects.filter(user=user).exclude(valid_to__lte=day).exists():
            raise Refused(
                "CMP-6", _("%(name)s belongs to a client, and nobody is both staff and client.") % {"name": user.name}
            )
        row = Staff.objects.create(
            user=user, address=address, label=name, email=address.email, grade=grade, valid_from=first_day or day
        )
        audit.record("staff added", by=by, at=at, client_id=None, subject=row, payload={"name": name, "grade": grade})
        if Supplier.objects.exists() and by.kind != "system":
            send_invitation(to=row, place="the support desk", client_id=None, by=by, at=at)
        return row


def change_grade(*, staff_id: int, grade: str, by: Actor, at: datetime) -> Staff:
    """Raises Refused for the last administrator."""
    with staff_work(by, Power.MANAGE_STAFF):
        row = locked(staff_id)
        if row.grade == grade:
            raise Refused("CMP-6", _("%(label)s already has this grade.") % {"label": row.label})
        keep_an_admin(row, at)
        facts = {"name": row.label, "from": row.grade, "to": grade}
        row.grade = grade
        row.save(update_fields=["grade"])
        audit.record("staff grade changed", by=by, at=at, client_id=None, subject=row, payload=facts)
        return row


def keep_an_admin(row: Staff, at: datetime) -> None:
    """Raises Refused when nobody could manage the staff any more."""
    if row.grade == Grade.ADMIN and not admins_on(contract_day(at)).exclude(pk=row.pk).filter(valid_to=None).exists():
        raise Refused(
            "CMP-6", _("%(label)s is the last administrator; make somebody else one first.") % {"label": row.label}
        )


def leave_staff(*, staff_id: int, day: date, by: Actor, at: datetime) -> Staff:
    """End a person's work: `day` is the first day without access. Today or earlier ends their sessions at once.

    Raises Refused for the last administrator and for who has left. Leavers stay in the list and in the register.
    """
    with staff_work(by, Power.MANAGE_STAFF):
        row, today = locked(staff_id), contract_day(at)
        if row.valid_to is not None and row.valid_to <= today:
            raise Refused("CMP-6", _("%(label)s has already left.") % {"label": row.label})
        keep_an_admin(row, at)
        row.valid_to = max(day, row.valid_from)
        row.save(update_fields=["valid_to"])
        facts = {"name": row.label, "first_day_without_access": row.valid_to}
        audit.record("staff leaving", by=by, at=at, client_id=None, subject=row, payload=facts)
        if row.valid_to <= today:
            close_access(row, by=by, at=at)
        return row


def close_access(row: Staff, *, by: Actor, at: datetime) -> None:
    """End what a leaver still has: sessions, tokens, links, the password's use; their open work goes back (event)."""
    User.objects.filter(pk=row.user_id).update(is_active=False)
    end_sessions(user_id=row.user_id)
    end_tokens(Q(user_id=row.user_id), why="left the staff", by=by, at=at)
    end_provider_accounts(user_id=row.user_id, by=by, at=at)
    revoke_links(user=row.user, at=at)
    audit.record("staff left", by=by, at=at, client_id=None, subject=row, payload={"name": row.label})
    events.emit("staff left", staff=row, by=by, at=at)


def return_to_staff(*, staff_id: int, by: Actor, at: datetime) -> Staff:
    """Take a leaver back from today, with a new invitation; the agreement must cover the new time too. Raises Refused."""
    with staff_work(by, Power.MANAGE_STAFF):
        row = locked(staff_id)
        if row.valid_to is None:
            raise Refused("CMP-6", _("%(label)s is on the staff.") % {"label": row.label})
        row.valid_to = None
        row.save(update_fields=["valid_to"])
        User.objects.filter(pk=row.user_id).update(is_active=True)
        audit.record("staff returned", by=by, at=at, client_id=None, subject=row, payload={"name": row.label})
        send_invitation(to=row, place="the support desk", client_id=None, by=by, at=at)
        return row


def set_absence(
    *, staff_id: int, first_day: date, last_day: date, stand_in_id: int | None, by: Actor, at: datetime
) -> Staff:
    """Note when somebody is away (both days inclusive) and who stands in. One's own, or with the power. Raises Refused."""
    if by.staff_id != staff_id:
        require(by, Power.SEE_STAFF)
    with act_as_staff(SYSTEM):
        row = locked(staff_id)
        if last_day < first_day or last_day < contract_day(at):
            raise Refused("CMP-6", _("Choose a last day that is neither past nor before the first."))
        if stand_in_id is not None:
            check_stand_in(row, stand_in_id, first_day, last_day)
        row.absent_from, row.absent_to, row.stand_in_id = first_day, last_day, stand_in_id
        row.save(update_fields=["absent_from", "absent_to", "stand_in"])
        facts = {"name": row.label, "first_day": first_day, "last_day": last_day, "stand_in": stand_in_id}
        audit.record("staff absence noted", by=by, at=at, client_id=None, subject=row, payload=facts)
        events.emit("staff absence noted", staff=row, by=by, at=at)
        return row


def check_stand_in(row: Staff, stand_in_id: int, first_day: date, last_day: date) -> None:
    """Raises Refused unless the colleague is another one, on the staff, and not away then."""
    other = Staff.objects.filter(on_staff(first_day), on_staff(last_day), pk=stand_in_id).first()
    if other is None or other.pk == row.pk:
        raise Refused("CMP-6", _("Choose a colleague who is on the staff on those days."))
    if other.absent_from and other.absent_to and other.absent_from <= last_day and other.absent_to >= first_day:
        raise Refused("CMP-6", _("%(label)s is away on some of those days, too.") % {"label": other.label})


def clear_absence(*, staff_id: int, by: Actor, at: datetime) -> Staff:
    """Somebody is back, or does not go. Raises Refused."""
    if by.staff_id != staff_id:
        require(by, Power.SEE_STAFF)
    with act_as_staff(SYSTEM):
        row = locked(staff_id)
        row.absent_from = row.absent_to = row.stand_in = None
        row.save(update_fields=["absent_from", "absent_to", "stand_in"])
        audit.record("staff absence cleared", by=by, at=at, client_id=None, subject=row, payload={"name": row.label})
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNda:
    """A signed agreement as it is entered. `expires_on` is the first day it does not cover new work; None is no end."""

    signed_on: date
    expires_on: date | None
    template_version: str
    witness: str
    storage_reference: str


@clause("CMP-6")
def record_nda(*, staff_id: int, nda: SignedNda, by: Actor, at: datetime) -> Nda:
    """Enter a signed agreement. It takes over from an earlier one on the day it was signed. Raises Refused."""
    with staff_work(by, Power.MANAGE_STAFF):
        row = locked(staff_id)
        if nda.signed_on > contract_day(at):
            raise Refused("CMP-6", _("An agreement is entered once it is signed, not before."))
        if nda.expires_on is not None and nda.expires_on <= nda.signed_on:
            raise Refused("CMP-6", _("It must end after the day it was signed."))
        take_over(row, nda.signed_on)
        signed = write_nda(row, nda, by=by, at=at)
        clear_alarm(kind=EXPIRY, subject=row, by=by, at=at)
        return signed


def take_over(row: Staff, day: date) -> None:
    """End the agreements that the new one replaces. Raises Refused when one was signed on that day or later."""
    earlier = Nda.objects.select_for_update().filter(staff=row)
    if earlier.filter(valid_from__gte=day).exists():
        raise Refused(
            "CMP-6", _("%(label)s has already signed an agreement on that day or later.") % {"label": row.label}
        )
    for one in earlier.exclude(valid_to__lte=day):
        one.valid_to = day
        one.save(update_fields=["valid_to"])


def write_nda(row: Staff, nda: SignedNda, *, by: Actor, at: datetime) -> Nda:
    signed = Nda.objects.create(
        staff=row,
        valid_from=nda.signed_on,
        valid_to=nda.expires_on,
        template_version=nda.template_version,
        witness=nda.witness,
        storage_reference=nda.storage_reference,
        recorded_by=by.label,
        recorded_at=at,
    )
    facts = {"staff": row.pk, "signed_on": nda.signed_on, "expires_on": nda.expires_on, "version": nda.template_version}
    audit.record("NDA recorded", by=by, at=at, client_id=None, subject=signed, payload=facts)
    return signed


@sweep("agreements running out", every_seconds=3600, clause="CMP-6")
def warn_of_expiry(at: datetime) -> int:
    """Raise an alarm 30 days before somebody's agreement ends, and while a person at work has none. Returns new alarms."""
    fresh, open_before = 0, open_warnings()
    for line in colleagues(contract_day(at), leavers=False):
        if line.nda == NdaStanding.VALID or line.staff.pk in open_before:
            continue
        words = "is not on record" if line.nda_until is None else f"ends on {line.nda_until:%d %B %Y}"
        raise_alarm(
            kind=EXPIRY,
            subject=line.staff,
            clause="CMP-6",
            sentence=_("The non-disclosure agreement of %(label)s %(words)s.")
            % {"label": line.staff.label, "words": words},
            cure=_("Have a new agreement signed and record it; without one, nobody may take on new work."),
            url="/desk/people/ndas/",
            at=at,
        )
        fresh += 1
    return fresh


def open_warnings() -> set[int]:
    rows = Alarm.objects.filter(kind=EXPIRY, cleared_at__isnull=True)
    return set(rows.values_list("subject_id", flat=True))


@sweep("leavers", every_seconds=300, clause="CMP-6")
def close_leavers(at: datetime) -> int:
    """End the access of people whose last day has passed. Returns how many."""
    left = Staff.objects.filter(valid_to__lte=contract_day(at), user__is_active=True)
    rows = list(left.select_related("user").select_for_update(of=("self",), skip_locked=True)[:50])
    for row in rows:
        close_access(row, by=SYSTEM, at=at)
    return len(rows)


def locked(staff_id: int) -> Staff:
    """The row, locked. Raises Refused for an unknown one."""
    row = Staff.objects.select_for_update(of=("self",)).select_related("user").filter(pk=staff_id).first()
    if row is None:
        raise Refused("CMP-6", _("There is no such person on the staff."))
    return row
