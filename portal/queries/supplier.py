"""Who runs this portal, and how it looks."""

from portal.models import Logo, Look, Supplier
from portal.tenancy.stamps import kept

LOOKS = 12


def supplier() -> Supplier | None:
    """The supplier's one row, for reading only; None before the first start."""
    return kept("supplier", lambda: Supplier.objects.filter(id=1).first())


def supplier_known() -> Supplier:
    """The supplier's one row, for reading only. Raises Supplier.DoesNotExist before the first start."""
    row = supplier()
    if row is None:
        raise Supplier.DoesNotExist("The portal has no supplier yet: finish the first start at /setup/.")
    return row


def logo(sha256: str) -> Logo | None:
    """A logo that is or was shown, by its hash, with its bytes."""
    return Logo.objects.filter(sha256=sha256).first()


def looks() -> list[Look]:
    """The latest looks, the present one first; empty while nothing was ever changed."""
    return list(Look.objects.order_by("-id")[:LOOKS])
