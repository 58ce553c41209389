"""Who runs this portal."""

from portal.models import Supplier


def supplier() -> Supplier | None:
    """The supplier's one row; None before the first start."""
    return Supplier.objects.filter(id=1).first()
