"""Fetching mail from mailboxes: stored for good first, only then marked there; twice, late and side by side without harm (F9)."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.utils.translation import gettext as _

from portal import clock
from portal.actions.alarms import clear_alarm, raise_alarm
from portal.actors import SYSTEM
from portal.clauses import clause
from portal.faults import kill_point
from portal.jobs import sweep
from portal.mailin import MEGABYTES, SIZE_LIMIT
from portal.tenancy import act_as_staff
from tickets.actions.mailboxes import account_of, tell
from tickets.actions.rawmail import LeaseLost, take_raw
from tickets.mail.imap import BoxAway, BoxRefused, LetterRefused, Line, opened
from tickets.models import Mailbox
from tickets.queries.mailboxes import due_mailboxes, is_known_by_other_number, source_of, stored_numbers
from tickets.rules.mailboxes import (
    AFTER_REFUSAL,
    ALARM_FROM,
    BETWEEN_LOOKS,
    MOST_TRIES_FOR_ONE,
    BoxState,
    PauseReason,
    wait_after,
)

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)  # renewed at each mail, of which one takes seconds
BATCH = 100
PAGE = "/desk/mailboxes/"


def mailboxes_due(at: datetime) -> int:
    """Mailboxes that want a look."""
    return due_mailboxes(clock.real_now()).count()


@sweep("fetch mail", every_seconds=15, clause="SUB-1", scope="own", backlog=mailboxes_due)
def fetch_mail(at: datetime) -> int:
    """Look once into every mailbox that is due. Returns the mails dealt with; one mailbox's trouble holds up no other."""
    done, looked, faults = 0, set[int](), list[Exception]()
    while (box := claim_box(looked)) is not None:
        looked.add(box.pk)
        try:
            done += look_into(box, at)
        except Exception as fault:  # raised again below; the lease ends by itself
            log.error("mailbox not read", mailbox=box.pk, exc_info=fault)
            faults.append(fault)
    if faults:
        raise ExceptionGroup(_("Mailboxes that could not be read"), faults)
    return done


def claim_box(but: Collection[int]) -> Mailbox | None:
    """Take a mailbox that is due, for the length of a lease, in a transaction of its own."""
    with act_as_staff(SYSTEM):
        due = due_mailboxes(clock.real_now()).exclude(pk__in=but).order_by("next_look_at", "id")
        box = due.select_for_update(skip_locked=True).first()
        if box is not None:
            box.leased_until = clock.real_now() + LEASE
            box.save(update_fields=["leased_until"])
    return box


@clause("SUB-1")
def look_into(box: Mailbox, at: datetime) -> int:
    """One conversation about a claimed mailbox, and what it says about the mailbox. Returns the mails dealt with."""
    done = [0]
    try:
        with opened(account_of(box)) as line:
            is_whole = fetch(box, line, done, at)
        well(box, is_whole=is_whole, at=at)
    except BoxRefused as refused:
        refuse(box, str(refused), at)
    except BoxAway as away:
        leave(box, str(away), at)
    except LeaseLost:
        log.warning("mailbox was taken over", mailbox=box.pk)
    return done[0]


def fetch(box: Mailbox, line: Line, done: list[int], at: datetime) -> bool:
    """Store and mark mail after mail, the oldest first. True when none is left."""
    if box.uidvalidity != line.uidvalidity:
        keep(box, uidvalidity=line.uidvalidity, last_uid=0, stuck_uid=0, stuck_tries=0)
    uids = line.uids_after(box.last_uid)
    batch = uids[:BATCH]
    with act_as_staff(SYSTEM):
        stored = stored_numbers(box, line.uidvalidity, batch)
    for uid in batch:
        if not began(box, uid):
            if uid not in stored:
                leave_letter(box, uid, _("the line broke at it three times"), at)
        elif uid in stored or store(box, line, uid, at):
            kill_point("mail fetched")
            finish(box, line, uid)
        keep(box, last_uid=uid, leased_until=clock.real_now() + LEASE)
        done[0] += 1
    return len(uids) == len(batch)


def began(box: Mailbox, uid: int) -> bool:
    """Count a try at one mail, before it. False after three that did not come to its end: the others shall flow (F10)."""
    tries = box.stuck_tries if box.stuck_uid == uid else 0
    keep(box, stuck_uid=uid, stuck_tries=tries + 1)
    return tries < MOST_TRIES_FOR_ONE


