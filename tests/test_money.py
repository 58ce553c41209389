"""Money is exact until it is rounded once, half up; the settlement examples of the contract come out to the penny."""

from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.money import line_total, pounds, round_half_up, started_units, vat

YEAR_PRICE = Decimal("10.30") * 12
THREE_YEARS_PRICE = Decimal("10.30") * 36


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0", "0.00"),
        ("0.004", "0.00"),
        ("0.005", "0.01"),
        ("1.005", "1.01"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("-0.004", "0.00"),
        ("99.994999", "99.99"),
        ("1e3", "1000.00"),
        ("12345678901234567890123456789.125", "12345678901234567890123456789.13"),
    ],
)
def test_halves_are_rounded_away_from_zero(value, rounded):
    assert str(round_half_up(Decimal(value))) == rounded


def test_thirds_are_rounded_from_their_exact_value():
    assert round_half_up(Fraction(1, 3)) == Decimal("0.33")
    assert round_half_up(Fraction(2, 3)) == Decimal("0.67")


@pytest.mark.parametrize("wrong", [lambda: round_half_up(0.1), lambda: line_total(0.1, 1), lambda: line_total(1, 0.5)])
def test_a_float_is_never_money(wrong):
    with pytest.raises(TypeError, match="never float"):
        wrong()


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_rounding_moves_by_half_a_penny_at_most(value):
    assert abs(round_half_up(value) - value) <= Decimal("0.005")


@pytest.mark.clause("CAN-9")
@pytest.mark.parametrize(
    ("price", "seats", "part", "whole", "net", "tax", "gross"),
    [
        (YEAR_PRICE, 25, 59, 365, "499.48", "99.90", "599.38"),
        (YEAR_PRICE, 25, 88, 365, "744.99", "149.00", "893.99"),
        (YEAR_PRICE, 25, 305, 366, "2575.00", "515.00", "3090.00"),
        (YEAR_PRICE, 1, 365, 366, "123.26", "24.65", "147.91"),
        (YEAR_PRICE, 25, 1, 365, "8.47", "1.69", "10.16"),
        (THREE_YEARS_PRICE, 25, 365, 1096, "3087.18", "617.44", "3704.62"),
        (YEAR_PRICE, 5, 168, 365, "284.45", "56.89", "341.34"),
    ],
)
def test_settlement_examples_come_out_to_the_penny(price, seats, part, whole, net, tax, gross):
    line = line_total(price, seats, part=part, whole=whole)
    assert (line, vat(line, Decimal(20))) == (Decimal(net), Decimal(tax))
    assert line + vat(line, Decimal(20)) == Decimal(gross)


@pytest.mark.clause("CAN-9")
def test_vat_is_reckoned_on_the_sum_of_the_lines():
    prices = [(7, "10.30"), (3, "4.56"), (2, "18.10")]
    nets = [line_total(Decimal(price) * 12, seats, part=59, whole=365) for seats, price in prices]
    assert nets == [Decimal("139.85"), Decimal("26.54"), Decimal("70.22")]
    assert vat(sum(nets), Decimal(20)) == Decimal("47.32")


def test_a_policy_share_is_part_of_the_line_and_not_rounded_on_its_own():
    assert line_total(Decimal("0.01"), 3, share=Decimal("0.5")) == Decimal("0.02")


def test_a_line_has_a_whole_to_be_a_part_of():
    with pytest.raises(ValueError, match="above 0"):
        line_total(Decimal(1), 1, part=1, whole=0)


def test_reckoning_does_not_depend_on_the_precision_set_elsewhere():
    before = getcontext().prec
    getcontext().prec = 3
    try:
        assert line_total(Decimal("1234.56"), 1) == Decimal("1234.56")
        assert vat(Decimal("1234.56"), Decimal("17.525")) == Decimal("216.36")
    finally:
        getcontext().prec = before


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234.5", "£1,234.50"),
        ("0", "£0.00"),
        ("-3", "-£3.00"),
        ("1000000", "£1,000,000.00"),
        ("-0.001", "£0.00"),
        ("999.995", "£1,000.00"),
    ],
)
def test_amounts_read_as_people_write_them(amount, text):
    assert pounds(Decimal(amount)) == text


@pytest.mark.clause("HLP-8")
@pytest.mark.parametrize(("minutes", "units"), [(0, 0), (1, 1), (15, 1), (16, 2), (45, 3), (46, 4)])
def test_hourly_work_counts_started_quarters(minutes, units):
    assert started_units(minutes, 15) == units


@pytest.mark.parametrize(("minutes", "unit"), [(-1, 15), (10, 0)])
def test_time_worked_is_not_negative(minutes, unit):
    with pytest.raises(ValueError, match="Worked minutes"):
        started_units(minutes, unit)
