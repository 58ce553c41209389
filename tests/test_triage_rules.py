"""What may be snoozed, merged and declined, and what a tag looks like: tables, without a database (D24)."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.errors import Refused
from tickets.rules.placing import Facts, place
from tickets.rules.states import Group, State
from tickets.rules.triage import check_decline, check_merge, check_snooze, earliest_unmet, may_unmerge, plain_tags

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)
CALM = {"until": AT + HOUR, "at": AT, "acknowledged": True, "clock_runs": False, "ended": False}
ALIKE = {
    "same_client": True, "same_ticket": False, "same_requester": True, "confidential": False, "acknowledged": True,
    "target_ended": False, "holds_others": False, "comment": False,
}  # fmt: skip


def test_a_calm_request_can_be_snoozed_up_to_ninety_days() -> None:
    check_snooze(**CALM)  # type: ignore[arg-type]
    check_snooze(**{**CALM, "until": AT + timedelta(days=90)})  # type: ignore[arg-type]


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize(
    "change",
    [
        {"clock_runs": True},
        {"acknowledged": False},
        {"ended": True},
        {"until": AT},
        {"until": AT - HOUR},
        {"until": AT + timedelta(days=90, seconds=1)},
    ],
    ids=["promise runs", "not acknowledged", "finished", "now", "past", "too far"],
)
def test_a_snooze_never_hides_a_promise_and_always_ends(change: dict[str, object]) -> None:
    with pytest.raises(Refused):
        check_snooze(**{**CALM, **change})  # type: ignore[arg-type]


def facts(**change: object) -> Facts:
    given = {
        "state": State.IN_PROGRESS, "state_since": AT - 2 * HOUR, "received_at": AT - 5 * HOUR,
        "acknowledged_at": AT - 5 * HOUR, "due_at": None, "asked_at": AT - HOUR, "snoozed_until": AT + HOUR,
    }  # fmt: skip
    return Facts(**{**given, **change})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "placed"),
    [
        ({}, (Group.WAITING, AT + HOUR)),
        ({"snoozed_until": None}, (Group.OURS, AT - HOUR)),
        ({"due_at": AT}, (Group.CLOCK, AT)),
        ({"acknowledged_at": None}, (Group.UNACKNOWLEDGED, AT - 5 * HOUR)),
        ({"state": State.RESOLVED}, (Group.ENDED, AT - 2 * HOUR)),
    ],
    ids=["snoozed", "awake", "a clock runs", "not acknowledged", "finished"],
)
def test_a_snoozed_request_waits_unless_something_is_promised(
    change: dict[str, object], placed: tuple[Group, datetime]
) -> None:
    assert place(facts(**change)) == placed


def test_requests_of_one_client_can_be_merged_also_when_two_people_asked() -> None:
    check_merge(**ALIKE)
    check_merge(**{**ALIKE, "same_requester": False})
    check_merge(**{**ALIKE, "confidential": True})


@pytest.mark.parametrize(
    "change",
    [
        {"same_client": False},
        {"same_ticket": True},
        {"confidential": True, "same_requester": False},
        {"acknowledged": False},
        {"target_ended": True},
        {"holds_others": True},
        {"comment": True},
    ],
    ids=lambda change: " and ".join(change),
)
def test_a_merge_never_mixes_clients_shows_secrets_or_loses_a_promise(change: dict[str, bool]) -> None:
    with pytest.raises(Refused):
        check_merge(**{**ALIKE, **change})


def test_a_merge_can_be_undone_for_an_hour() -> None:
    assert may_unmerge(merged_at=AT, at=AT + HOUR)
    assert not may_unmerge(merged_at=AT, at=AT + HOUR + timedelta(seconds=1))


def test_the_earliest_promise_that_nobody_has_answered_orders_the_merged() -> None:
    assert earliest_unmet([AT + HOUR, AT]) == AT
    assert earliest_unmet([]) is None


@pytest.mark.parametrize("sentence", ["", "No.", "x" * 40, "   no way   "])
def test_a_decline_needs_a_sentence(sentence: str) -> None:
    with pytest.raises(Refused):
        check_decline(sentence)
    check_decline("This is outside what we offer.")


@pytest.mark.parametrize(
    ("said", "tags"),
    [("", []), (" VIP , vip,new  starter", ["vip", "new starter"]), ("a-1", ["a-1"]), (",,", [])],
    ids=["none", "each once", "dash", "commas"],
)
def test_tags_are_kept_plain(said: str, tags: list[str]) -> None:
    assert plain_tags(said) == tags


@pytest.mark.parametrize("said", ["<b>", "-a", "x" * 31, ",".join(f"t{n}" for n in range(11))], ids=range(4))
def test_what_is_no_tag_is_refused(said: str) -> None:
    with pytest.raises(Refused):
        plain_tags(said)
