"""Sweeps: run until nothing is due, never two at a time, and a failing one is seen."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from portal import events, jobs
from portal.actors import SYSTEM
from portal.models import Alarm, SweepRun
from portal.queries.jobs import sweep_states
from portal.tasks import run_sweep
from portal.tenancy import act_as_staff

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)


@pytest.fixture
def sweeps(monkeypatch):
    """A registry of the test's own."""
    known = {}
    monkeypatch.setattr(jobs, "SWEEPS", known)
    monkeypatch.setattr(jobs, "load", lambda: known)
    return known


def batches(*rows):
    """A sweep that finds so many rows in its batches, then none; and the instants it was given."""
    left, asked = list(rows), []

    def work(at):
        asked.append(at)
        return left.pop(0) if left else 0

    return work, asked


class TestRunning:
    def test_it_goes_on_until_a_batch_finds_nothing(self, db, sweeps):
        work, asked = batches(500, 500, 3)
        jobs.sweep("dust", every_seconds=5)(work)
        assert jobs.run("dust", AT) == 1003
        assert asked == [AT] * 4

    def test_it_stops_somewhere_even_if_there_is_always_more(self, db, sweeps):
        jobs.sweep("dust", every_seconds=5)(lambda at: 1)
        assert jobs.run("dust", AT) == jobs.MOST_BATCHES

    def test_it_works_as_the_portal_itself_and_notes_the_run(self, db, sweeps):
        roles = []

        def work(at):
            with connection.cursor() as cursor:
                cursor.execute("select current_user")
                roles.append(cursor.fetchone()[0])
            return 0

        jobs.sweep("as staff", every_seconds=5)(work)
        jobs.sweep("as sealer", every_seconds=5, scope="sealer")(work)
        jobs.sweep("by itself", every_seconds=5, scope="own")(work)
        for name in sweeps:
            jobs.run(name, AT)
        assert roles == ["portal_staff", "portal_sealer", "portal_app"]
        with act_as_staff(SYSTEM):
            assert list(SweepRun.objects.order_by("name").values_list("name", "runs", "failures")) == [
                ("as sealer", 1, 0), ("as staff", 1, 0), ("by itself", 1, 0),
            ]  # fmt: skip

    def test_an_unknown_sweep_is_a_mistake(self, db):
        with pytest.raises(LookupError, match="moon"):
            jobs.run("moon")

    def test_two_sweeps_cannot_share_a_name(self, sweeps):
        jobs.sweep("dust", every_seconds=5)(batches()[0])
        with pytest.raises(ValueError, match="dust"):
            jobs.sweep("dust", every_seconds=5)(lambda at: 0)

    def test_the_task_runs_it(self, db, sweeps):
        jobs.sweep("dust", every_seconds=5)(batches(7)[0])
        assert run_sweep("dust") == 7

    def test_everything_due_is_done_until_a_whole_round_is_quiet(self, db, sweeps):
        """What one sweep does may make work for the one before it."""
        made, done = [], []

        def first(at):
            done.extend(made)
            count = len(made)
            made.clear()
            return count

        def second(at):
            if done or made:
                return 0
            made.append("a clock")
            return 1

        jobs.sweep("first", every_seconds=5)(first)
        jobs.sweep("second", every_seconds=5)(second)
        assert jobs.run_all_due(AT) == 2
        assert done == ["a clock"]

    def test_a_sweep_that_fails_does_not_keep_the_others_from_their_work(self, db, sweeps):
        def fail(at):
            raise RuntimeError("the disk is full")

        jobs.sweep("first", every_seconds=5)(fail)
        work, asked = batches(3)
        jobs.sweep("second", every_seconds=5)(work)
        with pytest.raises(ExceptionGroup) as caught:
            jobs.run_all_due(AT)
        assert [str(error) for error in caught.value.exceptions] == ["the disk is full"]
        assert len(asked) == 3

    def test_nothing_due_is_cheap(self, db, sweeps, django_assert_max_num_queries):
        jobs.sweep("dust", every_seconds=5)(lambda at: 0)
        jobs.run("dust", AT)
        with django_assert_max_num_queries(13):
            jobs.run("dust", AT)


