"""Announcements for tests, made by the real actions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.actions.announcements import draft, publish
from portal.actions.announcementtelling import tell_announcements
from portal.actors import SYSTEM
from portal.models import Announcement, Client, Notice
from portal.rules.announcements import AnnouncementKind, Wording
from portal.tenancy import act_as_staff
from tests.cast import MORNING, Person, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def wording(**changes: Any) -> Wording:
    """An outage since an hour ago, to everybody, or as `changes` say."""
    given: dict[str, Any] = {
        "kind": AnnouncementKind.OUTAGE, "title": "Mail is slow", "text": "Messages arrive late.\n\nNothing is lost.",
        "starts_at": MORNING - HOUR, "ends_at": None, "clients": None,
    }  # fmt: skip
    return Wording(**given | changes)


def planned(**changes: Any) -> Wording:
    """Work in five days, for two hours."""
    given = {"kind": AnnouncementKind.PLANNED, "title": "New servers", "starts_at": MORNING + 5 * DAY}
    return wording(**{**given, "ends_at": MORNING + 5 * DAY + 2 * HOUR, **changes})


def announced(
    world: World, said: Wording | None = None, *, to: Sequence[Client] = (), at: datetime = MORNING
) -> Announcement:
    """A published announcement by Lee; to all, or to these clients."""
    chosen = {"clients": frozenset(one.pk for one in to)} if to else {}
    one = said or wording(**chosen)
    with act_as_staff(SYSTEM):
        row = draft(one, by=world.lee.actor, at=at)
        return publish(row.pk, by=world.lee.actor, at=at)


def told(at: datetime = MORNING) -> int:
    """Let the sweep do all that is due at an instant; how often it found something."""
    with act_as_staff(SYSTEM):
        rounds = 0
        while tell_announcements(at):
            rounds += 1
        return rounds


def heard(person: Person) -> list[str]:
    """What a person was told, oldest first."""
    with act_as_staff(SYSTEM):
        return list(Notice.objects.filter(user=person.user).order_by("id").values_list("sentence", flat=True))
