"""Plain rows for tests of the database itself: they go round the actions on purpose."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from portal.models import Membership, Staff
from portal.queries.contract import worktime_of
from portal.worktime import deadline
from tests.cast import MORNING, World
from tickets.models import (
    AccessRequest,
    AdditionalTask,
    Attachment,
    DataAccess,
    DataChange,
    Message,
    ResponseClock,
    Ticket,
)
from tickets.rules.states import MessageKind, State, Target

numbers = count(1)


def ticket(world: World, by: Membership, **more: Any) -> Ticket:
    """A received request of a member, or as `more` says."""
    given = {
        "client_id": by.client_id,
        "requester": by,
        "requester_label": by.label,
        "ref": f"{next(numbers):04d}-TEST",
        "subject": "The printer hums",
        "terms": world.terms,
        "received_at": MORNING,
        "queue_at": MORNING,
        "last_client_at": MORNING,
        "state_since": MORNING,
    }
    return Ticket.objects.create(**{**given, **more})


def acknowledged(world: World, by: Membership, at: datetime = MORNING, **more: Any) -> Ticket:
    return ticket(world, by, state=State.ACKNOWLEDGED, acknowledged_at=at, **more)


def clock_of(world: World, of: Ticket, started_at: datetime, **more: Any) -> ResponseClock:
    due = started_at + timedelta(hours=7)
    given = {
        "client_id": of.client_id,
        "ticket": of,
        "target": Target.ONE_DAY,
        "minutes": 510,
        "terms": world.terms,
        "calendar": world.calendar,
        "started_at": started_at,
        "warn75_at": started_at + timedelta(hours=5),
        "warn90_at": started_at + timedelta(hours=6),
        "due_at": due,
        "trail": deadline(started_at, Target.ONE_DAY, worktime_of(world.calendar)).as_json(),
    }
    return ResponseClock.objects.create(**{**given, **more})


def message(on: Ticket, *, shown: bool = True, **more: Any) -> Message:
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "kind": MessageKind.REPLY if shown else MessageKind.NOTE,
        "author_label": "Cora Carter",
        "body": "We are looking at it.",
        "client_visible": shown,
        "written_at": MORNING,
        "published_at": MORNING if shown else None,
    }
    return Message.objects.create(**{**given, **more})


def attachment(on: Message, **more: Any) -> Attachment:
    given = {
        "client_id": on.client_id,
        "ticket_id": on.ticket_id,
        "message": on,
        "name": "screen.png",
        "content_type": "image/png",
        "size": 10,
        "sha256": "0" * 64,
        "storage_name": f"file-{next(numbers)}",
        "client_visible": on.client_visible,
        "added_by": "Cora Carter",
        "added_at": MORNING,
    }
    return Attachment.objects.create(**{**given, **more})


def accepted(of: Ticket, by: Staff, at: datetime = MORNING) -> Ticket:
    """The ticket accepted by somebody."""
    of.kind, of.state, of.accepted_by, of.accepted_at = "fault", State.ACCEPTED, by, at
    of.acknowledged_at = of.acknowledged_at or at
    of.save()
    return of


def access_request(on: Ticket, **more: Any) -> AccessRequest:
    """Its requester asks about the own account."""
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "asked_by_id": on.requester_id,
        "asked_by_label": on.requester_label,
        "verb": "fix",
        "person": on.requester_label,
        "own_data": True,
        "place": "Mailbox ben@alder.example",
        "purpose": "Restore the folder Invoices, deleted by mistake",
        "written_by": "Cora Carter",
        "asked_at": MORNING,
    }
    return AccessRequest.objects.create(**{**given, **more})


def window(asked: AccessRequest, staff: Staff, **more: Any) -> DataAccess:
    given = {
        "client_id": asked.client_id,
        "request": asked,
        "ticket_id": asked.ticket_id,
        "staff": staff,
        "staff_label": staff.label,
        "basis": "own",
        "begins_at": MORNING,
        "ends_at": MORNING + timedelta(hours=1),
    }
    return DataAccess.objects.create(**{**given, **more})


def change(within: DataAccess, **more: Any) -> DataChange:
    given = {
        "client_id": within.client_id,
        "access": within,
        "ticket_id": within.ticket_id,
        "staff_id": within.staff_id,
        "staff_label": within.staff_label,
        "act": "created",
        "thing": "Folder Invoices",
        "at": MORNING,
    }
    return DataChange.objects.create(**{**given, **more})


def task(on: Ticket, **more: Any) -> AdditionalTask:
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "added_by_name": "Somebody Else",
        "purpose": "Share the folder with accounts too",
        "recorded_by": "Cora Carter",
        "added_at": MORNING,
    }
    return AdditionalTask.objects.create(**{**given, **more})
