"""The demo's local mail server: takes every mail in the demo, refuses with a sentence elsewhere, in a real conversation."""

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from portal.launcher.ports import answers, free_port
from portal.launcher.runfile import BASE
from portal.mailreceiver import MEGABYTES, MOST_RECIPIENTS
from tests.launching import Ground, ground  # noqa: F401 - a fixture


@contextmanager
def receiver(ground: Ground, demo: str) -> Iterator[smtplib.SMTP]:
    port = free_port()
    words = [sys.executable, "-m", "portal.mailreceiver"]
    environ = ground.environ(PORTAL_DEMO=demo) | {"PORTAL_SMTP_PORT": str(port)}
    with subprocess.Popen(words, env=environ, cwd=BASE, stderr=subprocess.DEVNULL) as process:
        try:
            ground.wait_for(lambda: answers(port), 20)
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as conversation:
                yield conversation
        finally:
            process.terminate()
            assert process.wait(10) == 0


def mail(words: str = "Hello") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@partner.test", "ann@alder.test", "Received – £5"
    message.set_content(words)
    return message


def test_in_the_demo_every_mail_is_accepted(ground: Ground) -> None:
    with receiver(ground, "1") as conversation:
        assert conversation.send_message(mail()) == {}
        assert conversation.send_message(mail("x" * 3_000_000)) == {}


def test_a_mail_over_the_cap_is_refused_before_it_is_sent(ground: Ground) -> None:
    with receiver(ground, "1") as conversation:
        conversation.ehlo()
        assert conversation.esmtp_features["size"] == str(MEGABYTES * 1024 * 1024)
        code, words = conversation.mail("desk@partner.test", [f"size={36 * 1024 * 1024}"])
    assert code == 552
    assert b"size" in words.lower()


def test_outside_the_demo_a_mail_is_refused_with_a_sentence_and_not_lost(ground: Ground) -> None:
    with receiver(ground, "0") as conversation, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        conversation.send_message(mail())
    code, words = refused.value.recipients["ann@alder.test"]
    assert code == 550
    assert words.endswith(b"please write to us on its pages.")


def test_too_many_recipients_in_one_mail_are_asked_to_wait(ground: Ground) -> None:
    with receiver(ground, "1") as conversation:
        people = [f"p{number}@alder.test" for number in range(MOST_RECIPIENTS + 1)]
        refused = conversation.send_message(mail(), to_addrs=people)
    assert list(refused) == [people[-1]]
    assert refused[people[-1]][0] == 452
