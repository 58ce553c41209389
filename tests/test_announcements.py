"""Announcements: who may read them, how long their banner stands, and who is told of what, once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from portal import jobs
from portal.actions import announcements as actions
from portal.actions.announcementtelling import tell_announcements
from portal.actions.notices import choose_ways
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import (
    Address,
    Announcement,
    AnnouncementClient,
    AnnouncementDismissal,
    AnnouncementTelling,
    AnnouncementUpdate,
    AuditEvent,
    Client,
    Membership,
    Notice,
    Outbox,
    User,
    WorkingCalendar,
)
from portal.queries.announcements import frame_of
from portal.rules.announcements import (
    MOVES,
    AnnouncementKind,
    AnnouncementState,
    Stage,
    check_move,
    check_publishing,
    check_wording,
    is_shown,
    open_day_within,
    reminded_at,
    shown_from,
)
from portal.rules.notices import Way
from portal.tenancy import act_as, act_as_staff
from portal.worktime import Calendar
from tests.announcing import DAY, HOUR, announced, heard, planned, told, wording
from tests.api import programme_of
from tests.cast import BEGAN, MORNING, SINCE, World
from tests.test_client_switcher import join_birch

OUTAGE, PLANNED, CLOSURE = AnnouncementKind
KEY = {"idempotency_key": "0f8fad5b-d9cb-469f-a165-70867728950e"}
OFFICE = Calendar.parse(closures=[date(2026, 12, 24)])
EVE = {"starts_at": datetime(2026, 12, 24, 9, tzinfo=UTC), "ends_at": datetime(2026, 12, 24, 17, 30, tzinfo=UTC)}


class TestRules:
    @pytest.mark.parametrize("old", AnnouncementState, ids=str)
    @pytest.mark.parametrize("new", AnnouncementState, ids=str)
    def test_only_the_table_moves_a_state(self, old: AnnouncementState, new: AnnouncementState) -> None:
        if new in MOVES[old]:
            check_move(old, new)
        else:
            with pytest.raises(Refused):
                check_move(old, new)

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"title": " "}, "title"),
            ({"text": "\n"}, "title"),
            ({"clients": frozenset()}, "Choose the clients"),
            ({"kind": PLANNED}, "when it ends"),
            ({"kind": CLOSURE}, "when it ends"),
            ({"ends_at": MORNING - HOUR}, "after the start"),
            ({"ends_at": MORNING + timedelta(days=400)}, "longest"),
        ],
        ids=["no title", "no text", "nobody", "planned without end", "closure without end", "backwards", "years"],
    )
    def test_what_makes_no_sense_is_refused(self, changes: dict[str, Any], says: str) -> None:
        with pytest.raises(Refused, match=says):
            check_wording(wording(**changes))

    @pytest.mark.parametrize(
        ("kind", "ahead", "shown", "reminded"),
        [
            (OUTAGE, -HOUR, MORNING, None),
            (PLANNED, 2 * DAY, MORNING, MORNING + DAY),
            (PLANNED, 2 * DAY - HOUR, MORNING, None),
            (PLANNED, 10 * DAY, MORNING + 7 * DAY, MORNING + 9 * DAY),
            (CLOSURE, 4 * DAY, MORNING + DAY, MORNING + 3 * DAY),
        ],
        ids=["outage", "two days", "less", "ten days", "closure"],
    )
    def test_when_a_banner_begins_and_people_are_reminded(
        self, kind: AnnouncementKind, ahead: timedelta, shown: datetime, reminded: datetime | None
    ) -> None:
        starts = MORNING + ahead
        assert shown_from(kind, starts_at=starts, published_at=MORNING) == shown
        assert reminded_at(kind, starts_at=starts, published_at=MORNING) == reminded

    @pytest.mark.parametrize(
        ("kind", "state", "at", "shown"),
        [
            (PLANNED, "published", MORNING - HOUR, False),
            (PLANNED, "published", MORNING, True),
            (PLANNED, "published", MORNING + HOUR, False),
            (OUTAGE, "published", MORNING + HOUR, True),
            (OUTAGE, "ended", MORNING, False),
            (OUTAGE, "withdrawn", MORNING, False),
            (OUTAGE, "draft", MORNING, False),
        ],
    )
    def test_a_banner_stands_from_its_first_instant_to_its_end(
        self, kind: AnnouncementKind, state: str, at: datetime, shown: bool
    ) -> None:
        given = {"from_at": MORNING, "ends_at": MORNING + HOUR, "at": at}
        assert is_shown(AnnouncementState(state), kind, **given) == shown

    @pytest.mark.clause("HLP-3")
    def test_a_closure_is_announced_only_where_the_calendar_is_closed(self) -> None:
        said = wording(kind=CLOSURE, **EVE)
        check_publishing(said, OFFICE, MORNING)
        with pytest.raises(Refused, match="open on 2026-12-23"):
            check_publishing(replace(said, starts_at=said.starts_at - DAY), OFFICE, MORNING)
        with pytest.raises(Refused, match="open on 2026-12-24"):
            check_publishing(said, Calendar.parse(), MORNING)

    def test_a_weekend_has_no_open_day(self) -> None:
        saturday = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
        assert open_day_within(saturday, saturday + 2 * DAY, OFFICE) is None
        assert open_day_within(saturday - timedelta(seconds=1), saturday + 2 * DAY, OFFICE) == "2026-11-27"

    def test_what_is_over_is_not_published(self) -> None:
        with pytest.raises(Refused, match="past already"):
            check_publishing(planned(starts_at=MORNING - DAY, ends_at=MORNING), OFFICE, MORNING)


def banners(person: Any, at: datetime = MORNING) -> list[str]:
    with act_as(person.actor.client_id):
        return [one.title for one in frame_of(person.actor, at).banners]


@pytest.mark.django_db
class TestWalls:
    def test_a_client_learns_nothing_of_what_is_meant_for_others(self, world: World) -> None:
        mine, everybodys = announced(world, to=[world.alder]), announced(world, planned())
        with act_as_staff(SYSTEM):
            actions.say_more(mine.pk, stage=Stage.FOUND, body="A cable.", by=world.lee.actor, at=MORNING)
            actions.draft(wording(title="Not yet"), by=world.lee.actor, at=MORNING)
        with act_as(world.birch.pk):
            assert list(Announcement.objects.values_list("pk", flat=True)) == [everybodys.pk]
            assert not AnnouncementUpdate.objects.exists() and not AnnouncementClient.objects.exists()
        with act_as(world.alder.pk):
            assert set(Announcement.objects.values_list("pk", flat=True)) == {mine.pk, everybodys.pk}
            assert AnnouncementUpdate.objects.get().body == "A cable."

    def test_each_client_sees_its_own_place_in_an_audience_only(self, world: World) -> None:
        row = announced(world, to=[world.alder, world.birch])
        with act_as(world.birch.pk):
            assert [one.client_id for one in AnnouncementClient.objects.filter(announcement=row)] == [world.birch.pk]

    @pytest.mark.parametrize(
        "table", ["announcement", "announcementupdate", "announcementclient", "announcementtelling"]
    )
    def test_a_client_writes_none_of_it(self, world: World, table: str) -> None:
        announced(world)
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, act_as(world.alder.pk), connection.cursor() as cursor:
            cursor.execute(f"delete from portal_{table}")

    def test_nobody_puts_a_banner_away_for_another_client(self, world: World) -> None:
        row = announced(world)
        with pytest.raises(ProgrammingError, match="row-level security"), act_as(world.birch.pk):
            AnnouncementDismissal.objects.create(
                client=world.alder, membership=world.ann.membership, announcement=row, at=MORNING
            )

    def test_a_page_of_another_client_is_as_if_it_were_not_there(self, world: World, as_user: Any) -> None:
        row = announced(world, to=[world.alder])
        bea = as_user(world.bea)
        missing = bea.get("/c/birch/announcements/999999/")
        for answer in (
            bea.get(f"/c/birch/announcements/{row.pk}/"),
            bea.post(f"/c/birch/announcements/{row.pk}/away/"),
        ):
            assert answer.status_code == missing.status_code == 404
        assert row.title not in bea.get("/c/birch/announcements/").content.decode()


@pytest.mark.django_db
class TestBanner:
    def test_it_stands_on_every_page_until_it_is_over(self, world: World, as_user: Any, frozen: Any) -> None:
        frozen(MORNING)
        row = announced(world, to=[world.alder])
        for path in ("", "requests/", "notices/", "announcements/", "requests/new/"):
            assert "Mail is slow" in as_user(world.ben).get(f"/c/alder/{path}").content.decode()
        assert "Mail is slow" not in as_user(world.bea).get("/c/birch/").content.decode()
        with act_as_staff(SYSTEM):
            actions.say_more(row.pk, stage=Stage.MENDED, body="It works.", over=True, by=world.lee.actor, at=MORNING)
        assert banners(world.ben) == []

    def test_planned_work_stands_from_three_days_before(self, world: World) -> None:
        announced(world, planned())
        assert banners(world.ben) == []
        assert banners(world.ben, MORNING + 2 * DAY) == ["New servers"]
        assert banners(world.ben, MORNING + 5 * DAY + 2 * HOUR) == []

    def test_it_is_put_away_by_one_person_until_there_is_news(self, world: World, as_user: Any, frozen: Any) -> None:
        frozen(MORNING)
        row = announced(world)
        ben, path = as_user(world.ben), f"/c/alder/announcements/{row.pk}/away/"
        for _ in range(2):
            answer = ben.post(path, {"back": "/c/alder/requests/", **KEY})
            assert (answer.status_code, answer["Location"]) == (302, "/c/alder/requests/")
        assert banners(world.ben) == [] and banners(world.ann) == ["Mail is slow"]
        with act_as_staff(SYSTEM):
            assert AuditEvent.objects.filter(kind="announcement put away", client=world.alder).count() == 1
            later = MORNING + HOUR
            actions.say_more(row.pk, stage=Stage.FOUND, body="A cable.", by=world.lee.actor, at=later)
        assert banners(world.ben, later) == ["Mail is slow"]

    @pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "/desk/", "/c/birch/", ""])
    def test_it_leads_nowhere_else(self, world: World, as_user: Any, back: str) -> None:
        row = announced(world)
        answer = as_user(world.ben).post(f"/c/alder/announcements/{row.pk}/away/", {"back": back})
        assert answer["Location"] == "/c/alder/announcements/"

    def test_the_frame_asks_one_statement_with_none_and_with_twenty(self, world: World, settings: Any) -> None:
        settings.PORTAL_PREPARED = False  # so that statements show what they ask
        for number in (0, 20):
            for _ in range(number):
                announced(world)
            with act_as(world.alder.pk), CaptureQueriesContext(connection) as caught:
                assert len(frame_of(world.ben.actor, MORNING).banners) == number
            assert len([one for one in caught if "portal_notice" in one["sql"]]) == 1


@pytest.mark.django_db
class TestTelling:
    def test_everybody_of_the_audience_is_told_once_however_often_it_runs(self, world: World) -> None:
        announced(world, to=[world.alder])
        assert told() and not told()
        assert all(len(heard(one)) == 1 for one in (world.ann, world.ben, world.bill))
        assert heard(world.bea) == []
        assert heard(world.ben)[0].startswith("Outage: Mail is slow. Since Tuesday 24 November 2026 at 09:40 GMT")

    def test_a_person_of_two_clients_is_told_once(self, world: World) -> None:
        join_birch(world)
        announced(world)
        told()
        assert len(heard(world.ann)) == 1

    def test_a_reminder_and_the_end_come_by_themselves_late_too(self, world: World) -> None:
        row = announced(world, planned())
        told()
        assert not told(MORNING + 4 * DAY - timedelta(seconds=1))
        told(MORNING + 4 * DAY)
        assert "Reminder" in heard(world.ben)[1]
        late = MORNING + 9 * DAY
        assert told(late) and not told(late)
        with act_as_staff(SYSTEM):
            row.refresh_from_db()
            assert (row.state, row.closed_at) == ("ended", row.ends_at)
            ended = AuditEvent.objects.get(kind="announcement ended")
            assert ended.at == row.ends_at
        assert [one.split(".")[0] for one in heard(world.ben)] == [
            "Planned work: New servers",
            "Reminder",
            "Planned work: New servers",
        ]

    def test_nobody_is_reminded_of_what_has_begun_or_is_called_off(self, world: World) -> None:
        announced(world, planned())
        off = announced(world, planned(title="Never mind"))
        with act_as_staff(SYSTEM):
            actions.call_off(off.pk, reason="We found another way.", by=world.lee.actor, at=MORNING)
        told(MORNING + 5 * DAY + HOUR)
        said = heard(world.ben)
        assert not [one for one in said if "Reminder" in one]
        assert [one for one in said if one.startswith("Called off.") and "another way" in one]

    @pytest.mark.parametrize("ends", [None, MORNING + HOUR], ids=["open", "expected"])
    def test_only_a_person_ends_an_outage(self, world: World, ends: datetime | None) -> None:
        row = announced(world, wording(ends_at=ends))
        told(MORNING + DAY)
        with act_as_staff(SYSTEM):
            row.refresh_from_db()
            assert row.state == "published"
        assert len(heard(world.lee)) == (1 if ends else 0)

    def test_a_new_end_of_an_outage_asks_again_at_that_time(self, world: World) -> None:
        row = announced(world, wording(ends_at=MORNING + HOUR))
        told(MORNING + HOUR)
        with act_as_staff(SYSTEM):
            until = MORNING + 3 * HOUR
            actions.say_more(
                row.pk, stage=Stage.NEWS, body="Longer.", ends_at=until, by=world.lee.actor, at=MORNING + HOUR
            )
        told(until - timedelta(seconds=1))
        assert len(heard(world.lee)) == 1
        told(until)
        assert len(heard(world.lee)) == 2

    def test_each_is_told_as_they_chose(self, world: World) -> None:
        with act_as(world.alder.pk):
            choose_ways({"outage": Way.OFF}, roles=["author"], by=world.ben.actor, at=MORNING)
            choose_ways({"outage": Way.PORTAL}, roles=["manager"], by=world.ann.actor, at=MORNING)
        announced(world)
        jobs.run("announcements", MORNING)
        jobs.run("notices by mail", MORNING + HOUR)
        assert heard(world.ben) == [] and len(heard(world.ann)) == 1
        with act_as_staff(SYSTEM):
            mailed = set(Outbox.objects.filter(kind="notice").values_list("to_email", flat=True))
        assert mailed == {"bill@example.org", "bea@example.org"}

    @pytest.mark.parametrize("number", [1, 20])
    def test_a_batch_costs_the_same_for_one_client_and_for_twenty(self, world: World, number: int) -> None:
        join_many(world, number)
        announced(world)
        with act_as_staff(SYSTEM), CaptureQueriesContext(connection) as caught:
            assert tell_announcements(MORNING) == 4 + number + 1
        asked = [one["sql"] for one in caught if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= 12, "\n".join(one[:120] for one in asked)

    def test_a_crash_between_two_batches_goes_on_where_it_stood(self, world: World, monkeypatch: Any) -> None:
        monkeypatch.setattr("portal.actions.announcementtelling.BATCH", 2)
        announced(world)
        with act_as_staff(SYSTEM):
            assert tell_announcements(MORNING) == 2
            assert Notice.objects.filter(kind="outage").count() == 2
        told()
        with act_as_staff(SYSTEM):
            assert Notice.objects.filter(kind="outage").count() == 4
            assert not AnnouncementTelling.objects.filter(done_at__isnull=True).exists()

    def test_a_suspended_client_and_leavers_are_not_told(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            Client.objects.filter(pk=world.birch.pk).update(state="suspended")
            type(world.ben.membership).objects.filter(pk=world.ben.membership.pk).update(valid_to=MORNING.date())
        announced(world)
        told()
        assert heard(world.bea) == heard(world.ben) == [] and len(heard(world.ann)) == 1


@pytest.mark.django_db
@pytest.mark.clause("HLP-3")
def test_the_end_of_a_closure_moves_only_to_where_the_calendar_is_closed(world: World) -> None:
    saturday = datetime(2026, 11, 28, 9, tzinfo=UTC)
    row = announced(world, wording(kind=CLOSURE, starts_at=saturday, ends_at=saturday + HOUR))
    with act_as_staff(SYSTEM):
        words = {"stage": Stage.NEWS, "body": "Longer.", "by": world.lee.actor, "at": MORNING}
        with pytest.raises(Refused, match="open on 2026-11-30"):
            actions.say_more(row.pk, **words, ends_at=saturday + 2 * DAY + HOUR)
        actions.say_more(row.pk, **words, ends_at=saturday + DAY)
        assert Announcement.objects.get().ends_at == saturday + DAY


def test_the_sweep_waits_for_who_calls_off_and_then_tells_what_stands(lasting_world: World) -> None:
    row, lee = announced(lasting_world, planned()), lasting_world.lee.actor
    reminded = MORNING + 4 * DAY
    told()
    held, done = Event(), []

    def sweep() -> None:
        held.wait(10)
        done.append(jobs.run("announcements", reminded))
        connection.close()

    thread = Thread(target=sweep)
    thread.start()
    with act_as_staff(SYSTEM):
        actions.lock(row.pk)
        held.set()
        thread.join(1)
        # With the locks the other way round this would wait for the sweep, and the sweep for this.
        actions.call_off(row.pk, reason="Not needed.", by=lee, at=reminded)
    thread.join(30)
    assert done and [words[:10] for words in heard(lasting_world.ben)][1:] == ["Called off"]


def join_many(world: World, number: int) -> None:
    """So many further clients, with a person each."""
    with act_as_staff(SYSTEM):
        for place in range(number):
            client = Client.objects.create(slug=f"c{place}", name=f"Client {place}", created_at=BEGAN)
            user = User.objects.create(email=f"p{place}@example.org", name="P", password="x", created_at=BEGAN)
            given = {"email": user.email, "registered_by": "Ada", "registered_at": BEGAN, "verified_at": BEGAN}
            address = Address.objects.create(user=user, **given)
            Membership.objects.create(
                client=client, user=user, address=address, label="P", email=user.email, role="author",
                valid_from=SINCE, invited_at=BEGAN, joined_at=BEGAN,
            )  # fmt: skip


def test_two_sweeps_beside_each_other_tell_everybody_once(lasting_world: World) -> None:
    announced(lasting_world)
    gate, done = Barrier(2), []

    def one() -> None:
        gate.wait(10)
        done.append(jobs.run("announcements", MORNING))
        connection.close()

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(done) == 5
    with act_as_staff(SYSTEM):
        assert Notice.objects.filter(kind="outage").count() == 4


@pytest.mark.django_db
class TestDesk:
    @pytest.fixture(autouse=True)
    def morning(self, frozen: Callable[[datetime], Any]) -> None:
        frozen(MORNING)

    def given(self, **changes: Any) -> dict[str, Any]:
        return {
            "kind": "outage", "title": "Mail is slow", "text": "Late.", "starts_at": "2026-11-24T10:00", "ends_at": "",
            "audience": "all", **KEY, **changes,
        }  # fmt: skip

    def test_from_the_draft_to_the_last_word_each_once(self, world: World, as_user: Any) -> None:
        lee = as_user(world.lee)
        where = {lee.post("/desk/announcements/add/", self.given())["Location"] for _ in range(2)}
        (url,) = where
        assert "4 people will see it" in lee.get(url).content.decode()
        assert banners(world.ben) == []
        for _ in range(2):
            assert lee.post(f"{url}publish/", {"idempotency_key": "publish"}).status_code == 302
        assert banners(world.ben) == ["Mail is slow"]
        last = {"stage": "mended", "body": "It works again.", "over": "on", "idempotency_key": "last"}
        for _ in range(2):
            assert lee.post(url, last).status_code == 302
        with act_as_staff(SYSTEM):
            row = Announcement.objects.get()
            assert (row.state, row.updates.count(), row.tellings.count()) == ("ended", 1, 2)
            kinds = AuditEvent.objects.filter(subject_type="announcement").order_by("id").values_list("kind", flat=True)
            assert list(kinds) == ["announcement drafted", "announcement published", "announcement updated"]
        assert lee.post(url, {"stage": "news", "body": "More."}).status_code == 422

    def test_chosen_clients_only(self, world: World, as_user: Any) -> None:
        chosen = self.given(audience="chosen", clients=[world.birch.pk])
        url = as_user(world.lee).post("/desk/announcements/add/", chosen)["Location"]
        as_user(world.lee).post(f"{url}publish/")
        assert (banners(world.ben), banners(world.bea)) == ([], ["Mail is slow"])
        assert (
            as_user(world.lee)
            .post("/desk/announcements/add/", self.given(audience="chosen", idempotency_key="b"))
            .status_code
            == 422
        )

    def test_what_is_published_is_not_rewritten(self, world: World, as_user: Any) -> None:
        row = announced(world)
        answer = as_user(world.lee).post(f"/desk/announcements/{row.pk}/change/", self.given(title="Other"))
        assert answer.status_code == 422 and "write an update" in answer.content.decode()

    def test_a_closure_leads_to_the_calendar_and_back(self, world: World, as_user: Any) -> None:
        lee = as_user(world.lee)
        closed = {"kind": "closure", "title": "Closed", "starts_at": "2026-12-23T09:00", "ends_at": "2026-12-23T17:30"}
        url = lee.post("/desk/announcements/add/", self.given(**closed))["Location"]
        page = lee.post(f"{url}publish/", follow=True).content.decode()
        assert "open on 2026-12-23" in page
        with act_as_staff(SYSTEM):
            WorkingCalendar.objects.create(
                version=2, hours=[["09:00", "17:30"]], days=[0, 1, 2, 3, 4], closures=["2026-12-23"], effective_at=MORNING,
                made_by="Lee",
            )  # fmt: skip
        assert "day=2026-12-23" in lee.get("/desk/calendar/").content.decode()
        first = lee.get("/desk/announcements/add/?kind=closure&day=2026-12-23").content.decode()
        assert "2026-12-23T09:00" in first and "2026-12-23T17:30" in first
        lee.post(f"{url}publish/", {"idempotency_key": "again"})
        with act_as_staff(SYSTEM):
            assert Announcement.objects.get().state == "published"

    def test_calling_off_needs_a_reason_once_it_was_read(self, world: World, as_user: Any) -> None:
        row, lee = announced(world), as_user(world.lee)
        assert "why it is called off" in lee.post(f"/desk/announcements/{row.pk}/off/", follow=True).content.decode()
        for _ in range(2):
            lee.post(f"/desk/announcements/{row.pk}/off/", {"reason": "A false alarm.", **KEY})
        with act_as_staff(SYSTEM):
            row.refresh_from_db()
            assert (row.state, row.close_note, row.tellings.filter(what="withdrawn").count()) == (
                "withdrawn",
                "A false alarm.",
                1,
            )
        page = as_user(world.ben).get(f"/c/alder/announcements/{row.pk}/").content.decode()
        assert "A false alarm." in page

    def test_who_may_not_announce_may_not_by_the_action_either(self, world: World) -> None:
        for person in (world.cora, world.dev, world.ann):
            with pytest.raises(Refused), act_as_staff(SYSTEM):
                actions.draft(wording(), by=person.actor, at=MORNING)

    @pytest.mark.parametrize("path", ["/desk/announcements/", "/c/alder/announcements/"])
    def test_a_list_asks_as_much_for_twenty_as_for_one(self, world: World, as_user: Any, path: str) -> None:
        browser, asked = as_user(world.ben if path.startswith("/c/") else world.lee), []
        for number in (1, 19):
            for _ in range(number):
                announced(world, to=[world.alder])
            browser.get(path)
            with CaptureQueriesContext(connection) as caught:
                assert browser.get(path).status_code == 200
            asked.append(len(caught))
        assert asked[0] == asked[1]


@pytest.mark.django_db
class TestInterface:
    def test_a_token_reads_what_its_client_may_read(self, world: World) -> None:
        mine = announced(world, to=[world.alder])
        with act_as_staff(SYSTEM):
            actions.say_more(mine.pk, stage=Stage.FOUND, body="A cable.", by=world.lee.actor, at=MORNING)
            actions.draft(wording(title="Not yet"), by=world.lee.actor, at=MORNING)
        (row,) = programme_of(world.ben).get("announcements").json()["results"]
        assert (row["id"], row["kind"], row["ends_at"], row["updates"][0]["text"]) == (
            mine.pk,
            "outage",
            None,
            "A cable.",
        )
        assert programme_of(world.bea).get("announcements").json()["results"] == []
        assert programme_of(world.bea).get(f"announcements/{mine.pk}").status_code == 404
        assert len(programme_of(world.lee).get("announcements").json()["results"]) == 1

    def test_it_asks_as_much_for_twenty_as_for_one(self, world: World) -> None:
        programme, asked = programme_of(world.ben), []
        for number in (1, 19):
            for _ in range(number):
                announced(world)
            programme.get("announcements")
            with CaptureQueriesContext(connection) as caught:
                assert programme.get("announcements?kind=outage&state=published").status_code == 200
            asked.append(len(caught))
        assert asked[0] == asked[1]

    def test_a_token_without_the_scope_is_refused(self, world: World) -> None:
        assert programme_of(world.ben, "tickets:read").get("announcements").status_code == 403
