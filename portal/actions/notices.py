"""Notices: lines in a person's inbox inside the portal. Never the only way in which a promise is told."""

from collections.abc import Iterable
from datetime import datetime

from portal.actors import Actor
from portal.models import Notice


def notify(
    user_ids: Iterable[int],
    *,
    kind: str,
    sentence: str,
    at: datetime,
    key: str,
    url: str = "",
    client_id: int | None = None,
) -> None:
    """Tell each person once: the same `key` again says nothing new. Works in every scope that may write."""
    rows = [
        Notice(client_id=client_id, user_id=user_id, kind=kind, sentence=sentence, url=url, at=at, key=key)
        for user_id in dict.fromkeys(user_ids)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def notify_many(notices: Iterable[Notice]) -> None:
    """Tell many things in one statement, for batches of a sweep; what was told before under its key stays as it is."""
    Notice.objects.bulk_create(list(notices), ignore_conflicts=True)


def mark_read(*, by: Actor, at: datetime, notice_id: int | None = None) -> int:
    """Mark one of the person's own notices as read, or all of them. Returns how many were unread."""
    unread = Notice.objects.filter(user_id=by.user_id or 0, read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=at)
