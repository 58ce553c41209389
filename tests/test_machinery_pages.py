"""The pages behind the scenes: mail, jobs, alarms, notices, audit, and what load balancers ask."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import audit, jobs, outbox
from portal.actions.alarms import raise_alarm
from portal.actions.notices import notify
from portal.actors import SYSTEM
from portal.models import Alarm, AuditEvent, Notice, Outbox
from portal.tenancy import act_as, act_as_staff

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning(frozen):
    frozen(AT)


def fill(world, number):
    """`number` of everything that a list shows."""
    with act_as_staff(SYSTEM):
        for n in range(number):
            outbox.queue(
                to=world.ann.membership,
                kind="reply",
                subject=f"Mail {n}",
                text="Words",
                client_id=world.alder.pk,
                at=AT,
                by=SYSTEM,
            )
            audit.record(f"step {n}", by=SYSTEM, at=AT, client_id=world.alder.pk, subject=world.alder, payload={"n": n})
            raise_alarm(
                kind="mail failed",
                sentence=f"Alarm {n}.",
                cure="Mend it.",
                subject=world.alder,
                subject_type=f"t{n}",
                client_id=world.alder.pk,
                at=AT,
            )
            notify(
                [world.lee.user.pk, world.ann.user.pk],
                kind="response clock",
                sentence=f"Notice {n}",
                at=AT,
                key=f"{n}",
                client_id=world.alder.pk,
            )
    jobs.run("seal the audit trail", AT)


@pytest.mark.parametrize("page", ["/desk/mail/", "/desk/audit/", "/desk/alarms/", "/desk/notices/", "/desk/jobs/"])
def test_a_list_costs_as_much_for_one_row_as_for_twenty(world, as_user, page):
    browser, counts = as_user(world.lee), []
    browser.get(page)  # the session's first page notes where it was signed in
    for number in (1, 20):
        fill(world, number)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24, [query["sql"][:90] for query in queries]


def test_a_clients_notices_cost_as_much_for_one_row_as_for_twenty(world, as_user):
    browser, counts = as_user(world.ann), []
    browser.get("/c/alder/notices/")
    for number in (1, 20):
        fill(world, number)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/c/alder/notices/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestMail:
    def test_it_shows_fifty_a_page_and_the_way_on(self, world, as_user):
        fill(world, 51)
        browser = as_user(world.cora)
        first = browser.get("/desk/mail/")
        assert len(first.context["page"].rows) == 50
        assert "Mail 50" in first.content.decode()
        older = browser.get(f"/desk/mail/?before={first.context['page'].older}")
        assert [mail.subject for mail in older.context["page"].rows] == ["Mail 0"]
        newer = browser.get(f"/desk/mail/?after={older.context['page'].newer}")
        assert len(newer.context["page"].rows) == 50

    def test_it_filters_by_state_and_ignores_nonsense(self, world, as_user):
        fill(world, 1)
        browser = as_user(world.cora)
        assert browser.get("/desk/mail/?state=failed").context["page"].rows == []
        assert len(browser.get("/desk/mail/?state=queued").context["page"].rows) == 1
        assert len(browser.get("/desk/mail/?state='--&before=x&after=").context["page"].rows) == 1

    def test_one_mail_shows_its_words_and_headers_but_no_secret(self, world, as_user):
        with act_as_staff(SYSTEM):
            row = outbox.queue(
                to=world.ann.membership, kind="invitation", subject="Come in", text=f"Open {outbox.SECRET_LINK}", client_id=None,
                at=AT, by=SYSTEM, secret_link="https://portal.example/join/q8Zx",
            )  # fmt: skip
        page = as_user(world.cora).get(f"/desk/mail/{row.pk}/").content.decode()
        assert "auto-generated" in page
        assert "q8Zx" not in page
        assert "Open (the link is not kept here)" in page

    def test_a_colleague_tries_a_mail_again_once(self, world, as_user):
        fill(world, 1)
        with act_as_staff(SYSTEM):
            row = Outbox.objects.get(subject="Mail 0")
            Outbox.objects.filter(pk=row.pk).update(next_try_at=AT + timedelta(hours=1), error="451 later")
        browser = as_user(world.cora)
        for _ in range(2):
            answer = browser.post(f"/desk/mail/{row.pk}/retry/", {"idempotency_key": "k" * 32})
            assert answer["Location"] == f"/desk/mail/{row.pk}/"
        with act_as_staff(SYSTEM):
            assert Outbox.objects.get(pk=row.pk).next_try_at == AT
            assert AuditEvent.objects.filter(kind="mail tried again").count() == 1

    def test_a_mail_that_is_not_there_is_not_found(self, world, as_user):
        assert as_user(world.cora).get("/desk/mail/987654/").status_code == 404

    def test_without_an_nda_nobody_reads_mail(self, world, as_user):
        assert as_user(world.dev).get("/desk/mail/").status_code == 403


class TestAudit:
    def test_it_filters_by_client_and_kind(self, world, as_user):
        fill(world, 3)
        browser = as_user(world.lee)
        assert [event.kind for event in browser.get("/desk/audit/?kind=step+1").context["page"].rows] == ["step 1"]
        assert browser.get(f"/desk/audit/?client={world.birch.pk}").context["page"].rows == []
        assert browser.get("/desk/audit/?client=0").context["page"].rows == []
        assert len(browser.get(f"/desk/audit/?client={world.alder.pk}&kind=").context["page"].rows) == 3

    def test_the_chains_are_verified_on_the_page(self, world, as_user):
        fill(world, 3)
        answer = as_user(world.lee).post("/desk/audit/verify/", follow=True)
        assert "3 links in 1 chains hold." in answer.content.decode()

    def test_agents_do_not_see_it(self, world, as_user):
        browser = as_user(world.cora)
        assert [browser.get("/desk/audit/").status_code, browser.get("/desk/jobs/").status_code] == [403, 403]
        assert browser.post("/desk/audit/verify/").status_code == 403


class TestJobs:
    def test_every_sweep_is_there_with_its_failures(self, world, as_user):
        fill(world, 1)
        page = as_user(world.ada).get("/desk/jobs/").content.decode()
        assert all(name.capitalize() in page for name in ("seal the audit trail", "send mail", "late acknowledgements"))


class TestAlarms:
    def test_the_menu_counts_them_and_a_person_clears_one(self, world, as_user):
        fill(world, 1)
        browser = as_user(world.cora)
        with act_as_staff(SYSTEM):
            alarm = Alarm.objects.get()
        page = browser.get("/desk/alarms/").content.decode()
        assert "Mend it." in page
        assert 'data-live="alarms">1<' in page
        browser.post(f"/desk/alarms/{alarm.pk}/clear/")
        with act_as_staff(SYSTEM):
            assert Alarm.objects.get().cleared_by == "Cora Carter"
            assert AuditEvent.objects.filter(kind="alarm cleared", actor_label="Cora Carter").exists()
        assert 'data-live="alarms" hidden>0<' in browser.get("/desk/alarms/").content.decode()

    def test_without_an_nda_nobody_clears_one(self, world, as_user):
        fill(world, 1)
        with act_as_staff(SYSTEM):
            alarm = Alarm.objects.get()
        assert as_user(world.dev).post(f"/desk/alarms/{alarm.pk}/clear/").status_code == 403


class TestNotices:
    def test_everybody_sees_their_own_and_marks_them_as_read(self, world, as_user):
        fill(world, 2)
        browser = as_user(world.ann)
        assert len(browser.get("/c/alder/notices/").context["page"].rows) == 2
        browser.post("/c/alder/notices/read/")
        with act_as_staff(SYSTEM):
            assert (
                Notice.objects.filter(read_at__isnull=True).values_list("user_id", flat=True).distinct().get()
                == world.lee.user.pk
            )
        as_user(world.lee).post("/desk/notices/read/")
        with act_as_staff(SYSTEM):
            assert not Notice.objects.filter(read_at__isnull=True).exists()

    def test_notices_of_staff_are_not_for_the_clients_scope(self, world):
        with act_as(world.alder.pk):
            notify(
                [world.lee.user.pk, world.ben.user.pk],
                kind="response clock",
                sentence="A new request",
                at=AT,
                key="1",
                client_id=world.alder.pk,
            )
            assert list(Notice.objects.values_list("user_id", flat=True)) == [world.ben.user.pk]


class TestHealth:
    def test_the_process_answers_without_a_database(self, db, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert client.get("/healthz").content == b"ok\n"

    def test_it_is_ready_when_everything_answers(self, db, client):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok", "redis": "ok"})

    def test_it_is_not_ready_without_redis(self, db, client, settings):
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:9/0"}}
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["redis"]) == (503, "away")
