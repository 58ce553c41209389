"""A real worker on a real Redis runs the sweeps, and beat knows them all."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from portal import clock, jobs, outbox
from portal.actors import SYSTEM
from portal.celery import app
from portal.models import Outbox, SweepRun
from portal.rules.states import MailState
from portal.tenancy import act_as_staff
from tests.smtpsink import Sink

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60


@pytest.fixture
def worker(lasting_world, tmp_path):
    """A Celery worker on this test's database, with the mail server that it sends to."""
    at = connection.settings_dict
    with Sink(tmp_path / "sink") as sink:
        environ = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"} | {
            "DATABASE_URL": f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PORTAL_SMTP_URL": sink.url,
        }
        words = "-m celery -A portal worker --queues default --concurrency 1 --loglevel WARNING"
        process = subprocess.Popen([sys.executable, *words.split()], cwd=ROOT, env=environ)
        try:
            yield sink
        finally:
            process.terminate()
            process.wait(30)


def wait_until(condition):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "the worker did not do it in time"
        time.sleep(0.2)


def test_a_worker_sends_what_is_due_and_a_flushed_redis_loses_nothing(lasting_world, worker):
    def queue_one():
        with act_as_staff(SYSTEM):
            outbox.queue(
                to=lasting_world.ann.membership, kind="reply", subject="Hello", text="Words", client_id=lasting_world.alder.pk,
                at=clock.now(), by=SYSTEM,
            )  # fmt: skip

    queue_one()
    app.send_task("portal.tasks.run_sweep", args=["send mail"])
    wait_until(lambda: len(worker.mails()) == 1)
    queue_one()
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    app.send_task("portal.tasks.run_sweep", args=["send mail"])
    wait_until(lambda: len(worker.mails()) == 2)

    def all_noted():
        with act_as_staff(SYSTEM):
            sent = Outbox.objects.filter(state=MailState.SENT).count()
            return sent == 2 and SweepRun.objects.filter(pk="send mail", runs__gte=2).exists()

    wait_until(all_noted)


def test_beat_wakes_every_sweep_as_often_as_it_says(settings):
    app.finalize()
    schedule = app.conf.beat_schedule
    assert {name: entry["schedule"] for name, entry in schedule.items()} == {
        name: one.every_seconds for name, one in jobs.load().items()
    }
    assert all(entry["args"] == [name] and entry["options"]["expires"] for name, entry in schedule.items())
