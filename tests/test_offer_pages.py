"""Products and prices: the administrator keeps them, every change is on record, and the terms page shows the prices."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from portal.actions.offer import add_rate_card
from portal.errors import Refused
from portal.models import AuditPayload, Product, RateCard
from portal.queries.offer import rate_card_on
from tests.cast import MORNING, World
from tests.people import audited, overview

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
PRODUCT = {"code": "teams", "name": "Teams", "in_scope": "on", "position": "20"}
RATES = {"hourly_rate": "95.50", "increment_minutes": "15", "valid_from": "2026-11-24", "exclusion": "No travel."}
POSTS = [("/desk/offer/products/add/", PRODUCT, Product), ("/desk/offer/rates/add/", RATES, RateCard)]


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def count(model: Any) -> int:
    with overview():
        return int(model.objects.count())


def priced(world: World, rate: str, day: date) -> RateCard:
    return add_rate_card(
        hourly_rate=Decimal(rate), increment_minutes=15, valid_from=day, exclusion="", by=world.ada.actor, at=MORNING
    )


@pytest.mark.parametrize(("url", "given", "model"), POSTS)
class TestPosting:
    def test_a_form_sent_twice_is_done_once(self, world, as_user, url, given, model):
        before, browser = count(model), as_user(world.ada)
        answers = [browser.post(url, {**given, "idempotency_key": "k1"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert count(model) == before + 1

    def test_others_post_nothing(self, world, as_user, url, given, model):
        before, others = count(model), (world.lee, world.cora, world.dev, world.ann, world.bea)
        assert {as_user(one).post(url, given).status_code for one in others} <= {403, 404}
        assert count(model) == before

    def test_an_empty_form_says_what_is_missing(self, world, as_user, url, given, model):
        before, answer = count(model), as_user(world.ada).post(url, {})
        assert answer.status_code == 422 and b"required" in answer.content
        assert count(model) == before


@pytest.mark.clause("HLP-2")
class TestProducts:
    def test_a_product_is_renamed_moved_and_taken_out_of_scope(self, world, as_user):
        row = world.products["exchange"]
        as_user(world.ada).post(f"/desk/offer/products/{row.pk}/", {"name": "Exchange", "position": "5"})
        with overview():
            row.refresh_from_db()
            assert (row.name, row.in_scope, row.has_exchange, row.position) == ("Exchange", False, False, 5)
            said = AuditPayload.objects.get(event=audited("product changed")[0]).payload
        assert said["from"]["name"] == "Exchange Online" and said["to"]["in_scope"] is False

    def test_a_save_that_changes_nothing_leaves_no_trace(self, world, as_user):
        row = world.products["exchange"]
        same = {"name": row.name, "in_scope": "on", "has_exchange": "on", "position": row.position}
        as_user(world.ada).post(f"/desk/offer/products/{row.pk}/", same)
        assert audited("product changed") == []

    def test_a_taken_code_is_refused_with_what_was_typed(self, world, as_user):
        answer = as_user(world.ada).post("/desk/offer/products/add/", PRODUCT | {"code": "exchange"})
        assert answer.status_code == 422 and b"already" in answer.content and b"Teams" in answer.content

    def test_an_unknown_product_is_missing(self, world, as_user):
        assert as_user(world.ada).get("/desk/offer/products/999999/").status_code == 404

    def test_the_list_costs_as_much_for_one_as_for_ten(self, world, as_user):
        browser, counts = as_user(world.ada), []
        browser.get("/desk/offer/products/")
        for more in (1, 9):
            for _ in range(more):
                with overview():
                    Product.objects.create(code=f"p{Product.objects.count()}", name="P")
            with CaptureQueriesContext(connection) as queries:
                browser.get("/desk/offer/products/")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 12


@pytest.mark.clause("LOG-1")
class TestPrices:
    def test_the_terms_page_shows_the_prices_in_force(self, world, as_user):
        priced(world, "80.00", TODAY)
        as_user(world.ada).post("/desk/offer/rates/add/", RATES | {"valid_from": "2026-12-01"})
        page = Browser().get("/terms/").content.decode()
        assert "£80.00 an hour" in page and "95.50" not in page
        with overview():
            assert rate_card_on(date(2026, 12, 1)).hourly_rate == Decimal("95.50")
            assert rate_card_on(TODAY - timedelta(days=1)) is None

    def test_a_new_version_is_on_record(self, world, as_user):
        as_user(world.ada).post("/desk/offer/rates/add/", RATES)
        with overview():
            said = AuditPayload.objects.get(event=audited("rate card added")[0]).payload
        assert (said["version"], said["hourly_rate"], said["exclusion"]) == (1, "95.50", "No travel.")

    def test_prices_begin_neither_in_the_past_nor_before_the_last_version(self, world):
        with pytest.raises(Refused, match="in the past"):
            priced(world, "80.00", TODAY - timedelta(days=1))
        priced(world, "80.00", TODAY)
        with pytest.raises(Refused, match="later day"):
            priced(world, "90.00", TODAY)

    def test_nobody_changes_a_version(self, world):
        priced(world, "80.00", TODAY)
        with overview(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            RateCard.objects.update(hourly_rate=1)

    def test_the_versions_are_listed(self, world, as_user):
        priced(world, "80.00", TODAY)
        page = as_user(world.ada).get("/desk/offer/rates/").content.decode()
        assert "£80.00" in page and "in force" in page
