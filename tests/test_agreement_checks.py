"""Once a month a person looks for a new version of Microsoft's customer agreement (DOC-2)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.actions.agreementchecks import ALARM, ask_for_checks, waiting
from portal.models import AgreementCheck, Alarm
from portal.rules.agreements import next_check
from tests.cast import MORNING, World
from tests.people import audited, overview
from tests.test_agreements import ADD, kept, posted

pytestmark = [pytest.mark.django_db, pytest.mark.clause("DOC-2")]
CHECK = "/desk/offer/agreements/check/"
SAME = {"source": "Partner Center"}
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def swept(at: Any = MORNING) -> int:
    with overview():
        return ask_for_checks(at)


def open_check() -> AgreementCheck:
    with overview():
        return AgreementCheck.objects.get(done_at__isnull=True)


def alarms() -> int:
    with overview():
        return Alarm.objects.filter(kind=ALARM, cleared_at__isnull=True).count()


@pytest.mark.parametrize(
    ("done", "due"),
    [
        (date(2026, 11, 24), date(2026, 12, 24)),
        (date(2026, 12, 24), date(2027, 1, 24)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ],
    ids=["plain", "over the year", "february", "leap year", "short month"],
)
def test_the_next_look_is_a_month_later(done: date, due: date) -> None:
    assert next_check(done) == due


def test_without_a_copy_it_is_due_at_once_and_told_once(world: World) -> None:
    assert (swept(), swept()) == (2, 0)
    assert (open_check().due_on, alarms()) == (MORNING.date(), 1)


def test_with_a_copy_it_is_due_a_month_after_it_came(world: World) -> None:
    kept()
    assert swept() == 1
    assert (open_check().due_on, alarms()) == (date(2026, 12, 24), 0)
    assert (swept(MORNING + MONTH), swept(MORNING + MONTH)) == (1, 0)
    assert alarms() == 1


def test_late_it_is_due_since_its_own_day(world: World) -> None:
    kept()
    swept()
    with overview():
        assert waiting(MORNING + 3 * MONTH) == 1
    assert swept(MORNING + 3 * MONTH) == 1
    with overview():
        alarm = Alarm.objects.get(kind=ALARM)
    assert "since 2026-12-24" in alarm.sentence and alarm.url == CHECK and "Partner Center" in alarm.cure


def test_a_check_that_somebody_is_recording_is_left_for_the_next_run(world: World) -> None:
    """SKIP LOCKED: the sweep neither waits for the person nor raises an alarm that they are just answering."""
    with overview():
        assert "FOR UPDATE SKIP LOCKED" in locking_of(lambda: ask_for_checks(MORNING))
    assert alarms() == 1


def locking_of(work: Any) -> str:
    with CaptureQueriesContext(connection) as queries:
        work()
    return " ".join(one["sql"] for one in queries if "portal_agreementcheck" in one["sql"])


def test_the_same_is_recorded_by_whom_and_when_and_ends_the_alarm(world: World, as_user: Any) -> None:
    kept()
    swept()
    swept(MORNING + MONTH)
    browser, form = as_user(world.ada), SAME | {"idempotency_key": "k1"}
    assert [browser.post(CHECK, form).headers["Location"] for _ in range(2)] == [CHECK, CHECK]
    with overview():
        row = AgreementCheck.objects.get(done_at__isnull=False)
    assert (row.done_by, row.done_at, row.result, row.source) == ("Ada Ashby", MORNING, "same", "Partner Center")
    assert open_check().due_on == date(2026, 12, 24) and alarms() == 0
    assert len(audited("agreement checked")) == 1
    assert "Partner Center" in browser.get(CHECK).content.decode()


def test_a_new_version_answers_it_with_the_document(world: World, as_user: Any) -> None:
    swept()
    assert as_user(world.ada).post(ADD, posted()).status_code == 302
    with overview():
        row = AgreementCheck.objects.select_related("document").get(done_at__isnull=False)
    assert row.document is not None and (row.result, row.document.version) == ("new", "2026")
    assert open_check().due_on == date(2026, 12, 24) and alarms() == 0


def test_another_agreement_does_not_answer_it(world: World, as_user: Any) -> None:
    swept()
    as_user(world.ada).post(ADD, posted(kind="dpa"))
    assert open_check().done_at is None and alarms() == 1


def test_without_a_copy_nothing_can_be_the_same(world: World, as_user: Any) -> None:
    swept()
    answer = as_user(world.ada).post(CHECK, SAME)
    assert answer.status_code == 422 and "no copy to compare with" in answer.content.decode()


def test_where_was_looked_is_asked_and_a_check_must_be_open(world: World, as_user: Any) -> None:
    kept()
    browser = as_user(world.ada)
    assert browser.post(CHECK, {"source": ""}).status_code == 422
    answer = browser.post(CHECK, SAME)
    assert answer.status_code == 422 and "No check is open" in answer.content.decode()


def test_others_record_nothing(world: World, as_user: Any) -> None:
    kept()
    swept()
    others = (world.lee, world.cora, world.dev, world.ann, world.bea)
    assert {as_user(one).post(CHECK, SAME).status_code for one in others} <= {403, 404}
    assert open_check().done_at is None


def test_the_database_wants_a_whole_result_and_one_open_check(world: World) -> None:
    swept()
    for change in ({"done_at": MORNING}, {"done_at": MORNING, "done_by": "A", "source": "x", "result": "new"}):
        with overview(), pytest.raises(IntegrityError, match="check_has_its_result"), transaction.atomic():
            AgreementCheck.objects.update(**change)
    with overview(), pytest.raises(IntegrityError, match="one_check_open"), transaction.atomic():
        AgreementCheck.objects.create(kind="mca", due_on=MORNING.date())


def test_the_page_costs_as_much_for_one_as_for_many(world: World, as_user: Any) -> None:
    kept()
    swept()
    browser, counts = as_user(world.ada), []
    for more in (1, 10):
        for _ in range(more):
            browser.post(CHECK, SAME)
        browser.get(CHECK)
        with CaptureQueriesContext(connection) as queries:
            browser.get(CHECK)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
