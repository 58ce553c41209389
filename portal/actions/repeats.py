"""Forgetting the keys of forms that were sent long ago: nobody sends such a form a second time by accident."""

from datetime import datetime, timedelta

from portal.jobs import sweep
from portal.models import Idempotency

KEPT_FOR = timedelta(days=7)
BATCH = 1000


@sweep("forget keys of sent forms", every_seconds=3600)
def forget_old_keys(at: datetime) -> int:
    """Delete keys older than a week. They were written in order, so the oldest stand first and no index on the instant is needed."""
    oldest = Idempotency.objects.order_by("pk").values_list("pk", "at")[:BATCH]
    old = [pk for pk, written_at in oldest if written_at < at - KEPT_FOR]
    # With what was answered.
    Idempotency.objects.filter(pk__in=old).delete()
    return len(old)
