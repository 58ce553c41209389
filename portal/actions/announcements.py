"""Announcements: drafted, published, followed by updates, ended or called off, put away by a person; and the sweep that tells."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal import audit, events
from portal.actions.permission import client_work
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Announcement, AnnouncementClient, AnnouncementTelling, AnnouncementUpdate, Client
from portal.queries.contract import calendar_at, worktime_of
from portal.rules.announcements import (
    CLAUSE,
    AnnouncementKind,
    AnnouncementState,
    Stage,
    Telling,
    Wording,
    check_closed,
    check_move,
    check_publishing,
    check_times,
    check_wording,
    reminded_at,
    shown_from,
    told_of,
)
from portal.rules.people import Power

PUT_AWAY = """
insert into portal_announcementdismissal (client_id, membership_id, announcement_id, at) values (%s, %s, %s, %s)
on conflict (membership_id, announcement_id) do update set at = excluded.at
"""


@clause("HLP-1")
@transaction.atomic
def draft(said: Wording, *, by: Actor, at: datetime) -> Announcement:
    """Write an announcement down; nobody is told yet. Raises Refused."""
    with client_work(by, Power.ANNOUNCE, at):
        check_wording(said)
        row = Announcement.objects.create(
            kind=said.kind, title=said.title.strip(), text=said.text.strip(), starts_at=said.starts_at, ends_at=said.ends_at,
            to_all=said.clients is None, author_id=by.staff_id or 0, made_by=by.label, made_at=at,
        )  # fmt: skip
        _choose(row, said)
        _record("announcement drafted", row, by=by, at=at, **_facts(row, said))
        return row


@clause("HLP-1")
@transaction.atomic
def redraft(announcement_id: int, said: Wording, *, by: Actor, at: datetime) -> Announcement:
    """Change a draft. What is published stays as it was read: an update follows it. Raises Refused."""
    with client_work(by, Power.ANNOUNCE, at):
        row = lock(announcement_id)
        if row.state != AnnouncementState.DRAFT:
            raise Refused(CLAUSE, _("This is published: write an update instead."))
        check_wording(said)
        row.kind, row.title, row.text = said.kind, said.title.strip(), said.text.strip()
        row.starts_at, row.ends_at, row.to_all = said.starts_at, said.ends_at, said.clients is None
        row.save(update_fields=["kind", "title", "text", "starts_at", "ends_at", "to_all"])
        _choose(row, said)
        _record("announcement changed", row, by=by, at=at, **_facts(row, said))
        return row


@clause("HLP-1", "HLP-3")
@transaction.atomic
def publish(announcement_id: int, *, by: Actor, at: datetime) -> Announcement:
    """Show it to its audience from now on, and have them told; the reminder and the end are due by themselves. Raises Refused."""
    with client_work(by, Power.ANNOUNCE, at):
        row = lock(announcement_id)
        check_move(AnnouncementState(row.state), AnnouncementState.PUBLISHED)
        kind = AnnouncementKind(row.kind)
        check_publishing(wording_of(row), worktime_of(calendar_at(at)), at)
        row.state, row.published_at, row.news_at = AnnouncementState.PUBLISHED, at, at
        row.shown_from = shown_from(kind, starts_at=row.starts_at, published_at=at)
        row.save(update_fields=["state", "published_at", "news_at", "shown_from"])
        plan_telling(row, Telling.PUBLISHED, at)
        plan_telling(row, Telling.REMINDER, reminded_at(kind, starts_at=row.starts_at, published_at=at))
        plan_telling(row, Telling.OVER, row.ends_at)
        _record("announcement published", row, by=by, at=at, title=row.title, to_all=row.to_all)
        return row


@clause("HLP-1")
@transaction.atomic
def say_more(
    announcement_id: int,
    *,
    stage: Stage,
    body: str,
    by: Actor,
    at: datetime,
    ends_at: datetime | None = None,
    over: bool = False,
    answer: bool = False,
    resolve: bool = False,
) -> AnnouncementUpdate:
    """Write what followed; everybody who may read the announcement reads it and is told once. Raises Refused.

    ends_at: the end as it is expected now. over: this is the last word. answer: the open requests of its problem are answered
    with the same words, and resolved too with `resolve` (whoever keeps problems listens to "announcement updated").
    """
    with client_work(by, Power.ANNOUNCE, at):
        row, words = lock(announcement_id), body.strip()
        if row.state != AnnouncementState.PUBLISHED:
            raise Refused(CLAUSE, _("Only what is published and not over has updates."))
        if not words:
            raise Refused(CLAUSE, _("Write something first."))
        update = AnnouncementUpdate.objects.create(
            announcement=row, stage=stage, body=words, made_by=by.label, made_at=at
        )
        row.news_at = at
        row.save(update_fields=["news_at"])
        if over:
            close(row, AnnouncementState.ENDED, at=at)
        elif ends_at is not None and ends_at != row.ends_at:
            _move_end(row, ends_at, at)
        plan_telling(row, Telling.UPDATE, at, update)
        _record("announcement updated", row, by=by, at=at, stage=str(stage), over=over, ends_at=row.ends_at)
        if answer or resolve:
            events.emit("announcement updated", announcement=row, body=words, resolve=resolve, by=by, at=at)
        return update


@clause("HLP-1")
@transaction.atomic
def call_off(announcement_id: int, *, reason: str, by: Actor, at: datetime) -> Announcement:
    """Throw a draft away, or call off what was published: its audience is told why. Raises Refused."""
    with client_work(by, Power.ANNOUNCE, at):
        row = lock(announcement_id)
        published = row.published_at is not None
        check_move(AnnouncementState(row.state), AnnouncementState.WITHDRAWN)
        if published and not reason.strip():
            raise Refused(CLAUSE, _("Say to the clients why it is called off."))
        close(row, AnnouncementState.WITHDRAWN, at=at, note=reason.strip())
        if published:
            plan_telling(row, Telling.WITHDRAWN, at)
        _record("announcement called off", row, by=by, at=at, reason=reason.strip())
        return row


def end_by_itself(row: Announcement) -> None:
    """Planned work and closures end at their end, however late this is noticed. The row is locked by the caller."""
    ended_at = row.ends_at or row.starts_at
    close(row, AnnouncementState.ENDED, at=ended_at)
    if told_of(Telling.ENDED, AnnouncementKind(row.kind)):
        plan_telling(row, Telling.ENDED, ended_at)
    _record("announcement ended", row, by=SYSTEM, at=ended_at)


@transaction.atomic
def put_away(announcement: Announcement, *, by: Actor, at: datetime) -> None:
    """Put a banner away for one person, in their client's scope, until there is news. Doing it twice does nothing more."""
    if by.membership_id is None:
        raise Refused(CLAUSE, _("Only a client’s person has banners to put away."))
    with connection.cursor() as cursor:
        cursor.execute(PUT_AWAY, [by.client_id, by.membership_id, announcement.pk, at])
    audit.record("announcement put away", by=by, at=at, client_id=by.client_id, subject=announcement)


