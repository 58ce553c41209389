"""What chargeable work costs, and when it may be done (HLP-8, D19). Seconds are worked time, never negative in sum."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused
from portal.money import line_total, pounds, started_units
from portal.rules.states import Grade
from tickets.rules.scope import CHARGED, Outcome


class Form(StrEnum):
    HOURLY = "hourly"
    FIXED = "fixed"


class Answer(StrEnum):
    ASKED = "asked"
    YES = "yes"
    NO = "no"
    REPLACED = "replaced"


class Source(StrEnum):
    TIMER = "timer"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Price:
    """What a client said yes to. form HOURLY: pounds an hour and minutes of a step; FIXED: rate 0, the price stands apart."""

    rate: Decimal
    step_minutes: int


@dataclass(frozen=True, slots=True)
class Worked:
    """One entry of chargeable time on a day; a reversal has negative seconds."""

    day: date
    seconds: int
    price: Price


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day's chargeable time: as worked, and as it is charged."""

    day: date
    seconds: int
    minutes: int
    amount: Decimal


@clause("HLP-8")
def day_lines(entries: Iterable[Worked]) -> list[DayLine]:
    """One line a day, oldest first: started steps once per ticket and day (D19), money rounded half up once per line.

    Where two rates were approved within a day, the whole day has the lower one and the smaller step: in doubt for the client.
    """
    ordered = sorted(entries, key=lambda one: one.day)
    return [_line(day, list(group)) for day, group in groupby(ordered, key=lambda one: one.day)]


def _line(day: date, entries: list[Worked]) -> DayLine:
    seconds = max(0, sum(one.seconds for one in entries))
    step = min(one.price.step_minutes for one in entries)
    rate = min(one.price.rate for one in entries)
    minutes = charged_minutes(seconds, step)
    return DayLine(day, seconds, minutes, line_total(rate, minutes, part=1, whole=60))


def charged_minutes(seconds: int, step_minutes: int) -> int:
    """The minutes of the steps that a day's seconds have begun: 15 minutes and a second are 30 with steps of 15."""
    return started_units(seconds, step_minutes * 60) * step_minutes


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of the approved estimates. minutes: approved in all hourly approvals of the ticket together."""

    minutes: int
    lines: tuple[DayLine, ...]

    def seconds_left(self, day: date) -> int:
        """How many more seconds may be charged on a day, the day's own begun step included."""
        others = sum(line.minutes for line in self.lines if line.day != day)
        same = sum(line.seconds for line in self.lines if line.day == day)
        return max(0, (self.minutes - others) * 60 - same)


@clause("HLP-8")
def estimate(minutes: int, price: Price) -> Decimal:
    """What so many minutes cost at most, if they are worked on one day: the figure that the client says yes to."""
    return line_total(price.rate, charged_minutes(minutes * 60, price.step_minutes), part=1, whole=60)


@clause("HLP-8")
def check_may_work(outcome: Outcome | None, *, approved: bool, room: int | None) -> None:
    """Refuse time without a ruling, before the client's yes where it is charged, and beyond the estimate.

    room: seconds left of the estimate, None where no estimate limits it (a fixed price, or nothing is charged).
    """
    if outcome is None:
        raise Refused(
            "LIA-1", _("Rule first whether this is part of support: without a ruling no time is written down.")
        )
    if outcome not in CHARGED:
        return
    if not approved:
        raise Refused("HLP-8", _("The client has not said yes to the charge, so no time is written down yet."))
    if room is not None and room <= 0:
        raise Refused("HLP-8", _("The approved estimate is used up. Ask the client again before you go on."))


@clause("HLP-8")
def chargeable_part(seconds: int, room: int | None) -> tuple[int, int]:
    """Split worked seconds into what the estimate covers and what is beyond it, which is not charged."""
    covered = seconds if room is None else min(seconds, max(0, room))
    return covered, seconds - covered


@clause("HLP-8")
def may_answer(*, is_manager: bool) -> bool:
    """A yes to a charge binds the organisation, so it is a manager's."""
    return is_manager


def offer_sentence(form: Form, *, price: Price | None, minutes: int, fixed: Decimal | None) -> str:
    """The offer in one sentence, as mail and page say it."""
    if form == Form.FIXED or price is None:
        return _("A fixed price of %(fixed)s without VAT.") % {"fixed": pounds(fixed or Decimal(0))}
    return _(
        "%(rate)s an hour without VAT, each day in started steps of %(step)s minutes; we expect %(minutes)s minutes, %(amount)s."
    ) % {
        "rate": pounds(price.rate),
        "step": price.step_minutes,
        "minutes": minutes,
        "amount": pounds(estimate(minutes, price)),
    }


def may_correct(*, own: bool, grade: str) -> bool:
    """People take back their own time; leads and admins anybody's."""
    return own or grade in (Grade.LEAD, Grade.ADMIN)


@clause("HLP-8")
def check_yes_first(started_at: datetime, approved_at: datetime | None) -> None:
    """Refuse time that began before the client's yes, or without one."""
    if approved_at is None or started_at < approved_at:
        raise Refused("HLP-8", _("That time began before the client said yes, so it cannot be charged."))
