"""Accounts at the sign-in provider (Microsoft): bound by the person, by staff, or by a verified address; never by one's word alone."""

from datetime import datetime

from django.utils.translation import gettext as _

from portal.actions.alarms import clear_alarm, raise_alarm
from portal.actions.permission import client_work
from portal.actions.signins import Change, note_change
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.models import ProviderAccount, User
from portal.queries.people import is_staff_person
from portal.queries.providers import bound_account, has_joined
from portal.rules.people import Power, require
from portal.rules.providers import Identity, check_binding, opens_by_itself
from portal.tenancy import act_as_staff

ALARM = "sign-in account waits"
# So many strangers' accounts may wait for one person: who names somebody else's address fills no list.
WAITING_AT_ONCE = 3
VERIFIED = "the verified address"


def person_behind(*, identity: Identity, at: datetime) -> User | None:
    """Whom an account opens, bound now where its verified address says so. None for everybody else. Runs at the door.

    What names a person without proving it waits for a colleague's word.
    """
    with act_as_staff(SYSTEM):
        # Locked before the look: of two windows that sign in for the first time, the second finds what the first has bound.
        user = User.objects.select_for_update().filter(email=identity.email).first()
        bound = bound_account(identity.issuer, identity.subject)
        if bound is not None:
            return bound.user if has_joined(bound.user) else None
        if user is None or not has_joined(user) or has_account(user):
            return None
        if not opens_by_itself(identity, email=user.email, staff=is_staff_person(user.pk, at)):
            keep_waiting(user, identity, at)
            return None
        bind(new_account(user, identity, at), by_label=VERIFIED, by=SYSTEM, at=at)
        return user


def has_account(user: User) -> bool:
    return ProviderAccount.objects.filter(user=user, bound_at__isnull=False, ended_at=None).exists()


def new_account(user: User, identity: Identity, at: datetime) -> ProviderAccount:
    """The row that waits for its binding, made where there is none yet."""
    key = {"user": user, "issuer": identity.issuer, "subject": identity.subject, "bound_at": None, "ended_at": None}
    facts = {"email": identity.email[:190], "email_verified": identity.verified, "tenant": identity.tenant[:64]}
    row, _made = ProviderAccount.objects.update_or_create(
        **key, defaults=facts, create_defaults={**facts, "asked_at": at}
    )
    return row


def keep_waiting(user: User, identity: Identity, at: datetime) -> None:
    """Note that an account names this person, and tell the staff once."""
    if ProviderAccount.objects.filter(user=user, bound_at=None, ended_at=None).count() >= WAITING_AT_ONCE:
        return
    new_account(user, identity, at)
    raise_alarm(
        kind=ALARM,
        subject=user,
        sentence=_("An account at the sign-in provider names %(name)s, but does not prove it.") % {"name": user.name},
        cure=_(
            "Ask the person, by a way that you know already, whether the account is theirs; then bind it, or end it."
        ),
        url="/desk/people/accounts/",
        at=at,
    )


def bind(row: ProviderAccount, *, by_label: str, by: Actor, at: datetime) -> None:
    """Let the account open the person's. Other accounts that wait for the person wait no more."""
    row.bound_at, row.bound_by = at, by_label
    row.save(update_fields=["bound_at", "bound_by"])
    ProviderAccount.objects.filter(user=row.user, bound_at=None, ended_at=None).update(ended_at=at)
    facts = {"email": row.email, "verified": row.email_verified, "tenant": row.tenant, "bound_by": by_label}
    note_change(Change.ACCOUNT_LINKED, user=row.user, by=by, at=at, facts=facts)
    clear_alarm(kind=ALARM, subject=row.user, by=by, at=at)


def link_own(*, user_id: int, identity: Identity, by: Actor, at: datetime) -> None:
    """Bind the account that the person has just signed in to. Raises Refused. Runs at the door."""
    with act_as_staff(SYSTEM):
        user = User.objects.select_for_update().get(pk=user_id, is_active=True)
        refuse_second(user)
        refuse_taken(identity.issuer, identity.subject)
        staff = is_staff_person(user.pk, at)
        check_binding(verified=identity.verified, theirs=identity.email, email=user.email, staff=staff)
        bind(new_account(user, identity, at), by_label=by.label, by=by, at=at)


def refuse_second(user: User) -> None:
    if has_account(user):
        raise Refused("HLP-5", _("An account is linked already; remove that one first."))


def refuse_taken(issuer: str, subject: str) -> None:
    if bound_account(issuer, subject) is not None:
        raise Refused("HLP-5", _("This account cannot be linked here."))


def unlink_own(*, user_id: int, by: Actor, at: datetime) -> None:
    """Remove one's own account. Raises Refused where there is none, or no other way to sign in. Runs at the door."""
    with act_as_staff(SYSTEM):
        row = ProviderAccount.objects.select_for_update(of=("self",)).select_related("user")
        own = row.filter(user_id=user_id, bound_at__isnull=False, ended_at=None).first()
        if own is None:
            raise Refused("HLP-5", _("No account is linked."))
        if not own.user.has_usable_password():
            raise Refused("HLP-5", _("It is your only way to sign in: set a password first."))
        end(own, by=by, at=at)


def end(row: ProviderAccount, *, by: Actor, at: datetime) -> None:
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    if row.bound_at is not None:
        note_change(Change.ACCOUNT_ENDED, user=row.user, by=by, at=at, facts={"email": row.email})
    if not ProviderAccount.objects.filter(user=row.user, bound_at=None, ended_at=None).exists():
        clear_alarm(kind=ALARM, subject=row.user, by=by, at=at)


def bind_waiting(*, account_id: int, by: Actor, at: datetime) -> None:
    """A colleague's word that the account is the person's. Raises Refused."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        row = standing_account(account_id, by, at)
        if row.bound_at is not None:
            raise Refused("HLP-5", _("It is bound already."))
        refuse_second(row.user)
        refuse_taken(row.issuer, row.subject)
        staff = is_staff_person(row.user_id, at)
        check_binding(verified=row.email_verified, theirs=row.email, email=row.user.email, staff=staff)
        bind(row, by_label=by.label, by=by, at=at)


def end_account(*, account_id: int, by: Actor, at: datetime) -> None:
    """Staff end an account, or say no to one that waits. Raises Refused."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        end(standing_account(account_id, by, at), by=by, at=at)


def standing_account(account_id: int, by: Actor, at: datetime) -> ProviderAccount:
    """The account, locked. Raises Refused for one that is ended, one's own, and a colleague's without the power over staff."""
    rows = ProviderAccount.objects.select_for_update(of=("self",)).select_related("user")
    row = rows.filter(pk=account_id, ended_at=None).first()
    if row is None:
        raise Refused("HLP-5", _("That account is settled already."))
    if row.user_id == by.user_id:
        raise Refused("CMP-6", _("Somebody else must decide about your own account."))
    if is_staff_person(row.user_id, at):
        require(by, Power.MANAGE_STAFF)
    return row
