"""Sending: takes due mails from the outbox and marks what became of each (HLP-5, D4).

One mail at a time: claimed with a lease, its dot's instant committed before the dot, its answer marked in one transaction
with everything that follows from it. When an answer is lost, the mail is sent once more with the same Message-ID; whatever
comes of that, the instant before the *first* dot stands, flagged "probably accepted". The second dot is flagged before it is
sent, so that there is never a third.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal import audit, clock, events
from portal.actions.alarms import clear_alarm, raise_alarm, raise_alarms
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.faults import kill_point
from portal.jobs import sweep
from portal.models import Address, Alarm, Outbox, Supplier
from portal.models.post import UNSENT
from portal.outbox.message import Undeliverable, as_bytes, envelope_address
from portal.outbox.secret_links import UnreadableSecret
from portal.outbox.smtp import AddressRefused, AnswerLost, NoServer, Post, RefusedForEver, Trouble
from portal.queries.demo import demo_is_open
from portal.rules.mail import GIVEN_UP_AFTER, LATE, LATE_AFTER, MAIL_MOVES, given_up, wait_after
from portal.rules.states import AddressState, MailState
from portal.tenancy import act_as_staff

# Longer than a mail server may take for one mail (each answer 10 s), and short enough that the mail of a dead worker leaves
# within 90 s of a restart. Before the dot it is renewed.
LEASE = timedelta(seconds=80)
BATCH = 50
ACKNOWLEDGEMENT = "acknowledgement"
NO_CONNECTION = gettext_noop("No connection")

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker has taken the mail over, because this one was too slow."""


def mails_due(at: datetime) -> Q:
    """What may be claimed: due, or left behind by a worker that died. Leases run on real time."""
    left_behind = Q(state=MailState.SENDING, leased_until__lt=clock.real_now())
    return Q(state__in=UNSENT, next_try_at__lte=at) & (Q(state=MailState.QUEUED) | left_behind)


def mails_waiting(at: datetime) -> int:
    """Mails that should have left by now."""
    return Outbox.objects.filter(mails_due(at)).count()


@sweep("send mail", every_seconds=5, clause="HLP-5", scope="own", backlog=mails_waiting)
def send_due_mail(at: datetime) -> int:
    """Send a batch over one connection. Several workers may do so at once. Returns 0 when the server is away: the next run
    tries again. What a single mail raises does not hold up the others and is raised together at the end."""
    done, reached, supplier = 0, True, None
    faults: list[Exception] = []
    with Post() as post:
        while reached and done + len(faults) < BATCH and (row := claim(at)) is not None:
            supplier = supplier or Supplier.objects.get()
            try:
                reached = send_one(row, post, supplier)
                done += 1
            except Exception as fault:  # raised again below; the lease brings the mail back
                log.error("mail not marked", outbox=row.pk, exc_info=fault)
                faults.append(fault)
    if done and reached:
        hasten(at)
    if faults:
        raise ExceptionGroup(_("Mails that could not be marked; they come back when their leases end"), faults)
    return done if reached else 0


def hasten(at: datetime) -> None:
    """The server answers: what waited only for a connection need not wait any longer."""
    with act_as_staff(SYSTEM):
        waiting = Outbox.objects.filter(state=MailState.QUEUED, next_try_at__gt=at, error__startswith=NO_CONNECTION)
        waiting.update(next_try_at=at)