def lock(announcement_id: int) -> Announcement:
    """The announcement, locked for this transaction."""
    return Announcement.objects.select_for_update(of=("self",)).get(pk=announcement_id)


def wording_of(row: Announcement) -> Wording:
    """What the row says, as a value."""
    chosen = None if row.to_all else frozenset(row.audience.values_list("client_id", flat=True))
    kind = AnnouncementKind(row.kind)
    return Wording(
        kind=kind, title=row.title, text=row.text, starts_at=row.starts_at, ends_at=row.ends_at, clients=chosen
    )


def close(row: Announcement, new: AnnouncementState, *, at: datetime, note: str = "") -> None:
    """End or call off, and forget what was still to be told at its end or before its start."""
    check_move(AnnouncementState(row.state), new)
    row.state, row.closed_at, row.close_note = new, at, note[:300]
    row.save(update_fields=["state", "closed_at", "close_note"])
    waiting = AnnouncementTelling.objects.filter(announcement=row, done_at__isnull=True)
    waiting.filter(what__in=[Telling.REMINDER, Telling.OVER]).update(done_at=at)


def plan_telling(
    row: Announcement, what: Telling, due_at: datetime | None, update: AnnouncementUpdate | None = None
) -> None:
    """Have its audience told of something at an instant; never where there is none."""
    if due_at is not None:
        AnnouncementTelling.objects.create(announcement=row, what=what, due_at=due_at, update=update)


def _move_end(row: Announcement, ends_at: datetime, at: datetime) -> None:
    kind = AnnouncementKind(row.kind)
    check_times(kind, row.starts_at, ends_at)
    check_closed(kind, row.starts_at, ends_at, worktime_of(calendar_at(at)))
    row.ends_at = ends_at
    row.save(update_fields=["ends_at"])
    over = AnnouncementTelling.objects.filter(announcement=row, what=Telling.OVER)
    if not over.update(due_at=ends_at, done_at=None):
        plan_telling(row, Telling.OVER, ends_at)


def _choose(row: Announcement, said: Wording) -> None:
    row.audience.all().delete()
    wanted = Client.objects.filter(pk__in=said.clients or ()).order_by("pk")
    AnnouncementClient.objects.bulk_create(AnnouncementClient(client=one, announcement=row) for one in wanted)


def _facts(row: Announcement, said: Wording) -> dict[str, object]:
    return {
        "about": row.kind, "title": row.title, "starts_at": row.starts_at, "ends_at": row.ends_at,
        "clients": sorted(said.clients) if said.clients is not None else "all",
    }  # fmt: skip


def _record(kind: str, row: Announcement, *, by: Actor, at: datetime, **payload: object) -> None:
    audit.record(kind, by=by, at=at, client_id=None, subject=row, payload=payload)
