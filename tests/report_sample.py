"""A year of one client's support as ReportFacts: 500 requests, missed promises, and texts that try to do harm."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from compliance.report.facts import (
    AgreementFact,
    AuditHead,
    ChargeFacts,
    NdaFacts,
    PartyFacts,
    PreviousReport,
    RegisterLine,
    ReportedMail,
    ReportFacts,
    SigningFacts,
    SourceFact,
    TenantFacts,
    TermsFacts,
    TicketFact,
)
from portal.clauses import CLAUSES

AS_OF = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
CODE = "0MH3WVAJT6HNWHCSDW72BRTQPAX2"
SUBJECTS = (
    "Outlook asks for the password again and again",
    "Please add a mailbox for Jo Pritchard, who starts on Monday",
    "The shared calendar of the surgery rooms is empty",
    "Cannot open the SharePoint site of the north depot",
    "Laptop replaced, sign-in refused",
    "Move the invoices mailbox to the new licence",
    "Excel closes when the stock list is opened",
    "Teams meeting link opens a blank page",
    "Łukasz Żółć needs his name spelt correctly",
    "Remove the account of a leaver, last day Friday",
)
NASTY = (
    "<script>alert(1)</script><img src=http://127.0.0.1:9/x onerror=alert(2)>",
    "right-to-left \u202eecnisrever\u202c and \u200fmarks\u200e",
    "W" * 2000,
    "emoji \U0001f600\U0001f469\u200d\U0001f4bb and 中文 and شكرا",
    "NUL \x00 and bell \x07 and escape \x1b[31m",
    "{{7*7}} {% debug %} {# x #}",
    "Z̸̡̢̛̗̘̙̜̝̞̟̠̣̤̥̦̩̪̫̬̭̮̯̰̱̲̳̹̺̻̼͇͈͉͍͎̀́̂̃̄̅̆̇̈̉̊̋̌̍̎̏algo",
    '=HYPERLINK("http://127.0.0.1:9/") \' OR 1=1 -- & &amp; &#x41;',
    "url(file:///etc/passwd) <link rel=attachment href=file:///etc/passwd>",
    "line one\nline two\r\nline three\ttab",
)
KINDS = ("fault", "alteration", "addition", "removal", "question")
STAFF = ("Cora Whitfield", "Lee Marsden", "Samir Rao")
PEOPLE = ("Ann Alder", "Ben Okafor", "Priya Nair", "Tom Llewellyn")


def working_instants(start: datetime, minutes: int) -> datetime:
    """A plain Mon-Fri 09:00-17:30 calendar in UTC, near enough for a sample."""
    at = start
    while minutes > 0:
        opening, closing = at.replace(hour=9, minute=0, second=0), at.replace(hour=17, minute=30, second=0)
        if at.weekday() < 5 and at < closing:
            at = max(at, opening)
            step = min(minutes, int((closing - at).total_seconds()) // 60)
            at, minutes = at + timedelta(minutes=step), minutes - step
        if minutes > 0:
            at = (at + timedelta(days=1)).replace(hour=9, minute=0, second=0)
    return at


def ticket(number: int, random: Random) -> TicketFact:
    day = date(2025, 12, 1) + timedelta(days=number * 357 // 500)
    received = datetime(day.year, day.month, day.day, random.randint(7, 18), random.randint(0, 59), 12, tzinfo=UTC)
    acknowledged = received + timedelta(seconds=random.randint(3, 40))
    target, promised = ("1d", 510) if number % 4 == 0 else ("4h", 240)
    used = int(promised * random.betavariate(2, 5))
    late = random.random() < 0.035
    used = promised + random.randint(3, 400) if late else used
    due, replied = working_instants(acknowledged, promised), working_instants(acknowledged, used)
    running = number >= 498
    resolved = None if running else working_instants(replied, int(600 * random.betavariate(1, 6)) + 5)
    nasty = NASTY[number // 50 % len(NASTY)] if number % 50 == 25 else ""
    return TicketFact(
        ref=f"{'BCDFGHJKMNPQRSTVWXYZ'[number % 20]}{'BCDFGHJKMNP'[number % 11]}{number + 2000:04d}",
        kind=KINDS[min(int(random.expovariate(0.8)), 4)],
        channel="e-mail" if number % 3 else "portal",
        received_at=received,
        subject=nasty or SUBJECTS[number % len(SUBJECTS)],
        confidential=number % 60 == 7,
        requester=PEOPLE[number % len(PEOPLE)],
        target=target,
        acknowledged_at=acknowledged,
        due_at=due,
        first_reply_at=None if running else replied,
        met=None if running else not late,
        breached_at=due if late and not running else None,
        resolved_at=resolved,
        resolved_same_working_day=None if resolved is None else resolved.date() == received.date(),
        working_seconds_to_reply=None if running else used * 60,
        working_seconds_from_receipt=None if running else used * 60 + random.randint(0, 45),
        working_seconds_late=(used - promised) * 60 if late and not running else None,
        accepted_at=None if running else working_instants(acknowledged, max(used // 2, 1)),
        accepted_by="" if running else STAFF[number % len(STAFF)],
        acceptor_had_nda=None if running else True,
        state="acknowledged" if running else "closed",
    )


def report_facts(count: int = 500, /, **changes: object) -> ReportFacts:
    """The sample; name a field to change it."""
    random = Random(20261124)
    values: dict[str, object] = {
        "number": "CR-2026-0004",
        "requested_by": "Ann Alder",
        "requested_at": AS_OF - timedelta(seconds=42),
        "as_of": AS_OF,
        "period_from": date(2025, 12, 1),
        "period_to": date(2026, 11, 23),
        "supplier": PartyFacts("DRJPCS LTD", "1 Example Street, Sheffield S1 2AB", "01234567", "GB 123 4567 89"),
        "client": PartyFacts(
            "Alder & Sons Veterinary Surgeries <Group> Limited", "4 High Street, Bakewell DE45 1AA", "07654321"
        ),
        "tenants": [TenantFacts("5f1c2f3e-8a44-4f0b-9c1d-7b2a6e0d9a11", "alder-vets.example")],
        "terms": TermsFacts(
            "2026-1",
            date(2026, 1, 5),
            [
                AgreementFact(
                    "Support terms and conditions",
                    "2026-1",
                    datetime(2026, 1, 12, 9, 30, tzinfo=UTC),
                    "Ann Alder",
                    "in the portal",
                ),
                AgreementFact(
                    "Microsoft Customer Agreement",
                    "2025-09",
                    datetime(2025, 10, 2, 13, 5, tzinfo=UTC),
                    "Ann Alder",
                    "recorded with evidence",
                ),
                AgreementFact("Privacy policy", "3", None, "", ""),
            ],
        ),
        "tickets": [ticket(number, random) for number in range(count)],
        "register": [RegisterLine(c.id, c.heading, c.binds, c.kept) for c in CLAUSES.values()],
        "nda": NdaFacts(7, 6, 2, 1, 0, date(2019, 4, 1), date(2026, 9, 14)),
        "verification_code": CODE,
        "verify_url": "https://portal.example/verify/",
        "signing": SigningFacts("Demo certificate – not for real use", "9f" * 32, date(2036, 1, 1), True),
        "outside_contacts": 14,
        "outside_contacts_with_clock": 0,
        "charges": ChargeFacts(charged=6, charged_after_yes=6, asked=7, approved=6),
        "backup_duties_linked": True,
        "reported": [
            ReportedMail("2026-10", phishing=4, spam=2, harmless=1),
            ReportedMail("2026-11", unknown=1, waiting=1),
        ],
        "audit_head": AuditHead("1", 18422, "ab12cd34" * 8, AS_OF - timedelta(seconds=3), 2),
        "previous": [
            PreviousReport(
                "CR-2025-0009", datetime(2025, 8, 29, 9, 0, tzinfo=UTC), "11" * 32, {"met": 4, "not met": 3}
            ),
            PreviousReport(
                "CR-2025-0013", datetime(2025, 11, 28, 9, 0, tzinfo=UTC), "22" * 32, {"met": 5, "not met": 2}
            ),
            PreviousReport(
                "CR-2026-0002", datetime(2026, 5, 29, 9, 0, tzinfo=UTC), "33" * 32, {"met": 4, "not met": 2}
            ),
        ],
        "sources": [
            SourceFact("Requests and clocks", "tickets, response clocks, messages", AS_OF, count),
            SourceFact("Acceptances", "tickets", AS_OF, count),
            SourceFact("Non-disclosure agreements", "register of NDAs, counts only", AS_OF, 9),
            SourceFact("Agreements", "acceptances of agreements", AS_OF, 3, "one acceptance is missing"),
        ],
        "demo": True,
        "excluded": ["Internal notes of the supplier", "Names of the supplier's staff in the NDA register (CMP-7)"],
    }
    values.update(changes)
    return ReportFacts(**values)  # type: ignore[arg-type]
