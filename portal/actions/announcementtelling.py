"""The sweep of announcements: who is told of what is due, batch by batch; and what ends by itself."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from portal.actions.announcements import end_by_itself, lock
from portal.actions.notices import News, notify, notify_many
from portal.clauses import clause
from portal.jobs import sweep
from portal.models import Announcement, AnnouncementTelling
from portal.queries.announcements import Hearer, hearers, tellings_due, tellings_waiting
from portal.rules.announcements import (
    KIND_WORDS,
    STAGE_WORDS,
    AnnouncementKind,
    AnnouncementState,
    Stage,
    Telling,
    ends_by_itself,
)
from portal.rules.noticelist import CLOSURE, OUTAGE, OUTAGE_OVERDUE, PLANNED
from portal.templatetags.times import london_full

BATCH = 1000
LONGEST = 300
NOTICE_KINDS = {
    AnnouncementKind.OUTAGE: OUTAGE,
    AnnouncementKind.PLANNED: PLANNED,
    AnnouncementKind.CLOSURE: CLOSURE,
}


@sweep("announcements", every_seconds=10, clause="HLP-1", backlog=tellings_waiting)
@clause("HLP-1")
def tell_announcements(at: datetime) -> int:
    """Tell the next thousand people of the first thing that is due, or do what is due by itself. Returns how many, or 1.

    Each person is told once of each, whoever runs this and how often: the key of the notice keeps it.
    """
    found = _next_due(at)
    if found is None:
        return 0
    row, telling = found
    if telling.what == Telling.OVER:
        _foreseen_end(row, telling, at)
        return 1
    if telling.what == Telling.REMINDER and (row.state != AnnouncementState.PUBLISHED or row.starts_at <= at):
        return _done(telling, at)
    people = hearers(row, after=telling.reached, most=BATCH, at=at)
    notify_many(_news(row, telling, people))
    if len(people) < BATCH:
        return _done(telling, at) + len(people)
    telling.reached = people[-1].membership_id
    telling.save(update_fields=["reached"])
    return len(people)


def _next_due(at: datetime) -> tuple[Announcement, AnnouncementTelling] | None:
    """The first that is due, with its announcement, both locked: the announcement first, like every act of a person."""
    due = tellings_due(at).select_related("update").order_by("due_at", "id")
    while (first := due.values_list("pk", "announcement_id").first()) is not None:
        row = lock(first[1])
        # What somebody called off, or another run told, while this one waited for the lock is due no longer.
        telling = due.select_for_update(of=("self",)).filter(pk=first[0]).first()
        if telling is not None:
            return row, telling
    return None


def _done(telling: AnnouncementTelling, at: datetime) -> int:
    telling.done_at = at
    telling.save(update_fields=["done_at"])
    return 1


def _foreseen_end(row: Announcement, telling: AnnouncementTelling, at: datetime) -> None:
    """Planned work and closures are over; of an outage, whoever announced it is asked how it stands."""
    _done(telling, at)
    if row.state != AnnouncementState.PUBLISHED:
        return
    if ends_by_itself(AnnouncementKind(row.kind)):
        end_by_itself(row)
        return
    words = _("“%(title)s” should have ended by now: say how it stands.") % {"title": row.title}
    notify(
        [],
        staff_ids=[row.author_id],
        kind=OUTAGE_OVERDUE,
        sentence=words,
        url=reverse("desk:announcement", args=[row.pk]),
        key=f"announcement {row.pk} over {telling.due_at:%Y%m%d%H%M}",
        at=telling.due_at,
    )


def _news(row: Announcement, telling: AnnouncementTelling, people: Sequence[Hearer]) -> list[News]:
    kind, words = NOTICE_KINDS[AnnouncementKind(row.kind)], sentence(row, telling)
    key = f"announcement {row.pk} {telling.what} {telling.update_id or ''}".strip()
    return [
        News(
            user_id=one.user_id,
            client_id=one.client_id,
            kind=kind,
            sentence=words,
            url=reverse("client:announcement", args=[one.slug, row.pk]),
            at=telling.due_at,
            key=key,
        )
        for one in people
    ]


def sentence(row: Announcement, telling: AnnouncementTelling) -> str:
    """What one line says of it, in at most 300 letters."""
    title = {"kind": KIND_WORDS[AnnouncementKind(row.kind)], "title": row.title}
    match Telling(telling.what):
        case Telling.UPDATE if telling.update is not None:
            stage = STAGE_WORDS[Stage(telling.update.stage)]
            words = _("%(title)s. %(stage)s: %(body)s") % {**title, "stage": stage, "body": telling.update.body}
        case Telling.REMINDER:
            words = _("Reminder. %(kind)s: %(title)s. It begins %(when)s.") % {
                **title,
                "when": london_full(row.starts_at),
            }
        case Telling.ENDED:
            words = _("%(kind)s: %(title)s. It is over.") % title
        case Telling.WITHDRAWN:
            words = _("Called off. %(kind)s: %(title)s. %(why)s") % {**title, "why": row.close_note}
        case _:
            words = _("%(kind)s: %(title)s. %(when)s.") % {**title, "when": period(row)}
    return Truncator(" ".join(words.split())).chars(LONGEST)


def period(row: Announcement) -> str:
    """From when to when, in words with the zone."""
    starts = london_full(row.starts_at)
    if row.ends_at is None:
        return _("Since %(starts)s") % {"starts": starts}
    return _("From %(starts)s to %(ends)s") % {"starts": starts, "ends": london_full(row.ends_at)}
