"""Notices: lines in a person's inbox, and by their choice a mail at once or in the daily one. Never the only way of a promise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from portal import audit, noticekinds
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Notice, NoticeChoice
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.notices import Reached, Wanted, choices_of, own, reached, side_of
from portal.rules.notices import Way, digest_due, mail_due
from portal.worktime import Calendar


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell one person, named by their user or, from a client's scope, by their place on the staff."""

    kind: str
    sentence: str
    at: datetime
    key: str
    url: str = ""
    client_id: int | None = None
    user_id: int | None = None
    staff_id: int | None = None


def notify(
    user_ids: Iterable[int],
    *,
    kind: str,
    sentence: str,
    at: datetime,
    key: str,
    url: str = "",
    client_id: int | None = None,
    staff_ids: Iterable[int] = (),
    by: Actor = SYSTEM,
) -> None:
    """Tell each person once, in the way that they chose: the same `key` again says nothing new. Works as client and as staff.

    Staff may be named by `staff_ids` where their users cannot be read. Leavers, strangers to the client, who chose not to
    know, and `by`, who did it, get nothing. Raises LookupError for a kind that is not registered.
    """
    told = News(kind=kind, sentence=sentence[:300], at=at, key=key, url=url, client_id=client_id)
    users = [replace(told, user_id=one) for one in dict.fromkeys(user_ids)]
    notify_many([*users, *(replace(told, staff_id=one) for one in dict.fromkeys(staff_ids))], by=by)


def notify_many(news: Iterable[News], *, by: Actor = SYSTEM) -> None:
    """Tell many things at once, for batches of a sweep; what was told before under its key stays as it is."""
    told = list(news)
    if not told:
        return
    latest = max(one.at for one in told)
    people = reached([Wanted(one.kind, one.client_id, one.user_id, one.staff_id) for one in told], latest)
    pairs = [(told[place], person) for place, person in people.items() if person.user_id != by.user_id]
    ways = [noticekinds.kind_of(one.kind).way(person.way) for one, person in pairs]
    needed = {Way.MAIL, Way.DIGEST} & set(ways)
    calendar = worktime_of(calendar_at(latest)) if needed else None
    rows = [_row(one, person, way, calendar) for (one, person), way in zip(pairs, ways, strict=True) if way != Way.OFF]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _row(one: News, person: Reached, way: Way, calendar: Calendar | None) -> Notice:
    row = Notice(
        client_id=one.client_id,
        user_id=person.user_id,
        membership_id=person.membership_id,
        kind=one.kind,
        sentence=one.sentence,
        url=one.url,
        at=one.at,
        key=one.key,
    )
    if calendar is not None and way == Way.MAIL:
        row.mail_due_at = mail_due(one.at, noticekinds.kind_of(one.kind), calendar)
    elif calendar is not None and way == Way.DIGEST:
        row.digest_due_at = digest_due(one.at, calendar)
    return row


def mark_read(*, by: Actor, at: datetime, notice_id: int | None = None) -> int:
    """Mark one of the person's own notices as read, or all of them. Returns how many were unread."""
    unread = own(by).filter(read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=at)


def mark_unread(*, by: Actor, read_at: datetime) -> int:
    """Take back one marking: what the person marked as read at this instant is new again. Returns how many."""
    return own(by).filter(read_at=read_at).update(read_at=None)


@clause("HLP-5")
def choose_ways(
    wanted: Mapping[str, Way], *, roles: Sequence[str], by: Actor, at: datetime
) -> dict[str, dict[str, str]]:
    """Keep how a person wants to be told of each kind. Returns and records what changed. Raises Refused.

    Only the person themselves, and only kinds and ways that are theirs to choose: what the contract promises is always told.
    """
    offered = {kind.name: kind for kind in noticekinds.kinds_for(side_of(by), roles)}
    for name, way in wanted.items():
        if name not in offered:
            raise Refused("HLP-5", _("That is no kind of notice that you get."))
        if way not in offered[name].ways:
            raise Refused(
                offered[name].clause or "HLP-5",
                _("“%(label)s” cannot be told in that way.") % {"label": offered[name].label},
            )
    before = choices_of(by)
    changed = {
        name: {"from": str(before.get(name, offered[name].default)), "to": str(way)}
        for name, way in wanted.items()
        if way != before.get(name, offered[name].default)
    }
    _keep({name: wanted[name] for name in changed}, by=by, at=at)
    if changed:
        audit.record("notice choices changed", by=by, at=at, client_id=by.client_id, payload={"kinds": changed})
    return changed


def _keep(ways: Mapping[str, Way], *, by: Actor, at: datetime) -> None:
    rows = [
        NoticeChoice(
            client_id=by.client_id,
            user_id=by.user_id or 0,
            membership_id=by.membership_id,
            kind=name,
            way=way,
            chosen_at=at,
        )
        for name, way in ways.items()
    ]
    NoticeChoice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "client", "kind"],
        update_fields=["way", "membership", "chosen_at"],
    )
