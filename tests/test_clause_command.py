"""`manage.py clause` as a person meets it."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.clauses import CLAUSES

BASE = Path(__file__).resolve().parents[1]


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("clause", *arguments, stdout=out)
    return out.getvalue()


def test_the_register_is_listed_without_environment_or_server():
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "clause"],
        cwd=BASE,
        env=bare,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    rows = done.stdout.splitlines()
    assert len(rows) == 92
    assert rows[0] == "DOC-1\tDuties of both sides, feedback invited"
    assert all(row.count("\t") == 1 for row in rows)


def test_a_reader_that_leaves_early_is_no_error_message():
    asked = subprocess.Popen(
        [sys.executable, "manage.py", "clause"], cwd=BASE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert asked.stdout is not None
    assert asked.stderr is not None
    with asked.stdout, asked.stderr:
        asked.stdout.close()
        assert asked.stderr.read() == ""
    assert asked.wait(timeout=30) == 1


@pytest.mark.parametrize("asked", ["HLP-4", "hlp-4", " HLP-4 "])
def test_one_clause_shows_what_it_says_and_what_keeps_it(asked):
    shown = told(asked)
    assert shown.startswith("HLP-4  Response within four working hours\nWith a support subscription")
    assert "Binds: the supplier" in shown
    assert "How it is kept: The clock counts 240 working minutes" in shown
    assert "portal.worktime.reckoning.deadline  portal/worktime/reckoning.py:" in shown
    assert "tests/test_worktime_examples.py:" in shown


def test_a_clause_that_waits_says_for_what():
    assert "Not built yet: issue F answers for it." in told("CAN-1")


def test_a_clause_of_words_says_so():
    assert "Kept by wording" in told("OWN-11")


def test_an_unknown_clause_names_its_neighbours():
    with pytest.raises(CommandError, match="no clause HLP-55; the nearest are HLP-5,") as refused:
        told("HLP-55")
    assert refused.value.returncode == 2


def test_a_clause_and_missing_do_not_go_together():
    with pytest.raises(CommandError) as refused:
        told("HLP-5", "--missing")
    assert refused.value.returncode == 2


def test_missing_lists_what_lacks_and_ends_with_1(monkeypatch):
    # As if the issue of the clauses that end an engagement were called finished before anything of it is built.
    monkeypatch.setattr("portal.clauses.evidence.DONE_ISSUES", frozenset({"A", "F"}))
    out = StringIO()
    with pytest.raises(CommandError, match="of 92 clauses lack something") as refused:
        call_command("clause", "--missing", stdout=out)
    assert refused.value.returncode == 1
    assert f"CAN-1\t{CLAUSES['CAN-1'].heading}: a rule or a constraint and a test" in out.getvalue()


def test_missing_is_content_when_every_finished_clause_has_rule_and_test(monkeypatch):
    monkeypatch.setattr("portal.clauses.evidence.DONE_ISSUES", frozenset())
    assert told("--missing").startswith("Nothing is missing:")
