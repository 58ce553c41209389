"""The register of clauses: complete, readable, and the only list of ids."""

import re
from functools import lru_cache, wraps

import pytest

from portal import clauses
from portal.clauses import CLAUSES, DONE_ISSUES, WORDING_ONLY, clause, is_built, keepers_of, nearest

GROUPS = {
    "DOC": 3,
    "LOG": 1,
    "SUB": 1,
    "OWN": 11,
    "CMP": 12,
    "ACC": 8,
    "ODS": 9,
    "BAK": 12,
    "EML": 7,
    "CAN": 14,
    "HLP": 10,
    "LIA": 4,
}
ISSUES = {"A": 6, "B": 3, "C": 16, "D": 1, "E": 20, "F": 13, "G": 14, "H": 19}


@pytest.fixture(autouse=True)
def _own_keepers(monkeypatch):
    monkeypatch.setattr(clauses, "_keepers", {})


def test_there_are_92_clauses_in_the_order_of_the_contract():
    assert list(CLAUSES) == [f"{group}-{n}" for group, count in GROUPS.items() for n in range(1, count + 1)]
    assert len(CLAUSES) == 92


def test_every_clause_has_an_issue_that_answers_for_it():
    owners = [entry.owner for entry in CLAUSES.values()]
    assert {owner: owners.count(owner) for owner in sorted(set(owners))} == ISSUES


@pytest.mark.parametrize("entry", CLAUSES.values(), ids=CLAUSES)
def test_every_clause_is_said_in_words(entry):
    assert 2 <= len(entry.heading.split()) <= 8
    assert not entry.heading.endswith(".")
    for sentence in (entry.line, entry.kept):
        assert re.fullmatch(r'["A-Z].+\.', sentence)
        assert "  " not in sentence
    assert entry.bound in {"the client", "the supplier", "both sides"}


def test_headings_tell_clauses_apart():
    assert len({entry.heading for entry in CLAUSES.values()}) == 92


def test_wording_alone_keeps_only_what_the_design_allows():
    assert {"OWN-9", "OWN-11", "ODS-1", "ODS-9", "EML-1", "EML-3", "CAN-6"} == WORDING_ONLY


def test_the_first_issue_is_built():
    assert "A" in DONE_ISSUES
    assert is_built("HLP-5")


def test_a_function_that_wears_a_clause_is_registered_and_unchanged():
    def rule(minutes: int) -> int:
        return minutes + 1

    assert clause("HLP-5", "HLP-6")(rule) is rule
    [keeper] = keepers_of("HLP-5")
    assert keeper.module == __name__
    assert keeper.name.endswith("rule")
    assert keeper.file.name == "test_clause_register.py"
    assert keepers_of("HLP-6") == [keeper]
    assert keepers_of("HLP-1") == []


def test_a_wrapped_function_is_found_where_it_was_written():
    def rule() -> None:
        """Nothing to do."""

    @wraps(rule)
    def wrapper() -> None:
        rule()

    clause("HLP-5")(wrapper)
    clause("HLP-6")(lru_cache(rule))
    assert keepers_of("HLP-5") == keepers_of("HLP-6")


@pytest.mark.parametrize("id", ["HLP-11", "hlp-5", "", "HLP-05"])
def test_an_unknown_id_fails_at_import(id):
    with pytest.raises(LookupError, match="no clause"):
        clause(id)


@pytest.mark.parametrize(("typed", "meant"), [("HLP-55", "HLP-5"), ("hlp5", "HLP-5"), ("can_12", "CAN-12")])
def test_a_mistyped_id_finds_its_neighbours(typed, meant):
    assert meant in nearest(typed)
    assert len(nearest("???")) == 3
