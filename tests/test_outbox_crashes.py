"""kill -9 at every point between the lease and the mark, and two workers beside each other: one mail, one clock."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from portal import audit, clock, jobs, outbox
from portal.actions.mail import LEASE, claim, mark_sent, send_one
from portal.actors import SYSTEM
from portal.models import AuditEvent, Outbox
from portal.outbox.smtp import Post
from portal.rules.states import MailState
from portal.tenancy import act_as_staff
from tests.smtpsink import Sink
from tests.tickets import raised
from tickets.models import ResponseClock

ROOT = Path(__file__).resolve().parents[1]
WORKER = "import django; django.setup(); from portal import jobs; jobs.run('send mail')"

pytestmark = pytest.mark.clause("HLP-5")


@pytest.fixture
def sink(tmp_path, settings):
    with Sink(tmp_path / "sink") as server:
        settings.PORTAL_SMTP_URL = server.url
        yield server


def start_worker(sink, **environ):
    """A process of its own, as a worker is, on this test's database."""
    at = connection.settings_dict
    url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    given = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "PORTAL_SMTP_URL": sink.url, **environ}
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=kept | given)


def end_leases():
    """As if the length of a lease had gone by."""
    with act_as_staff(SYSTEM):
        Outbox.objects.filter(state=MailState.SENDING).update(leased_until=clock.real_now() - timedelta(seconds=1))


def the_mail():
    with act_as_staff(SYSTEM):
        return Outbox.objects.get()


@pytest.mark.parametrize(
    ("point", "copies", "flagged"),
    [
        ("mail leased", 1, False),
        # The dot never left, but nobody can know that: the mail counts as probably accepted.
        ("mail before dot", 1, True),
        ("mail accepted", 2, True),
        ("mail marked", 2, True),
    ],
)
def test_a_worker_killed_at_any_point_leaves_one_ticket_with_one_clock(lasting_world, sink, point, copies, flagged):
    raised(lasting_world, at=clock.now())
    worker = start_worker(sink, PORTAL_FAULT=point)
    assert worker.wait(60) == -signal.SIGKILL
    left = the_mail()
    assert left.state == MailState.SENDING
    assert jobs.run("send mail") == 0, "the lease still holds"
    end_leases()
    assert jobs.run("send mail") == 1
    row = the_mail()
    assert (row.state, row.probably_accepted) == (MailState.SENT, flagged)
    if flagged:
        assert row.sent_at == left.dot_at, "the first dot is the start"
    assert [mail["Message-ID"] for mail in sink.mails()] == [row.message_id] * copies
    with act_as_staff(SYSTEM):
        [promise] = ResponseClock.objects.all()
        assert (promise.started_at, promise.probably_accepted) == (row.sent_at, flagged)
        assert AuditEvent.objects.filter(kind="acknowledgement accepted").count() == 1
    jobs.run("seal the audit trail")
    assert audit.verify().ok


def test_a_worker_killed_twice_sends_no_third_copy(lasting_world, sink):
    raised(lasting_world, at=clock.now())
    for _ in range(2):
        assert start_worker(sink, PORTAL_FAULT="mail accepted").wait(60) == -signal.SIGKILL
        first = the_mail().dot_at
        end_leases()
    assert jobs.run("send mail") == 1
    row = the_mail()
    assert (row.state, row.sent_at, row.probably_accepted, len(sink.mails())) == (MailState.SENT, first, True, 2)
    with act_as_staff(SYSTEM):
        assert ResponseClock.objects.get().started_at == first


def test_three_workers_beside_each_other_send_each_mail_once(lasting_world, sink):
    with act_as_staff(SYSTEM):
        for number in range(200):
            outbox.queue(
                to=lasting_world.ann.membership, kind="reply", subject=f"Mail {number}", text="Words", at=clock.now(), by=SYSTEM,
                client_id=lasting_world.alder.pk,
            )  # fmt: skip
    workers = [start_worker(sink) for _ in range(3)]
    assert [worker.wait(120) for worker in workers] == [0, 0, 0]
    assert len({mail["Message-ID"] for mail in sink.mails()}) == len(sink.mails()) == 200
    with act_as_staff(SYSTEM):
        assert Outbox.objects.filter(state=MailState.SENT, attempts=1, probably_accepted=False).count() == 200


class TestLeases:
    AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)

    def queue(self, world):
        with act_as_staff(SYSTEM):
            return outbox.queue(
                to=world.ann.membership,
                kind="reply",
                subject="Hello",
                text="Words",
                client_id=world.alder.pk,
                at=self.AT,
                by=SYSTEM,
            )

    def test_a_leased_mail_is_nobody_elses(self, world):
        self.queue(world)
        assert claim(self.AT)
        assert claim(self.AT) is None

    def test_a_mail_of_a_dead_worker_is_taken_over_in_real_time(self, world, frozen):
        frozen(self.AT)
        self.queue(world)
        assert claim(self.AT)
        frozen(self.AT + LEASE)
        assert claim(self.AT) is None
        frozen(self.AT + LEASE + timedelta(seconds=1))
        assert claim(self.AT).attempts == 2

    def test_a_worker_that_was_too_slow_sends_no_dot(self, world, frozen, sink):
        frozen(self.AT)
        self.queue(world)
        slow = claim(self.AT)
        frozen(self.AT + timedelta(minutes=5))
        assert claim(self.AT)
        with Post() as post:
            assert send_one(slow, post, world.supplier)
        assert sink.mails() == []

    def test_a_worker_that_was_too_slow_marks_nothing(self, world, frozen):
        frozen(self.AT)
        self.queue(world)
        slow = claim(self.AT)
        frozen(self.AT + timedelta(minutes=5))
        assert claim(self.AT)
        mark_sent(slow, at=self.AT, answer="")
        assert the_mail().state == MailState.SENDING


def test_only_the_tests_may_ask_for_a_fault(tmp_path):
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, capture_output=True, text=True,
        env=environ | {"PORTAL_FAULT": "mail accepted", "PORTAL_VAR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode != 0
    assert "PORTAL_FAULT is set" in done.stderr + done.stdout
