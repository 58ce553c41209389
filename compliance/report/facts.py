"""What the compliance report needs to know, as plain values. The queries fill these; nothing here reads a clock or a row.

Instants are aware datetimes, contract days are dates, durations are whole seconds named so. None means "not known" and is
never read as zero. Labels are what the report prints: a person's name where the report may name them, else a description.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from portal.documents.facts import AuditHead, LogoFacts, PartyFacts, SigningFacts


class ClauseState(StrEnum):
    """The only words a clause's state may have. UNKNOWN and NOT_MEASURED are never shown as met."""

    MET = "met"
    NOT_MET = "not met"
    WAIVED = "waived"
    NOT_APPLICABLE = "not applicable"
    UNKNOWN = "unknown"
    NOT_MEASURED = "not measured"


# The channels of the helpdesk: only they start a clock (HLP-6).
HELPDESK_CHANNELS = frozenset({"portal", "e-mail", "api"})
FOUR_HOURS = "4h"
ONE_DAY = "1d"


@dataclass(frozen=True)
class TicketFact:
    """One request received in the period.

    `subject` is the client's own words, "" for a confidential request. `target` is FOUR_HOURS, ONE_DAY or "" (no clock).
    The clock starts at `acknowledged_at` (HLP-5). `met` is None while the clock still runs; `breached_at` is the instant
    at which an unanswered promise was missed, and stays after a late answer. Working seconds are counted on the client's
    calendar: `working_seconds_to_reply` from the clock's start, `working_seconds_from_receipt` from the arrival of the
    request, so that a late acknowledgement cannot flatter the supplier (D4), and `working_seconds_to_solution`. `acknowledgement_alarm_at` is when staff were
    alarmed that no acknowledgement had gone out. `accepted_by` is the label of who accepted the request, "" if nobody yet.
    """

    ref: str
    kind: str
    channel: str
    received_at: datetime
    subject: str = ""
    confidential: bool = False
    requester: str = ""
    target: str = ""
    acknowledged_at: datetime | None = None
    acknowledgement_alarm_at: datetime | None = None
    due_at: datetime | None = None
    first_reply_at: datetime | None = None
    met: bool | None = None
    breached_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_same_working_day: bool | None = None
    working_seconds_to_reply: int | None = None
    working_seconds_from_receipt: int | None = None
    working_seconds_late: int | None = None
    working_seconds_to_solution: int | None = None
    accepted_at: datetime | None = None
    accepted_by: str = ""
    acceptor_had_nda: bool | None = None
    state: str = ""


@dataclass(frozen=True)
class NdaFacts:
    """Counts only, never names (CMP-7). Staff means everybody who could act for the supplier in the period."""

    staff: int
    staff_with_valid_nda: int
    leavers_still_bound: int
    expiring_within_30_days: int
    signed_after_first_work: int
    oldest_signed_on: date | None = None
    newest_signed_on: date | None = None


@dataclass(frozen=True)
class ChargeFacts:
    """Chargeable work of the period: requests with charged time, how many of them had every charged minute after the
    client's recorded yes, how many charges were asked about, and how many got a yes. The seconds are those worked, with what
    was taken back counted off."""

    charged: int
    charged_after_yes: int
    asked: int
    approved: int
    charged_seconds: int = 0
    free_seconds: int = 0


@dataclass(frozen=True)
class ChargeLine:
    """A charge that the client was asked to approve. `work` is "" for a confidential request; `offer` is the price in a
    sentence; `answered_by` is "" while nobody answered."""

    ref: str
    work: str
    offer: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True)
class RulingLine:
    """How often requests were ruled so in the period; of a request with several rulings the newest counts."""

    outcome: str
    clause: str
    requests: int


@dataclass(frozen=True)
class AccessLine:
    """One window in which a member of staff could touch the client's data, opened in the period. Of a confidential request the
    words that say whose data it is, who asked and for what are "". `acts` are dicts with at, by, act, thing, before, after."""

    ref: str
    purpose: str
    asked_by: str
    person: str
    place: str
    basis: str
    by: str
    opened_at: datetime
    closed_at: datetime
    acts: Sequence[Mapping[str, datetime | str]] = ()


