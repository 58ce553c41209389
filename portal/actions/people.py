"""A client's people: inviting, roles for dates, standing in, leaving."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from portal import audit, events
from portal.actions.invitations import keep_sign_in_address, revoke_links, send_invitation, tell_of_new_place
from portal.actions.notices import notify
from portal.actions.permission import people_work
from portal.actions.sessions import end_provider_accounts, end_sessions
from portal.actions.tokens import end_tokens
from portal.actors import Actor
from portal.errors import Refused
from portal.models import Address, Client, Membership, Staff, User
from portal.queries.people import contract_day, managements, standing_memberships
from portal.rules.noticelist import NEW_PERSON
from portal.rules.people import remaining_managers
from portal.rules.states import Role


def person(*, email: str, name: str, by: Actor, at: datetime) -> tuple[User, Address]:
    """The user with this address, made when there is none. Needs the staff's rights. The only place that makes users.

    Whom a person of the demo invites belongs to the demo as well; anybody else closes it for good (in the database).
    """
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        known = Address.objects.filter(email=email).exists()
        if known:
            raise Refused("HLP-5", _("That address already belongs to somebody else."))
        user = User(email=email, name=name, created_at=at, is_demo=_of_the_demo(by))
        user.set_unusable_password()
        user.save(force_insert=True)
        keep_sign_in_address(user, verified=False)
    address, _new = Address.objects.get_or_create(
        email=email, defaults={"user": user, "registered_by": by.label, "registered_at": at}
    )
    return user, address


def _of_the_demo(by: Actor) -> bool:
    return by.user_id is not None and User.objects.filter(pk=by.user_id, is_demo=True).exists()


def invite_member(*, client_id: int, email: str, name: str, role: str, by: Actor, at: datetime) -> Membership:
    """Ask a person in, as author, manager or billing contact. Raises Refused.

    Staff may ask in the first manager only: later ones are the managers' own business, or need written evidence and a
    second person (portal.actions.appointments).
    """
    with people_work(by, client_id, at) as client:
        if by.is_staff and role == Role.MANAGER and has_had_manager(client_id):
            raise Refused(
                "ODS-4",
                _("%(name)s has had a manager: appointing one by staff needs evidence and a second person.")
                % {"name": client.name},
            )
        return add_member(client=client, email=email, name=name, role=role, by=by, at=at)


def has_had_manager(client_id: int) -> bool:
    """Whether a manager of the client has ever joined."""
    return any(one.joined for one in managements(client_id))


def add_member(*, client: Client, email: str, name: str, role: str, by: Actor, at: datetime) -> Membership:
    """Write the membership and tell the person; for actions that have checked the actor. Raises Refused."""
    user, address = person(email=email, name=name, by=by, at=at)
    day = contract_day(at)
    refuse_double(user=user, client=client, role=role, day=day, at=at)
    known = user.is_active and (user.has_usable_password() or _has_joined(user))
    row = Membership.objects.create(
        client=client,
        user=user,
        address=address,
        label=user.name if known else name,
        email=address.email,
        role=role,
        valid_from=day,
        invited_at=at,
        joined_at=at if known else None,
    )
    facts = {"name": row.label, "role": role}
    audit.record("member invited", by=by, at=at, client_id=client.pk, subject=row, payload=facts, client_visible=True)
    tell = tell_of_new_place if known else send_invitation
    tell(to=row, place=client.name, client_id=client.pk, by=by, at=at)
    _tell_managers(row, client=client, by=by, at=at)
    return row


def _tell_managers(row: Membership, *, client: Client, by: Actor, at: datetime) -> None:
    """The managers know who belongs to their organisation; whoever invited, and who is invited, knows already."""
    managers = Membership.objects.filter(client=client, role=Role.MANAGER).exclude(user_id=row.user_id)
    notify(
        managers.values_list("user_id", flat=True),
        kind=NEW_PERSON,
        sentence=_("%(who)s invited %(name)s as %(role)s.") % {"who": by.label, "name": row.label, "role": row.role},
        url=reverse("client:people", args=[client.slug]),
        client_id=client.pk,
        key=f"new person {row.pk}",
        by=by,
        at=at,
    )


def _has_joined(user: User) -> bool:
    """People of the demo come in by a door and have no password."""
    return user.is_demo and Membership.objects.filter(user=user, joined_at__isnull=False).exists()


def refuse_double(*, user: User, client: Client, role: str, day: date, at: datetime) -> None:
    """Raises Refused when the person already has the role, or is on the staff."""
    if standing_memberships(user.pk, at).filter(client=client, role=role).exists():
        raise Refused(
            "ODS-4",
            _("%(name)s already has this role at %(name_2)s, or is invited to it.")
            % {"name": user.name, "name_2": client.name},
        )
    if Staff.objects.filter(user=user).exclude(valid_to__lte=day).exists():
        raise Refused("CMP-6", _("That person is on the supplier's staff, and nobody is both staff and client."))


def end_membership(*, membership_id: int, client_id: int, reason: str, by: Actor, at: datetime) -> Membership:
    """Take a person's role away today. Raises Refused for the last manager, who leaves only with a successor."""
    with people_work(by, client_id, at) as client:
        row = _standing_row(membership_id, client, at)
        _keep_a_manager(row, client, at)
        return _end(row, reason=reason, by=by, at=at)


