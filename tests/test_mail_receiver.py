"""The mail receiver in a real conversation: our own mail is stored before it is accepted; other people's is refused, and in
the demo swallowed."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from portal.actors import SYSTEM
from portal.launcher.ports import answers, free_port
from portal.launcher.runfile import BASE
from portal.mailin import MEGABYTES
from portal.mailreceiver import MOST_RECIPIENTS
from portal.tenancy import act_as_staff
from tests.launching import Ground, ground  # noqa: F401 - a fixture
from tests.mails import DESK, database_url, raw_mail
from tickets.models import RawMail
from tickets.rules.mail.verdict import RawState

pytestmark = pytest.mark.clause("SUB-1")


@contextmanager
def receiver(ground: Ground, demo: str, database: str = "") -> Iterator[smtplib.SMTP]:
    port = free_port()
    words = [sys.executable, "-m", "portal.mailreceiver"]
    given = {"PORTAL_SMTP_PORT": str(port), "DATABASE_URL": database or database_url()}
    environ = ground.environ(PORTAL_DEMO=demo) | given | {"REDIS_URL": os.environ["REDIS_URL"]}
    with subprocess.Popen(words, env=environ, cwd=BASE, stderr=subprocess.DEVNULL) as process:
        try:
            ground.wait_for(lambda: answers(port), 20)
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as conversation:
                yield conversation
        finally:
            process.terminate()
            assert process.wait(10) == 0


def mail(to: str = "ann@alder.test", words: str = "Hello") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@partner.test", to, "Received – £5"
    message.set_content(words)
    return message


def stored() -> list[RawMail]:
    with act_as_staff(SYSTEM):
        return list(RawMail.objects.order_by("id"))


def test_our_own_mail_is_stored_byte_for_byte_before_it_is_accepted(ground: Ground, lasting_world) -> None:
    raw = raw_mail(lasting_world.ben).replace(b"\n", b"\r\n") + "8-bit é\r\n.\r\n".encode("latin-1")
    with receiver(ground, "0") as conversation:
        alias = DESK.replace("@", "+c-alder@").upper()
        assert conversation.sendmail("ben@example.org", [DESK, alias], raw) == {}
        [row] = stored()
    assert bytes(row.raw) == raw
    assert (row.state, row.source, row.envelope_from) == (RawState.STORED, "smtp", "ben@example.org")
    assert row.envelope_to == [DESK, alias]


def test_other_peoples_mail_is_refused_with_a_sentence_and_not_lost(ground: Ground, lasting_world) -> None:
    with receiver(ground, "0") as conversation, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        conversation.send_message(mail())
    code, words = refused.value.recipients["ann@alder.test"]
    assert code == 550
    assert words.endswith(b"please write to us on its pages.")
    assert stored() == []


def test_in_the_demo_other_peoples_mail_is_swallowed_and_our_own_is_stored(ground: Ground, lasting_world) -> None:
    with receiver(ground, "1") as conversation:
        assert conversation.send_message(mail()) == {}
        assert conversation.send_message(mail(words="x" * 3_000_000)) == {}
        assert conversation.send_message(mail(DESK)) == {}
        assert len(stored()) == 1


def test_without_a_database_the_sender_keeps_the_mail(ground: Ground, lasting_world) -> None:
    away = f"postgres://nobody:nothing@127.0.0.1:{free_port()}/portal"
    with receiver(ground, "0", away) as conversation, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        conversation.send_message(mail(DESK))
    assert refused.value.recipients[DESK][0] == 451


def test_a_mail_over_the_cap_is_refused_before_it_is_sent(ground: Ground, lasting_world) -> None:
    with receiver(ground, "1") as conversation:
        conversation.ehlo()
        assert conversation.esmtp_features["size"] == str(MEGABYTES * 1024 * 1024)
        code, words = conversation.mail("desk@partner.test", [f"size={36 * 1024 * 1024}"])
    assert code == 552
    assert b"size" in words.lower()


def test_too_many_recipients_in_one_mail_are_asked_to_wait(ground: Ground, lasting_world) -> None:
    with receiver(ground, "1") as conversation:
        people = [f"p{number}@alder.test" for number in range(MOST_RECIPIENTS + 1)]
        refused = conversation.send_message(mail(), to_addrs=people)
    assert list(refused) == [people[-1]]
    assert refused[people[-1]][0] == 452
