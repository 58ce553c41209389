"""What is promised for a first response, and what keeps the promise: tables, no database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.errors import Refused
from tickets.rules.life import check_move, may_reopen, publish_at
from tickets.rules.placing import Facts, place
from tickets.rules.promise import SupportHeld, is_response, next_watch, response_target, support_counts, verdict
from tickets.rules.states import ENDED_STATES, MOVES, Group, MessageKind, State, Target

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.clause("HLP-4", "HLP-3")
@pytest.mark.parametrize(
    ("valid_from", "valid_to", "recorded_at", "counts"),
    [
        (date(2026, 1, 1), None, AT - HOUR, True),
        (date(2026, 11, 23), None, AT + HOUR, True),  # held before the request, only recorded late
        (date(2026, 11, 24), None, AT - HOUR, True),  # bought this morning, before the request
        (date(2026, 11, 24), None, AT + HOUR, False),  # D7: bought after the request, counts from the next one
        (date(2026, 11, 25), None, AT - HOUR, False),
        (date(2026, 1, 1), date(2026, 11, 24), AT - HOUR, False),  # ended when the day of the start began
        (date(2026, 1, 1), date(2026, 11, 25), AT - HOUR, True),
    ],
)
def test_support_counts_from_the_next_request_after_it_was_bought(
    valid_from: date, valid_to: date | None, recorded_at: datetime, counts: bool
) -> None:
    held = SupportHeld(1, valid_from, valid_to, recorded_at)
    day = AT.date()
    assert support_counts(held, received_at=AT, received_on=day, started_on=day) is counts


@pytest.mark.clause("HLP-3", "HLP-4")
def test_subscribers_get_four_hours_and_the_others_a_day() -> None:
    held = SupportHeld(1, date(2026, 1, 1), None, AT)
    assert response_target(held) == Target.FOUR_HOURS
    assert response_target(None) == Target.ONE_DAY


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize(
    ("kind", "by_a_person", "public", "counts"),
    [
        (MessageKind.REPLY, True, True, True),
        (MessageKind.REPLY, False, True, False),
        (MessageKind.REPLY, True, False, False),
        (MessageKind.NOTE, True, False, False),
        (MessageKind.REQUEST, True, True, False),
    ],
)
def test_only_a_public_reply_by_a_person_is_a_response(
    kind: MessageKind, by_a_person: bool, public: bool, counts: bool
) -> None:
    assert is_response(kind, by_a_person=by_a_person, public=public) is counts


@pytest.mark.clause("HLP-3", "HLP-4", "HLP-5")
@pytest.mark.parametrize(
    ("replied", "met", "breached"),
    [
        (AT - HOUR, AT, None),  # before the acknowledgement: met at its start
        (AT + HOUR, AT + HOUR, None),
        (AT + 4 * HOUR, AT + 4 * HOUR, None),  # exactly on the due time is in time
        (AT + 4 * HOUR + timedelta(microseconds=1), AT + 4 * HOUR + timedelta(microseconds=1), AT + 4 * HOUR),
    ],
)
def test_met_and_breached_are_separate_facts(replied: datetime, met: datetime, breached: datetime | None) -> None:
    judged = verdict(replied_at=replied, started_at=AT, due_at=AT + 4 * HOUR)
    assert (judged.met_at, judged.breached_at) == (met, breached)


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize(
    ("after", "met", "expected"),
    [
        (AT, False, AT + 3 * HOUR),
        (AT + 3 * HOUR, False, AT + 3.6 * HOUR),
        (AT + 3.6 * HOUR, False, AT + 4 * HOUR),
        (AT + 4 * HOUR, False, None),
        (AT, True, None),
    ],
)
def test_a_clock_is_looked_at_at_75_and_90_per_cent_and_when_due(
    after: datetime, met: bool, expected: datetime | None
) -> None:
    found = next_watch(warn75_at=AT + 3 * HOUR, warn90_at=AT + 3.6 * HOUR, due_at=AT + 4 * HOUR, after=after, met=met)
    assert found == expected


def facts(state: State = State.ACKNOWLEDGED, **changes: datetime | None) -> Facts:
    values: dict[str, datetime | None] = {
        "state_since": AT,
        "received_at": AT - HOUR,
        "acknowledged_at": AT,
        "due_at": AT + 4 * HOUR,
        "asked_at": AT - HOUR,
    }
    return Facts(state=state, **{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(State.RECEIVED, acknowledged_at=None, due_at=None), (Group.UNACKNOWLEDGED, AT - HOUR)),
        (facts(), (Group.CLOCK, AT + 4 * HOUR)),
        (facts(State.WAITING_CLIENT), (Group.CLOCK, AT + 4 * HOUR)),  # waiting never hides a running clock
        (facts(State.WAITING_CLIENT, due_at=None), (Group.WAITING, AT)),
        (facts(State.IN_PROGRESS, due_at=None), (Group.OURS, AT - HOUR)),
        (facts(State.IN_PROGRESS, due_at=None, asked_at=None), (Group.OURS, AT)),
        (facts(State.RESOLVED), (Group.ENDED, AT)),
    ],
)
def test_a_ticket_stands_where_its_facts_put_it(given: Facts, expected: tuple[Group, datetime]) -> None:
    assert place(given) == expected


@pytest.mark.clause("ACC-6")
def test_work_needs_an_acceptance() -> None:
    with pytest.raises(Refused, match="Accept the request") as refused:
        check_move(State.ACKNOWLEDGED, State.IN_PROGRESS, accepted=False)
    assert refused.value.clause == "ACC-6"
    check_move(State.ACCEPTED, State.IN_PROGRESS, accepted=True)


@pytest.mark.clause("ACC-6")
def test_a_merged_ticket_goes_nowhere() -> None:
    for state in State:
        with pytest.raises(Refused):
            check_move(State.MERGED, state, accepted=True)


def test_every_state_is_reached_and_every_end_can_be_left_or_is_final() -> None:
    reached = {new for targets in MOVES.values() for new in targets}
    assert reached | {State.RECEIVED} == set(State)
    assert set(MOVES) == set(State)
    assert MOVES[State.MERGED] == frozenset()
    assert State.ACKNOWLEDGED in MOVES[State.RESOLVED]
    assert State.MERGED in ENDED_STATES


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize(("days", "may"), [(0, True), (14, True), (14.001, False)])
def test_a_request_reopens_within_fourteen_days(days: float, may: bool) -> None:
    assert may_reopen(ended_at=AT, at=AT + timedelta(days=days)) is may


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize(
    ("due_at", "expected_seconds"),
    [
        (None, 10),
        (AT + 4 * HOUR, 10),
        (AT + timedelta(seconds=25), 10),
        (AT + timedelta(seconds=15), 0),  # the undo time must not break the promise
        (AT, 0),
        (AT - HOUR, 10),  # broken already: the ten seconds cost nothing more
    ],
)
def test_the_undo_time_never_breaks_a_promise(due_at: datetime | None, expected_seconds: int) -> None:
    assert publish_at(written_at=AT, due_at=due_at) == AT + timedelta(seconds=expected_seconds)
