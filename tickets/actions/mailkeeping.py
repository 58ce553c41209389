"""The end of a mail's content: blanked when its time has passed; its hash and what became of it stay (D25)."""

from datetime import datetime

from django.db.models import QuerySet

from portal.clauses import clause
from portal.jobs import sweep
from tickets.models import RawMail

BATCH = 500


def mails_to_blank(at: datetime) -> QuerySet[RawMail]:
    """Mails whose content is kept no longer."""
    return RawMail.objects.filter(keep_until__lte=at, erased_at__isnull=True)


@sweep(
    "blank old mail",
    every_seconds=3600,
    clause="SUB-1",
    scope="retention",
    backlog=lambda at: mails_to_blank(at).count(),
)
@clause("SUB-1")
def blank_old_mail(at: datetime) -> int:
    """Blank a batch: bytes, sender, subject and envelope. Runs alone (the sweep's lock), in the retention's scope."""
    due = list(mails_to_blank(at).order_by("keep_until", "pk").values_list("pk", flat=True)[:BATCH])
    return blank(RawMail.objects.filter(pk__in=due), at)


def blank(mails: QuerySet[RawMail], at: datetime) -> int:
    """Blank these mails, in the retention's scope; how many were not blank yet."""
    still = mails.filter(erased_at__isnull=True)
    return still.update(erased_at=at, raw=None, sender="", subject="", envelope_from="", envelope_to=[])
