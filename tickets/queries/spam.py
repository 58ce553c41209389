"""Reported mails and blocked senders: what a person of the client sees, what staff see of all clients, and the counts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from portal.actors import Actor
from portal.clauses import clause
from portal.models import Membership
from portal.queries.paging import Page, newest_first
from tickets.models import DataAccess, Message, SenderBlock, SpamReport, Ticket
from tickets.queries.access import tickets_for_client
from tickets.queries.figures import Period
from tickets.queries.mailin import own_addresses
from tickets.rules.spam import SHARED_DOMAINS, Verdict, domain_of
from tickets.rules.states import MessageKind

# A list shows who sent what and when; the words and links stand on the report's own page.
HEAVY = ("words", "links", "claims", "files")


def reports_for_client(actor: Actor) -> QuerySet[SpamReport]:
    """The reports on requests that a person of the client may see."""
    tickets = tickets_for_client(actor).filter(pk=OuterRef("ticket_id"))
    return SpamReport.objects.filter(Exists(tickets), client_id=actor.client_id or 0)


def reports_seen_by(actor: Actor) -> QuerySet[SpamReport]:
    """Every report that a person may see, whichever side they are on, with its request."""
    rows = SpamReport.objects.all() if actor.is_staff else reports_for_client(actor)
    return rows.select_related("ticket", "client").defer("words", "ticket__search")


def client_reports(actor: Actor, *, before: int | None = None, after: int | None = None) -> Page[SpamReport]:
    """Fifty of them, the newest first; one query."""
    rows = reports_for_client(actor).select_related("ticket").defer(*HEAVY, "ticket__search")
    return newest_first(rows, before=before, after=after)


def desk_reports(
    *, waiting: bool = False, client_id: int | None = None, before: int | None = None, after: int | None = None
) -> Page[SpamReport]:
    """Fifty reports of all clients, or of one, the newest first; waiting: only those that nobody has judged. Staff's scope."""
    rows = SpamReport.objects.select_related("ticket", "client").defer(*HEAVY, "ticket__search")
    if waiting:
        rows = rows.filter(verdict="")
    if client_id is not None:
        rows = rows.filter(client_id=client_id)
    return newest_first(rows, before=before, after=after)


def report_of(ticket: Ticket) -> SpamReport | None:
    """The report that a request is, if it is one."""
    return SpamReport.objects.filter(client_id=ticket.client_id, ticket=ticket).first()


def report_begun_by(message: Message) -> SpamReport | None:
    """The report whose request begins with this message."""
    if message.kind != MessageKind.REQUEST:
        return None
    return SpamReport.objects.filter(client_id=message.client_id, ticket_id=message.ticket_id).first()


def is_report(ticket: Ticket) -> bool:
    """Whether a request is a report, without reading the mail."""
    return SpamReport.objects.filter(client_id=ticket.client_id, ticket=ticket).exists()


@dataclass(frozen=True, slots=True)
class Sightings:
    """How often a sender was reported, and by how many clients. For staff: no client learns of others."""

    reports: int = 0
    clients: int = 0


@clause("EML-6")
def sightings(report: SpamReport) -> tuple[Sightings, Sightings]:
    """Reports of the same address, and of the same domain; none of a domain that very many people share. One query."""
    address = Q(sender=report.sender) if report.sender else Q(pk=report.pk)
    domain = Q(sender_domain=report.sender_domain) if names_somebody(report.sender_domain) else Q(pk=report.pk)
    found = SpamReport.objects.filter(address | domain).aggregate(
        reports=Count("id", filter=address),
        clients=Count("client_id", filter=address, distinct=True),
        domain_reports=Count("id", filter=domain),
        domain_clients=Count("client_id", filter=domain, distinct=True),
    )
    return (
        Sightings(found["reports"], found["clients"]),
        Sightings(found["domain_reports"], found["domain_clients"]),
    )


def seen_before(senders: Iterable[str]) -> dict[str, Sightings]:
    """The same for many addresses at once, for a list. Staff's scope; one query."""
    rows = SpamReport.objects.filter(sender__in={one for one in senders if one}).values("sender")
    counted = rows.annotate(reports=Count("id"), clients=Count("client_id", distinct=True)).order_by()
    return {row["sender"]: Sightings(row["reports"], row["clients"]) for row in counted}


def names_somebody(domain: str) -> bool:
    return bool(domain) and domain not in SHARED_DOMAINS


def blocks_of(client_id: int) -> list[SenderBlock]:
    """A client's blocks, those in force first, then the newest; two hundred at most."""
    rows = SenderBlock.objects.filter(client_id=client_id).select_related("ticket").defer("ticket__search")
    return list(rows.order_by(F("lifted_at").desc(nulls_first=True), "-id")[:200])


def blocks_on(ticket: Ticket) -> list[SenderBlock]:
    """The blocks that were set under a request."""
    return list(SenderBlock.objects.filter(client_id=ticket.client_id, ticket=ticket).order_by("id"))


def own_window(client_id: int, staff_id: int | None, at: datetime, ticket: Ticket | None = None) -> DataAccess | None:
    """The newest window that a member of staff has open for a client, on one request where one is named."""
    rows = DataAccess.objects.filter(
        client_id=client_id, staff_id=staff_id or 0, begins_at__lte=at, ends_at__gte=at, closing__isnull=True
    )
    if ticket is not None:
        rows = rows.filter(ticket=ticket)
    return rows.select_related("request").order_by("-id").first()


def own_domains() -> frozenset[str]:
    """The domains at which we send and take mail."""
    return frozenset(domain_of(one) for one in own_addresses())


def domains_of(client_id: int) -> frozenset[str]:
    """The domains of the addresses under which the client's people are registered."""
    rows = Membership.objects.filter(client_id=client_id).values_list("email", flat=True)
    return frozenset(domain_of(email) for email in rows) - SHARED_DOMAINS


@dataclass(slots=True)
class MonthCount:
    """Reports of one month by verdict; "" counts those that nobody has judged."""

    month: datetime
    by: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by.values())


@clause("EML-6")
def reports_by_month(period: Period, zone: str) -> list[MonthCount]:
    """How many mails were reported in each month of the calendar's zone, by verdict, the oldest month first; one query."""
    rows = in_period(period).annotate(month=TruncMonth("reported_at", tzinfo=ZoneInfo(zone)))
    found: dict[datetime, MonthCount] = {}
    for row in rows.values("month", "verdict").annotate(number=Count("id")).order_by("month"):
        found.setdefault(row["month"], MonthCount(row["month"])).by[row["verdict"]] = row["number"]
    return list(found.values())


def reports_by_client(period: Period) -> list[tuple[str, int, int]]:
    """Client, reports, and how many of them were phishing, by name; staff's scope."""
    rows = in_period(period).values("client_id", "client__name")
    counted = rows.annotate(number=Count("id"), phishing=Count("id", filter=Q(verdict=Verdict.PHISHING)))
    return [(row["client__name"], row["number"], row["phishing"]) for row in counted.order_by("client__name")[:500]]


def in_period(period: Period) -> QuerySet[SpamReport]:
    rows = SpamReport.objects.filter(reported_at__gte=period.since, reported_at__lt=period.until)
    return rows if period.client_id is None else rows.filter(client_id=period.client_id)
