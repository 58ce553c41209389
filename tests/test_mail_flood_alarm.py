"""The alarm of a sender who asks too often clears by itself when their next acknowledgement would leave at once (TRUST F8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections

from portal import jobs
from portal.actors import SYSTEM
from portal.models import Alarm, Outbox
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.mails import came, raw_mail
from tickets.rules.mail.verdict import ACKNOWLEDGEMENTS_AN_HOUR, RawState

pytestmark = [pytest.mark.clause("HLP-5"), pytest.mark.clause("SUB-1")]
HOUR = timedelta(hours=1)
SWEEP = "mail floods"


def flood(world: World, *, count: int = ACKNOWLEDGEMENTS_AN_HOUR + 1, at: datetime = MORNING) -> None:
    ends = {came(raw_mail(world.ben, f"Flood {at} {number}", at=at), at=at).state for number in range(count)}
    assert ends == {RawState.TICKETED}


def cleared() -> list[datetime | None]:
    with act_as_staff(SYSTEM):
        return list(Alarm.objects.filter(kind="mail flood").order_by("id").values_list("cleared_at", flat=True))


def test_it_stays_while_the_cap_holds_and_clears_with_the_hour(world: World) -> None:
    flood(world)
    assert jobs.run(SWEEP, MORNING + HOUR - timedelta(seconds=1)) == 0
    assert cleared() == [None]
    assert [jobs.run(SWEEP, MORNING + HOUR) for _ in range(2)] == [1, 0]
    assert cleared() == [MORNING + HOUR]
    with act_as_staff(SYSTEM):
        assert not Outbox.objects.filter(next_try_at__gt=MORNING + HOUR).exists(), "nobody waits any more"
        assert Alarm.objects.get(kind="mail flood").cleared_by == SYSTEM.label


def test_a_late_sweep_writes_the_true_instant(world: World) -> None:
    flood(world)
    assert jobs.run(SWEEP, MORNING + timedelta(days=3)) == 1
    assert cleared() == [MORNING + HOUR]


def test_a_flood_that_goes_on_keeps_it_and_a_later_one_is_a_new_alarm(world: World) -> None:
    """The cap is there until the twentieth newest is an hour old, not until the alarm is."""
    flood(world, count=2 * ACKNOWLEDGEMENTS_AN_HOUR)
    assert jobs.run(SWEEP, MORNING + HOUR) == 0, "twenty more leave now"
    assert jobs.run(SWEEP, MORNING + 2 * HOUR) == 1
    flood(world, at=MORNING + 3 * HOUR)
    assert cleared() == [MORNING + 2 * HOUR, None]


def test_an_alarm_about_a_sender_without_mails_clears_at_once(world: World) -> None:
    with act_as_staff(SYSTEM):
        Alarm.objects.create(
            kind="mail flood", subject_type="address", subject_id=world.ben.address.pk, sentence="x", raised_at=MORNING
        )
    assert jobs.run(SWEEP, MORNING) == 1
    assert cleared() == [MORNING]


def test_two_sweeps_beside_each_other_clear_it_once(lasting_world: World) -> None:
    flood(lasting_world)

    def run(_number: int) -> int:
        try:
            return jobs.run(SWEEP, MORNING + HOUR)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 1
    assert cleared() == [MORNING + HOUR]