@clause("HLP-5")
def claim(at: datetime) -> Outbox | None:
    """Take the oldest due mail for the length of a lease, in a transaction of its own."""
    with act_as_staff(SYSTEM):
        row = (
            Outbox.objects.filter(mails_due(at))
            .order_by("next_try_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("address")
            .first()
        )
        if row is None:
            return None
        move(row, MailState.SENDING)
        row.leased_until = clock.real_now() + LEASE
        row.attempts += 1
        row.save(update_fields=["state", "leased_until", "attempts"])
    kill_point("mail leased")
    return row


def send_one(row: Outbox, post: Post, supplier: Supplier) -> bool:
    """Send a claimed mail and mark the outcome. False when there is no use in going on with the next one now."""
    lost_before = row.dot_at
    if lost_before is not None and row.probably_accepted:
        mark_sent(row, at=lost_before, answer=_("Two dots were sent and no answer came; it is not sent a third time."))
        return True
    try:
        answer = hand_over(row, post, supplier)
    except LeaseLost as lost:
        log.warning("mail was taken over", outbox=row.pk, reason=str(lost))
    except NoServer as trouble:
        mark_trouble(row, str(trouble))
        return False
    except Trouble as trouble:
        # This attempt's dot was answered with "later", so it left no copy; a lost one of before stays as it was.
        mark_trouble(row, str(trouble), dot_at=lost_before, probably_accepted=False)
    except AnswerLost as lost:
        if lost_before is None:
            mark_trouble(row, str(lost))
        else:
            mark_sent(row, at=lost_before, answer=str(lost))
    except (RefusedForEver, Undeliverable, UnreadableSecret) as refusal:
        # A mail to an address that somebody only wishes for says nothing about the one they have.
        own = row.to_email == row.address.email
        mark_failed(row, str(refusal), address=own and isinstance(refusal, AddressRefused | Undeliverable))
    else:
        kill_point("mail accepted")
        mark_sent(row, at=lost_before or clock.now(), answer=answer)
    return True


def hand_over(row: Outbox, post: Post, supplier: Supplier) -> str:
    """The mail as bytes to the server; the instant before the final dot is committed before the dot leaves."""
    if row.address.state == AddressState.RETIRED:
        raise RefusedForEver(_("The address is retired; nothing is sent to it any more."))
    mail = as_bytes(row, supplier)

    def keep_the_instant() -> None:
        note_dot(row)
        kill_point("mail before dot")

    return post.send(envelope_address(supplier.sender_email), envelope_address(row.to_email), mail, keep_the_instant)


@clause("HLP-5")
def note_dot(row: Outbox) -> None:
    """Commit when the dot is about to leave. A dot of before, whose answer was lost, keeps its instant. Raises LeaseLost."""
    lease = clock.real_now() + LEASE
    facts: dict[str, Any] = {"dot_at": clock.now()} if row.dot_at is None else {"probably_accepted": True}
    with act_as_staff(SYSTEM):
        if not mine(row).update(leased_until=lease, **facts):
            raise LeaseLost(_("Mail %(pk)s was taken over by another worker.") % {"pk": row.pk})
    row.leased_until = lease
    for name, value in facts.items():
        setattr(row, name, value)


def mine(row: Outbox) -> QuerySet[Outbox]:
    """The row, if this worker's lease still holds: every lease ends at an instant of its own."""
    return Outbox.objects.filter(pk=row.pk, state=MailState.SENDING, leased_until=row.leased_until)


def move(row: Outbox, state: MailState) -> None:
    """Write a state that may follow the present one. Raises ValueError."""
    if state not in MAIL_MOVES[MailState(row.state)]:
        raise ValueError(f"A mail that is {row.state} cannot become {state}.")
    row.state = state


def settle(row: Outbox, state: MailState, *, then: Callable[[], None] | None = None, **facts: Any) -> None:
    """Mark the outcome and do what follows from it, in one transaction; nothing if another worker took the mail over."""
    held = mine(row)
    move(row, state)
    for name, value in (facts | {"leased_until": None}).items():
        setattr(row, name, value)
    with act_as_staff(SYSTEM):
        if not held.update(state=state, leased_until=None, **facts):
            log.warning("mail was taken over", outbox=row.pk, attempts=row.attempts)
            return
        if then is not None:
            then()
        kill_point("mail marked")


@clause("HLP-5")
def mark_sent(row: Outbox, *, at: datetime, answer: str) -> None:
    """The mail server has it. Whoever listens to "mail accepted" works in the same transaction: a clock starts `at`."""

    def tell() -> None:
        if row.kind == ACKNOWLEDGEMENT:
            clear_alarm(kind=LATE, subject=row, by=SYSTEM, at=at)
        events.emit("mail accepted", outbox=row, at=at)

    # In the demo the mail page is the only inbox, so its links stay.
    wiped: dict[str, Any] = {} if row.secret is None or demo_is_open() else {"secret": None}
    flagged = row.probably_accepted
    settle(
        row, MailState.SENT, then=tell, sent_at=at, probably_accepted=flagged, error=answer if flagged else "", **wiped
    )


def mark_trouble(row: Outbox, error: str, **facts: Any) -> None:
    """Try again later; after four days, give up. A mail whose dot was lost counts as sent at that dot even then."""
    now = clock.now()
    if not given_up(row.queued_at, now):
        settle(row, MailState.QUEUED, error=error, next_try_at=now + wait_after(row.attempts), **facts)
        return
    error = _("%(error)s Given up after %(days)s days.") % {"error": error, "days": GIVEN_UP_AFTER.days}
    lost_at = facts.get("dot_at", row.dot_at)
    if isinstance(lost_at, datetime):
        row.probably_accepted = True
        mark_sent(row, at=lost_at, answer=error)
    else:
        mark_failed(row, error, address=False)


@clause("HLP-5")
def mark_failed(row: Outbox, error: str, *, address: bool) -> None:
    """It will never leave by itself: staff get an alarm with the cure. `address`: the address itself was refused."""

    def tell() -> None:
        now = clock.now()
        if address:
            Address.objects.filter(pk=row.address_id).update(state=AddressState.BOUNCED, trouble=error[:200])
        raise_alarm(
            kind="address refused" if address else "mail failed",
            subject=row.address if address else row,
            client_id=row.client_id,
            clause="HLP-5" if row.kind == ACKNOWLEDGEMENT else "",
            sentence=_("The mail “%(subject)s” to %(to_email)s did not leave: %(error)s")
            % {"subject": row.subject, "to_email": row.to_email, "error": error},
            cure=cure_for(address),
            url=f"/desk/mail/{row.pk}/",
            at=now,
        )
        facts = {"kind": row.kind, "to": row.to_email, "error": error}
        audit.record("mail failed", by=SYSTEM, at=now, client_id=row.client_id, subject=row, payload=facts)
        events.emit("mail failed", outbox=row, at=now, error=error)

    settle(row, MailState.FAILED, then=tell, error=error, dot_at=None, probably_accepted=False)


@clause("HLP-5")
def note_bounce(row: Outbox, *, said: str, at: datetime) -> None:
    """A mail that had left came back: its address is marked, once, and staff are told. What started with it stands."""
    own = row.to_email == row.address.email
    changed = Address.objects.filter(pk=row.address_id, state=AddressState.ACTIVE) if own else Address.objects.none()
    if not changed.update(state=AddressState.BOUNCED, trouble=said[:200]):
        return
    raise_alarm(
        kind="address refused",
        subject=row.address,
        client_id=row.client_id,
        clause="HLP-5",
        sentence=_("The mail “%(subject)s” to %(to)s came back: %(said)s")
        % {"subject": row.subject, "to": row.to_email, "said": said},
        cure=cure_for(True),
        url=f"/desk/mail/{row.pk}/",
        at=at,
    )
    facts = {"kind": row.kind, "to": row.to_email, "said": said}
    audit.record("mail came back", by=SYSTEM, at=at, client_id=row.client_id, subject=row, payload=facts)


def cure_for(address: bool) -> str:
    if address:
        return _("Ask the client for the person's right address, register it, and send the mail again from its page.")
    return _("Read the answer of the mail server on the mail's page, mend the cause, and choose “Try again now” there.")


def retry_mail(row: Outbox, *, by: Actor, at: datetime) -> None:
    """Send a failed or waiting mail as soon as possible. Raises Refused for one that has left or was cancelled."""
    waiting = Outbox.objects.select_for_update().get(pk=row.pk)
    if waiting.state == MailState.FAILED:
        move(waiting, MailState.QUEUED)
        waiting.queued_at, waiting.attempts = at, 0
    elif waiting.state != MailState.QUEUED:
        raise Refused(
            "HLP-5",
            _("That mail is %(state)s; only a waiting or failed one can be tried again.") % {"state": waiting.state},
        )
    waiting.next_try_at = at
    waiting.save(update_fields=["state", "queued_at", "attempts", "next_try_at"])
    clear_alarm(kind="mail failed", subject=row, by=by, at=at)
    audit.record("mail tried again", by=by, at=at, client_id=row.client_id, subject=row, payload={"kind": row.kind})


def late_acknowledgements(at: datetime) -> QuerySet[Outbox]:
    """Acknowledgements that still have not left five minutes after their request (D4), or after the instant until which a
    flood holds them back: about those one alarm for their sender stands already.
    """
    late = at - LATE_AFTER
    let_go = Q(attempts__gt=0) | Q(next_try_at__lte=late) | Q(state=MailState.FAILED)
    return Outbox.objects.filter(
        let_go, kind=ACKNOWLEDGEMENT, state__in=[*UNSENT, MailState.FAILED], queued_at__lte=late
    )


@sweep("late acknowledgements", every_seconds=20, clause="HLP-5", backlog=lambda at: late_acknowledgements(at).count())
@clause("HLP-5")
def alarm_late_acknowledgements(at: datetime) -> int:
    """Raise an alarm for each late acknowledgement without one. No clock runs for these requests, and staff must see it."""
    known = Alarm.objects.filter(kind=LATE, subject_type="outbox", subject_id=OuterRef("pk"), cleared_at__isnull=True)
    rows = list(late_acknowledgements(at).exclude(Exists(known)).order_by("id")[:200])
    raise_alarms(
        Alarm(
            client_id=row.client_id,
            kind=LATE,
            subject_type="outbox",
            subject_id=row.pk,
            clause="HLP-5",
            sentence=_(
                "The acknowledgement to %(to_email)s has waited since it was written and has not left. %(value)s"
            )
            % {"to_email": row.to_email, "value": row.error or "It has not been tried yet."},
            cure=_("See whether the mail server answers and the job “send mail” runs; until it leaves, no clock runs."),
            url=f"/desk/mail/{row.pk}/",
            raised_at=at,
        )
        for row in rows
    )
    return len(rows)