def _standing_row(membership_id: int, client: Client, at: datetime) -> Membership:
    row = Membership.objects.select_for_update(of=("self",)).filter(pk=membership_id, client=client).first()
    if row is None:
        raise Refused("ODS-4", _("There is no such person at %(name)s.") % {"name": client.name})
    if row.valid_to is not None and row.valid_to <= contract_day(at):
        raise Refused("ODS-4", _("%(label)s has already left this role.") % {"label": row.label})
    return row


def _keep_a_manager(row: Membership, client: Client, at: datetime) -> None:
    """Raises Refused when nobody would be left to decide for the client."""
    if row.role != Role.MANAGER or row.joined_at is None or row.delegated_by_id is not None:
        return
    if not remaining_managers(managements(client.pk), {row.pk}, contract_day(at)):
        raise Refused(
            "ODS-4",
            _(
                "%(label)s is the last manager of %(name)s. Invite a successor as manager first; once they have accepted, this can be done."
            )
            % {"label": row.label, "name": client.name},
        )


def _end(row: Membership, *, reason: str, by: Actor, at: datetime) -> Membership:
    row.valid_to = max(contract_day(at), row.valid_from)
    row.end_reason = reason
    row.save(update_fields=["valid_to", "end_reason"])
    # Who stood in for this manager does so no longer.
    for one in stand_ins_of(row).filter(valid_to__gt=row.valid_to):
        one.valid_to = max(row.valid_to, one.valid_from)
        one.end_reason = _("%(label)s left") % {"label": row.label}
        one.save(update_fields=["valid_to", "end_reason"])
    ended = Q(membership=row) | Q(membership__in=stand_ins_of(row))
    end_tokens(ended, why=gettext("%(label)s left") % {"label": row.label}, by=by, at=at)
    if not standing_memberships(row.user_id, at).exists():
        revoke_links(user=row.user, at=at)
        end_sessions(user_id=row.user_id)
        end_provider_accounts(user_id=row.user_id, by=by, at=at)
    facts = {"name": row.label, "role": row.role, "reason": reason}
    audit.record("member ended", by=by, at=at, client_id=row.client_id, subject=row, payload=facts, client_visible=True)
    events.emit("member ended", membership=row, by=by, at=at)
    return row


def stand_ins_of(row: Membership) -> QuerySet[Membership]:
    return Membership.objects.filter(client_id=row.client_id, delegated_by=row)


