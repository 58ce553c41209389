"""Plain rows for tests of the database itself: they go round the actions on purpose."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from compliance.models import ReportRequest
from portal.models import Alarm, Document, Membership, Product, RateCard, Staff
from portal.queries.contract import worktime_of
from portal.rules.states import Role
from portal.worktime import deadline
from tests.cast import BEGAN, MORNING, SINCE, World
from tickets.models import (
    AccessRequest,
    AdditionalTask,
    Article,
    ArticleVersion,
    Attachment,
    ChargeApproval,
    DataAccess,
    DataChange,
    FilledForm,
    FollowUp,
    FormVersion,
    Message,
    ResponseClock,
    ScopeRuling,
    SenderBlock,
    SpamReport,
    Ticket,
    TicketDocument,
    TimeEntry,
)
from tickets.rules.states import MessageKind, State, Target

numbers = count(1)
ARTICLE_WORDS = {
    "title": "Open a shared mailbox",
    "body": "Choose **File**, then *Add*.",
    "category": "mail",
    "keywords": "info mailbox, access",
}


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


def filled_form(of: Ticket, code: str = "new-starter", **more: Any) -> FilledForm:
    """A request that came by a form, with its checklist untouched."""
    version = FormVersion.objects.get(form__code=code)
    steps = {"open_steps": len(version.steps), "open_required": sum(one["required"] for one in version.steps)}
    given = {"version": version, "answers": {}, "filled_by": "Ben Baker", "filled_at": MORNING, **steps}
    return FilledForm.objects.create(**{"client_id": of.client_id, "ticket": of, **given, **more})


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


def follow_up(on: Ticket, staff_id: int, **more: Any) -> FollowUp:
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "kind": "reminder",
        "due_at": MORNING + timedelta(days=1),
        "words": "Ask whether it works.",
        "staff_id": staff_id,
        "planned_by": "Cora Carter",
        "planned_at": MORNING,
    }
    return FollowUp.objects.create(**{**given, **more})


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


def article(world: World, **more: Any) -> Article:
    """A published article for all clients, with its first version."""
    assert world.cora.staff
    words = {name: more.pop(name, said) for name, said in ARTICLE_WORDS.items()}
    stamps = {"made_at": MORNING, "changed_at": MORNING, "published_at": MORNING, "retired_at": MORNING}
    given = {"state": "published", "audience": "clients", "owner": world.cora.staff, **words, **stamps}
    one = Article.objects.create(**{**given, **more})
    ArticleVersion.objects.create(article=one, number=1, made_by="Cora Carter", made_at=MORNING, **words)
    return one


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


def spam_report(on: Ticket, **more: Any) -> SpamReport:
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "left_out": "The mail itself was not kept.",
        "sha256": "0" * 64,
        "recipient": "ben@example.org",
        "harm": "nothing",
        "sender": "service@evil.example",
        "sender_domain": "evil.example",
        "subject": "Your account is locked",
        "reported_at": MORNING,
    }
    return SpamReport.objects.create(**{**given, **more})


def sender_block(on: Ticket, by: Staff, **more: Any) -> SenderBlock:
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "kind": "address",
        "value": "service@evil.example",
        "place": "filter",
        "reason": "Phishing",
        "blocked_by": by,
        "blocked_by_label": by.label,
        "blocked_at": MORNING,
    }
    return SenderBlock.objects.create(**{**given, **more})


def paper(of: Ticket, **more: Any) -> TicketDocument:
    """A proof sheet that is made already."""
    given = {
        "client_id": of.client_id,
        "kind": "proof sheet",
        "number": f"PS-{of.ref}-1",
        "title": "Proof sheet",
        "snapshot": {},
        "snapshot_sha256": "0" * 64,
        "template_version": "1",
        "unsigned_sha256": "0" * 64,
        "signed_sha256": "0" * 64,
        "storage_name": f"file-{next(numbers)}",
        "size": 8,
        "pages": 1,
        "issued_at": MORNING,
        "issued_by": "The portal",
    }
    document = Document.objects.create(**{**given, **more})
    made = {"requested_by_label": "Ann", "requested_at": MORNING, "done_at": MORNING, "state": "ready"}
    return TicketDocument.objects.create(client_id=of.client_id, ticket=of, kind="proof", document=document, **made)


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


def rate_card(rate: str = "85.00") -> RateCard:
    """The prices of work, from the beginning of 2025."""
    given = {"hourly_rate": Decimal(rate), "valid_from": SINCE, "made_by": "Ada Ashby", "made_at": MORNING}
    return RateCard.objects.get_or_create(version=1, defaults=given)[0]


def ruling(world: World, on: Ticket, **more: Any) -> ScopeRuling:
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "outcome": "hourly",
        "proposed": "hourly",
        "clause": "HLP-8",
        "kind": "fault",
        "area": "product",
        "ruled_by": world.cora.staff,
        "ruled_by_label": "Cora Carter",
        "ruled_at": MORNING,
    }
    return ScopeRuling.objects.create(**{**given, **more})


def charge(world: World, on: Ticket, under: ScopeRuling, **more: Any) -> ChargeApproval:
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "ruling": under,
        "form": "hourly",
        "work": "Find the fault",
        "rate_card": rate_card(),
        "hourly_rate": Decimal("85.00"),
        "step_minutes": 15,
        "estimate_minutes": 60,
        "asked_by": world.cora.staff,
        "asked_by_label": "Cora Carter",
        "asked_at": MORNING,
    }
    return ChargeApproval.objects.create(**{**given, **more})


def time_entry(world: World, on: Ticket, **more: Any) -> TimeEntry:
    given = {
        "client_id": on.client_id,
        "ticket": on,
        "staff": world.cora.staff,
        "staff_label": "Cora Carter",
        "day": MORNING.date(),
        "started_at": MORNING,
        "seconds": 600,
        "work": "Looked at the log",
        "source": "manual",
        "billable": False,
        "reason": "Part of support",
        "recorded_by_label": "Cora Carter",
        "recorded_at": MORNING + timedelta(minutes=10),
    }
    return TimeEntry.objects.create(**{**given, **more})


def of_every_kind(world: World) -> None:
    """One more row of the lists that are not the helpdesk's: a person who left, an alarm, a report, a product."""
    number = next(numbers)
    gone = SINCE + timedelta(days=number)
    person = world.bill
    given = {"user": person.user, "address": person.address, "label": "Bill", "email": person.user.email}
    Membership.objects.create(
        **given,
        client=world.alder,
        role=Role.AUTHOR,
        valid_from=gone,
        valid_to=gone + timedelta(days=1),
        invited_at=BEGAN,
    )
    Alarm.objects.create(
        client=world.alder, kind="test", subject_type="x", subject_id=number, sentence="See.", raised_at=BEGAN
    )
    ReportRequest.objects.create(
        client=world.alder, period_from=SINCE, period_to=SINCE, requested_by=world.ann.membership,
        requested_by_label="Ann", requested_at=BEGAN,
    )  # fmt: skip
    Product.objects.create(code=f"product-{number}", name=f"Product {number}")
