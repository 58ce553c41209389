"""Reads of compliance: a client's reports, and the facts of one period as plain values for the report."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext_noop

from compliance.models import Report, ReportRequest
from compliance.report.facts import (
    AccessLine,
    AgreementFact,
    CaseLine,
    ChargeFacts,
    ChargeLine,
    NdaFacts,
    PreviousReport,
    RegisterLine,
    ReportedMail,
    ReportFacts,
    RulingLine,
    SourceFact,
    TaskLine,
    TenantFacts,
    TermsFacts,
    TicketFact,
)
from portal.clauses import CLAUSES
from portal.documents.facts import PartyFacts, SigningFacts
from portal.models import Alarm, Client, MicrosoftTenant, Nda, Outbox, Staff, Supplier
from portal.queries.agreements import acceptances_of
from portal.queries.contract import calendar_at, terms_at, worktime_of
from portal.queries.documents import audit_head, logo_facts, party
from portal.rules.agreements import BASIS_WORDS, Basis
from portal.rules.mail import LATE
from portal.worktime import Calendar
from tickets.models import ChargeApproval, Ticket
from tickets.queries.evidence_between import (
    Span,
    accesses_between,
    cases_between,
    charges_between,
    rulings_between,
    tasks_between,
)
from tickets.queries.figures import Period
from tickets.queries.promises import calendar_of, promise_facts
from tickets.queries.spam import reports_by_month
from tickets.queries.worked import entries, worked
from tickets.rules.charge import Answer
from tickets.rules.sameday import is_same_day
from tickets.rules.spam import Verdict
from tickets.rules.states import Channel, Visibility

CHANNEL_WORDS = {Channel.EMAIL: "e-mail"}
EXCLUDED = (
    gettext_noop(
        "Internal notes and the words of messages: the report counts requests and times, it does not repeat what was written."
    ),
    gettext_noop("The subject of confidential requests."),
    gettext_noop("Comments on the terms: they are feedback, and no promise runs for them."),
)


def requests_of(client_id: int) -> QuerySet[ReportRequest]:
    """A client's requests for reports, newest first, each with its report when it is ready."""
    return ReportRequest.objects.filter(client_id=client_id).select_related("report__document").order_by("-id")


def request_of(client_id: int, pk: int) -> ReportRequest:
    """One request of a client. Raises ReportRequest.DoesNotExist."""
    return requests_of(client_id).get(pk=pk)


def next_number(client_id: int, year: int) -> str:
    """The number of a client's next report: counted per client and year, so that it tells nothing about others."""
    made = Report.objects.filter(client_id=client_id, made_at__year=year).count()
    return f"CR-{year}-{made + 1:03d}"


def report_facts(request: ReportRequest, *, at: datetime, code: str, signing: SigningFacts) -> ReportFacts:
    """Everything the report says, read once. Runs as staff: the counts of agreements with staff are the supplier's."""
    client = Client.objects.get(pk=request.client_id)
    supplier = Supplier.objects.get()
    calendar = worktime_of(calendar_at(at))
    tickets, beside = ticket_facts(request, calendar, at), recorded(request, calendar)
    return ReportFacts(
        number=next_number(client.pk, calendar.local_date(at).year),
        requested_by=request.requested_by_label,
        requested_at=request.requested_at,
        as_of=at,
        period_from=request.period_from,
        period_to=request.period_to,
        supplier=party(supplier),
        client=PartyFacts(legal_name=client.name),
        terms=terms_facts(client.pk, at, calendar),
        tickets=tickets,
        register=[RegisterLine(one.id, one.heading, one.binds, one.kept) for one in CLAUSES.values()],
        nda=nda_facts(request, calendar, at),
        verification_code=code,
        verify_url=f"{settings.PORTAL_URL}/verify/",
        signing=signing,
        zone=calendar.tz,
        accent=supplier.accent,
        logo=logo_facts(supplier),
        tenants=[TenantFacts(str(row.directory_id), row.domain) for row in tenants(client.pk)],
        # Calls and private mails are not recorded yet, so nothing is claimed about them (HLP-6).
        backup_duties_linked=True,
        charges=charge_facts(request, calendar),
        **beside,
        reported=reported_mail(request, calendar),
        audit_head=audit_head(client.pk),
        previous=previous_reports(client.pk),
        sources=sources(tickets, beside, at),
        demo=settings.PORTAL_DEMO,
        excluded=EXCLUDED,
    )


