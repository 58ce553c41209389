"""Each clause's state follows from the facts: what is late is never met, what is not known is never green."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from compliance.report.evaluate import EVALUATORS, evaluate, evaluate_all
from compliance.report.facts import ChargeFacts, ClauseState, NdaFacts, ReportedMail, ReportFacts, TicketFact
from portal.clauses import CLAUSES, keepers_of
from tests.report_sample import AS_OF, report_facts

NDA = NdaFacts(7, 6, 2, 1, 0)


def ticket(**changes: object) -> TicketFact:
    """A request that was acknowledged, answered and accepted as promised."""
    received = AS_OF - timedelta(days=3)
    good = TicketFact(
        ref="BB2000",
        kind="fault",
        channel="portal",
        received_at=received,
        target="4h",
        acknowledged_at=received + timedelta(seconds=20),
        due_at=received + timedelta(hours=4),
        first_reply_at=received + timedelta(hours=1),
        met=True,
        accepted_at=received + timedelta(minutes=50),
        accepted_by="Cora Whitfield",
        acceptor_had_nda=True,
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def facts(*tickets: TicketFact, **changes: object) -> ReportFacts:
    return report_facts(0, tickets=list(tickets), **changes)


LATE = {"met": False, "breached_at": AS_OF}
RUNNING = {"met": None, "first_reply_at": None}
NO_ACK = {"acknowledged_at": None, "due_at": None, "target": "", "met": None, "first_reply_at": None}


@pytest.mark.parametrize(("clause_id", "target"), [
    pytest.param("HLP-4", "4h", marks=pytest.mark.clause("HLP-4")),
    pytest.param("HLP-3", "1d", marks=pytest.mark.clause("HLP-3")),
])  # fmt: skip
@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ([{}], "met", "1 of 1 request answered within .*; none late"),
        ([{}, {}], "met", "2 of 2 requests"),
        ([{}, RUNNING], "met", "none late, 1 still within time"),
        ([RUNNING], "unknown", "unanswered"),
        ([{}, LATE], "not met", "1 late"),
        ([LATE, RUNNING], "not met", "1 late, 1 still within time"),
        ([{"breached_at": AS_OF}], "not met", "0 of 1 request"),
        ([{"breached_at": AS_OF, **RUNNING}], "not met", "1 late"),
        ([], "not applicable", "No request"),
    ],
)
def test_a_promise_is_met_only_if_every_clock_was(
    clause_id: str, target: str, changes: list[dict[str, object]], state: str, words: str
) -> None:
    found = evaluate(clause_id, facts(*(ticket(target=target, **change) for change in changes)))
    assert found.state == state
    assert re.search(words, found.sentence)


@pytest.mark.clause("HLP-3")
def test_the_two_promises_do_not_mix() -> None:
    both = facts(ticket(target="4h", **LATE), ticket(target="1d"))
    assert evaluate("HLP-3", both).state is ClauseState.MET
    assert evaluate("HLP-4", both).state is ClauseState.NOT_MET


@pytest.mark.clause("HLP-5")
@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "met"),
        ({"acknowledged_at": AS_OF - timedelta(days=3) + timedelta(minutes=5)}, "met"),
        ({"acknowledged_at": AS_OF - timedelta(days=3) + timedelta(minutes=6)}, "not met"),
        ({"acknowledged_at": AS_OF, "acknowledgement_alarm_at": AS_OF - timedelta(days=3)}, "met"),
        (NO_ACK, "not met"),
        ({**NO_ACK, "acknowledgement_alarm_at": AS_OF}, "not met"),
        ({**NO_ACK, "received_at": AS_OF - timedelta(minutes=2)}, "met"),
        ({"acknowledged_at": None}, "not met"),
        ({**NO_ACK, "channel": "phone"}, "not applicable"),
    ],
)
def test_acknowledgements_are_there_and_late_ones_were_alarmed(change: dict[str, object], state: str) -> None:
    assert evaluate("HLP-5", facts(ticket(**change))).state == state


@pytest.mark.clause("HLP-6")
@pytest.mark.parametrize(
    ("noted", "with_clock", "state"),
    [(None, None, "unknown"), (3, None, "unknown"), (0, 0, "not applicable"), (14, 0, "met"), (14, 1, "not met")],
)
def test_contact_elsewhere_starts_no_clock(noted: int | None, with_clock: int | None, state: str) -> None:
    found = evaluate("HLP-6", facts(outside_contacts=noted, outside_contacts_with_clock=with_clock))
    assert found.state == state


@pytest.mark.clause("CMP-6")
@pytest.mark.parametrize(
    ("change", "nda", "state"),
    [
        ({}, NDA, "met"),
        ({"acceptor_had_nda": False}, NDA, "not met"),
        ({"acceptor_had_nda": None}, NDA, "unknown"),
        ({}, None, "unknown"),
        ({}, replace(NDA, signed_after_first_work=1), "not met"),
        ({"accepted_at": None, "accepted_by": "", "acceptor_had_nda": None}, NDA, "not applicable"),
    ],
)
def test_every_acceptance_has_an_nda_behind_it(change: dict[str, object], nda: NdaFacts | None, state: str) -> None:
    assert evaluate("CMP-6", facts(ticket(**change), nda=nda)).state == state


@pytest.mark.clause("OWN-11")
@pytest.mark.parametrize(("linked", "state"), [(True, "met"), (False, "not met"), (None, "unknown")])
def test_the_wording_leads_to_the_backup_section(linked: bool | None, state: str) -> None:
    assert evaluate("OWN-11", facts(backup_duties_linked=linked)).state == state


@pytest.mark.clause("CMP-10")
def test_a_report_on_demand_says_its_price_and_who_asked() -> None:
    free = evaluate("CMP-10", facts())
    assert (free.state, "free of charge" in free.sentence) == ("met", True)
    priced = evaluate("CMP-10", facts(chargeable=True, charge_note="£90, agreed 3 November"))
    assert "£90" in priced.sentence
    assert evaluate("CMP-10", facts(requester_role="author")).state == "not met"


REPORTED = {
    "not known": (None, "unknown", "not known"),
    "none": ([], "met", "none was reported in the period"),
    "some": ([ReportedMail("2026-10", phishing=2, spam=1)], "met", "3 reports in the period, of which 2 phishing."),
    "waiting": (
        [ReportedMail("2026-10", waiting=1)],
        "met",
        "1 report in the period, of which 0 phishing, 1 not judged yet.",
    ),
}


@pytest.mark.clause("EML-6")
@pytest.mark.parametrize(("reported", "state", "words"), REPORTED.values(), ids=REPORTED.keys())
def test_suspicious_mail_can_be_reported(reported: list[ReportedMail] | None, state: str, words: str) -> None:
    found = evaluate("EML-6", facts(reported=reported))
    assert found.state == state and words in found.sentence


def test_a_clause_without_an_evaluator_is_not_measured() -> None:
    assert evaluate("BAK-3", facts()).state is ClauseState.NOT_MEASURED


def test_every_clause_of_the_register_is_evaluated_once_and_in_order() -> None:
    found = evaluate_all(report_facts(10))
    assert [evaluation.clause_id for evaluation in found] == list(CLAUSES)
    assert all(evaluation.sentence.endswith(".") for evaluation in found)


@pytest.mark.parametrize("clause_id", sorted(EVALUATORS))
def test_evaluators_wear_their_clause(clause_id: str) -> None:
    assert EVALUATORS[clause_id].__name__ in {keeper.name for keeper in keepers_of(clause_id)}


CHARGED = {
    "not recorded": (None, "unknown", "not recorded"),
    "nothing charged": (ChargeFacts(0, 0, 2, 0), "not applicable", "No request"),
    "all after the yes": (ChargeFacts(3, 3, 4, 3), "met", "3 requests charged, each .* recorded yes"),
    "one too early": (ChargeFacts(3, 2, 4, 3), "not met", "1 of 3 charged requests"),
}


@pytest.mark.clause("HLP-8")
@pytest.mark.parametrize("case", CHARGED)
def test_charged_work_is_kept_only_after_the_yes(case: str) -> None:
    charges, state, words = CHARGED[case]
    found = evaluate("HLP-8", facts(charges=charges))
    assert found.state == state and re.search(words, found.sentence), found.sentence
