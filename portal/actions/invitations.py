"""One-time links: an invitation lives 72 hours and opens once; only the hash of its token is kept."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit, events, outbox
from portal.actions.sessions import end_provider_accounts, end_sessions
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.models import Address, Invitation, Membership, Staff, User
from portal.outbox import Addressee
from portal.queries.people import standing_memberships, still_invited, usable_invitations
from portal.rules.people import INVITATION_LIFE, RESEND_GAP, TOKEN_BYTES, token_hash
from portal.tenancy import act_as_staff

INVITATION, RECOVERY = "invitation", "recovery"


def new_link(*, user: User, by: Actor, at: datetime, purpose: str = INVITATION) -> str:
    """Make a person's one-time link; links made before stop working. Needs the staff's rights. Returns the whole address."""
    Invitation.objects.filter(user=user, used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Invitation.objects.create(
        user=user,
        token_hash=token_hash(token),
        purpose=purpose,
        made_at=at,
        expires_at=at + INVITATION_LIFE,
        made_by=by.label,
    )
    return settings.PORTAL_URL + reverse("accounts_invitation", args=[token])


def revoke_links(*, user: User, at: datetime) -> None:
    """Links that somebody may hold but should not use any more."""
    Invitation.objects.filter(user=user, used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=at)


def send_invitation(*, to: Membership | Staff, place: str, client_id: int | None, by: Actor, at: datetime) -> None:
    """Make a link and queue the mail that carries it; the link itself is kept encrypted until the mail leaves."""
    link = new_link(user=to.user, by=by, at=at)
    facts = {"name": to.label, "place": place, "by": by.label, "link": outbox.SECRET_LINK}
    _queue(to, "invitation", facts, client_id=client_id, by=by, at=at, secret_link=link)


def tell_of_new_place(*, to: Membership, place: str, client_id: int, by: Actor, at: datetime) -> None:
    """Somebody who already signs in got a further role: they need no link."""
    facts = {"name": to.label, "place": place, "by": by.label, "role": to.role, "url": settings.PORTAL_URL}
    _queue(to, "new_place", facts, client_id=client_id, by=by, at=at)


def _queue(
    to: Addressee,
    kind: str,
    facts: Mapping[str, object],
    *,
    client_id: int | None,
    by: Actor,
    at: datetime,
    secret_link: str = "",
) -> None:
    subject, text, html = outbox.compose(kind, facts)
    outbox.queue(
        to=to,
        kind=kind,
        subject=subject,
        text=text,
        html=html,
        client_id=client_id,
        at=at,
        by=by,
        secret_link=secret_link,
    )


def accept_invitation(*, token: str, name: str, password: str, at: datetime) -> User:
    """Use a link: the address is verified, the password set, the person has joined. Raises Refused for a spent link.

    Runs at the door. The row is locked, so that of two people with one link only one gets in.
    """
    with act_as_staff(SYSTEM):
        link = usable_invitations(token, at).select_for_update().first()
        if link is None:
            raise Refused("ODS-4", _("This link cannot be used any more."))
        user = User.objects.select_for_update().get(pk=link.user_id)
        link.used_at = at
        link.save(update_fields=["used_at"])
        _let_in(user, name=name, password=password, at=at)
        if link.purpose == RECOVERY:
            Authenticator.objects.filter(user=user).delete()
            end_sessions(user_id=user.pk)
            end_provider_accounts(user_id=user.pk, by=SYSTEM, at=at)
        _join(user, purpose=link.purpose, at=at)
    return user


def _let_in(user: User, *, name: str, password: str, at: datetime) -> None:
    """Password, name and verified address, in the portal's own rows and in those that signing in reads."""
    user.name, user.is_active = name, True
    user.set_password(password)
    user.save(update_fields=["name", "is_active", "password"])
    Address.objects.filter(user=user, email=user.email, verified_at__isnull=True).update(verified_at=at)
    keep_sign_in_address(user, verified=True)


def keep_sign_in_address(user: User, *, verified: bool) -> None:
    """Keep the sign-in library's copy of the address in step with ours."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"primary": True, "verified": verified})


def _join(user: User, *, purpose: str, at: datetime) -> None:
    """Whoever accepts has joined everything they are invited to, and is told apart by the name they confirmed."""
    staff = Staff.objects.filter(user=user).first()
    if staff is not None:
        staff.label = user.name
        staff.save(update_fields=["label"])
        by = Actor(kind="staff", label=user.name, user_id=user.pk, staff_id=staff.pk, role=staff.grade)
        audit.record(f"{purpose} accepted", by=by, at=at, client_id=None, subject=staff)
    for row in standing_memberships(user.pk, at).select_for_update(of=("self",)):
        first = row.joined_at is None
        row.label, row.joined_at = user.name, row.joined_at or at
        row.save(update_fields=["label", "joined_at"])
        if first:
            _joined(row, at)


def _joined(row: Membership, at: datetime) -> None:
    by = Actor(
        kind="member",
        label=row.label,
        user_id=row.user_id,
        client_id=row.client_id,
        membership_id=row.pk,
        role=row.role,
    )
    facts = {"role": row.role}
    audit.record(
        "invitation accepted", by=by, at=at, client_id=row.client_id, subject=row, payload=facts, client_visible=True
    )
    events.emit("member joined", membership=row, by=by, at=at)


def send_again(*, token: str, by: Actor, at: datetime) -> None:
    """Send a new link to whom a dead one belonged, if they are still invited and have had none for five minutes.

    Says nothing about whether it did: whoever holds an old link learns nothing from it.
    """
    with act_as_staff(SYSTEM):
        old = Invitation.objects.filter(token_hash=token_hash(token), purpose=INVITATION).select_related("user").first()
        if old is None or not still_invited(old.user, at):
            return
        if Invitation.objects.filter(user=old.user, made_at__gt=at - RESEND_GAP).exists():
            return
        _send_to(old.user, by=by, at=at)


def _send_to(user: User, *, by: Actor, at: datetime) -> None:
    staff = Staff.objects.filter(user=user).select_related("user").first()
    if staff is not None:
        send_invitation(to=staff, place="the support desk", client_id=None, by=by, at=at)
        audit.record("invitation sent again", by=by, at=at, client_id=None, subject=staff)
        return
    row = standing_memberships(user.pk, at).filter(joined_at__isnull=True).select_related("client", "user").first()
    if row is not None:
        send_invitation(to=row, place=row.client.name, client_id=row.client_id, by=by, at=at)
        audit.record("invitation sent again", by=by, at=at, client_id=row.client_id, subject=row, client_visible=True)