class TestFailing:
    def fail(self, at):
        raise RuntimeError("the disk is full")

    def test_the_error_is_kept_and_raised(self, db, sweeps):
        jobs.sweep("dust", every_seconds=5)(self.fail)
        with pytest.raises(RuntimeError):
            jobs.run("dust", AT)
        with act_as_staff(SYSTEM):
            run = SweepRun.objects.get(pk="dust")
        assert (run.failures, run.error, run.done_at) == (1, "RuntimeError: the disk is full", None)

    def test_what_its_batch_wrote_is_taken_back(self, db, sweeps):
        def work(at):
            SweepRun.objects.create(name="half")
            raise RuntimeError("no")

        jobs.sweep("dust", every_seconds=5)(work)
        with pytest.raises(RuntimeError):
            jobs.run("dust", AT)
        with act_as_staff(SYSTEM):
            assert not SweepRun.objects.filter(pk="half").exists()

    def test_three_in_a_row_are_an_alarm_that_ends_with_a_good_run(self, db, sweeps):
        jobs.sweep("dust", every_seconds=5)(self.fail)
        for failures in range(1, 5):
            with pytest.raises(RuntimeError):
                jobs.run("dust", AT)
            with act_as_staff(SYSTEM):
                assert Alarm.objects.filter(kind="sweep failing").count() == (failures >= 3)
        sweeps.clear()
        jobs.sweep("dust", every_seconds=5)(lambda at: 0)
        jobs.run("dust", AT)
        with act_as_staff(SYSTEM):
            assert Alarm.objects.get(kind="sweep failing").cleared_by == "The portal"
            assert SweepRun.objects.get(pk="dust").failures == 0


class TestBesideItself:
    def test_a_second_worker_leaves_it_alone(self, committed, sweeps):
        inside, go_on = Event(), Event()

        def work(at):
            inside.set()
            assert go_on.wait(10)
            return 0

        jobs.sweep("dust", every_seconds=5)(work)

        def first():
            try:
                return jobs.run("dust", AT)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as threads:
            running = threads.submit(first)
            assert inside.wait(10)
            go_on_later = jobs.run_batches(sweeps["dust"], AT)
            go_on.set()
            assert running.result(10) == 0
        assert go_on_later is None


class TestSeeing:
    def test_lag_backlog_and_failures_in_the_command(self, db, sweeps, frozen):
        frozen(AT)
        jobs.sweep("dust", every_seconds=5, clause="HLP-5", backlog=lambda at: 42)(lambda at: 0)
        jobs.sweep("never run", every_seconds=60)(lambda at: 0)
        jobs.run("dust", AT)
        frozen(AT + timedelta(minutes=10))
        said = StringIO()
        call_command("jobs", "--json", stdout=said)
        dust, never = json.loads(said.getvalue())
        assert (dust["name"], dust["lag_seconds"], dust["backlog"], dust["state"]) == ("dust", 600, 42, "late")
        assert (never["lag_seconds"], never["backlog"], never["state"]) == (None, None, "not run yet")
        said = StringIO()
        call_command("jobs", stdout=said)
        assert "dust" in said.getvalue()
        assert "600 s" in said.getvalue()

    def test_a_sweep_on_time_is_good(self, db, sweeps, frozen):
        frozen(AT)
        jobs.sweep("dust", every_seconds=5)(lambda at: 0)
        jobs.run("dust", AT)
        with act_as_staff(SYSTEM):
            assert [state.tone for state in sweep_states(AT)] == ["good"]


class TestEvents:
    def test_a_handler_that_fails_takes_the_fact_back(self, db, monkeypatch):
        monkeypatch.setattr(events, "HANDLERS", events.HANDLERS.copy())

        def fail(**facts):
            raise RuntimeError("no")

        events.on("moon rose", fail)
        events.on("moon rose", fail)
        assert events.HANDLERS["moon rose"] == [fail]

        def write():
            with act_as_staff(SYSTEM), transaction.atomic():
                SweepRun.objects.create(name="fact")
                events.emit("moon rose", at=AT)

        with pytest.raises(RuntimeError):
            write()
        with act_as_staff(SYSTEM):
            assert not SweepRun.objects.filter(pk="fact").exists()