def sources(tickets: Sequence[TicketFact], beside: Mapping[str, Sequence[Any]], at: datetime) -> list[SourceFact]:
    """Where the figures come from."""
    counts = {name: len(rows) for name, rows in beside.items()}
    return [
        SourceFact("Helpdesk", "requests, their clocks and acceptances", at, len(tickets)),
        SourceFact("Charges", "questions to the client and their answers, worked time", at, counts["charge_lines"]),
        SourceFact("Accesses", "windows in which staff could touch data, and each act", at, counts["accesses"]),
        SourceFact("Cases at Microsoft", "escalations of requests", at, counts["cases"]),
    ]


def terms_facts(client_id: int, at: datetime, calendar: Calendar) -> TermsFacts:
    """The terms in force at the report's instant, and the agreements that the client had accepted by then."""
    terms = terms_at(at)
    return TermsFacts(
        version=str(terms.version),
        published_on=calendar.local_date(terms.published_at),
        agreements=agreement_facts(client_id, at),
    )


def agreement_facts(client_id: int, at: datetime) -> list[AgreementFact]:
    """The acceptances on record, newest first."""
    return [
        AgreementFact(
            row.document.title, row.document.version, row.accepted_at, row.accepted_by, BASIS_WORDS[Basis(row.basis)]
        )
        for row in acceptances_of(client_id)
        if row.recorded_at <= at
    ]


def tenants(client_id: int) -> QuerySet[MicrosoftTenant]:
    """A client's Microsoft 365 tenants."""
    return MicrosoftTenant.objects.filter(client_id=client_id).order_by("domain")


def bounds(request: ReportRequest, calendar: Calendar) -> tuple[datetime, datetime]:
    """The period's first instant and the one after its last, in the calendar's zone."""
    first = datetime.combine(request.period_from, time.min, calendar.zone)
    return first, datetime.combine(request.period_to + timedelta(days=1), time.min, calendar.zone)


def ticket_facts(request: ReportRequest, calendar: Calendar, at: datetime) -> list[TicketFact]:
    """The requests received in the period, as plain values."""
    begin, end = bounds(request, calendar)
    rows = (
        Ticket.objects.filter(client_id=request.client_id, received_at__gte=begin, received_at__lt=end, clause="")
        .select_related("clock__calendar", "accepted_by")
        .defer("search")
        .order_by("received_at", "id")
    )
    late = alarms_by_ticket(request.client_id)
    return [ticket_fact(ticket, at, late.get(ticket.pk)) for ticket in rows]


def reported_mail(request: ReportRequest, calendar: Calendar) -> list[ReportedMail]:
    """Suspicious mails by month of the report and by verdict: the counts of the client's page and of the leads' figures."""
    begin, end = bounds(request, calendar)
    months = reports_by_month(Period(begin, end, request.client_id), calendar.tz)
    return [
        ReportedMail(
            f"{one.month:%Y-%m}",
            phishing=one.by.get(Verdict.PHISHING, 0),
            spam=one.by.get(Verdict.SPAM, 0),
            harmless=one.by.get(Verdict.HARMLESS, 0),
            unknown=one.by.get(Verdict.UNKNOWN, 0),
            waiting=one.by.get("", 0),
        )
        for one in months
    ]


def charge_facts(request: ReportRequest, calendar: Calendar) -> ChargeFacts:
    """Chargeable work of the period, by the day of the work; the yes is compared with the start of each entry (HLP-8)."""
    begin, end = bounds(request, calendar)
    period = Period(begin, end, request.client_id)
    early = Q(approval__approved_at__isnull=True) | Q(started_at__lt=F("approval__approved_at"))
    counted = (
        entries(period, calendar.tz)
        .filter(billable=True)
        .aggregate(charged=Count("ticket", distinct=True), early=Count("ticket", distinct=True, filter=early))
    )
    asked = ChargeApproval.objects.filter(client_id=request.client_id, asked_at__gte=begin, asked_at__lt=end)
    time = worked(period, calendar.tz)
    return ChargeFacts(
        charged=counted["charged"],
        charged_after_yes=counted["charged"] - counted["early"],
        charged_seconds=time.charged,
        free_seconds=time.free,
        **asked.aggregate(asked=Count("id"), approved=Count("id", filter=Q(answer=Answer.YES))),
    )


def recorded(request: ReportRequest, calendar: Calendar) -> dict[str, Any]:
    """What is on record beside the promises: rulings, charges, accesses, additional tasks, cases at Microsoft."""
    span = Span(request.client_id, *bounds(request, calendar))
    return {
        "rulings": [RulingLine(**row) for row in rulings_between(span)],
        "charge_lines": [ChargeLine(**row) for row in charges_between(span)],
        "accesses": [AccessLine(**row) for row in accesses_between(span)],
        "added_tasks": [TaskLine(**row) for row in tasks_between(span)],
        "cases": [CaseLine(**row) for row in cases_between(span)],
    }


