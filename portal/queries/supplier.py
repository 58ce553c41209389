"""Who runs this portal, and how it looks."""

from portal.models import Logo, Look, Supplier

LOOKS = 12


def supplier() -> Supplier | None:
    """The supplier's one row; None before the first start."""
    return Supplier.objects.filter(id=1).first()


def logo(sha256: str) -> Logo | None:
    """A logo that is or was shown, by its hash, with its bytes."""
    return Logo.objects.filter(sha256=sha256).first()


def looks() -> list[Look]:
    """The latest looks, the present one first; empty while nothing was ever changed."""
    return list(Look.objects.order_by("-id")[:LOOKS])