@dataclass(frozen=True)
class TaskLine:
    """Something added to a request later, with the name of who added it (ODS-7)."""

    ref: str
    purpose: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True)
class CaseLine:
    """A case at Microsoft that began in the period; working seconds there, None while it lasts (HLP-10)."""

    ref: str
    case: str
    since: datetime
    until: datetime | None
    working_seconds: int | None


@dataclass(frozen=True)
class ReportedMail:
    """Suspicious mails that the client reported in one month ("2026-11") of the period, by verdict (EML-6)."""

    month: str
    phishing: int = 0
    spam: int = 0
    harmless: int = 0
    unknown: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        return self.phishing + self.spam + self.harmless + self.unknown + self.waiting


@dataclass(frozen=True)
class TenantFacts:
    tenant_id: str
    domain: str


@dataclass(frozen=True)
class AgreementFact:
    """An acceptance of an agreement or of a terms version. `basis` is "in the portal" or "recorded with evidence"."""

    title: str
    version: str
    accepted_at: datetime | None
    accepted_by: str
    basis: str


@dataclass(frozen=True)
class TermsFacts:
    version: str
    published_on: date
    agreements: Sequence[AgreementFact] = ()


@dataclass(frozen=True)
class PreviousReport:
    """An earlier report of the same client; `counts` maps a ClauseState's text to a number of clauses."""

    number: str
    as_of: datetime
    snapshot_sha256: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class RegisterLine:
    """A clause as the register has it. `binds` is "C", "S" or "B"; `kept` is how the portal keeps it."""

    id: str
    heading: str
    binds: str
    kept: str = ""


@dataclass(frozen=True)
class SourceFact:
    """Where figures come from: the records read, up to which instant, how many, and what went wrong ("" for nothing)."""

    name: str
    records: str
    read_at: datetime
    rows: int
    trouble: str = ""


@dataclass(frozen=True)
class ReportFacts:
    """Everything about one client, one period and one instant (`as_of`).

    `period_to` is the last day included. `outside_contacts` counts contacts outside the helpdesk that were noted;
    `outside_contacts_with_clock` those of them that had a clock before a request existed; None if not recorded.
    `backup_duties_linked` says that the published terms lead from the ownership section to the backup section (OWN-11).
    `previous` is oldest first. `verification_code` is codes.new_code(); `verify_url` the page that answers for it.
    """

    number: str
    requested_by: str
    requested_at: datetime
    as_of: datetime
    period_from: date
    period_to: date
    supplier: PartyFacts
    client: PartyFacts
    terms: TermsFacts
    tickets: Sequence[TicketFact]
    register: Sequence[RegisterLine]
    nda: NdaFacts | None
    verification_code: str
    verify_url: str
    signing: SigningFacts
    zone: str = "Europe/London"
    classification: str = "Confidential"
    chargeable: bool = False
    charge_note: str = ""
    requester_role: str = "manager"
    accent: str = "#0b6166"
    logo: LogoFacts | None = None
    tenants: Sequence[TenantFacts] = ()
    outside_contacts: int | None = None
    outside_contacts_with_clock: int | None = None
    backup_duties_linked: bool | None = None
    charges: ChargeFacts | None = None
    charge_lines: Sequence[ChargeLine] = ()
    rulings: Sequence[RulingLine] = ()
    accesses: Sequence[AccessLine] = ()
    added_tasks: Sequence[TaskLine] = ()
    cases: Sequence[CaseLine] = ()
    reported: Sequence[ReportedMail] | None = None
    audit_head: AuditHead | None = None
    previous: Sequence[PreviousReport] = ()
    sources: Sequence[SourceFact] = ()
    demo: bool = False
    excluded: Sequence[str] = field(default_factory=tuple)
