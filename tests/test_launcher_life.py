"""A whole life of the portal with real processes: start, a part killed, Ctrl C, killed mid-start, start again."""

import signal
from urllib.request import urlopen

import pytest

from portal.launcher import runfile
from tests.launching import Ground, command, environment, family, gone, ground, kill, parent  # noqa: F401 - a fixture

EVERY_PART = ("web", "mail", "worker-default", "worker-documents", "beat-1", "beat-2")


def wait_for_parts(ground: Ground) -> None:
    ground.wait_for(lambda: all(f"  {name:<18} ready\n" in ground.output() for name in EVERY_PART), 240)


def test_it_starts_restarts_what_dies_and_leaves_no_process_after_ctrl_c(ground: Ground) -> None:
    launcher = ground.start(PORTAL_DEMO="0")
    wait_for_parts(ground)
    with urlopen(f"http://localhost:{ground.port}/accounts/login/", timeout=10) as page:
        assert page.status == 200
    settings = runfile.read(ground.folder)
    assert settings["PORTAL_URL"] == f"http://localhost:{ground.port}"

    everyone = family(launcher.pid)
    web = next(pid for pid in everyone if "gunicorn" in command(pid) and parent(pid) == launcher.pid)
    assert b"DATABASE_OWNER_URL" not in environment(web)
    assert settings["DATABASE_OWNER_URL"].encode() not in environment(web)
    kill(web)
    ground.wait_for_line("was killed by signal 9; starts again in 1 s")
    ground.wait_for_line(f"  {'web':<18} ready again")

    everyone |= family(launcher.pid)
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(60) == 0
    assert gone(everyone) == set()
    assert ground.output().endswith("Stopped.\n")
    assert runfile.read(ground.folder) == {}


@pytest.mark.full
@pytest.mark.parametrize("moment", ["Starting the portal", "  database ", "  tables ", "  web "])
def test_killed_mid_start_it_leaves_no_process_and_starts_cleanly(ground: Ground, moment: str) -> None:
    launcher = ground.start(PORTAL_DEMO="0")
    ground.wait_for_line(moment)
    everyone = family(launcher.pid)
    launcher.kill()
    launcher.wait()
    assert gone(everyone, 30) == set()
    ground.start(PORTAL_DEMO="0")
    wait_for_parts(ground)
