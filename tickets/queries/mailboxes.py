"""Mailboxes: those in use, and those that want a look."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from tickets.models import Mailbox, RawMail
from tickets.rules.mailboxes import BoxState, PauseReason


def mailboxes() -> QuerySet[Mailbox]:
    """Those that were not removed, by name; without their secrets."""
    return Mailbox.objects.filter(removed_at__isnull=True).defer("secret").order_by("label", "id")


def due_mailboxes(real_at: datetime) -> QuerySet[Mailbox]:
    """Those into which somebody should look now, and nobody does."""
    looked_into = Q(state=BoxState.RUNNING) | Q(reason=PauseReason.REFUSED)
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=real_at)
    return Mailbox.objects.filter(looked_into, free, removed_at__isnull=True, next_look_at__lte=real_at)


def source_of(box: Mailbox) -> str:
    """How a stored mail names the mailbox that it came from."""
    return f"imap:{box.pk}"


def stored_numbers(box: Mailbox, uidvalidity: int, uids: Iterable[int]) -> frozenset[int]:
    """Which of these mails are stored already."""
    rows = RawMail.objects.filter(source=source_of(box), uidvalidity=uidvalidity, uid__in=list(uids))
    return frozenset(rows.values_list("uid", flat=True))  # type: ignore[arg-type]


def is_known_by_other_number(box: Mailbox, uidvalidity: int, sha256: str) -> bool:
    """Whether the same bytes came from this mailbox under an earlier numbering."""
    rows = RawMail.objects.filter(source=source_of(box), sha256=sha256)
    return rows.exclude(uidvalidity=uidvalidity).exists()
