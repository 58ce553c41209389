"""Reads of announcements: the banners of a client's page, their lists, and whom to tell."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet

from portal.actors import Actor
from portal.models import Announcement, AnnouncementTelling, AnnouncementUpdate, Membership
from portal.prepared import Prepared
from portal.queries.people import contract_day
from portal.rules.announcements import AnnouncementKind, AnnouncementState, is_shown
from portal.rules.states import ClientState

# The frame of a client's page: what is unread and which banners stand, in one statement.
FRAME = Prepared("""
select
  (select count(*) from portal_notice n
    where n.user_id = %(user)s and n.client_id = %(client)s and n.membership_id is not null and n.read_at is null),
  (select json_agg(json_build_array(a.id, a.kind, a.title, a.starts_at, a.ends_at) order by a.shown_from desc, a.id desc)
    from portal_announcement a
    where a.state = 'published' and a.shown_from <= %(at)s and (a.kind = 'outage' or a.ends_at > %(at)s)
      and not exists (select from portal_announcementdismissal d
        where d.announcement_id = a.id and d.membership_id = %(membership)s and d.at >= a.news_at))
""")


@dataclass(frozen=True, slots=True)
class Banner:
    """An announcement across the top of a client's pages."""

    pk: int
    kind: AnnouncementKind
    title: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of a client's person shows around itself."""

    unread: int = 0
    banners: tuple[Banner, ...] = ()


def frame_of(by: Actor, at: datetime) -> Frame:
    """The frame of a client's person, in their client's scope; one statement."""
    given = {"user": by.user_id, "client": by.client_id, "membership": by.membership_id, "at": at}
    with connection.cursor() as cursor:
        FRAME.run(cursor, given)
        unread, found = cursor.fetchone()
    rows = json.loads(found) if isinstance(found, str) else found
    return Frame(unread, tuple(_banner(*row) for row in rows or ()))


def _banner(pk: int, kind: str, title: str, starts: str, ends: str | None) -> Banner:
    until = datetime.fromisoformat(ends) if ends else None
    return Banner(pk, AnnouncementKind(kind), title, datetime.fromisoformat(starts), until)


def seen_by_client() -> QuerySet[Announcement]:
    """What a client may read, newest first: the row policy keeps out drafts and what is meant for others."""
    return Announcement.objects.filter(published_at__isnull=False).order_by("-pk")


def with_updates(rows: QuerySet[Announcement]) -> QuerySet[Announcement]:
    """The same with what followed, newest first."""
    return rows.prefetch_related(Prefetch("updates", queryset=AnnouncementUpdate.objects.order_by("-id")))


def every_announcement() -> QuerySet[Announcement]:
    """All of them for the desk, with the number of chosen clients."""
    return Announcement.objects.annotate(chosen=Count("audience")).order_by("-pk")


def is_current(row: Announcement, at: datetime) -> bool:
    """Whether its banner stands."""
    state, kind = AnnouncementState(row.state), AnnouncementKind(row.kind)
    return is_shown(state, kind, from_at=row.shown_from, ends_at=row.ends_at, at=at)


def chosen_clients(announcement_id: int) -> list[tuple[int, str]]:
    """The clients of an announcement that is not for all: key and name."""
    rows = Announcement.objects.filter(pk=announcement_id, audience__isnull=False)
    return list(rows.order_by("audience__client__name").values_list("audience__client_id", "audience__client__name"))


@dataclass(frozen=True, slots=True)
class Hearer:
    """A person of the audience."""

    membership_id: int
    user_id: int
    client_id: int
    slug: str


def audience(row: Announcement, at: datetime) -> QuerySet[Membership]:
    """Whom it is meant for: people in office on that day, of clients that are neither suspended nor ended."""
    day = contract_day(at)
    people = Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        valid_from__lte=day, joined_at__isnull=False, client__state=ClientState.ACTIVE,
    )  # fmt: skip
    return people if row.to_all else people.filter(client_id__in=row.audience.values("client_id"))


def hearers(row: Announcement, *, after: int, most: int, at: datetime) -> Sequence[Hearer]:
    """The people of the audience in the order of their keys, from one on; one query."""
    people = audience(row, at).filter(pk__gt=after).order_by("pk")
    return [Hearer(*one) for one in people.values_list("pk", "user_id", "client_id", "client__slug")[:most]]


def audience_size(row: Announcement, at: datetime) -> int:
    """How many people it reaches on that day."""
    return audience(row, at).values("user_id").distinct().count()


def tellings_due(at: datetime) -> QuerySet[AnnouncementTelling]:
    return AnnouncementTelling.objects.filter(done_at__isnull=True, due_at__lte=at)


def tellings_waiting(at: datetime) -> int:
    """How many are due and not told; the sweep's backlog."""
    return tellings_due(at).count()
