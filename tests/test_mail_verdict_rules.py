"""What becomes of one mail, as a table: no database, no clock (SUB-1, HLP-5, HLP-6; TRUST A1 to A6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.rules.states import ClientState
from tickets.rules.mail.marks import MOST_MARKS, alias_in, in_digits, mark_for, marks_in, newest_first
from tickets.rules.mail.shape import AuthVerdict, AutoKind
from tickets.rules.mail.verdict import (
    RAW_MOVES,
    REASON_WORDS,
    Belonging,
    MailFacts,
    Named,
    RawState,
    Reason,
    Sender,
    judge,
)
from tickets.rules.states import State

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
ALDER, BIRCH = 1, 2
AT_ALDER = Belonging(ALDER, "alder", ClientState.ACTIVE, 11)
AT_BIRCH = Belonging(BIRCH, "birch", ClientState.ACTIVE, 22)
BEN = Sender(True, False, (AT_ALDER,))
BOTH = Sender(True, False, (AT_ALDER, AT_BIRCH))
PASSED = MailFacts(authentication=AuthVerdict.PASS)
OWN = Named(7, ALDER, State.IN_PROGRESS, None, is_seen=True, takes_part=True)
COLLEAGUES = replace(OWN, takes_part=False)
HIDDEN = Named(8, ALDER, State.IN_PROGRESS, None, is_seen=False, takes_part=False)
STRANGERS = Named(9, BIRCH, State.IN_PROGRESS, None, is_seen=False, takes_part=False)


def outcome(mail=PASSED, sender=BEN, *named, at=AT):
    """The verdict in short: state, reason or request, client."""
    verdict = judge(mail, sender, named, at=at)
    what = verdict.reason or verdict.ticket_id or verdict.follows_id
    return verdict.state, what, verdict.belonging.client_id if verdict.belonging else None


@pytest.mark.clause("SUB-1")
@pytest.mark.parametrize(
    ("named", "authentication", "expected"),
    [
        pytest.param(OWN, AuthVerdict.PASS, (RawState.REPLIED, 7, ALDER), id="own, proved"),
        pytest.param(OWN, AuthVerdict.NONE, (RawState.REPLIED, 7, ALDER), id="own, nothing said"),
        pytest.param(OWN, AuthVerdict.FAIL, (RawState.QUARANTINED, Reason.NOT_AUTHENTIC, None), id="own, failed"),
        pytest.param(COLLEAGUES, AuthVerdict.PASS, (RawState.REPLIED, 7, ALDER), id="a colleague's, proved"),
        pytest.param(COLLEAGUES, AuthVerdict.NONE, (RawState.TICKETED, None, ALDER), id="a colleague's, nothing said"),
        pytest.param(HIDDEN, AuthVerdict.PASS, (RawState.TICKETED, None, ALDER), id="hidden from them"),
        pytest.param(STRANGERS, AuthVerdict.PASS, (RawState.TICKETED, None, ALDER), id="another client's"),
        pytest.param(STRANGERS, AuthVerdict.FAIL, (RawState.QUARANTINED, Reason.NOT_AUTHENTIC, None), id="spoofed"),
    ],
)
def test_a_mail_joins_only_with_a_mark_a_right_to_see_and_no_failure(named, authentication, expected):
    assert outcome(MailFacts(authentication=authentication), BEN, named) == expected


@pytest.mark.clause("SUB-1")
@pytest.mark.parametrize(
    ("mail", "sender", "expected"),
    [
        pytest.param(PASSED, BEN, (RawState.TICKETED, None), id="a registered person"),
        pytest.param(MailFacts(), BEN, (RawState.TICKETED, None), id="without an authentication"),
        pytest.param(PASSED, Sender(), (RawState.QUARANTINED, Reason.UNREGISTERED), id="a stranger"),
        pytest.param(PASSED, Sender(True, True), (RawState.QUARANTINED, Reason.STAFF_SENDER), id="our own staff"),
        pytest.param(PASSED, Sender(True), (RawState.QUARANTINED, Reason.NO_CLIENT), id="a leaver"),
        pytest.param(PASSED, BOTH, (RawState.QUARANTINED, Reason.WHICH_CLIENT), id="of two clients"),
        pytest.param(replace(PASSED, has_sender=False), BEN, (RawState.QUARANTINED, Reason.NO_SENDER), id="nobody"),
        pytest.param(replace(PASSED, is_readable=False), BEN, (RawState.QUARANTINED, Reason.UNREADABLE), id="unreadable"),
        pytest.param(replace(PASSED, is_duplicate=True), BEN, (RawState.IGNORED, Reason.DUPLICATE), id="a copy"),
        pytest.param(replace(PASSED, is_ours=True), BEN, (RawState.IGNORED, Reason.OWN_MAIL), id="our own mail"),
        pytest.param(replace(PASSED, kind=AutoKind.BOUNCE), Sender(), (RawState.IGNORED, Reason.BOUNCE), id="a bounce"),
        pytest.param(
            replace(PASSED, kind=AutoKind.COMPLAINT), Sender(), (RawState.IGNORED, Reason.COMPLAINT), id="a complaint"
        ),
        pytest.param(replace(PASSED, kind=AutoKind.REPLIED), BEN, (RawState.IGNORED, Reason.AUTOMATIC), id="an absence"),
        pytest.param(
            replace(PASSED, kind=AutoKind.GENERATED), BEN, (RawState.IGNORED, Reason.AUTOMATIC), id="a machine's"
        ),
        pytest.param(
            replace(PASSED, kind=AutoKind.REPLIED, is_weak=True),
            BEN,
            (RawState.QUARANTINED, Reason.MAYBE_AUTOMATIC),
            id="perhaps a machine's",
        ),
        pytest.param(
            replace(PASSED, kind=AutoKind.GENERATED), Sender(), (RawState.QUARANTINED, Reason.UNREGISTERED),
            id="a third party's verification mail",
        ),
        pytest.param(replace(PASSED, kind=AutoKind.BULK), BEN, (RawState.QUARANTINED, Reason.BULK), id="a list"),
        pytest.param(
            replace(PASSED, has_forged_mark=True), BEN, (RawState.QUARANTINED, Reason.FORGED_MARK), id="a forged mark"
        ),
    ],
)  # fmt: skip
def test_a_mail_that_names_no_request(mail, sender, expected):
    verdict = judge(mail, sender, [], at=AT)
    assert (verdict.state, verdict.reason) == expected


@pytest.mark.clause("SUB-1")
def test_a_machines_answer_never_joins_but_is_shown_on_its_request():
    verdict = judge(replace(PASSED, kind=AutoKind.REPLIED), BEN, [OWN], at=AT)
    assert (verdict.state, verdict.ticket_id) == (RawState.IGNORED, 7)


@pytest.mark.clause("SUB-1")
def test_a_forged_mark_beside_a_true_one_waits_for_staff():
    assert outcome(replace(PASSED, has_forged_mark=True), BEN, OWN)[:2] == (RawState.QUARANTINED, Reason.FORGED_MARK)


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize(
    ("days", "expected"),
    [(13, (RawState.REPLIED, 7, ALDER)), (14, (RawState.REPLIED, 7, ALDER)), (15, (RawState.TICKETED, 7, ALDER))],
    ids=["13 days", "14 days", "15 days"],
)
def test_an_ended_request_opens_again_for_fourteen_days_and_then_begins_a_new_one(days, expected):
    ended = replace(OWN, state=State.CLOSED, ended_at=AT - timedelta(days=days))
    assert outcome(PASSED, BEN, ended) == expected
    verdict = judge(PASSED, BEN, [ended], at=AT)
    assert (verdict.follows_id == 7) == (days > 14)


@pytest.mark.clause("ODS-4")
@pytest.mark.parametrize(
    ("mail", "sender", "named", "expected"),
    [
        pytest.param(PASSED, BOTH, [STRANGERS], BIRCH, id="the mark's"),
        pytest.param(replace(PASSED, alias="c-birch"), BOTH, [], BIRCH, id="the address written to"),
        pytest.param(
            replace(PASSED, alias="c-alder"), replace(BOTH, home_client_id=BIRCH), [], ALDER, id="alias first"
        ),
        pytest.param(PASSED, replace(BOTH, home_client_id=BIRCH), [], BIRCH, id="the home client"),
        pytest.param(replace(PASSED, alias="c-cedar"), BEN, [], ALDER, id="another's address counts for nothing"),
        pytest.param(PASSED, replace(BEN, home_client_id=BIRCH), [], ALDER, id="the only one"),
    ],
)
def test_which_client_a_person_of_several_writes_for(mail, sender, named, expected):
    verdict = judge(mail, sender, named, at=AT)
    assert verdict.belonging
    assert (verdict.state, verdict.belonging.client_id) == (RawState.TICKETED, expected)


@pytest.mark.clause("SUB-1")
@pytest.mark.parametrize("named", [[], [OWN]], ids=["new", "answer"])
@pytest.mark.parametrize("state", [ClientState.SUSPENDED, ClientState.ENDED])
def test_a_client_whose_access_is_suspended_posts_nothing_by_mail_either(state, named):
    sender = Sender(True, False, (replace(AT_ALDER, state=state),))
    assert outcome(PASSED, sender, *named) == (RawState.QUARANTINED, Reason.SUSPENDED, ALDER)


def test_every_reason_has_its_words_and_every_state_its_moves():
    assert set(REASON_WORDS) == set(Reason)
    assert set(RAW_MOVES) == set(RawState)
    assert not RAW_MOVES[RawState.TICKETED] | RAW_MOVES[RawState.REPLIED]


KEY = b"a key of this portal"


class TestMarks:
    @pytest.mark.parametrize("number", [1, 35, 36, 1_000_000, 2**62])
    def test_a_mark_names_its_request_through_all_that_mail_does_to_it(self, number):
        mark = mark_for(number, KEY)
        for said in (f"<{mark}.0a1b@desk.example>", f"Desk <desk+{mark.upper()}@desk.example>", f" {mark} "):
            assert marks_in([said], KEY).tickets == (number,)
        assert int(in_digits(number), 36) == number

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param(f"<{mark_for(7, b'another key')}.0a@desk.example>", id="another portal's key"),
            pytest.param(f"<{mark_for(7, KEY).replace('r-7-', 'r-8-')}.0a@desk.example>", id="another number"),
            pytest.param("<r-7-aaaaaaaaaaaaaaaa.0a@desk.example>", id="guessed"),
        ],
    )
    def test_a_mark_that_is_not_signed_names_nothing_and_is_seen_as_forged(self, said):
        marks = marks_in([said], KEY)
        assert (marks.tickets, marks.forged) == ((), True)

    @pytest.mark.parametrize("said", ["<abc@outlook.example>", "", "r-7", "<r-7-short.0a@x>", "x" * 100_000])
    def test_other_references_are_no_marks(self, said):
        assert marks_in([said], KEY) == marks_in([], KEY)

    def test_a_million_references_cost_next_to_nothing(self):
        one = mark_for(7, b"forged")
        marks = marks_in([f"<{one}@x>" for _ in range(1_000_000)], KEY)
        assert marks.forged
        many = [mark_for(number, KEY) for number in range(1, 100)]
        assert len(marks_in(many, KEY).tickets) == MOST_MARKS

    def test_the_answered_mail_speaks_first_and_the_latest_reference_next(self):
        said = newest_first([mark_for(3, KEY)], [mark_for(1, KEY), mark_for(2, KEY)])
        assert marks_in(said, KEY).tickets == (3, 2, 1)

    @pytest.mark.parametrize(
        ("address", "alias"),
        [
            ("Support+c-alder@desk.example", "c-alder"),
            ("support@desk.example", ""),
            ("other+c-alder@desk.example", ""),
            ("support+c-alder@evil.example", ""),
            ("", ""),
        ],
    )
    def test_an_alias_counts_only_at_our_own_address(self, address, alias):
        assert alias_in(address, ["support@desk.example"]) == alias
