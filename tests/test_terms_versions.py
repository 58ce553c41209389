"""A new version of the terms: checked, published once, never changed; the log says what changed, managers are told."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from portal.actions.terms import publish_terms
from portal.clauses import CLAUSES
from portal.errors import Refused
from portal.forms.terms import OFFERED, decision_of, shown
from portal.models import AuditPayload, ClauseText, Notice, Terms
from portal.terms import TermsParameters
from tests.cast import MORNING, World
from tests.people import audited, overview
from tests.tickets import raised

pytestmark = [pytest.mark.django_db, pytest.mark.clause("LOG-1")]
NEW = "/desk/offer/terms/new/"
USUAL = TermsParameters()
GIVEN = {one.name: shown(getattr(USUAL, one.name)) for one in OFFERED} | {
    "summary": "Invoices may take a month.", "invoice_due_days": "30",
}  # fmt: skip
CONFIRMED = GIVEN | {"seen": "1"}


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def versions() -> list[int]:
    with overview():
        return list(Terms.objects.order_by("version").values_list("version", flat=True))


def published(world: World, seen: int = 1, **changes: Any) -> Terms:
    parameters = USUAL.changed(**{"invoice_due_days": 30 + seen, **changes})
    return publish_terms(parameters, summary="Changed.", seen=seen, by=world.ada.actor, at=MORNING)


def test_what_would_change_is_shown_before_anything_is_published(world: World, as_user: Any) -> None:
    page = as_user(world.ada).post(NEW, GIVEN).content.decode()
    assert "They are due 30 days" in page and "They are due 14 days" in page
    assert versions() == [1]


def test_a_confirmed_version_has_its_decisions_and_every_clause(world: World, as_user: Any) -> None:
    assert as_user(world.ada).post(NEW, CONFIRMED).headers["Location"] == "/terms/log/"
    with overview():
        row = Terms.objects.get(version=2)
        assert TermsParameters.from_json(row.parameters) == USUAL.changed(
            invoice_due_days=30, days="Mon,Tue,Wed,Thu,Fri"
        )
        assert set(ClauseText.objects.filter(terms=row).values_list("clause", flat=True)) == set(CLAUSES)
        said = AuditPayload.objects.get(event=audited("terms published")[0]).payload
    assert said == {"version": 2, "summary": "Invoices may take a month.", "decisions": ["D26"]}


def test_confirmed_twice_is_published_once(world: World, as_user: Any) -> None:
    browser, form = as_user(world.ada), CONFIRMED | {"idempotency_key": "k1"}
    assert [browser.post(NEW, form).status_code for _ in range(2)] == [302, 302]
    assert versions() == [1, 2]


def test_the_log_says_what_each_version_changed(world: World, as_user: Any) -> None:
    as_user(world.ada).post(NEW, CONFIRMED)
    page = Browser().get("/terms/log/").content.decode()
    assert "Invoices may take a month." in page and "17 April 2020" in page and "October 2020" in page
    assert "They are due 30 days" in page and "Before: They are due 14 days" in page
    assert "They are due 30 days" in Browser().get("/terms/").content.decode()


def test_the_log_costs_as_much_for_one_version_as_for_many(world: World) -> None:
    counts = []
    for seen in (1, 2, 3, 4):
        published(world, seen)
        with CaptureQueriesContext(connection) as queries:
            Browser().get("/terms/log/")
        counts.append(len(queries))
    assert len(set(counts)) == 1 and counts[0] <= 6


def test_an_old_request_keeps_its_version(world: World) -> None:
    old = raised(world)
    published(world)
    with overview():
        old.refresh_from_db(fields=["terms"])
        assert (old.terms.version, raised(world).terms.version) == (1, 2)


def test_every_manager_is_told_at_their_own_client(world: World) -> None:
    published(world)
    with overview():
        told = set(Notice.objects.filter(kind="terms published").values_list("client_id", "user_id"))
    assert told == {(world.alder.pk, world.ann.user.pk), (world.birch.pk, world.bea.user.pk)}


def test_nobody_changes_a_published_version(world: World) -> None:
    published(world)
    for model, change in ((Terms, {"summary": "x"}), (ClauseText, {"text": "x"})):
        with overview(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.update(**change)


def test_a_version_made_from_an_older_one_and_an_equal_one_are_refused(world: World) -> None:
    published(world)
    with pytest.raises(Refused, match="another version meanwhile"):
        published(world)
    with pytest.raises(Refused, match="Nothing differs from version 2"):
        published(world, seen=2, invoice_due_days=31)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"summary": ""}, "required"),
        ({"reminder_days": "7, 3"}, "rising days"),
        ({"reminder_days": "soon"}, "Write days as"),
        ({"purge_incident_day": "31"}, "BAK-8 allows 30"),
        ({"vat_percent": "101"}, "100"),
    ],
)
def test_terms_that_cannot_stand_are_said_in_words(world: World, as_user: Any, change: Any, says: str) -> None:
    answer = as_user(world.ada).post(NEW, CONFIRMED | change)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert versions() == [1]


def test_others_publish_nothing(world: World, as_user: Any) -> None:
    others = (world.lee, world.cora, world.dev, world.ann, world.bea)
    assert {as_user(one).post(NEW, CONFIRMED).status_code for one in others} <= {403, 404}
    assert versions() == [1]


def test_every_parameter_of_the_form_says_which_decision_it_answers() -> None:
    assert [one.name for one in OFFERED if not decision_of(one.name).startswith("D")] == []
    assert decision_of("reminder_days") == "D11: How long may an invoice stay unpaid?"
