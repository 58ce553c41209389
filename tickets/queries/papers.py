"""A ticket's documents, and the facts that they print, read once and as plain values."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.documents.facts import SigningFacts
from portal.documents.snapshot import plain
from portal.models import AuditEvent, Outbox, Seal, Supplier
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.documents import audit_head, logo_facts, party
from portal.worktime import Deadline, hours_in_words
from tickets.models import Message, Ticket, TicketDocument
from tickets.proofsections import sections_of
from tickets.queries.promises import promise_facts
from tickets.queries.thread import events_of, timeline
from tickets.rules.life import STATE_WORDS
from tickets.rules.papers import PAPER_KINDS, Paper, number_of
from tickets.rules.promise import TARGET_CLAUSE, TARGET_WORDS
from tickets.rules.states import Channel, State, Target
from tickets.rules.timeline import event_sentence

SCHEMA = 1
SHOWN = 10
# More than that no reader follows and the engine has no time for; the attached data has all.
PRINTED = 250
# A whole copy from before one of these shows what its request shows no more.
SHOWN_NO_MORE = ("message withdrawn", "content redacted")
CHANNEL_WORDS = {Channel.EMAIL: "e-mail", Channel.API: "the API"}


def papers_of(ticket: Ticket) -> QuerySet[TicketDocument]:
    """The documents of a ticket that the caller may see, newest first. `stale`: a message that it shows was withdrawn since."""
    # By the event: the client's scope no longer sees a message that was withdrawn.
    withdrawn = AuditEvent.objects.filter(
        subject_type="ticket", subject_id=OuterRef("ticket_id"), kind__in=SHOWN_NO_MORE, at__gte=OuterRef("done_at")
    )
    found = TicketDocument.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)
    return found.annotate(stale=Q(kind=Paper.WHOLE) & Exists(withdrawn)).select_related("document").order_by("-id")


def newest_papers(ticket: Ticket) -> list[TicketDocument]:
    """The last ten of them, for the ticket's page."""
    return list(papers_of(ticket)[:SHOWN])


def paper_facts(request: TicketDocument, *, at: datetime, code: str, signing: SigningFacts) -> dict[str, Any]:
    """The frozen input of a document: what both kinds say, and what this one says. Runs as staff."""
    paper = Paper(request.kind)
    ticket = Ticket.objects.select_related(
        "client", "clock__calendar", "clock__terms", "product", "tenant", "accepted_by", "terms"
    ).get(pk=request.ticket_id)
    earlier = TicketDocument.objects.filter(
        client_id=ticket.client_id, ticket_id=ticket.pk, kind=paper, document__isnull=False
    ).count()
    return plain(
        {
            "schema": SCHEMA,
            "document": document_facts(request, number_of(paper, ticket.ref, earlier), at),
            "supplier": supplier_facts(),
            "client": {"legal_name": ticket.client.name},
            "ticket": ticket_facts(ticket),
            "verification": {"code": code, "url": f"{settings.PORTAL_URL}/verify/"},
            "signing": asdict(signing),
            "audit_head": asdict(head) if (head := audit_head(ticket.client_id)) else None,
            "printed": PRINTED,
            **(proof_facts(ticket, at) if paper == Paper.PROOF else {"thread": thread_facts(ticket)}),
        }
    )


def document_facts(request: TicketDocument, number: str, at: datetime) -> dict[str, Any]:
    """The document about itself."""
    return {
        "number": number,
        "kind": PAPER_KINDS[Paper(request.kind)],
        "as_of": at,
        "zone": worktime_of(calendar_at(at)).tz,
        "requested_by": request.requested_by_label,
        "requested_at": request.requested_at,
        "demo": settings.PORTAL_DEMO,
    }


def supplier_facts() -> dict[str, Any]:
    """The supplier with its colour and logo."""
    supplier = Supplier.objects.get()
    logo = logo_facts(supplier)
    return {**asdict(party(supplier)), "accent": supplier.accent, "logo": asdict(logo) if logo else None}


