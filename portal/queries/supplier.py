"""Who runs this portal, and how it looks."""

from portal.models import Logo, Look, Supplier

LOOKS = 12

# The row as it last was, by its stamp: the place of its present version, which every change moves.
_kept: dict[str, Supplier] = {}


def supplier() -> Supplier | None:
    """The supplier's one row; None before the first start."""
    return Supplier.objects.filter(id=1).first()


def supplier_as_of(stamp: str | None) -> Supplier | None:
    """The supplier's row whose stamp was just read, without reading it again while it has not changed. For reading only."""
    if stamp is None:
        return None
    known = _kept.get(stamp)
    if known is None:
        known = supplier()
        _kept.clear()
        if known is not None:
            _kept[stamp] = known
    return known


def logo(sha256: str) -> Logo | None:
    """A logo that is or was shown, by its hash, with its bytes."""
    return Logo.objects.filter(sha256=sha256).first()


def looks() -> list[Look]:
    """The latest looks, the present one first; empty while nothing was ever changed."""
    return list(Look.objects.order_by("-id")[:LOOKS])
