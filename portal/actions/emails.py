"""Changing one's address: asked for, told to the old address, which can stop it, and confirmed by a link to the new one.

Whoever stops it within 72 hours, before or after, has the old address back, every session ended and the password void.
"""

import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from portal import audit, outbox
from portal.actions.invitations import keep_sign_in_address, revoke_links
from portal.actions.sessions import end_provider_accounts, end_sessions
from portal.actions.tokens import end_tokens
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.models import Address, EmailChange, Staff, User
from portal.outbox import Addressee, Recipient
from portal.queries.emails import stoppable, waiting
from portal.queries.people import standing_memberships
from portal.rules.people import EMAIL_ASKS_AN_HOUR, EMAIL_CHANGE_LIFE, EMAIL_WINDOW, TOKEN_BYTES, token_hash
from portal.tenancy import act_as_staff


def ask_email_change(*, user_id: int, to: str, by: Actor, at: datetime) -> EmailChange:
    """Note the wish and write to both addresses. Raises Refused. Runs at the door.

    Says nothing about whether the new address is somebody else's: then no link leaves.
    """
    with act_as_staff(SYSTEM):
        user = User.objects.select_for_update().get(pk=user_id, is_active=True)
        if user.email == to:
            raise Refused("HLP-5", gettext("That is your address already."))
        if EmailChange.objects.filter(user=user, asked_at__gt=at - EMAIL_WINDOW).count() >= EMAIL_ASKS_AN_HOUR:
            raise Refused("HLP-5", gettext("You asked several times in the last hour. Please wait a while."))
        EmailChange.objects.filter(user=user, confirmed_at=None, stopped_at=None).update(stopped_at=at)
        confirm, stop = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
        row = EmailChange.objects.create(
            user=user,
            old_email=user.email,
            new_email=to,
            confirm_hash=token_hash(confirm),
            stop_hash=token_hash(stop),
            asked_at=at,
            expires_at=at + EMAIL_CHANGE_LIFE,
        )
        facts = {"from": user.email, "to": to}
        audit.record("e-mail change asked", by=by, at=at, client_id=None, subject=user, payload=facts)
        tell_both(row, confirm=confirm, stop=stop, at=at)
        return row


def tell_both(row: EmailChange, *, confirm: str, stop: str, at: datetime) -> None:
    """The old address gets the link that stops it; the new one, unless it is taken, the link that does it."""
    home = Address.objects.get(email=row.old_email)
    queue(home, "email_change_asked", row, link_to("accounts_email_stop", stop), at)
    if not taken(row):
        queue(Recipient(home.pk, row.new_email), "email_change", row, link_to("accounts_email_confirm", confirm), at)


def queue(to: Address | Recipient, kind: str, row: EmailChange, link: str, at: datetime) -> None:
    facts = {"name": row.user.name, "old": row.old_email, "new": row.new_email, "link": outbox.SECRET_LINK}
    subject, text, html = outbox.compose(kind, facts)
    given: Addressee = to if isinstance(to, Recipient) else Recipient(to.pk, to.email)
    outbox.queue(
        to=given,
        kind=kind,
        subject=subject,
        text=text,
        html=html,
        client_id=None,
        at=at,
        by=SYSTEM,
        secret_link=link,
    )


def link_to(name: str, token: str) -> str:
    return settings.PORTAL_URL + reverse(name, args=[token])


def taken(row: EmailChange) -> bool:
    """Whether somebody else has the wished-for address, to sign in with or to get mail at."""
    others = Address.objects.filter(email=row.new_email).exclude(user_id=row.user_id)
    return others.exists() or User.objects.filter(email=row.new_email).exclude(pk=row.user_id).exists()


def confirm_email_change(*, token: str, at: datetime) -> None:
    """The new address is proved: it takes the old one's place everywhere. Raises Refused for a dead link. At the door."""
    with act_as_staff(SYSTEM):
        row = waiting(token, at).select_for_update(of=("self",)).first()
        if row is None or taken(row):
            raise Refused("HLP-5", gettext("This link cannot be used any more."))
        row.confirmed_at = at
        row.save(update_fields=["confirmed_at"])
        move(row.user, to=row.new_email, kind="e-mail changed", at=at)


def stop_email_change(*, token: str, at: datetime) -> None:
    """The old address says no. What was changed is changed back; sessions end and the password is void. Raises Refused."""
    with act_as_staff(SYSTEM):
        row = stoppable(token, at).select_for_update(of=("self",)).first()
        if row is None:
            raise Refused("HLP-5", gettext("This link cannot be used any more."))
        row.stopped_at = at
        row.save(update_fields=["stopped_at"])
        EmailChange.objects.filter(user=row.user, confirmed_at=None, stopped_at=None).update(stopped_at=at)
        user = row.user
        facts = {"from": row.old_email, "to": row.new_email, "was_done": row.confirmed_at is not None}
        audit.record("e-mail change stopped", by=SYSTEM, at=at, client_id=None, subject=user, payload=facts)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        if user.email != row.old_email:
            move(user, to=row.old_email, kind="e-mail changed back", at=at)
        end_provider_accounts(user_id=user.pk, by=SYSTEM, at=at)
        end_sessions(user_id=user.pk)
        # Whoever changed the address may have made a token as well.
        end_tokens(Q(user=user), why="a change of address was stopped", by=SYSTEM, at=at)


def move(user: User, *, to: str, kind: str, at: datetime) -> None:
    """Give a person another address, in every row that names the one they have now; each client's record says so."""
    old = user.email
    defaults = {"user": user, "registered_by": user.name, "registered_at": at, "verified_at": at}
    address, _ = Address.objects.get_or_create(email=to, defaults=defaults)
    Address.objects.filter(pk=address.pk, verified_at=None).update(verified_at=at)
    user.email = to
    user.save(update_fields=["email"])
    # The sign-in library's one row is moved, not added to: the old address opens nothing any more.
    EmailAddress.objects.filter(user=user).update(email=to)
    keep_sign_in_address(user, verified=True)
    by = Actor(kind="member", label=user.name, user_id=user.pk)
    facts = {"name": user.name, "from": old, "to": to}
    audit.record(kind, by=by, at=at, client_id=None, subject=user, payload=facts)
    Staff.objects.filter(user=user).update(address=address, email=to)
    for row in standing_memberships(user.pk, at).select_for_update(of=("self",)):
        row.address, row.email = address, to
        row.save(update_fields=["address", "email"])
        audit.record(kind, by=by, at=at, client_id=row.client_id, subject=row, payload=facts, client_visible=True)
    revoke_links(user=user, at=at)
    end_sessions(user_id=user.pk)
