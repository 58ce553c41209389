"""The decisions D1 to D26 as typed values of one version of the terms, and the sentences that say them.

Where the contract is silent or contradicts itself, these decide. A published version never changes: an old case keeps its own.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from portal.worktime import Calendar, WorktimeError, hours_in_words

SECOND_PERSON = ("required", "waiting")


class BadTerms(ValueError):
    """Terms that cannot stand; `problems` names each parameter at fault with a sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class Decision(NamedTuple):
    """One decision as the terms page shows it."""

    number: str
    question: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsParameters:
    """Every parameter of the terms; the unit stands in the name. Raises BadTerms with all that is wrong."""

    # D1 working hours
    tz: str = "Europe/London"
    days: str = "Mon-Fri"
    hours: str = "09:00-17:30"
    country: str = "GB"
    subdivision: str = "ENG"
    # D2, D3 targets
    support_target_working_minutes: int = 240
    standard_target_working_days: int = 1
    # D4 acknowledgement (HLP-5)
    acknowledgement_target_seconds: int = 60
    acknowledgement_alarm_seconds: int = 300
    # D8, D9 notice and settlement
    notice_confirmation_working_days: int = 5
    settlement_days_after_notice: int = 14
    settlement_days_after_issue: int = 7
    # D10 removal of backups, days after the service ends
    purge_earliest_day: int = 20
    purge_target_day: int = 25
    purge_alarm_day: int = 27
    purge_incident_day: int = 30
    # D11 unpaid invoices, days after the due date
    reminder_days: tuple[int, ...] = (0, 3, 7, 14)
    case_proposed_day: int = 14
    orders_stop_day: int = 7
    # D12 disconnection for breach
    remedy_attempts: int = 3
    remedy_days: int = 3
    remedy_channels: int = 2
    remedy_working_days: int = 5
    second_person: str = "required"
    second_person_waiting_hours: int = 24
    # D15 police or court
    legal_approvals: int = 2
    # D19, D20 money
    rounding_minutes: int = 15
    vat_percent: Decimal = Decimal("20")
    # D21 recycle area
    recycle_promise_days: int = 30
    recycle_microsoft_days: int = 93
    # D24 reopening
    reopening_days: int = 14
    # D25 keeping times
    raw_mail_days: int = 90
    quarantine_days: int = 30
    attachments_years: int = 1
    restore_deliveries_days: int = 14
    encrypted_names_days: int = 30
    sign_in_logs_years: int = 1
    records_years: int = 6
    invoices_years: int = 6
    # D26 ordinary invoices
    invoice_due_days: int = 14

    def __post_init__(self) -> None:
        if problems := wrong_types(self) or problems_of(self):
            raise BadTerms(problems)

    def as_json(self) -> dict[str, Any]:
        """For a JSON column; `from_json` reads it back."""
        return asdict(self) | {"vat_percent": str(self.vat_percent), "reminder_days": list(self.reminder_days)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TermsParameters":
        """Read a stored version. Raises BadTerms for a parameter that is unknown, missing or of the wrong kind."""
        names = [field.name for field in fields(cls)]
        problems = {name: f"There is no parameter {name}." for name in stored if name not in names}
        problems |= {name: f"The parameter {name} is missing." for name in names if name not in stored}
        if problems:
            raise BadTerms(problems)
        return cls(**(dict(stored) | read_special(stored)))

    def changed(self, **values: Any) -> "TermsParameters":
        """The same terms with other values, for a new version."""
        return replace(self, **values)

    def calendar(self, version: int = 1) -> Calendar:
        """The working calendar that these terms describe, without one-off closures."""
        return Calendar.parse(
            tz=self.tz,
            hours=self.hours,
            days=self.days,
            country=self.country,
            subdivision=self.subdivision,
            version=version,
        )


def read_special(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The two values that JSON cannot hold as they are."""
    try:
        percent = Decimal(stored["vat_percent"]) if isinstance(stored["vat_percent"], str) else None
    except InvalidOperation:
        percent = None
    if percent is None:
        raise BadTerms({"vat_percent": 'vat_percent is a number written as a text, such as "20".'})
    days = stored["reminder_days"]
    if not isinstance(days, list):
        raise BadTerms({"reminder_days": "reminder_days is a list of whole numbers."})
    return {"vat_percent": percent, "reminder_days": tuple(days)}


def wrong_types(terms: TermsParameters) -> dict[str, str]:
    """Parameters that are not of their declared kind: forms and JSON do not keep Python's types."""
    problems: dict[str, str] = {}
    for field in fields(terms):
        value, kind = getattr(terms, field.name), type(field.default)
        whole = [value] if kind is int else value if kind is tuple and isinstance(value, tuple) else []
        if not isinstance(value, kind) or any(not isinstance(n, int) or isinstance(n, bool) for n in whole):
            words = {
                int: "a whole number",
                str: "a text",
                tuple: "a list of whole numbers",
                Decimal: "a decimal number",
            }
            problems[field.name] = f"{field.name} is {words[kind]}."
    return problems


def problems_of(terms: TermsParameters) -> dict[str, str]:
    """What is wrong with terms whose types are right, by parameter."""
    return calendar_problems(terms) | amount_problems(terms) | order_problems(terms)


def calendar_problems(terms: TermsParameters) -> dict[str, str]:
    try:
        terms.calendar()
    except WorktimeError as error:
        return {error.field: error.sentence}
    return {}


def amount_problems(terms: TermsParameters) -> dict[str, str]:
    problems = {
        field.name: f"{field.name} is 1 or more."
        for field in fields(terms)
        if type(field.default) is int and getattr(terms, field.name) < 1
    }
    if not (terms.vat_percent.is_finite() and 0 <= terms.vat_percent <= 100):
        problems["vat_percent"] = "vat_percent lies between 0 and 100."
    if terms.standard_target_working_days != 1:
        problems["standard_target_working_days"] = "HLP-3 promises one working day; it cannot be another number."
    if terms.second_person not in SECOND_PERSON:
        problems["second_person"] = 'second_person is "required" or "waiting".'
    return problems


def order_problems(terms: TermsParameters) -> dict[str, str]:
    """Values that must follow one another, and what the contract itself fixes as the last of them."""
    problems: dict[str, str] = {}
    purge = (terms.purge_earliest_day, terms.purge_target_day, terms.purge_alarm_day, terms.purge_incident_day)
    if list(purge) != sorted(purge) or purge[-1] > 30:
        problems["purge_incident_day"] = (
            "The days of a purge follow one another: earliest, target, alarm, incident; BAK-8 allows 30 at most."
        )
    days = terms.reminder_days
    if not days or list(days) != sorted(set(days)) or days[0] < 0:
        problems["reminder_days"] = "Reminders go out on rising days, the first not before the due date."
    elif terms.case_proposed_day < days[-1]:
        problems["case_proposed_day"] = "A case is proposed no earlier than the last reminder."
    if terms.acknowledgement_alarm_seconds < terms.acknowledgement_target_seconds:
        problems["acknowledgement_alarm_seconds"] = "The alarm comes no earlier than the target."
    return problems


def decisions(terms: TermsParameters) -> list[Decision]:
    """D1 to D26 in the contract's order, each as a sentence with the values of these terms."""
    values = asdict(terms) | {
        "opening": hours_in_words(terms.calendar()),
        "holidays": holiday_words(terms.country, terms.subdivision),
        "reminders": counted_list(terms.reminder_days),
        "second": SECOND_WORDS[terms.second_person].format(hours=terms.second_person_waiting_hours),
        "vat": f"{terms.vat_percent.normalize():f}",
    }
    return [Decision(number, question, text.format_map(values)) for number, question, text in DECISIONS]


def holiday_words(country: str, subdivision: str) -> str:
    part = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}.get(subdivision)
    return part if country == "GB" and part else "-".join(filter(None, (country, subdivision)))


def counted_list(days: tuple[int, ...]) -> str:
    texts = [str(day) for day in days]
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


SECOND_WORDS = {
    "required": "an approver who did not propose it",
    "waiting": "an approver who did not propose it, or the same person {hours} hours later with a reason that the client sees",
}

# Numbers that may become 1 stand where the sentence reads well with either.
DECISIONS: tuple[tuple[str, str, str], ...] = (
    (
        "D1",
        "When are working hours?",
        "Working hours are {opening} ({tz}), except the bank holidays of {holidays} and closures announced on their own.",
    ),
    (
        "D2",
        'What are "4 working hours"?',
        "They are {support_target_working_minutes} working minutes from the start of the clock.",
    ),
    (
        "D3",
        'What is "1 working day"?',
        "It is as many working minutes as are open on the day the clock starts, or on the next open day if it starts outside "
        "hours; a start at closing time counts as outside, and a deadline that lands on closing time is closing time.",
    ),
    (
        "D4",
        "When does the response clock start?",
        "It starts at the instant a mail server accepts the acknowledgement with the reference for a registered address; no "
        "acknowledgement, no clock. It should leave within {acknowledgement_target_seconds} seconds, one later than "
        "{acknowledgement_alarm_seconds} seconds raises an alarm, and reports also show the time from receipt.",
    ),
    (
        "D5",
        "What counts as a response?",
        "The first public reply by a person of the supplier counts; automatic mails and internal notes do not.",
    ),
    (
        "D6",
        "Does the response clock pause?",
        "It never pauses; the time to a solution is a statistic, and waiting for the client or Microsoft is shown apart.",
    ),
    (
        "D7",
        "What if support is bought after the request?",
        "It counts from the next request; terms that lapse during a request stay as they were when its clock started.",
    ),
    (
        "D8",
        "Who may give notice?",
        "A client manager may; notice by someone else is held and keeps its date if a manager confirms it within "
        "{notice_confirmation_working_days} working days.",
    ),
    (
        "D9",
        "When is a final settlement due?",
        "It is due on the later of the notice date plus {settlement_days_after_notice} days and its issue plus "
        "{settlement_days_after_issue} days, the second as a recorded concession. Without a client's notice the notice date is "
        "the delivery of the letter for non-payment, the day staff confirm a removed link, or the day of disconnection for "
        "breach; a notice is withdrawn only with the supplier's yes.",
    ),
    (
        "D10",
        "When are backups removed after cancelling?",
        "Counted from the day the backup service ends: not before day {purge_earliest_day} unless a manager asks, aimed at day "
        "{purge_target_day}, with an alarm on day {purge_alarm_day} and an incident on day {purge_incident_day}; on written "
        "request as soon as it is confirmed.",
    ),
    (
        "D11",
        "How long may an invoice stay unpaid?",
        "Reminders go out {reminders} days after the due date; from day {orders_stop_day} there are no new seats or orders, and "
        "on day {case_proposed_day} a cancellation is proposed, which staff confirm.",
    ),
    (
        "D12",
        "What comes before disconnection for breach?",
        "It needs at least {remedy_attempts} logged attempts on {remedy_days} different days by at least {remedy_channels} "
        "channels over {remedy_working_days} working days or more, and {second}.",
    ),
    (
        "D13",
        "Is the included e-mail protection a courtesy?",
        "No: it ends only on request or with its subscription.",
    ),
    (
        "D14",
        "Whom does a waiver cover?",
        "It covers the organisation or the users it names; new users are covered only when it is for the organisation.",
    ),
    (
        "D15",
        "May the police or a court have data?",
        "Yes: they are not a company in the sense of the terms. It needs a document, a case number and {legal_approvals} staff "
        "approvals; where the law demands silence it is left out of what clients see, which then says "
        '"as far as the law lets us tell you".',
    ),
    (
        "D16",
        "Is synchronising a copy of tenant data?",
        "The portal keeps counts and states; names only where a report needs them, encrypted, with the date of their removal.",
    ),
    (
        "D17",
        "What if one user leaves during a term?",
        "The seat is billed to the end of the term, can be given to somebody else, and is dropped at renewal.",
    ),
    (
        "D18",
        "What if a prepaid service is cancelled?",
        "Nothing more is due; the unused value is shown, and a refund is a concession by credit note.",
    ),
    (
        "D19",
        "How is hourly work rounded?",
        "Up to whole steps of {rounding_minutes} minutes, once for each request and day and not for each entry, at the rate card's "
        "price; money is rounded half up once for each line.",
    ),
    (
        "D20",
        "Which VAT applies?",
        "{vat} % on supplies and settlements unless a line says otherwise with a reason; none on statutory interest and fixed "
        "late sums, none at all if the supplier is not registered; a credit note uses its invoice's rate, and customers abroad "
        "are outside the scope or under the reverse charge.",
    ),
    (
        "D21",
        "How long can deleted items be recovered?",
        "{recycle_promise_days} days are stated; Microsoft's own {recycle_microsoft_days} days are shown for information, and "
        "neither is guaranteed.",
    ),
    (
        "D22",
        "Which invoices carry the backup line?",
        "Every recurring invoice of a period with active cover; other invoices name the one that carries it.",
    ),
    (
        "D23",
        "When does backup cover begin?",
        "Recurring charges are invoiced in advance, and a service that starts in mid-period is invoiced the same day for the "
        "rest; cover begins with the later of the provider's start and that invoice, and until then the page says "
        '"being set up, not yet protected".',
    ),
    (
        "D24",
        "What becomes of the clock when a request is merged, split or reopened?",
        "A merge keeps the earliest unmet due time, a split or a new matter gets its own acknowledgement and clock, and "
        "reopening within {reopening_days} days starts no new clock; later it is a new request. A decline counts as a response "
        "only if a person wrote it, putting a request aside never hides a running clock, and a reply to many counts only for "
        "the requests it was delivered to.",
    ),
    (
        "D25",
        "How long does the portal keep things?",
        "In days: raw mail {raw_mail_days}, quarantine {quarantine_days}, restore deliveries {restore_deliveries_days}, "
        "encrypted names {encrypted_names_days} after use. In years: attachments {attachments_years} after closing, sign-in "
        "logs {sign_in_logs_years}, requests, waivers, cases, audit and non-disclosure agreements {records_years} after the "
        "contract or employment ends, invoices {invoices_years} from the end of the accounting period.",
    ),
    (
        "D26",
        "When are ordinary invoices due?",
        "They are due {invoice_due_days} days after issue unless a client has another term.",
    ),
)
