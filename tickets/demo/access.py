"""Accesses to data on the demo's open requests, and the cases that went to Microsoft."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.demo.facts import Fact
from portal.demo.ground import Ground, actor_of
from tickets.demo.life import Life
from tickets.models import AccessClosing, AccessRequest, AdditionalTask, DataAccess, DataChange, Escalation
from tickets.rules.dataaccess import Act, Basis, Verb
from tickets.rules.escalation import remind_at
from tickets.rules.states import Channel, State

WORKED_ON = (State.IN_PROGRESS, State.WAITING_CLIENT, State.WITH_MICROSOFT)
MINUTE = timedelta(minutes=1)
# What was done: verb, purpose, act, object, before, after.
DEEDS = (
    (Verb.FIX, "Restore the folder Invoices, deleted by mistake", Act.CREATED, "Folder Invoices", "", ""),
    (
        Verb.ADMINISTER, "Correct the display name in the address book", Act.CHANGED, "Display name",
        "J Smith (old)", "Jo Smith",
    ),
    (Verb.FIX, "Open the rules of the mailbox and find why mail is moved", Act.VIEWED, "Inbox rules", "", ""),
)  # fmt: skip


def write_accesses(ground: Ground, lives: Sequence[Life]) -> None:
    """Give every open request that somebody works on an access, and every third a task that was added."""
    worked = [life for life in lives if may_have_access(ground, life)]
    for number, life in enumerate(worked):
        write_access(ground, life, number)
    for life in worked[::3]:
        write_task(ground, life)
    Escalation.objects.bulk_create(case for life in lives for case in cases(ground, life))


def may_have_access(ground: Ground, life: Life) -> bool:
    ticket = life.ticket
    accepted = ticket.accepted_at is not None and ticket.accepted_at < ground.at - 90 * MINUTE
    return accepted and ticket.state in WORKED_ON and ticket.channel != Channel.PHONE and ticket.reopened_at is None


def write_access(ground: Ground, life: Life, number: int) -> None:
    """Asked, opened, used and closed within the hour after the acceptance; the newest is still open."""
    ticket, who = life.ticket, life.requester
    staff = next(one for one in ground.staff.values() if one.pk == ticket.accepted_by_id)
    verb, purpose, act, thing, before, after = DEEDS[number % len(DEEDS)]
    begun = ground.at - 20 * MINUTE if number == 0 else (ticket.accepted_at or ground.at) + 5 * MINUTE
    asked = AccessRequest.objects.create(
        client_id=ticket.client_id, ticket=ticket, asked_by=who, asked_by_label=who.label, verb=verb, person=who.label,
        own_data=True, place=f"Mailbox {who.email}", purpose=purpose, written_by=staff.label, asked_at=begun - MINUTE,
    )  # fmt: skip
    access = DataAccess.objects.create(
        client_id=ticket.client_id, request=asked, ticket=ticket, staff=staff, staff_label=staff.label, basis=Basis.OWN,
        begins_at=begun, ends_at=begun + 60 * MINUTE,
    )  # fmt: skip
    change = DataChange.objects.create(
        client_id=ticket.client_id, access=access, ticket=ticket, staff=staff, staff_label=staff.label, act=act,
        thing=thing, before=before, after=after, at=begun + 8 * MINUTE,
    )  # fmt: skip
    told: list[tuple[str, datetime, dict[str, Any]]] = [
        ("access asked", begun - MINUTE, {"place": asked.place, "who": who.label}),
        ("access opened", begun, {"place": asked.place, "access": access}),
        ("data changed", change.at, {"thing": thing, "act": str(act), "change": change}),
    ]
    if number:
        AccessClosing.objects.create(
            client_id=ticket.client_id, access=access, closed_by=staff.label, note="Done", closed_at=begun + 15 * MINUTE
        )
        told.append(("access closed", begun + 15 * MINUTE, {"access": access}))
    life.facts += [Fact(at, kind, actor_of(staff), ticket.client_id, ticket, facts, True) for kind, at, facts in told]


def write_task(ground: Ground, life: Life) -> None:
    ticket, who = life.ticket, life.requester
    at = (ticket.accepted_at or ground.at) + 30 * MINUTE
    words = "Do the same for the shared mailbox of the accounts team"
    AdditionalTask.objects.create(
        client_id=ticket.client_id, ticket=ticket, added_by=who, added_by_name=who.label, purpose=words,
        recorded_by=who.label, added_at=at,
    )  # fmt: skip
    facts = {"who": who.label, "purpose": words}
    life.facts.append(Fact(at, "task added", life.member, ticket.client_id, ticket, facts, True))


def cases(ground: Ground, life: Life) -> Iterator[Escalation]:
    """One for each time at which the request went to Microsoft, ended by what happened next."""
    since: datetime | None = None
    for fact in sorted(life.facts, key=lambda fact: fact.at):
        state = fact.payload.get("state", "")
        if state == State.WITH_MICROSOFT and since is None:
            since = fact.at
        elif state and state != State.WITH_MICROSOFT and since is not None:
            yield case(ground, life, since, fact.at)
            since = None
    if life.ticket.state == State.WITH_MICROSOFT:
        yield case(ground, life, since or life.ticket.state_since, None)


def case(ground: Ground, life: Life, since: datetime, ended: datetime | None) -> Escalation:
    """The next reminder of an open one lies ahead: the earlier ones were heard."""
    due, reminders = remind_at(since, ground.calendar), 0
    while ended is None and due <= ground.at:
        due, reminders = remind_at(due, ground.calendar), reminders + 1
    ticket = life.ticket
    number = ticket.state_note.removeprefix("Microsoft case ").strip()
    return Escalation(
        client_id=ticket.client_id,
        ticket=ticket,
        case_number=number if number.isdigit() else f"26{ticket.pk:08d}",
        reason="The fault lies in the service itself",
        since=since,
        ended_at=ended,
        remind_at=None if ended else due,
        reminders=reminders,
        escalated_by=ticket.accepted_by.label if ticket.accepted_by else "Priya Raman",
    )
