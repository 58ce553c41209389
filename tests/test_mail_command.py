"""`manage.py receive_mail` as a mail server's pipe runs it, kill -9 included: stored or given back, never lost or doubled."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock, jobs
from portal.actors import SYSTEM
from portal.launcher.ports import free_port
from portal.models import Outbox
from portal.tenancy import act_as_staff
from tests.mails import DESK, database_url, raw_mail
from tickets.models import RawMail, Ticket
from tickets.rules.mail.verdict import RawState

ROOT = Path(__file__).resolve().parents[1]
WORDS = [sys.executable, "manage.py", "receive_mail", "--from", "ben@example.org", "--to", DESK]

pytestmark = pytest.mark.clause("SUB-1")


def piped(raw: bytes, **environ: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    given = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings", **environ}
    return subprocess.run(WORDS, input=raw, cwd=ROOT, env=kept | given, capture_output=True, timeout=60, check=False)


def test_it_prints_what_became_of_the_mail(lasting_world):
    raw = raw_mail(lasting_world.ben)
    done = piped(raw)
    with act_as_staff(SYSTEM):
        ticket, row = Ticket.objects.get(), RawMail.objects.get()
    assert (done.returncode, done.stdout.decode()) == (0, f"ticket {ticket.ref}\n"), done.stderr
    assert (bytes(row.raw), row.envelope_from, row.envelope_to) == (raw, "ben@example.org", [DESK])
    assert piped(raw).stdout == b"ignored duplicate\n"
    assert piped(raw_mail("x@elsewhere.example")).stdout == b"quarantined unregistered\n"


def test_without_a_database_the_mail_server_is_asked_to_try_again(lasting_world):
    away = f"postgres://nobody:nothing@127.0.0.1:{free_port()}/portal"
    done = piped(raw_mail(lasting_world.ben), DATABASE_URL=away)
    assert (done.returncode, done.stdout) == (75, b"")


@pytest.mark.parametrize("point", ["mail stored", "mail read", "mail decided"])
def test_a_process_killed_after_storing_leaves_one_mail_that_the_sweep_decides_once(lasting_world, point):
    done = piped(raw_mail(lasting_world.ben), PORTAL_FAULT=point)
    assert done.returncode == -signal.SIGKILL
    with act_as_staff(SYSTEM):
        assert RawMail.objects.get().state == RawState.STORED
        assert not Ticket.objects.exists()
    assert jobs.run("read mail") == 0, "the lease still holds"
    with act_as_staff(SYSTEM):
        RawMail.objects.update(leased_until=clock.real_now() - timedelta(seconds=1))
    assert [jobs.run("read mail") for _ in range(2)] == [1, 0]
    with act_as_staff(SYSTEM):
        assert RawMail.objects.get().state == RawState.TICKETED
        assert (Ticket.objects.count(), Outbox.objects.count()) == (1, 1)
