"""What a process keeps under its sign (portal/tenancy/stamps.py): no statement in a scope, and never older than the scope."""

from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.models import Product, Supplier
from portal.queries.contract import calendar_at, products, terms_at
from portal.queries.supplier import supplier_known
from portal.tenancy import act_as, act_as_staff
from portal.tenancy.stamps import forget, signs
from tests.cast import MORNING, World

pytestmark = pytest.mark.django_db


def read_all() -> tuple[Any, ...]:
    return (
        supplier_known().name,
        calendar_at(MORNING).version,
        terms_at(MORNING).version,
        [one.name for one in products()],
    )


@pytest.mark.parametrize("side", ["client", "staff"])
def test_nothing_is_read_twice(world: World, django_assert_num_queries: Any, side: str) -> None:
    def scope() -> Any:
        return act_as(world.alder.pk) if side == "client" else act_as_staff(SYSTEM)

    with scope():
        first = read_all()
    with scope(), django_assert_num_queries(0):
        assert read_all() == first and first[0] == world.supplier.name


def test_a_change_inside_a_scope_is_seen_there_and_in_the_next(world: World) -> None:
    with act_as_staff(SYSTEM):
        before = read_all()
        row = Supplier.objects.get()
        row.name = "Another name"
        row.save(update_fields=["name"])
        Product.objects.create(code="one-more", name="One more", position=1)
        assert read_all()[0] == "Another name" != before[0] and "One more" in products()[0].name
    with act_as(world.alder.pk):
        assert signs() and read_all()[0] == "Another name" and products()[0].name == "One more"


def test_a_change_past_the_signals_is_seen_in_the_next_scope(world: World) -> None:
    with act_as_staff(SYSTEM):
        read_all()
        Supplier.objects.update(name="Past the signals")
        forget()
        assert supplier_known().name == "Past the signals"
    with act_as(world.alder.pk):
        assert supplier_known().name == "Past the signals"


def test_what_is_rolled_back_is_not_kept(world: World) -> None:
    def change_and_fail() -> None:
        with act_as_staff(SYSTEM):
            Supplier.objects.update(name="Never was")
            with act_as_staff(SYSTEM):
                assert supplier_known().name == "Never was"
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()
    assert signs() == ()
    with act_as_staff(SYSTEM):
        assert supplier_known().name == world.supplier.name


def test_outside_a_scope_nothing_is_kept(world: World) -> None:
    with act_as_staff(SYSTEM):
        assert signs()
    assert signs() == ()
