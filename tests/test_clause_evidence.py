"""What the source is found to hold for a clause, in a small project made for the purpose."""

from pathlib import Path

import pytest

from portal import clauses
from portal.clauses import clause
from portal.clauses.evidence import Evidence

FILES = {
    "tickets/models/clocks.py": """
from django.db import models
constraints = [models.CheckConstraint(name="tickets_hlp5_clock_needs_ack", condition=None)]
other = [models.CheckConstraint(name="tickets_can10_reminders_first", condition=None)]
""",
    "tickets/migrations/0001_initial.py": '''
NAME = "tickets_hlp5_clock_needs_ack"
SQL = """CREATE TRIGGER portal_cmp6_valid_nda BEFORE UPDATE ON ticket"""
''',
    "tickets/actions.py": """
def answer():
    raise Refused("HLP-6", "A call starts no clock.")

class Desk:
    def accept(self):
        raise errors.Refused(clause="CMP-6", sentence="Not without an agreement.")
""",
    "tickets/rules.py": 'NOTE = "a_hlp5_name_outside_models"\n',
    "templates/desk/ticket.html": "<p>HLP-5</p>\n<p>HLP-5</p>\n<p>CAN-10</p>\n",
    "portal/templates/mail/ack.txt": "See HLP-5.",
    "tests/test_clock.py": """
import pytest
pytestmark = pytest.mark.clause("HLP-3")

@pytest.mark.clause("HLP-5", "HLP-6")
def test_clock_starts_at_acknowledgement():
    pass

@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.clause("CAN-1"))])
def test_notice(x):
    pass
""",
}


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evidence:
    monkeypatch.setattr(clauses, "_keepers", {})
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Evidence(tmp_path)


def shown(places: list) -> list[str]:
    return [str(place) for place in places]


def test_a_constraint_is_shown_once_where_its_model_is(found):
    assert shown(found.constraints("HLP-5")) == ["tickets_hlp5_clock_needs_ack  tickets/models/clocks.py:3"]


def test_a_trigger_is_found_in_the_text_of_a_migration(found):
    assert shown(found.constraints("CMP-6")) == ["portal_cmp6_valid_nda  tickets/migrations/0001_initial.py:3"]


def test_a_longer_number_is_another_clause(found):
    assert found.constraints("CAN-1") == []
    assert found.mentions("CAN-1") == []
    assert len(found.constraints("CAN-10")) == len(found.mentions("CAN-10")) == 1


def test_refusals_are_found_by_position_and_by_name(found):
    assert shown(found.refusers("HLP-6")) == ["answer  tickets/actions.py:3"]
    assert shown(found.refusers("CMP-6")) == ["accept  tickets/actions.py:7"]


def test_templates_are_shown_once_each(found):
    assert [place.file for place in found.mentions("HLP-5")] == [
        "portal/templates/mail/ack.txt",
        "templates/desk/ticket.html",
    ]


def test_tests_are_found_by_their_marks(found):
    assert shown(found.tests_of("HLP-5")) == ["test_clock_starts_at_acknowledgement  tests/test_clock.py:5"]
    assert shown(found.tests_of("HLP-3")) == ["test_clock  tests/test_clock.py:3"]
    assert len(found.tests_of("CAN-1")) == 1


def test_a_clause_lacks_a_rule_and_a_test_until_it_has_them(found):
    assert found.lacks("HLP-4") == ["a rule or a constraint", "a test"]
    assert found.lacks("HLP-6") == ["a rule or a constraint"]
    assert found.lacks("CMP-6") == ["a test"]
    assert found.lacks("HLP-5") == []


def test_a_decorated_function_is_a_rule(found):
    def starts_no_clock() -> None:
        """Nothing to do."""

    clause("HLP-6")(starts_no_clock)
    assert found.lacks("HLP-6") == []
    assert [place.line for place in found.keepers("HLP-6")] == [starts_no_clock.__code__.co_firstlineno]


def test_wording_and_unfinished_issues_lack_nothing_yet(found):
    assert found.lacks("OWN-11") == []
    assert found.lacks("CAN-1") == []


def test_a_finished_issue_answers_for_its_clauses(found, monkeypatch):
    monkeypatch.setattr("portal.clauses.evidence.DONE_ISSUES", frozenset({"A", "F"}))
    assert found.lacks("CAN-1") == ["a rule or a constraint"]
