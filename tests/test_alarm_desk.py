"""The alarms page: cause, age and cure, who has it in hand, what cannot wait, the history, and the leads who are told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actions.alarms import dismiss_alarm, raise_alarm, snooze_alarm, take_alarm, wake_alarm
from portal.actions.alarmtelling import tell_alarms
from portal.actions.noticemail import mail_notices
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import Alarm, Notice, Outbox
from portal.queries.alarms import cleared_alarms, open_alarms, pulse
from portal.rules.mail import LATE
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.noticing import EVENING, HOUR, leave, mails, notices
from tests.people import audited
from tests.tickets import acknowledged, publish_now, raised
from tickets.actions.watch import watch_clocks
from tickets.models import Ticket


def ring(world: World, subject: str = "sweep", number: int = 1, **more: Any) -> Alarm:
    with act_as_staff(SYSTEM):
        given = {"kind": "sweep failing", "sentence": "A job fails.", "cure": "Mend it.", "url": "/desk/jobs/"}
        raise_alarm(**{**given, "subject_type": subject, "subject_id": number, "at": MORNING, **more})
        return Alarm.objects.latest("id")


def missed(world: World) -> tuple[Ticket, Alarm]:
    """A request whose answer is late, and its alarm."""
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        watch_clocks(ticket.clock.due_at + timedelta(minutes=1))
        return ticket, Alarm.objects.get(kind="promise missed")


class TestInHand:
    def test_colleagues_see_who_has_it_and_may_take_it_over(self, world: World) -> None:
        alarm = ring(world)
        with act_as_staff(SYSTEM):
            for person in (world.cora, world.lee):
                assert take_alarm(alarm, by=person.actor, at=MORNING)
            alarm.refresh_from_db()
            assert (alarm.taken_by, alarm.cleared_at) == ("Lee Lister", None)
            assert dismiss_alarm(alarm, by=world.lee.actor, at=MORNING + HOUR)
            assert not take_alarm(alarm, by=world.cora.actor, at=MORNING + HOUR)
        assert len(audited("alarm taken in hand")) == 2

    def test_it_sleeps_and_comes_back_by_itself(self, world: World) -> None:
        alarm = ring(world)
        lee = world.lee.user.pk
        with act_as_staff(SYSTEM):
            snooze_alarm(alarm, hours=4, by=world.lee.actor, at=MORNING)
            assert [line.asleep for line in open_alarms(MORNING + 3 * HOUR, may_act=True)] == [True]
            assert [pulse(lee, MORNING + hours * HOUR).alarms for hours in (3, 4)] == [0, 1]
            wake_alarm(alarm, by=world.lee.actor, at=MORNING + HOUR)
            assert pulse(lee, MORNING + HOUR).alarms == 1
        assert [len(audited(kind)) for kind in ("alarm put away", "alarm brought back")] == [1, 1]

    @pytest.mark.parametrize("hours", [0, 73])
    def test_only_for_a_while(self, world: World, hours: int) -> None:
        alarm = ring(world)
        with act_as_staff(SYSTEM), pytest.raises(Refused, match="1 to 72 hours"):
            snooze_alarm(alarm, hours=hours, by=world.lee.actor, at=MORNING)


class TestWhatCannotWait:
    @pytest.mark.clause("HLP-3", "HLP-5")
    def test_an_alarm_over_a_running_clock_is_neither_put_away_nor_cleared(self, world: World) -> None:
        ticket, alarm = missed(world)
        with act_as_staff(SYSTEM):
            with pytest.raises(Refused, match="response clock of this request runs"):
                snooze_alarm(alarm, hours=1, by=world.lee.actor, at=EVENING)
            with pytest.raises(Refused, match="Answer it"):
                dismiss_alarm(alarm, by=world.lee.actor, at=EVENING)
            assert [bool(line.hold) for line in open_alarms(EVENING, may_act=True)] == [True]
            publish_now(ticket.pk, "Sorry.", by=world.cora.actor, at=ticket.clock.due_at + HOUR)
            assert open_alarms(EVENING + 48 * HOUR, may_act=True) == []
        assert audited("alarm put away") == []

    @pytest.mark.clause("HLP-5")
    def test_an_acknowledgement_that_has_not_left_cannot_wait(self, world: World) -> None:
        raised(world)
        with act_as_staff(SYSTEM):
            mail = Outbox.objects.get(kind="acknowledgement")
        alarm = ring(world, "outbox", mail.pk, kind=LATE, clause="HLP-5")
        with act_as_staff(SYSTEM), pytest.raises(Refused, match="no clock runs"):
            snooze_alarm(alarm, hours=1, by=world.lee.actor, at=MORNING)

    def test_the_page_offers_only_what_may_be_done(self, world: World, as_user: Any, frozen: Any) -> None:
        frozen(EVENING)
        _, alarm = missed(world)
        page = as_user(world.cora).get("/desk/alarms/").content.decode()
        assert "Answer it now" in page and "The response clock of this request runs" in page
        assert f"/desk/alarms/{alarm.pk}/take/" in page
        assert f"/desk/alarms/{alarm.pk}/snooze/" not in page and f"/desk/alarms/{alarm.pk}/clear/" not in page
        plain = as_user(world.dev).get("/desk/alarms/").content.decode()
        assert "Answer it now" in plain and "/take/" not in plain


class TestPages:
    def test_acts_on_the_page_are_done_once(self, world: World, as_user: Any, frozen: Any) -> None:
        frozen(MORNING)
        alarm, browser = ring(world), as_user(world.cora)
        for act, more in (("take", {}), ("snooze", {"hours": "4"}), ("wake", {}), ("clear", {})):
            for _ in range(2):
                body = {"idempotency_key": f"{act}-{'k' * 20}", **more}
                assert browser.post(f"/desk/alarms/{alarm.pk}/{act}/", body).status_code == 302
        kinds = ("alarm taken in hand", "alarm put away", "alarm brought back", "alarm cleared")
        assert [len(audited(kind)) for kind in kinds] == [1, 1, 1, 1]
        page = browser.get("/desk/alarms/cleared/").content.decode()
        assert page.count("Cora Carter") >= 2 and "A job fails." in page

    def test_the_history_goes_on_by_key_and_by_kind(self, world: World) -> None:
        for number in range(60):
            ring(world, number=number, kind="sweep failing" if number % 2 else "mail failed")
        with act_as_staff(SYSTEM):
            Alarm.objects.update(cleared_at=MORNING, cleared_by="Lee Lister")
            first = cleared_alarms()
            second = cleared_alarms(before=first.older)
            assert (len(first.rows), len(second.rows), second.older) == (50, 10, None)
            assert {row.kind for row in cleared_alarms("mail failed").rows} == {"mail failed"}

    @pytest.mark.parametrize("page", ["/desk/alarms/", "/desk/alarms/cleared/"])
    def test_a_list_costs_as_much_for_one_as_for_twenty(self, world: World, as_user: Any, page: str) -> None:
        browser, counts = as_user(world.lee), []
        browser.get(page)
        for number in (1, 20):
            for one in range(number):
                ring(world, "ticket", one)
            if "cleared" in page:
                with act_as_staff(SYSTEM):
                    Alarm.objects.filter(cleared_at=None).update(cleared_at=MORNING, cleared_by="Lee Lister")
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(page).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 12


class TestTheLeadsAreTold:
    def test_once_each_at_any_hour(self, world: World) -> None:
        ring(world, at=EVENING)
        with act_as_staff(SYSTEM):
            assert [tell_alarms(EVENING), tell_alarms(EVENING)] == [1, 0]
            mail_notices(EVENING)
        assert [len(mails(one)) for one in (world.lee, world.ada, world.cora)] == [1, 1, 0]
        (notice,) = notices(world.lee)
        assert notice.url.startswith("/desk/alarms/#alarm-")

    def test_late_it_tells_what_is_still_open(self, world: World) -> None:
        first = ring(world, number=1)
        ring(world, number=2)
        with act_as_staff(SYSTEM):
            dismiss_alarm(first, by=SYSTEM, at=MORNING)
            assert tell_alarms(MORNING + 48 * HOUR) == 1
            assert {one.at for one in Notice.objects.all()} == {MORNING}

    def test_an_alarm_about_mail_is_not_mailed(self, world: World) -> None:
        ring(world, "outbox")
        with act_as_staff(SYSTEM):
            tell_alarms(MORNING)
            mail_notices(MORNING + HOUR)
        assert len(notices(world.lee)) == 1
        assert mails(world.lee, world.ada) == []

    def test_a_missed_promise_is_told_by_its_own_notice_only(self, world: World) -> None:
        missed(world)
        with act_as_staff(SYSTEM):
            assert tell_alarms(EVENING) == 0
        assert [notice.kind for notice in notices(world.lee)] == ["promise missed"]

    def test_a_lead_who_left_is_told_nothing(self, world: World) -> None:
        leave(world, "lee")
        ring(world)
        with act_as_staff(SYSTEM):
            tell_alarms(MORNING)
        assert [len(notices(one)) for one in (world.lee, world.ada)] == [0, 1]