def ticket_facts(ticket: Ticket) -> dict[str, Any]:
    """What the request says about itself."""
    return {
        "ref": ticket.ref,
        "subject": ticket.subject,
        "requester": ticket.requester_label,
        "for_whom": ticket.for_whom,
        "product": ticket.product.name if ticket.product else "",
        "tenant": ticket.tenant.domain if ticket.tenant else "",
        "impact": ticket.impact,
        "kind": ticket.kind or "not yet classified",
        "channel": CHANNEL_WORDS.get(Channel(ticket.channel), f"the {ticket.channel}"),
        "visibility": ticket.visibility,
        "clause": ticket.clause,
        "state": STATE_WORDS[State(ticket.state)],
        "state_since": ticket.state_since,
        "received_at": ticket.received_at,
        "accepted_at": ticket.accepted_at,
        "accepted_by": ticket.accepted_by.label if ticket.accepted_by else "",
        "resolved_at": ticket.resolved_at,
        "terms_version": ticket.terms.version,
    }


def proof_facts(ticket: Ticket, at: datetime) -> dict[str, Any]:
    """The promise, how it was reckoned, what became of it, and the events with their seals."""
    return {
        "acknowledgement": acknowledgement_facts(ticket),
        "promise": promise_of(ticket, at),
        "events": event_facts(ticket),
        "sections": sections_of(ticket),
    }


def acknowledgement_facts(ticket: Ticket) -> dict[str, Any] | None:
    """The mail that started the clock: its Message-ID, to whom, and the instant at which the mail server took it."""
    mail = Outbox.objects.filter(
        client_id=ticket.client_id, kind="acknowledgement", about_type="ticket", about_id=ticket.pk
    ).first()
    if mail is None:
        return None
    return {
        "message_id": mail.message_id,
        "to": mail.to_email,
        "queued_at": mail.queued_at,
        "accepted_at": mail.sent_at or ticket.acknowledged_at,
        "probably": mail.probably_accepted,
    }


def promise_of(ticket: Ticket, at: datetime) -> dict[str, Any] | None:
    """The clock with each interval of its trail, and the verdict; None while no clock runs."""
    clock = getattr(ticket, "clock", None)
    if clock is None:
        return None
    target, calendar = Target(clock.target), worktime_of(clock.calendar)
    reckoned = Deadline.from_json(clock.trail)
    found = promise_facts(ticket, at)
    return {
        "clause": TARGET_CLAUSE[target],
        "words": TARGET_WORDS[target],
        "minutes": clock.minutes,
        "terms_version": clock.terms.version,
        "calendar_version": clock.calendar.version,
        "zone": calendar.tz,
        "hours": hours_in_words(calendar),
        "started_at": clock.started_at,
        "counted_from": reckoned.counted_from,
        "due_at": clock.due_at,
        "intervals": [
            {
                "day": step.day,
                "begins": step.begins,
                "ends": step.ends,
                "seconds": int(step.seconds),
                "reason": step.reason,
            }
            for step in reckoned.trail
        ],
        "answered_at": clock.met_at,
        "breached_at": clock.breached_at,
        "verdict": verdict_word(found["met"]),
        "to_reply": found["working_seconds_to_reply"],
        "from_receipt": found["working_seconds_from_receipt"],
        "late": found["working_seconds_late"],
    }


def verdict_word(met: bool | None) -> str:
    """One of the fixed words of every document: nothing that is undecided is ever called met."""
    return {True: "met", False: "not met", None: "unknown"}[met]


def event_facts(ticket: Ticket) -> list[dict[str, Any]]:
    """The events that the client may see, each with the link of the chain that seals it."""
    events = events_of(ticket, client_side=True)
    seals = Seal.objects.in_bulk([event.id for event in events], field_name="event_id")
    return [
        {
            "at": event.at,
            "kind": event.kind,
            "by": event.actor_label,
            "says": event_sentence(event.kind, event.actor_label, event.payload, client_side=True),
            "seal": {"seq": seal.seq, "hash": seal.hash} if (seal := seals.get(event.id)) else None,
        }
        for event in events
    ]


def thread_facts(ticket: Ticket) -> list[dict[str, Any]]:
    """The conversation as the client sees it: no internal note, nothing withdrawn or not yet sent."""
    return [
        message_facts(line.message) if line.message else {"at": line.at, "event": line.sentence}
        for line in timeline(ticket, client_side=True)
    ]


def message_facts(message: Message) -> dict[str, Any]:
    """One message with its files."""
    files = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in message.attachments.all()]
    return {
        "at": message.published_at or message.written_at,
        "event": "",
        "author": message.author_label,
        "side": "supplier" if message.author_staff_id else "client",
        "body": message.body,
        "files": files,
    }
