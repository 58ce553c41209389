"""The clock: real time by default, moved in the demo alone, by a file that every process shares."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import override_settings

from portal import clock

REAL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BASE = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _still() -> object:
    with time_machine.travel(REAL, tick=False):
        yield


@pytest.fixture
def demo(tmp_path: Path) -> object:
    with override_settings(PORTAL_DEMO=True, PORTAL_VAR=tmp_path):
        yield tmp_path / clock.FILE_NAME


def test_the_clock_shows_real_time_in_utc():
    with override_settings(PORTAL_DEMO=False):
        assert clock.now() == clock.real_now() == REAL
        assert clock.now().utcoffset() == timedelta(0)


def test_an_offset_outside_the_demo_is_ignored(tmp_path):
    (tmp_path / clock.FILE_NAME).write_text('{"offset_seconds": 3600}')
    with override_settings(PORTAL_DEMO=False, PORTAL_VAR=tmp_path):
        assert clock.now() == REAL


def test_the_clock_cannot_be_moved_outside_the_demo(tmp_path):
    with (
        override_settings(PORTAL_DEMO=False, PORTAL_VAR=tmp_path),
        pytest.raises(RuntimeError, match="Only the demo's clock"),
    ):
        clock.set_offset(60)
    assert list(tmp_path.iterdir()) == []


def test_a_demo_that_was_never_moved_shows_real_time(demo):
    assert (clock.offset(), clock.now()) == (0, REAL)


def test_the_demo_is_moved_and_real_time_is_not(demo):
    clock.set_offset(3600)
    assert clock.now() == REAL + timedelta(hours=1)
    assert clock.real_now() == REAL
    assert json.loads(demo.read_text()) == {"offset_seconds": 3600}
    assert [file.name for file in demo.parent.iterdir()] == [clock.FILE_NAME]


def test_moving_twice_in_one_instant_is_seen_both_times(demo):
    for seconds in (100, 200, 300):
        clock.set_offset(seconds)
        assert clock.offset() == seconds


def test_another_process_that_moves_the_clock_is_noticed(demo):
    clock.set_offset(60)
    assert clock.offset() == 60
    other = demo.with_name("other")
    other.write_text('{"offset_seconds": -60}')
    os.replace(other, demo)
    assert clock.offset() == -60


def test_the_demo_starts_on_its_tuesday_morning(demo):
    clock.move_to(clock.DEMO_START)
    assert clock.now() == datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
    assert f"{clock.DEMO_START:%A %H:%M}" == "Tuesday 10:40"


@pytest.mark.parametrize("content", ["{}", "[]", '{"offset_seconds": "60"}', '{"offset_seconds": true}', "x"])
def test_a_broken_file_is_reported_and_not_guessed(demo, content):
    demo.write_text(content)
    with pytest.raises(ValueError, match=r"offset_seconds|Expecting value"):
        clock.now()


def test_without_settings_the_clock_shows_real_time():
    code = "from portal import clock; print(abs((clock.now() - clock.real_now()).total_seconds()) < 5)"
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE, env=bare, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "True\n"
