"""`manage.py deadline` as a person or a program meets it: its own process, no settings, no server."""

import os
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

BASE = Path(__file__).resolve().parents[1]
ONE = '{"start": "2026-11-20T17:29:00Z", "target": "4h"}'
DUE = '{"due": "2026-11-23T12:59:00+00:00", "minutes": 240}'


def run(*arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "deadline", *arguments],
        cwd=BASE,
        env=bare,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def answered(monkeypatch: pytest.MonkeyPatch, given: str) -> tuple[str, int]:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given.encode())))
    told = StringIO()
    try:
        call_command("deadline", "--jsonl", stdout=told)
    except SystemExit as stop:
        return told.getvalue(), int(stop.code or 0)
    return told.getvalue(), 0


def test_one_deadline_is_answered_without_environment_or_server():
    done = run("--start", "2026-11-20T17:29:00Z", "--target", "4h", "--explain")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == DUE
    assert done.stdout.splitlines()[-1] == "So it is due on Monday 23 November 2026 at 12:59 GMT (Europe/London)."


def test_lines_go_in_and_answers_come_out_in_order():
    done = run("--jsonl", given=f"{ONE}\n\nx\n{ONE}")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [DUE, '{"error": "The line is not JSON.", "field": "line", "line": 3}', DUE]


def test_good_lines_alone_end_well(monkeypatch):
    assert answered(monkeypatch, f"{ONE}\n{ONE}\n") == (f"{DUE}\n{DUE}\n", 0)


def test_no_lines_are_no_answers(monkeypatch):
    assert answered(monkeypatch, "\n  \n") == ("", 0)


def test_a_bad_line_makes_the_end_1(monkeypatch):
    told, code = answered(monkeypatch, f"{ONE}\nx\n")
    assert (len(told.splitlines()), code) == (2, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--start", "2026-11-20T17:29:00Z"],
        ["--target", "4h"],
        ["--explain"],
        ["--jsonl", "--target", "4h"],
        ["--start", "2026-11-20T17:29:00", "--target", "4h"],
        ["--start", "2026-11-20T17:29:00Z", "--target", "2d"],
    ],
)
def test_a_wrong_question_is_refused_with_a_sentence(arguments):
    with pytest.raises(CommandError, match=r"\.$") as refused:
        call_command("deadline", *arguments)
    assert refused.value.returncode == 2


def test_a_reader_that_leaves_early_is_no_error_message():
    many = subprocess.Popen(
        [sys.executable, "manage.py", "deadline", "--jsonl"],
        cwd=BASE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert many.stdin is not None
    assert many.stdout is not None
    assert many.stderr is not None
    with many.stdin, many.stdout, many.stderr:
        many.stdin.write(ONE + "\n")
        many.stdin.flush()
        assert many.stdout.readline() == DUE + "\n"
        many.stdout.close()
        many.stdin.write((ONE + "\n") * 100)
        many.stdin.close()
        assert many.stderr.read() == ""
        assert many.wait(timeout=30) == 1
