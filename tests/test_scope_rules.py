"""Whether a request is part of support, charged, a project, outside or a free access fault: the rules, as tables."""

import pytest

from portal.errors import Refused
from tickets.rules.scope import (
    AREA_WORDS,
    CLAUSE_OF,
    NEXT_STEP,
    OUTCOME_WORDS,
    Area,
    Asked,
    Outcome,
    Proposal,
    check_ruling,
    concerns_waived,
    propose,
)
from tickets.rules.states import Kind

SUPPORTED, BARE = True, False


# kind, area, supported, in_scope, held, waived -> outcome, clause, unsure
TABLE = {
    "a fault of a subscriber": (Kind.FAULT, Area.PRODUCT, SUPPORTED, True, True, False, "included", "LIA-1", False),
    "a question of a subscriber": (Kind.QUESTION, Area.PRODUCT, SUPPORTED, True, True, False, "included", "LIA-1", False),
    "no product named": (Kind.FAULT, Area.PRODUCT, SUPPORTED, None, None, False, "included", "LIA-2", True),
    "a password reset": (Kind.ALTERATION, Area.PASSWORD, SUPPORTED, None, None, False, "included", "LIA-3", False),
    "account security": (Kind.ALTERATION, Area.SECURITY, SUPPORTED, True, True, False, "included", "LIA-3", False),
    "a name change": (Kind.ALTERATION, Area.ACCOUNT, SUPPORTED, None, None, False, "included", "LIA-3", False),
    "a fault without support": (Kind.FAULT, Area.PRODUCT, BARE, True, True, False, "hourly", "HLP-8", False),
    "a change without support": (Kind.ADDITION, Area.ACCOUNT, BARE, True, True, False, "hourly", "HLP-8", False),
    "no access without support": (Kind.FAULT, Area.ACCESS, BARE, True, True, False, "access", "HLP-7", False),
    "no access with support": (Kind.FAULT, Area.ACCESS, SUPPORTED, True, True, False, "access", "HLP-7", False),
    "no access, nothing recorded as held": (Kind.FAULT, Area.ACCESS, BARE, True, None, False, "access", "HLP-7", True),
    "no access to what is not held": (Kind.FAULT, Area.ACCESS, BARE, True, False, False, "hourly", "HLP-8", False),
    "a change called access": (Kind.ALTERATION, Area.ACCESS, BARE, True, True, False, "hourly", "HLP-8", False),
    "another maker's product": (Kind.FAULT, Area.PRODUCT, SUPPORTED, False, True, False, "outside", "HLP-2", False),
    "access to another maker's product": (Kind.FAULT, Area.ACCESS, SUPPORTED, False, True, False, "outside", "HLP-2", False),
    "a project of a subscriber": (Kind.ADDITION, Area.PROJECT, SUPPORTED, True, True, False, "project", "LIA-4", False),
    "a project without support": (Kind.ADDITION, Area.PROJECT, BARE, True, True, False, "project", "LIA-4", False),
    "feedback": (Kind.FEEDBACK, Area.PRODUCT, BARE, None, None, False, "included", "DOC-1", False),
}  # fmt: skip


@pytest.mark.clause("HLP-2", "HLP-7", "HLP-8", "LIA-1", "LIA-2", "LIA-3", "LIA-4")
@pytest.mark.parametrize("case", TABLE)
def test_the_proposal_follows_from_the_contract(case: str) -> None:
    kind, area, supported, in_scope, held, waived, outcome, clause, unsure = TABLE[case]
    found = propose(Asked(kind, area, supported, in_scope, held, waived))
    assert (found.outcome, found.clause, found.unsure) == (outcome, clause, unsure)
    assert found.sentence.endswith(".")


@pytest.mark.clause("CMP-12", "LIA-3")
@pytest.mark.parametrize("area", Area)
def test_a_refused_mfa_takes_out_account_security_and_nothing_else(area: Area) -> None:
    without, waived = (propose(Asked(Kind.FAULT, area, True, True, True, waived)) for waived in (False, True))
    if area == Area.SECURITY:
        assert (without.outcome, waived.outcome, waived.clause) == (Outcome.INCLUDED, Outcome.HOURLY, "CMP-12")
    else:
        assert waived == without


WAIVERS = {
    "nobody waived": ([], ["Ben Baker"], False),
    "the whole organisation": ([[]], ["Ben Baker"], True),
    "the requester by address": ([["ben@example.org"]], ["Ben Baker", "ben@example.org"], True),
    "somebody else": ([["bill@example.org"]], ["Ben Baker", "ben@example.org"], False),
    "the one it is for, in other letters": ([["Bill Butler"], ["x"]], ["for bill butler in accounts"], True),
    "an empty name covers nobody": ([[" "]], ["Ben Baker"], False),
}


@pytest.mark.clause("CMP-12")
@pytest.mark.parametrize("case", WAIVERS)
def test_a_waiver_concerns_the_users_it_names(case: str) -> None:
    waivers, people, concerned = WAIVERS[case]
    assert concerns_waived(waivers, people) is concerned


@pytest.mark.clause("LIA-2")
def test_a_ruling_of_ones_own_says_why() -> None:
    sure = Proposal(Outcome.HOURLY, "HLP-8", "Because.")
    unsure = Proposal(Outcome.INCLUDED, "LIA-2", "Because.", unsure=True)
    assert check_ruling(sure, Outcome.HOURLY, "") == "HLP-8"
    assert check_ruling(sure, Outcome.INCLUDED, "Our own fault") == "LIA-1"
    assert check_ruling(unsure, Outcome.INCLUDED, "Teams is one of them") == "LIA-2"
    for proposal, outcome in ((sure, Outcome.INCLUDED), (unsure, Outcome.INCLUDED)):
        with pytest.raises(Refused) as said:
            check_ruling(proposal, outcome, "  ")
        assert said.value.clause == "LIA-2"


def test_every_outcome_and_area_has_its_words_and_clause() -> None:
    assert set(OUTCOME_WORDS) == set(NEXT_STEP) == set(CLAUSE_OF) == set(Outcome)
    assert set(AREA_WORDS) == set(Area)