def store(box: Mailbox, line: Line, uid: int, at: datetime) -> bool:
    """Store one mail for good. False when it is left where it is, or has gone. Raises BoxAway where the line breaks at it."""
    try:
        size = line.size(uid)
        if size is not None and size > SIZE_LIMIT:
            return leave_letter(box, uid, _("it is larger than %(megabytes)s MB") % {"megabytes": MEGABYTES}, at)
        raw = line.raw(uid)
    except LetterRefused as refused:
        return leave_letter(box, uid, str(refused), at)
    if raw is None:
        return False
    with act_as_staff(SYSTEM):
        is_known = is_known_by_other_number(box, line.uidvalidity, hashlib.sha256(raw).hexdigest())
    if not is_known:
        take_raw(raw, source=source_of(box), at=at, uidvalidity=line.uidvalidity, uid=uid)
    return True


def finish(box: Mailbox, line: Line, uid: int) -> None:
    """Mark it there. Where the server does not let us, the number alone keeps it from coming twice."""
    if not line.finish(uid, box.done_folder):
        keep(box, note=_("Mails are fetched, but cannot be marked or moved there."))


def leave_letter(box: Mailbox, uid: int, why: str, at: datetime) -> bool:
    """One mail stays there, unmarked, and a person is told. Always False."""
    with act_as_staff(SYSTEM):
        tell(box, "mail left in mailbox", by=SYSTEM, at=at, uid=uid, why=why)
        raise_alarm(
            kind="mail left in a mailbox",
            subject=box,
            clause="SUB-1",
            sentence=_("Mail %(uid)s was left in the mailbox “%(label)s”: %(why)s.")
            % {"uid": uid, "label": box.label, "why": why},
            cure=_("Open the mailbox with a mail program: it is the one not marked as seen. Make its request by hand."),
            url=PAGE,
            at=at,
        )
    return False


def keep(box: Mailbox, **values: Any) -> None:
    """Write to a mailbox that this process holds, in a transaction of its own. Raises LeaseLost when it no longer does."""
    with act_as_staff(SYSTEM):
        mine = Mailbox.objects.filter(pk=box.pk, leased_until=box.leased_until)
        if not mine.update(**values):
            raise LeaseLost
    for name, value in values.items():
        setattr(box, name, value)


def well(box: Mailbox, *, is_whole: bool, at: datetime) -> None:
    """It worked: whatever was wrong is over, and its alarms clear."""
    was_wrong = bool(box.failures or box.reason)
    wait = BETWEEN_LOOKS if is_whole else timedelta()
    with act_as_staff(SYSTEM):
        keep(
            box, state=BoxState.RUNNING, reason="", failures=0, fetched_at=at, leased_until=None,
            next_look_at=clock.real_now() + wait,
        )  # fmt: skip
        if was_wrong:
            tell(box, "mailbox works again", by=SYSTEM, at=at)
            for kind in ("mailbox refused", "mailbox away"):
                clear_alarm(kind=kind, subject=box, by=SYSTEM, at=at)


def refuse(box: Mailbox, why: str, at: datetime) -> None:
    """It is paused, because trying on would lock the account; a try every quarter of an hour finds out when it is mended."""
    was_running = box.state == BoxState.RUNNING
    with act_as_staff(SYSTEM):
        keep(
            box, state=BoxState.PAUSED, reason=PauseReason.REFUSED, note=why[:300], failures=box.failures + 1,
            leased_until=None, next_look_at=clock.real_now() + AFTER_REFUSAL,
        )  # fmt: skip
        if was_running:
            tell(box, "mailbox paused", by=SYSTEM, at=at, reason=PauseReason.REFUSED, why=why)
        raise_alarm(
            kind="mailbox refused",
            subject=box,
            clause="SUB-1",
            sentence=_("The mailbox “%(label)s” is paused: %(why)s") % {"label": box.label, "why": why},
            cure=_(
                "Enter its password or secret anew. It is tried every 15 minutes, and this alarm clears when it works."
            ),
            url=PAGE,
            at=at,
        )


def leave(box: Mailbox, why: str, at: datetime) -> None:
    """Tried again a little later each time; from the third failure on it is an alarm."""
    failures = box.failures + 1
    with act_as_staff(SYSTEM):
        keep(
            box, failures=failures, note=why[:300], leased_until=None,
            next_look_at=clock.real_now() + wait_after(failures),
        )  # fmt: skip
        if failures >= ALARM_FROM:
            raise_alarm(
                kind="mailbox away",
                subject=box,
                clause="SUB-1",
                sentence=_("The mailbox “%(label)s” cannot be reached: %(why)s")
                % {"label": box.label, "why": why[:200]},
                cure=_(
                    "Look whether its server runs. It is tried again by itself, and this alarm clears when it works."
                ),
                url=PAGE,
                at=at,
            )
