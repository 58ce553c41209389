"""Notices by mail: out of quiet hours, only to who is still there, once; and the daily mail, late or beside itself still one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import jobs
from portal.actions.noticemail import mail_notices, send_digests
from portal.actions.notices import mark_read
from portal.actors import SYSTEM
from portal.models import Address, Nda, Outbox
from portal.rules.notices import Way
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tests.noticing import EVENING, HOUR, MINUTE, NEXT_OPENING, choose, leave, mails, notices, tell
from tests.test_client_switcher import join_birch

SOON = MORNING + 5 * MINUTE


def sweep_mails(at: datetime = SOON) -> int:
    with act_as_staff(SYSTEM):
        return mail_notices(at)


def sweep_digests(at: datetime = NEXT_OPENING) -> int:
    with act_as_staff(SYSTEM):
        return send_digests(at)


class TestMailsAtOnce:
    def test_one_mail_says_what_happened_and_where_to_choose(self, world: World) -> None:
        tell(world.ann, url="/c/alder/requests/X/", sentence="It is resolved.")
        assert [sweep_mails(), sweep_mails()] == [1, 0]
        (mail,) = mails(world.ann)
        assert (mail.subject, mail.client_id) == ("It is resolved.", world.alder.pk)
        assert "/c/alder/requests/X/" in mail.text and "/c/alder/notices/choices/" in mail.text
        assert notices(world.ann)[0].mailed_at == SOON

    def test_what_was_read_meanwhile_is_not_mailed(self, world: World) -> None:
        tell(world.ann)
        assert sweep_mails(MORNING + MINUTE) == 0
        with act_as(world.alder.pk):
            mark_read(by=world.ann.actor, at=MORNING + MINUTE)
        assert sweep_mails() == 1
        assert mails(world.ann) == []

    def test_a_colleague_is_left_in_peace_until_the_opening(self, world: World) -> None:
        choose(world.cora, "request assigned", Way.MAIL)
        tell(world.cora, kind="request assigned", at=EVENING)
        assert sweep_mails(EVENING + HOUR) == 0
        assert sweep_mails(NEXT_OPENING) == 1
        assert len(mails(world.cora)) == 1

    def test_a_late_sweep_at_night_waits_as_well(self, world: World) -> None:
        choose(world.cora, "request assigned", Way.MAIL)
        tell(world.cora, kind="request assigned")
        assert sweep_mails(EVENING) == 1
        assert mails(world.cora) == []
        assert notices(world.cora)[0].mail_due_at == NEXT_OPENING
        sweep_mails(NEXT_OPENING)
        assert len(mails(world.cora)) == 1

    def test_an_alarm_wakes_people(self, world: World) -> None:
        tell(world.lee, kind="alarm", at=EVENING)
        assert sweep_mails(EVENING) == 1
        assert len(mails(world.lee)) == 1

    def test_a_client_has_no_quiet_hours(self, world: World) -> None:
        tell(world.ann, at=EVENING)
        sweep_mails(EVENING + 5 * MINUTE)
        assert len(mails(world.ann)) == 1

    @pytest.mark.parametrize(("way", "sent"), [(Way.OFF, 0), (Way.PORTAL, 0), (Way.DIGEST, 0), (Way.MAIL, 1)], ids=str)
    def test_a_choice_made_meanwhile_counts(self, world: World, way: Way, sent: int) -> None:
        tell(world.ann)
        choose(world.ann, "request ended", way)
        sweep_mails()
        assert len(mails(world.ann)) == sent
        assert (notices(world.ann)[0].digest_due_at is not None) == (way == Way.DIGEST)

    def test_an_address_that_refused_gets_nothing_more(self, world: World) -> None:
        tell(world.ann)
        with act_as_staff(SYSTEM):
            Address.objects.filter(pk=world.ann.address.pk).update(state="bounced")
        sweep_mails()
        assert mails(world.ann) == []

    @pytest.mark.clause("CMP-6")
    def test_without_an_nda_no_mail_holds_what_clients_write(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            Nda.objects.filter(staff=world.lee.staff).update(valid_to=MORNING.date())
        tell(world.lee, kind="alarm", client_id=world.alder.pk, key="1")
        tell(world.lee, kind="alarm", client_id=None, key="2")
        sweep_mails()
        assert [mail.subject for mail in mails(world.lee)] == ["Something happened (2)."]


class TestLeavers:
    @pytest.mark.parametrize(("name", "kind"), [("ben", "request ended"), ("lee", "alarm")], ids=["member", "staff"])
    def test_who_has_left_is_told_nothing(self, world: World, name: str, kind: str) -> None:
        leave(world, name)
        tell(world.people[name], kind=kind)
        assert notices(world.people[name]) == []

    @pytest.mark.parametrize(("name", "kind"), [("ben", "request ended"), ("lee", "alarm")], ids=["member", "staff"])
    def test_what_waits_for_a_leaver_does_not_leave(self, world: World, name: str, kind: str) -> None:
        tell(world.people[name], kind=kind)
        leave(world, name)
        sweep_mails()
        assert mails(world.people[name]) == []

    def test_a_digest_that_waits_for_a_leaver_does_not_leave(self, world: World) -> None:
        choose(world.ben, "request ended", Way.DIGEST)
        tell(world.ben)
        leave(world, "ben")
        assert sweep_digests() == 1
        assert mails(world.ben) == []

    def test_a_stranger_and_who_never_joined_are_told_nothing(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            type(world.ben.membership).objects.filter(pk=world.ben.membership.pk).update(joined_at=None)
        tell(world.ann, world.ben, world.bea)
        assert [len(notices(one)) for one in (world.ann, world.ben, world.bea)] == [1, 0, 0]


class TestTheDailyMail:
    def fill(self, world: World, *keys: str, at: datetime = MORNING) -> None:
        choose(world.ann, "request ended", Way.DIGEST, at)
        for key in keys:
            tell(world.ann, key=key, at=at)

    def test_everything_stands_in_one_mail_and_it_is_sent_once(self, world: World) -> None:
        self.fill(world, "1", "2", "3")
        assert sweep_digests(NEXT_OPENING - MINUTE) == 0
        assert [sweep_digests(), sweep_digests()] == [3, 0]
        (mail,) = mails(world.ann)
        assert mail.subject == "3 things happened since the last daily mail (Alder Architects)"
        assert [f"Something happened ({key})." in mail.text for key in "123"] == [True] * 3

    def test_nothing_new_is_no_mail(self, world: World) -> None:
        self.fill(world, "1")
        with act_as(world.alder.pk):
            mark_read(by=world.ann.actor, at=SOON)
        assert sweep_digests() == 1
        assert mails(world.ann) == []

    def test_days_late_it_is_still_one_mail(self, world: World) -> None:
        self.fill(world, "1")
        self.fill(world, "2", at=MORNING + timedelta(days=1))
        assert sweep_digests(NEXT_OPENING + timedelta(days=2, hours=3)) == 2
        assert len(mails(world.ann)) == 1

    def test_what_is_recorded_late_waits_for_the_next_day(self, world: World) -> None:
        self.fill(world, "1")
        sweep_digests()
        self.fill(world, "2", at=MORNING)
        assert sweep_digests(NEXT_OPENING + HOUR) == 1
        assert len(mails(world.ann)) == 1
        assert sweep_digests(NEXT_OPENING + timedelta(days=1)) == 1
        assert len(mails(world.ann)) == 2

    def test_a_colleagues_late_mail_waits_for_the_office(self, world: World) -> None:
        choose(world.cora, "request assigned", Way.DIGEST)
        tell(world.cora, kind="request assigned")
        assert sweep_digests(NEXT_OPENING + timedelta(hours=12)) == 1
        assert mails(world.cora) == []
        sweep_digests(NEXT_OPENING + timedelta(days=1))
        assert len(mails(world.cora)) == 1

    def test_a_person_of_two_clients_gets_one_for_each(self, world: World) -> None:
        there = replace(world.ann, membership=join_birch(world))
        choose(there, "request ended", Way.DIGEST)
        self.fill(world, "1")
        tell(there, key="2")
        sweep_digests()
        alder, birch = mails(world.ann)
        assert (alder.client_id, birch.client_id) == (world.alder.pk, world.birch.pk)
        assert "(2)" not in alder.text and "(1)" not in birch.text

    def test_the_number_of_queries_grows_by_the_mails_only(self, world: World) -> None:
        counts = []
        for day, number in ((0, 1), (1, 20)):
            at = MORNING + timedelta(days=day)
            self.fill(world, *(f"{day} {n}" for n in range(number)), at=at)
            with act_as_staff(SYSTEM), CaptureQueriesContext(connection) as queries:
                assert send_digests(NEXT_OPENING + timedelta(days=day)) == number
            counts.append(len(queries))
        # What a process keeps may be read once, at the first.
        assert counts[1] <= counts[0] <= counts[1] + 1


def test_sweeps_beside_themselves_write_each_mail_once(lasting_world: World) -> None:
    choose(lasting_world.ann, "request ended", Way.DIGEST)
    for key in "12345":
        tell(lasting_world.ann, key=key)
        tell(lasting_world.ben, key=key)

    def both(_number: int) -> None:
        jobs.run("notices by mail", NEXT_OPENING)
        jobs.run("daily mails of notices", NEXT_OPENING)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(both, range(8)))
    assert (len(mails(lasting_world.ann)), len(mails(lasting_world.ben))) == (1, 5)
    with act_as_staff(SYSTEM):
        assert Outbox.objects.filter(kind__in=["notice", "digest"]).count() == 6
