"""Access to client data, the pure rules: purpose, authority, window, identity; the day of a solution; Microsoft's reminders."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from portal.errors import Refused
from portal.rules.states import Role
from portal.worktime import DEFAULT_CALENDAR
from tickets.rules.dataaccess import (
    Act,
    Basis,
    Proof,
    Standing,
    authority,
    check_change,
    check_identity,
    check_in_writing,
    check_purpose,
    check_window,
    is_allowed,
    second_address,
)
from tickets.rules.escalation import remind_at
from tickets.rules.sameday import is_same_day
from tickets.rules.states import Channel

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAILBOX = "Mailbox invoices@alder.example"


@pytest.mark.clause("ODS-6")
@pytest.mark.parametrize(
    "purpose",
    [
        "Restore the folder Invoices, deleted by mistake on Monday",
        "Reset the password of Ben Baker, who forgot it",
        "Correct the surname in the address book to Brewer",
    ],
    ids=["restore", "reset", "correct"],
)
def test_a_specific_purpose_passes(purpose: str) -> None:
    check_purpose(purpose, MAILBOX)


@pytest.mark.clause("ODS-6")
@pytest.mark.parametrize(
    ("purpose", "place"),
    [
        ("check things", MAILBOX),
        ("Please look at everything in the account", MAILBOX),
        ("Restore it", MAILBOX),
        ("The mailbox of Ben and what is in there", MAILBOX),
        ("Restore the folder Invoices for Ben", " "),
        ("Restore the folder Invoices for Ben", "everything"),
    ],
    ids=["things", "everything", "short", "no act", "no place", "no object"],
)
def test_a_vague_purpose_is_refused(purpose: str, place: str) -> None:
    with pytest.raises(Refused) as refused:
        check_purpose(purpose, place)
    assert refused.value.clause == "ODS-6"


@pytest.mark.clause("ODS-4", "ACC-5")
def test_the_table_of_who_may_allow_what() -> None:
    """Every case: a no is final, but for the emergency; a yes or a manager; own data; a named person; else nobody."""
    cases = 0
    for role, own, named, yes, no, glass in product((None, *Role), *[(False, True)] * 5):
        if yes and no:
            continue
        standing = Standing(role, own, named, yes, no, glass)
        if glass:
            expected = Basis.BREAK_GLASS
        elif no:
            expected = None
        elif yes or role == Role.MANAGER:
            expected = Basis.MANAGER
        elif role is None:
            expected = None
        else:
            expected = Basis.OWN if own else Basis.NAMED if named else None
        assert is_allowed(standing) == (expected is not None)
        if expected is not None:
            assert authority(standing) == expected
        cases += 1
    assert cases == 4 * 24


@pytest.mark.clause("ACC-5")
@pytest.mark.parametrize(
    ("hours", "glass", "allowed"),
    [
        (8, False, True),
        (8.01, False, False),
        (2, True, True),
        (2.01, True, False),
        (0, False, False),
        (-1, True, False),
    ],
    ids=["eight", "over eight", "emergency", "long emergency", "no time", "backwards"],
)
def test_a_window_is_short(hours: float, glass: bool, allowed: bool) -> None:
    if allowed:
        check_window(begins=AT, ends=AT + hours * HOUR, break_glass=glass)
    else:
        with pytest.raises(Refused):
            check_window(begins=AT, ends=AT + hours * HOUR, break_glass=glass)


@pytest.mark.clause("ACC-7")
def test_a_change_says_what_was_and_what_is() -> None:
    check_change(Act.CHANGED, thing="Surname", before="Baker", after="Brewer")
    check_change(Act.VIEWED, thing="Folder Invoices", before="", after="")
    with pytest.raises(Refused, match="before"):
        check_change(Act.CHANGED, thing="Surname", before="", after="Brewer")
    with pytest.raises(Refused, match="object"):
        check_change(Act.VIEWED, thing=" ", before="", after="")


@pytest.mark.clause("ACC-7", "HLP-6")
def test_a_call_waits_for_written_words_but_for_an_emergency() -> None:
    with pytest.raises(Refused, match="in writing"):
        check_in_writing(Channel.PHONE, written=False, break_glass=False)
    check_in_writing(Channel.PHONE, written=True, break_glass=False)
    check_in_writing(Channel.PHONE, written=False, break_glass=True)
    check_in_writing(Channel.PORTAL, written=False, break_glass=False)


@pytest.mark.clause("LIA-3", "ODS-4")
def test_a_reset_is_checked_and_told_to_another_address() -> None:
    assert second_address("Ben@alder.example", ["ben@alder.example", "ann@alder.example"]) == "ann@alder.example"
    assert second_address("ben@alder.example", ["ben@alder.example"]) == ""
    check_identity(Proof.CALLBACK, note="Called the number in the contract", second="", manager_is_asker=False)
    for facts in (
        {"proof": Proof.CALLBACK, "note": "ok", "second": "a@b.example", "manager_is_asker": False},
        {"proof": Proof.MANAGER, "note": "Ann said yes on the phone", "second": "", "manager_is_asker": False},
        {
            "proof": Proof.MANAGER,
            "note": "Ann said yes on the phone",
            "second": "a@b.example",
            "manager_is_asker": True,
        },
    ):
        with pytest.raises(Refused):
            check_identity(facts.pop("proof"), **facts)


@pytest.mark.clause("HLP-10")
def test_microsoft_is_asked_again_after_two_working_days() -> None:
    tuesday = remind_at(AT, DEFAULT_CALENDAR)
    assert tuesday == AT + timedelta(days=2)
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    assert remind_at(friday, DEFAULT_CALENDAR) == datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@pytest.mark.clause("HLP-9")
@pytest.mark.parametrize(
    ("received", "resolved", "same"),
    [
        ("2026-11-24T09:30", "2026-11-24T17:00", True),
        ("2026-11-24T09:30", "2026-11-25T09:05", False),
        ("2026-11-24T20:00", "2026-11-25T16:00", True),
        ("2026-11-28T12:00", "2026-11-30T17:00", True),
        ("2026-11-27T16:00", "2026-11-30T09:00", False),
    ],
    ids=["same day", "next day", "evening before", "weekend", "over the weekend"],
)
def test_the_working_day_of_a_solution(received: str, resolved: str, same: bool) -> None:
    begun, ended = (datetime.fromisoformat(f"{one}+00:00") for one in (received, resolved))
    assert is_same_day(begun, ended, DEFAULT_CALENDAR) is same
