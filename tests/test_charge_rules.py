"""What chargeable work costs (D19) and when it may be done: the rules, as tables."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.errors import Refused
from tests.cast import MORNING
from tickets.rules.charge import (
    Form,
    Price,
    Room,
    Worked,
    chargeable_part,
    charged_minutes,
    check_may_work,
    check_yes_first,
    day_lines,
    estimate,
    may_answer,
    may_correct,
    offer_sentence,
)
from tickets.rules.scope import Outcome

pytestmark = pytest.mark.clause("HLP-8")
MON, TUE = date(2026, 11, 23), date(2026, 11, 24)
CARD = Price(Decimal("85.00"), 15)
MINUTE = 60

STEPS = {
    "nothing": (0, 15, 0),
    "a second": (1, 15, 15),
    "a whole step": (15 * MINUTE, 15, 15),
    "a second more": (15 * MINUTE + 1, 15, 30),
    "an hour": (3600, 15, 60),
    "steps of an hour": (61 * MINUTE, 60, 120),
    "steps of a minute": (61, 1, 2),
}


@pytest.mark.parametrize("case", STEPS)
def test_started_steps_are_counted(case: str) -> None:
    seconds, step, minutes = STEPS[case]
    assert charged_minutes(seconds, step) == minutes


LINES = {
    "three short calls are one step": ([(MON, 300), (MON, 240), (MON, 300)], [(MON, 15, "21.25")]),
    "two days are two steps": ([(TUE, 60), (MON, 60)], [(MON, 15, "21.25"), (TUE, 15, "21.25")]),
    "not rounded by entry": ([(MON, 16 * MINUTE), (MON, 16 * MINUTE)], [(MON, 45, "63.75")]),
    "a reversal takes its step back": ([(MON, 16 * MINUTE), (MON, -16 * MINUTE)], [(MON, 0, "0.00")]),
    "no work, no line": ([], []),
}


@pytest.mark.parametrize("case", LINES)
def test_a_day_is_rounded_once(case: str) -> None:
    entries, wanted = LINES[case]
    lines = day_lines(Worked(day, seconds, CARD) for day, seconds in entries)
    assert [(line.day, line.minutes, str(line.amount)) for line in lines] == wanted


def test_money_is_rounded_half_up_once_per_line() -> None:
    odd = Price(Decimal("33.34"), 15)
    assert day_lines([Worked(MON, 60, odd)])[0].amount == Decimal("8.34")  # 8.335
    assert estimate(45, odd) == Decimal("25.01")  # 25.005


def test_two_rates_within_a_day_favour_the_client() -> None:
    dearer = Price(Decimal("100.00"), 30)
    assert [line.amount for line in day_lines([Worked(MON, 60, dearer), Worked(MON, 60, CARD)])] == [Decimal("21.25")]


ROOM = {
    "nothing worked": ([], 60 * MINUTE),
    "the day's own begun step counts as worked": ([(TUE, 10 * MINUTE)], 50 * MINUTE),
    "another day takes whole steps": ([(MON, 10 * MINUTE)], 45 * MINUTE),
    "used up": ([(MON, 46 * MINUTE)], 0),
    "more than used up": ([(MON, 80 * MINUTE)], 0),
}


@pytest.mark.parametrize("case", ROOM)
def test_the_estimate_leaves_so_much_room(case: str) -> None:
    worked, left = ROOM[case]
    lines = day_lines(Worked(day, seconds, CARD) for day, seconds in worked)
    assert Room(60, tuple(lines)).seconds_left(TUE) == left


def test_what_is_charged_never_exceeds_the_estimate() -> None:
    """Whatever is worked on however many days, the room keeps the charged minutes within the estimate."""
    entries: list[Worked] = []
    for number in range(40):
        day = MON + timedelta(days=number % 3)
        left = Room(60, tuple(day_lines(entries))).seconds_left(day)
        covered, beyond = chargeable_part(7 * MINUTE + number, left)
        assert covered + beyond == 7 * MINUTE + number
        entries += [Worked(day, covered, CARD)] if covered else []
        assert sum(line.minutes for line in day_lines(entries)) <= 60


MAY = {
    "no ruling": (None, True, None, "LIA-1"),
    "before the yes": (Outcome.HOURLY, False, None, "HLP-8"),
    "estimate used up": (Outcome.HOURLY, True, 0, "HLP-8"),
    "after the yes": (Outcome.HOURLY, True, 1, ""),
    "a fixed price": (Outcome.HOURLY, True, None, ""),
    "part of support": (Outcome.INCLUDED, False, None, ""),
    "a free access fault": (Outcome.ACCESS, False, None, ""),
}


@pytest.mark.parametrize("case", MAY)
def test_when_time_may_be_written_down(case: str) -> None:
    outcome, approved, room, clause = MAY[case]
    found = ""
    try:
        check_may_work(outcome, approved=approved, room=room)
    except Refused as refused:
        found = refused.clause
    assert found == clause


def test_time_before_the_yes_is_refused() -> None:
    check_yes_first(MORNING, MORNING)
    for yes in (None, MORNING + timedelta(seconds=1)):
        with pytest.raises(Refused):
            check_yes_first(MORNING, yes)


def test_who_may_answer_and_who_may_correct() -> None:
    assert may_answer(is_manager=True) and not may_answer(is_manager=False)
    assert [may_correct(own=own, grade=grade) for own, grade in ((True, "agent"), (False, "agent"), (False, "lead"))] == [
        True, False, True,
    ]  # fmt: skip


def test_the_offer_says_rate_steps_estimate_and_price() -> None:
    said = offer_sentence(Form.HOURLY, price=CARD, minutes=60, fixed=None)
    assert "£85.00 an hour" in said and "started steps of 15 minutes" in said and "60 minutes, £85.00" in said
    assert "£450.00" in offer_sentence(Form.FIXED, price=None, minutes=0, fixed=Decimal("450"))
