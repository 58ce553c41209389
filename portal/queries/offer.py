"""Products and prices."""

from datetime import date

from portal.models import Product, RateCard


def products_listed() -> list[Product]:
    """All products in the order in which forms offer them."""
    return list(Product.objects.order_by("position", "name"))


def rate_cards() -> list[RateCard]:
    """Every version, newest first."""
    return list(RateCard.objects.order_by("-version"))


def rate_card_on(day: date) -> RateCard | None:
    """The prices that hold on a day; None before the first."""
    return RateCard.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
