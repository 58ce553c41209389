"""Pounds sterling: Decimal, two places, rounded half up once (D19, D20; CAN-9). Amounts are never floats."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

PENNY = Decimal("0.01")


def round_half_up(value: Decimal | Fraction | int) -> Decimal:
    """To whole pence, halves away from zero. Raises TypeError for a float, which has lost the pence already."""
    if isinstance(value, float):
        raise TypeError("Money is Decimal, never float.")
    exact = Fraction(value)
    pence, rest = divmod(abs(exact.numerator) * 100, exact.denominator)
    pence += 2 * rest >= exact.denominator
    with localcontext(prec=len(str(pence)) + 4):
        amount = (Decimal(pence) * PENNY).quantize(PENNY, rounding=ROUND_HALF_UP)
        return -amount if exact < 0 and amount else amount


def line_total(
    unit_price: Decimal,
    quantity: Decimal | int,
    *,
    part: int = 1,
    whole: int = 1,
    share: Decimal | Fraction = Decimal(1),
) -> Decimal:
    """Net of one line: price x quantity x part / whole x share, exact until it is rounded once.

    `part` of `whole` are for example the chargeable days of a term's days. Raises ValueError when `whole` is not above 0.
    """
    if whole <= 0:
        raise ValueError("The whole of a line lies above 0.")
    for value in (unit_price, quantity, share):
        if isinstance(value, float):
            raise TypeError("Money is Decimal, never float.")
    return round_half_up(Fraction(unit_price) * Fraction(quantity) * part / whole * Fraction(share))


def vat(net: Decimal, percent: Decimal) -> Decimal:
    """VAT on the sum of the nets of one rate; the rate in per cent, so 20 and not 0.2."""
    return line_total(net, 1, share=Fraction(percent) / 100)


def started_units(minutes: int, unit_minutes: int) -> int:
    """How many units are begun: 16 minutes are 2 units of 15 (D19). Nothing worked is nothing charged."""
    if minutes < 0 or unit_minutes < 1:
        raise ValueError("Worked minutes are 0 or more, and a unit is at least 1 minute.")
    return -(-minutes // unit_minutes)


def pounds(amount: Decimal) -> str:
    """An amount as people read it: "£1,234.50", "-£3.00"."""
    rounded = round_half_up(amount)
    return f"{'-' if rounded < 0 else ''}£{abs(rounded):,.2f}"