def change_role(*, membership_id: int, client_id: int, role: str, by: Actor, at: datetime) -> Membership:
    """Give a person another role from today, in place of the one they have. Raises Refused."""
    with people_work(by, client_id, at) as client:
        row = _standing_row(membership_id, client, at)
        if row.role == role:
            raise Refused("ODS-4", _("%(label)s already has this role.") % {"label": row.label})
        if by.is_staff and role == Role.MANAGER:
            raise Refused("ODS-4", _("Appointing a manager by staff needs evidence and a second person."))
        if row.delegated_by_id is not None:
            raise Refused(
                "ODS-4", _("%(label)s stands in for a manager; end that instead of changing it.") % {"label": row.label}
            )
        refuse_double(user=row.user, client=client, role=role, day=contract_day(at), at=at)
        _keep_a_manager(row, client, at)
        return _swap(row, role=role, by=by, at=at)


def _swap(row: Membership, *, role: str, by: Actor, at: datetime) -> Membership:
    """End one role and begin another on the same day, without signing the person out."""
    day = contract_day(at)
    new = Membership.objects.create(
        client_id=row.client_id,
        user_id=row.user_id,
        address_id=row.address_id,
        label=row.label,
        email=row.email,
        role=role,
        valid_from=day,
        invited_at=row.invited_at,
        joined_at=row.joined_at,
    )
    row.valid_to, row.end_reason = max(day, row.valid_from), f"became {role}"
    row.save(update_fields=["valid_to", "end_reason"])
    end_tokens(
        Q(membership=row), why=gettext("%(label)s became %(role)s") % {"label": row.label, "role": role}, by=by, at=at
    )
    facts = {"name": row.label, "from": row.role, "to": role}
    audit.record(
        "member's role changed", by=by, at=at, client_id=row.client_id, subject=new, payload=facts, client_visible=True
    )
    return new


def delegate_management(
    *, client_id: int, to_membership_id: int, first_day: date, last_day: date, by: Actor, at: datetime
) -> Membership:
    """Let a colleague stand in as manager for some days (both inclusive). Raises Refused."""
    if by.membership_id is None:
        raise Refused("ODS-4", _("Only a manager of the organisation can let somebody stand in for them."))
    with people_work(by, client_id, at) as client:
        other = _standing_row(to_membership_id, client, at)
        _check_delegation(other, first_day=first_day, last_day=last_day, by=by, at=at)
        row = Membership.objects.create(
            client=client,
            user_id=other.user_id,
            address_id=other.address_id,
            label=other.label,
            email=other.email,
            role=Role.MANAGER,
            valid_from=first_day,
            valid_to=last_day + date.resolution,
            delegated_by_id=by.membership_id,
            invited_at=at,
            joined_at=at,
        )
        facts = {"name": row.label, "first_day": first_day, "last_day": last_day}
        audit.record(
            "management delegated", by=by, at=at, client_id=client.pk, subject=row, payload=facts, client_visible=True
        )
        tell_of_new_place(to=row, place=client.name, client_id=client.pk, by=by, at=at)
        return row


def _check_delegation(other: Membership, *, first_day: date, last_day: date, by: Actor, at: datetime) -> None:
    if first_day < contract_day(at) or last_day < first_day:
        raise Refused("ODS-4", _("Choose a first day that is not past and a last day that is not before it."))
    if other.joined_at is None:
        raise Refused("ODS-4", _("%(label)s has not accepted the invitation yet.") % {"label": other.label})
    if other.user_id == by.user_id:
        raise Refused("ODS-4", _("You cannot stand in for yourself."))
    own = Membership.objects.filter(client_id=other.client_id, user_id=other.user_id, role=Role.MANAGER)
    if own.exclude(valid_to__lte=first_day).filter(valid_from__lte=last_day).exists():
        raise Refused("ODS-4", _("%(label)s is already a manager on some of those days.") % {"label": other.label})
