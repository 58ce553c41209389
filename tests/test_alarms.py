"""Alarms and notices are told once, from every scope, and cleared by somebody."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction

from portal.actions.alarms import clear_alarm, dismiss_alarm, raise_alarm
from portal.actions.notices import mark_read, notify
from portal.actors import SYSTEM
from portal.models import Alarm, AuditEvent, Notice
from portal.queries.alarms import pulse
from portal.queries.notices import unread_count
from portal.tenancy import act_as, act_as_staff

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)


def ring(world, **changes):
    facts = {
        "kind": "breach",
        "sentence": "A promise was missed.",
        "subject": world.alder,
        "client_id": world.alder.pk,
        "at": AT,
    }
    raise_alarm(**(facts | changes))


class TestAlarms:
    def test_one_alarm_is_open_per_kind_and_subject(self, world):
        with act_as_staff(SYSTEM):
            ring(world)
            ring(world, sentence="Again.", at=AT + timedelta(hours=1))
            ring(world, kind="another kind")
            ring(world, subject=world.birch)
            assert [alarm.sentence for alarm in Alarm.objects.filter(kind="breach", subject_id=world.alder.pk)] == [
                "A promise was missed."
            ]
            assert Alarm.objects.count() == 3

    def test_a_cleared_alarm_can_be_raised_anew(self, world):
        with act_as_staff(SYSTEM):
            ring(world)
            assert clear_alarm(kind="breach", subject=world.alder, by=SYSTEM, at=AT) == 1
            assert clear_alarm(kind="breach", subject=world.alder, by=SYSTEM, at=AT) == 0
            ring(world)
            assert Alarm.objects.filter(kind="breach").count() == 2

    def test_a_clients_work_raises_one_that_the_client_cannot_read(self, world):
        with act_as(world.alder.pk):
            ring(world)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                Alarm.objects.count()
        with act_as(world.alder.pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ring(world, client_id=world.birch.pk)
        with act_as_staff(SYSTEM):
            assert Alarm.objects.get().client_id == world.alder.pk

    def test_clearing_by_hand_is_on_the_record_once(self, world):
        with act_as_staff(SYSTEM):
            ring(world)
            alarm = Alarm.objects.get()
            assert [dismiss_alarm(alarm, by=world.lee.actor, at=AT) for _ in range(2)] == [True, False]
            assert AuditEvent.objects.filter(kind="alarm cleared").count() == 1


class TestNotices:
    def test_each_person_is_told_once_per_key(self, world):
        people = [world.lee.user.pk, world.cora.user.pk, world.lee.user.pk]
        with act_as_staff(SYSTEM):
            for sentence in ("First", "Second"):
                notify(people, kind="alarm", sentence=sentence, at=AT, key="breach 1")
            assert list(Notice.objects.values_list("sentence", flat=True)) == ["First", "First"]
            assert unread_count(world.lee.actor) == 1
            assert (pulse(world.lee.user.pk, AT).notices, pulse(world.ada.user.pk, AT).notices) == (1, 0)

    def test_a_person_marks_only_their_own_as_read(self, world):
        with act_as_staff(SYSTEM):
            notify([world.lee.user.pk, world.cora.user.pk], kind="alarm", sentence="First", at=AT, key="1")
            assert [mark_read(by=world.lee.actor, at=AT) for _ in range(2)] == [1, 0]
            assert unread_count(world.cora.actor) == 1
            other = Notice.objects.get(user_id=world.cora.user.pk)
            assert mark_read(by=world.lee.actor, at=AT, notice_id=other.pk) == 0