def alarms_by_ticket(client_id: int) -> dict[int, datetime]:
    """When staff were alarmed that a request's acknowledgement had not gone out (D4). The alarm is about the mail."""
    alarms = Alarm.objects.filter(client_id=client_id, kind=LATE, subject_type="outbox")
    first = dict(alarms.values_list("subject_id").annotate(first=Min("raised_at")))
    mails = Outbox.objects.filter(client_id=client_id, pk__in=first, about_type="ticket")
    return {ticket: first[mail] for mail, ticket in mails.values_list("pk", "about_id") if ticket is not None}


def ticket_fact(ticket: Ticket, at: datetime, late_alarm_at: datetime | None) -> TicketFact:
    """One request. Working seconds are counted on its own calendar, from the clock's start and from the receipt."""
    confidential = ticket.visibility == Visibility.CONFIDENTIAL
    return TicketFact(
        ref=ticket.ref,
        kind=ticket.kind or "not yet classified",
        channel=CHANNEL_WORDS.get(Channel(ticket.channel), ticket.channel),
        received_at=ticket.received_at,
        subject="" if confidential else ticket.subject,
        confidential=confidential,
        requester=ticket.requester_label,
        acknowledged_at=ticket.acknowledged_at,
        acknowledgement_alarm_at=late_alarm_at,
        first_reply_at=ticket.first_reply_at,
        resolved_at=ticket.resolved_at,
        resolved_same_working_day=solved_same_day(ticket),
        accepted_at=ticket.accepted_at,
        accepted_by=ticket.accepted_by.label if ticket.accepted_by else "",
        # The trigger tickets_cmp6_nda_needed refuses an acceptance without one, so a stored acceptance is the proof.
        acceptor_had_nda=True if ticket.accepted_at else None,
        state=ticket.state,
        **promise_facts(ticket, at),
    )


def solved_same_day(ticket: Ticket) -> bool | None:
    """Whether it was solved on the working day on which it came (HLP-9, a statistic)."""
    if ticket.resolved_at is None:
        return None
    return is_same_day(ticket.received_at, ticket.resolved_at, calendar_of(ticket))


def nda_facts(request: ReportRequest, calendar: Calendar, at: datetime) -> NdaFacts:
    """Counts of staff and their non-disclosure agreements in the period: no names (CMP-7)."""
    today = calendar.local_date(at)
    in_period = Q(valid_from__lte=request.period_to) & (Q(valid_to__isnull=True) | Q(valid_to__gt=request.period_from))
    staff = list(Staff.objects.filter(in_period).values_list("pk", "valid_from", "valid_to"))
    signed = list(
        Nda.objects.filter(staff_id__in=[pk for pk, _, _ in staff]).values_list("staff_id", "valid_from", "valid_to")
    )
    valid = {who for who, begins, ends in signed if begins <= today and (ends is None or ends > today)}
    days = [begins for _, begins, _ in signed]
    return NdaFacts(
        staff=len(staff),
        staff_with_valid_nda=sum(1 for pk, _, _ in staff if pk in valid),
        leavers_still_bound=sum(
            1 for pk, _, ends in staff if ends is not None and ends <= today and pk in {w for w, _, _ in signed}
        ),
        expiring_within_30_days=sum(1 for _, _, ends in signed if ends and today < ends <= today + timedelta(days=30)),
        signed_after_first_work=signed_late(staff, signed),
        oldest_signed_on=min(days, default=None),
        newest_signed_on=max(days, default=None),
    )


def signed_late(staff: Sequence[tuple[int, date, date | None]], signed: Sequence[tuple[int, date, date | None]]) -> int:
    """How many accepted a request before the day on which they first signed: a breach of CMP-6."""
    first_signed: dict[int, date] = {}
    for who, begins, _ in signed:
        first_signed[who] = min(begins, first_signed.get(who, begins))
    accepted = Ticket.objects.filter(accepted_by_id__in=[pk for pk, _, _ in staff])
    first_work = dict(accepted.values_list("accepted_by_id").annotate(first=Min("accepted_at")))
    return sum(1 for who, when in first_work.items() if who not in first_signed or when.date() < first_signed[who])


def previous_reports(client_id: int) -> list[PreviousReport]:
    """The client's earlier reports, oldest first, at most twelve."""
    rows = Report.objects.filter(client_id=client_id).select_related("document").order_by("-id")[:12]
    return [
        PreviousReport(row.number, row.made_at, row.document.snapshot_sha256, row.counts)
        for row in reversed(list(rows))
    ]
