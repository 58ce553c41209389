"""Sorting work: snooze and waking, priority and tags, the decline that a person writes, and the split (D24)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import outbox as post
from portal.actions.notices import notify
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.jobs import sweep
from portal.models import Membership
from tickets.actions.acknowledgement import acknowledgement
from tickets.actions.base import lock, record, require_staff, running_due, settle, wake
from tickets.actions.intake import Request, copy_message, insert_request
from tickets.actions.replies import reply
from tickets.models import Message, Tag, Ticket
from tickets.queries.people import people_to_tell
from tickets.queries.related import splittable
from tickets.rules.noticelist import SNOOZE_OVER
from tickets.rules.states import ENDED_STATES, Channel, MessageKind, Priority, State
from tickets.rules.triage import check_decline, check_snooze

BATCH = 200


@clause("HLP-5")
@transaction.atomic
def snooze(ticket_id: int, *, until: datetime, reason: str, by: Actor, at: datetime, seen: int | None = None) -> Ticket:
    """Put a request aside until an instant, with a reason. Never one whose promise runs; the client's word wakes it."""
    require_staff(by, "HLP-5", "snooze a request")
    if not reason.strip():
        raise Refused("HLP-5", _("Say why it can wait."))
    ticket = lock(ticket_id, seen=seen)
    due_at = running_due(ticket)
    check_snooze(
        until=until,
        at=at,
        acknowledged=ticket.acknowledged_at is not None,
        clock_runs=due_at is not None,
        ended=ticket.state in ENDED_STATES,
    )
    ticket.snoozed_until, ticket.snooze_reason = until, reason.strip()
    settle(ticket, due_at=due_at)
    record(
        ticket, "request snoozed", by=by, at=at, client_visible=False, until=until.isoformat(), reason=reason.strip()
    )
    return ticket


@transaction.atomic
def end_snooze(ticket_id: int, *, by: Actor, at: datetime) -> Ticket:
    """Take a request up again before its snooze runs out."""
    require_staff(by, "HLP-5", "wake a request")
    ticket = lock(ticket_id)
    if ticket.snoozed_until is None:
        raise Refused("HLP-5", _("This request is not snoozed."))
    wake(ticket)
    settle(ticket, due_at=running_due(ticket))
    record(ticket, "snooze ended", by=by, at=at, client_visible=False)
    return ticket


@sweep("snoozed requests", every_seconds=15, clause="HLP-5")
@clause("HLP-5")
def wake_snoozed(at: datetime) -> int:
    """Bring back what was snoozed until now, and tell whoever has it, or the leads. A late sweep writes the true instants."""
    due = list(
        Ticket.objects.filter(snoozed_until__lte=at)
        .defer("search")
        .order_by("snoozed_until", "id")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    told = people_to_tell(due)
    for ticket in due:
        ended_at, reason = ticket.snoozed_until or at, ticket.snooze_reason
        wake(ticket)
        settle(ticket, due_at=running_due(ticket))
        record(ticket, "snooze ended", by=SYSTEM, at=ended_at, client_visible=False)
        notify(
            told[ticket.pk],
            kind=SNOOZE_OVER,
            sentence=_("%(ref)s %(subject)s is back. It was snoozed: %(reason)s")
            % {"ref": ticket.ref, "subject": ticket.subject[:120], "reason": reason[:100]},
            at=ended_at,
            key=f"snooze {ticket.pk} {ended_at.isoformat()}",
            url=reverse("desk:ticket", args=[ticket.ref]),
            client_id=ticket.client_id,
        )
    return len(due)


@transaction.atomic
def mark(
    ticket_id: int, *, priority: Priority, tags: Sequence[str], by: Actor, at: datetime, seen: int | None = None
) -> Ticket:
    """Set the priority and the tags (as rules.triage.plain_tags reads them). Neither moves a promise."""
    require_staff(by, "HLP-9", "mark a request")
    ticket = lock(ticket_id, seen=seen)
    before = {"priority": ticket.priority, "tags": ticket.tags}
    ticket.priority, ticket.tags = priority, list(tags)
    # In the order of their labels, so that two who make the same new tags never wait for each other.
    made = [Tag(label=tag, made_by=by.label, made_at=at) for tag in sorted(tags)]
    Tag.objects.bulk_create(made, ignore_conflicts=True)
    settle(ticket, "priority", "tags", due_at=running_due(ticket))
    after = {"priority": ticket.priority, "tags": ticket.tags}
    record(ticket, "request marked", by=by, at=at, client_visible=False, before=before, after=after)
    return ticket


@clause("HLP-5")
def decline(ticket_id: int, sentence: str, *, by: Actor, at: datetime, seen: int | None = None) -> Message:
    """Decline with a sentence that a person wrote: it is a reply, so it meets the clock, and it can be undone for ten
    seconds like every other (D24). Raises Refused for less than a sentence."""
    check_decline(sentence)
    return reply(ticket_id, sentence.strip(), by=by, at=at, seen=seen, then=State.DECLINED)


@clause("HLP-5", "LIA-1")
@transaction.atomic
def split(
    ticket_id: int, *, message_ids: Sequence[int], subject: str, by: Actor, at: datetime, seen: int | None = None
) -> Ticket:
    """Make a new request of some of the client's messages: with its own acknowledgement and its own clock (D24).

    The messages are copied with their own instants and stay where they were, with their files. Raises Refused.
    """
    require_staff(by, "HLP-5", "split a request")
    ticket = lock(ticket_id, seen=seen)
    chosen = [message for message in splittable(ticket) if message.pk in set(message_ids)]
    if not chosen or len(chosen) != len(set(message_ids)):
        raise Refused("HLP-5", _("Choose at least one message that the client wrote."))
    requester = Membership.objects.select_related("client").get(pk=chosen[0].author_member_id or 0)
    new = insert_request(
        Request(subject=subject, body=chosen[0].body, product=ticket.product, tenant=ticket.tenant),
        requester=requester,
        at=at,
        channel=Channel(chosen[0].channel),
        visibility=ticket.visibility,
        split_from=ticket,
    )
    for number, message in enumerate(chosen):
        copy_message(message, new, kind=MessageKind.REPLY if number else MessageKind.REQUEST)
    settle(ticket, due_at=running_due(ticket))
    record(new, "request received", by=by, at=at, subject=new.subject, channel=new.channel)
    record(new, "request split", by=by, at=at, origin=ticket.ref)
    record(ticket, "request split off", by=by, at=at, other=new.ref)
    post.put(acknowledgement(new, requester=requester, by=by, at=at))
    return new
