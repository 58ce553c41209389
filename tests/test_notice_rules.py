"""When a notice leaves: quiet hours, the opening of the next working day, and what may be chosen. Pure values."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal import noticekinds
from portal.rules.noticelist import ALARM, TERMS
from portal.rules.notices import GRACE, Kind, Side, Way, digest_due, is_quiet, mail_due
from portal.worktime import Calendar

LONDON = Calendar.parse(hours="09:00-12:30,13:30-17:30")
STAFF = Kind("staff news", Side.STAFF, "News", "When it happens.", Way.MAIL)
CLIENT = Kind("client news", Side.CLIENT, "News", "When it happens.", Way.MAIL)
URGENT = Kind("urgent news", Side.STAFF, "News", "When it happens.", Way.MAIL, urgent=True)

WAITS = {
    "inside the hours": ("2026-11-24T10:40", "2026-11-24T10:42"),
    "in the break at noon": ("2026-11-24T12:40", "2026-11-24T13:30"),
    "on the stroke of closing": ("2026-11-24T17:30", "2026-11-25T09:00"),
    "within the grace before closing": ("2026-11-24T17:29", "2026-11-25T09:00"),
    "before the opening": ("2026-11-24T06:00", "2026-11-24T09:00"),
    "on a Friday night": ("2026-11-27T20:00", "2026-11-30T09:00"),
    "before a long Christmas": ("2026-12-24T18:00", "2026-12-29T09:00"),
    "before Good Friday": ("2026-04-02T20:00", "2026-04-07T08:00"),
    "the night the clocks go forward": ("2026-03-29T00:30", "2026-03-30T08:00"),
    "the night the clocks go back": ("2026-10-25T00:30", "2026-10-26T09:00"),
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("case", WAITS)
def test_a_colleagues_mail_waits_for_the_opening(case: str) -> None:
    at, due = (utc(text) for text in WAITS[case])
    assert mail_due(at, STAFF, LONDON) == due
    assert mail_due(at, URGENT, LONDON) == at
    assert mail_due(at, CLIENT, LONDON) == at + GRACE


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("2026-11-24T10:40", False), ("2026-11-24T12:45", True), ("2026-11-24T20:00", True), ("2026-12-28T10:40", True)],
    ids=["at work", "break", "evening", "bank holiday"],
)
def test_only_staff_have_quiet_hours_and_alarms_break_them(at: str, quiet: bool) -> None:
    assert [is_quiet(utc(at), kind, LONDON) for kind in (STAFF, URGENT, CLIENT)] == [quiet, False, False]


DIGESTS = {
    "during the day": ("2026-11-24T10:40", "2026-11-25T09:00"),
    "in the break: a break opens no day": ("2026-11-24T12:45", "2026-11-25T09:00"),
    "before the opening": ("2026-11-24T08:59", "2026-11-24T09:00"),
    "at the opening itself": ("2026-11-24T09:00", "2026-11-25T09:00"),
    "on a Friday": ("2026-11-27T10:00", "2026-11-30T09:00"),
    "over the bank holidays": ("2026-12-24T10:00", "2026-12-29T09:00"),
    "over the change to summer time": ("2026-03-27T16:00", "2026-03-30T08:00"),
    "over the change to winter time": ("2026-10-23T16:00", "2026-10-26T09:00"),
}


@pytest.mark.parametrize("case", DIGESTS)
def test_the_daily_mail_is_due_when_the_next_working_day_opens(case: str) -> None:
    at, due = (utc(text) for text in DIGESTS[case])
    assert digest_due(at, LONDON) == due


def test_a_one_off_closure_moves_the_daily_mail() -> None:
    closed = Calendar.parse(closures=[date(2026, 11, 25)])
    assert digest_due(utc("2026-11-24T10:40"), closed) == utc("2026-11-26T09:00")


def test_a_calendar_that_never_opens_again_is_said() -> None:
    shut = Calendar.parse(days="Mon", closures=[date(2026, 11, 2) + timedelta(days=7 * week) for week in range(530)])
    with pytest.raises(ValueError, match="no working day"):
        digest_due(utc("2026-11-24T10:40"), shut)


def test_a_default_that_is_not_offered_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noticekinds, "KINDS", {})
    with pytest.raises(ValueError, match="does not offer"):
        noticekinds.register(Kind("odd", Side.STAFF, "Odd", "Never.", Way.MAIL, (Way.PORTAL,)))
    with pytest.raises(LookupError, match="moon"):
        noticekinds.kind_of("moon")


def test_a_choice_that_is_no_longer_offered_is_the_default() -> None:
    kind = noticekinds.kind_of(ALARM)
    assert [kind.way(chosen) for chosen in ("", "off", "portal")] == [Way.MAIL, Way.MAIL, Way.PORTAL]


def test_kinds_are_offered_to_whom_they_reach() -> None:
    names = {
        role: {kind.name for kind in noticekinds.kinds_for(side, [role])}
        for side, role in (
            (Side.CLIENT, "author"),
            (Side.CLIENT, "manager"),
            (Side.STAFF, "agent"),
            (Side.STAFF, "lead"),
        )
    }
    assert TERMS in names["manager"] - names["author"]
    assert ALARM in names["lead"] - names["agent"]
    assert not names["manager"] & names["lead"]


@pytest.mark.clause("LOG-1", "HLP-3", "HLP-5")
def test_what_the_contract_promises_cannot_be_switched_off() -> None:
    kept = [kind for kind in noticekinds.KINDS.values() if kind.clause]
    assert {kind.name for kind in kept} == {TERMS, ALARM, "mail alarm", "promise missed"}
    assert not [kind.name for kind in kept if Way.OFF in kind.ways]
    assert all(mail.clause for side in Side for mail in noticekinds.always_for(side))
    assert "HLP-5" in {mail.clause for mail in noticekinds.always_for(Side.CLIENT)}
