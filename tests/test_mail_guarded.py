"""The guarded child: what eats time or memory ends without harm to the next mail (TRUST A22, F10)."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from portal.guarded.frames import Frame
from portal.guarded.process import ChildFailed, GuardedChild, TookTooLong
from tests.mailcorpus import QUICK, corpus
from tickets.mail.child import MEMORY_MB
from tickets.mail.guarded import MailReader, guarded_parse, stop_reader
from tickets.rules.mail.parse import parse
from tickets.rules.mail.shape import AutoKind

GOOD = b"From: Ann <ann@alder.example>\r\nSubject: Printer\r\nMessage-ID: <1@alder.example>\r\n\r\nIt is on fire.\r\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    reader = MailReader()
    yield reader
    reader.stop()


def test_a_mail_comes_back_as_it_was_parsed(reader: MailReader) -> None:
    for specimen in corpus(QUICK):
        assert reader.read(specimen.raw, trusted_host="mx.example") == parse(specimen.raw, trusted_host="mx.example"), (
            specimen.name
        )


def test_a_killed_child_costs_one_mail_only(reader: MailReader) -> None:
    os.kill(reader.child.warm_up(), signal.SIGSTOP)
    reader.child.seconds = 0.5
    try:
        mail = reader.read(GOOD)
    finally:
        reader.child.seconds = 5.0
    assert mail.unreadable == "The mail took too long and was stopped."
    assert (mail.from_.address, mail.subject, mail.message_id) == ("ann@alder.example", "Printer", "<1@alder.example>")
    assert mail.text.startswith("This mail could not be read")
    assert mail.problems
    assert reader.read(GOOD).visible == "It is on fire."


def test_the_memory_wall_ends_the_child_and_not_us() -> None:
    """With a small wall the same mail that is read otherwise ends its child; the reader says so, and goes on."""
    child = GuardedChild("tests.mail_greedy_child", seconds=20, work="mail")
    try:
        with pytest.raises(ChildFailed, match="ended before"):
            child.call(Frame({"take_mb": MEMORY_MB + 50}))
        assert child.call(Frame({"take_mb": 1})).header == {"took": 1}
    finally:
        child.stop()


@pytest.mark.full
def test_processor_time_ends_the_child() -> None:
    child = GuardedChild("tests.mail_greedy_child", seconds=20, work="mail")
    try:
        with pytest.raises(TookTooLong, match="The mail took too long"):
            child.call(Frame({"take_mb": 0, "spin": True}))
    finally:
        child.stop()


def test_the_child_is_replaced_after_its_number_of_mails() -> None:
    reader = MailReader(mails=3)
    try:
        first = reader.child.warm_up()
        assert [reader.read(GOOD).subject for _ in range(2)] == ["Printer"] * 2
        assert reader.child.warm_up() == first
        assert reader.read(GOOD).subject == "Printer"
        assert reader.child.warm_up() != first
    finally:
        reader.stop()


def test_the_child_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "marker-secret")
    reader = MailReader()
    try:
        pid = reader.child.warm_up()
        with open(f"/proc/{pid}/environ", "rb") as file:
            assert b"marker-secret" not in file.read()
    finally:
        reader.stop()


HUGE = {
    "thirty megabytes of file": GOOD.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\n") + b"QUJD\r\n" * 5_000_000,
    "one line of twenty megabytes": GOOD + b"x" * 20_000_000,
    "a million references": GOOD.replace(b"Subject", b"References: " + b"<a@b.example>\r\n " * 1_000_000 + b"\r\nSubject"),
    "a million header lines": b"X: y\r\n" * 1_000_000 + GOOD,
    "twenty megabytes of boundaries": GOOD.replace(b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n") + b"--b\r\n" * 4_000_000,
    "twenty megabytes of near boundaries": GOOD.replace(b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n") + b"--bb\n" * 4_000_000,
    "five megabytes of brackets": GOOD.replace(b"\r\n\r\n", b"\r\nContent-Type: text/html\r\n\r\n") + b"<" * 5_000_000,
    "five megabytes of tables": GOOD.replace(b"\r\n\r\n", b"\r\nContent-Type: text/html\r\n\r\n") + b"<table><tr><td>" * 330_000,
    "five megabytes of divisions": GOOD.replace(b"\r\n\r\n", b"\r\nContent-Type: text/html\r\n\r\n") + b"<div>" * 1_000_000,
    "five megabytes of entities": GOOD.replace(b"\r\n\r\n", b"\r\nContent-Type: text/html\r\n\r\n") + b"&" * 5_000_000,
    "quotes in five megabytes": GOOD + b"> " * 2_500_000 + b"\n" + b">\n" * 1_000_000,
    "endless equal signs": GOOD.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") + b"QQ==" * 3_000_000,
    "hostile words in the subject": b"Subject: " + b"=?utf-8?q?=?= " * 50_000 + b"\r\n" + GOOD,
    "brackets in the sender": b"From: " + b"(" * 500_000 + b"\r\n" + GOOD,
    "begin lines": GOOD + b"begin 644 a\nend\n" * 300_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE, ids=[name.replace(" ", "-") for name in HUGE])
def test_a_huge_mail_is_read_in_five_seconds(reader: MailReader, name: str) -> None:
    started = time.monotonic()
    mail = reader.read(HUGE[name])
    assert time.monotonic() - started < 6
    assert mail.unreadable == ""
    assert mail.visible
    assert mail.automatic.kind is AutoKind.NONE
    assert reader.read(GOOD).visible == "It is on fire."


def test_one_reader_serves_the_process() -> None:
    try:
        assert guarded_parse(GOOD).subject == "Printer"
        assert guarded_parse(b"").visible
    finally:
        stop_reader()
