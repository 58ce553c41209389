"""What administrators do to a mailbox. Its secret goes in encrypted, is never shown, and stands in no event."""

from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import audit, clock
from portal.actions.alarms import clear_alarm
from portal.actions.permission import staff_work
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.rules.people import Power
from portal.secrecy import key_for
from tickets.mail.imap import Account, BoxAway, BoxRefused, opened
from tickets.models import Mailbox
from tickets.rules.mailboxes import BoxState, PauseReason, Security, Way

PURPOSE = "portal.mailbox"
ALARMS = ("mailbox refused", "mailbox away", "mail left in a mailbox")
TOLD = ("label", "host", "port", "security", "user", "folder", "done_folder", "way", "tenant", "application")


@clause("SUB-1")
def add_mailbox(*, secret: str, by: Actor, at: datetime, **given: Any) -> Mailbox:
    """Keep a mailbox; the next look takes what waits in it. Raises Refused for one that is here already."""
    if given["host"] not in settings.PORTAL_MAILBOX_HOSTS:
        raise Refused("SUB-1", _("The setting PORTAL_MAILBOX_HOSTS does not name this server."))
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = Mailbox(**given, secret=closed(secret), next_look_at=clock.real_now(), added_by=by.label, added_at=at)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if "tickets_mailbox_once" not in str(error):
                raise
            raise Refused("SUB-1", _("This folder is fetched already.")) from error
        tell(row, "mailbox added", by=by, at=at, **{name: getattr(row, name) for name in TOLD})
    return row


@clause("SUB-1")
def pause_mailbox(pk: int, *, by: Actor, at: datetime) -> Mailbox:
    """Nobody looks into it until somebody says so; a look that is under way ends at its next mail."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = locked(pk)
        change(row, state=BoxState.PAUSED, reason=PauseReason.BY_STAFF, note="", leased_until=None)
        tell(row, "mailbox paused", by=by, at=at, reason=PauseReason.BY_STAFF)
    return row


@clause("SUB-1")
def resume_mailbox(pk: int, *, by: Actor, at: datetime) -> Mailbox:
    """Look into it again, at once."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = locked(pk)
        change(row, state=BoxState.RUNNING, reason="", note="", next_look_at=clock.real_now())
        tell(row, "mailbox resumed", by=by, at=at)
    return row


@clause("SUB-1")
def change_secret(pk: int, *, secret: str, by: Actor, at: datetime) -> Mailbox:
    """Another password, or another secret of the application; tried at once unless a person has paused it."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = locked(pk)
        change(row, secret=closed(secret), next_look_at=clock.real_now(), leased_until=None)
        tell(row, "mailbox secret changed", by=by, at=at)
    return row


@clause("SUB-1")
def remove_mailbox(pk: int, *, by: Actor, at: datetime) -> Mailbox:
    """Never look into it again, and forget its secret. Mails that came from it stay."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = locked(pk)
        change(row, removed_at=at, secret=b"", leased_until=None)
        for kind in ALARMS:
            clear_alarm(kind=kind, subject=row, by=by, at=at)
        tell(row, "mailbox removed", by=by, at=at)
    return row


@clause("SUB-1")
def try_mailbox(pk: int, *, by: Actor, at: datetime) -> int:
    """Sign in there, take nothing, mark nothing. Returns how many unseen mails wait. Raises Refused with what is wrong."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = here().get(pk=pk)
        try:
            with opened(account_of(row)) as line:
                waiting = line.waiting()
        except (BoxRefused, BoxAway) as fault:
            raise Refused("SUB-1", _("It did not work: %(fault)s") % {"fault": fault}) from fault
        tell(row, "mailbox tried", by=by, at=at, waiting=waiting)
    return waiting


def here() -> Any:
    return Mailbox.objects.filter(removed_at__isnull=True)


def locked(pk: int) -> Mailbox:
    """Raises Refused for one that was removed meanwhile."""
    row: Mailbox | None = here().select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refused("SUB-1", _("This mailbox was removed."))
    return row


def change(row: Mailbox, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def tell(row: Mailbox, event: str, *, by: Actor, at: datetime, **facts: Any) -> None:
    audit.record(event, by=by, at=at, client_id=None, subject=row, payload={"label": row.label, **facts})


def closed(secret: str) -> bytes:
    return key_for(PURPOSE).encrypt(secret.encode())


def account_of(row: Mailbox) -> Account:
    """How to sign in there. Raises BoxRefused when the secret was encrypted under another PORTAL_SECRET_KEY."""
    try:
        secret = key_for(PURPOSE).decrypt(bytes(row.secret)).decode()
    except InvalidToken as error:
        raise BoxRefused(_("Its secret cannot be read since PORTAL_SECRET_KEY changed; enter it again.")) from error
    return Account(
        row.host,
        row.port,
        Security(row.security),
        row.user,
        row.folder,
        Way(row.way),
        row.tenant,
        row.application,
        secret,
    )
