"""What the tests about notices share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from portal.actions.notices import choose_ways, notify
from portal.actors import SYSTEM
from portal.models import Notice, Outbox
from portal.rules.notices import Way
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, Person, World

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# The day of MORNING is a Tuesday; the office works from 9:00 to 17:30.
NEXT_OPENING = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


def tell(*people: Person, kind: str = "request ended", at: datetime = MORNING, key: str = "1", **more: Any) -> None:
    """Tell each of them, as one of the portal's jobs would; about Alder, unless told otherwise."""
    with act_as_staff(SYSTEM):
        client = people[0].membership.client_id if people[0].membership else None
        given = {"sentence": f"Something happened ({key}).", "client_id": client, **more}
        notify([one.user.pk for one in people], kind=kind, at=at, key=key, **given)


def choose(person: Person, kind: str, way: Way, at: datetime = MORNING) -> None:
    """The person's own choice, in their own scope."""
    roles = [person.actor.role]
    with act_as(person.actor.client_id) if person.actor.client_id else act_as_staff(SYSTEM):
        choose_ways({kind: way}, roles=roles, by=person.actor, at=at)


def notices(person: Person) -> list[Notice]:
    with act_as_staff(SYSTEM):
        return list(Notice.objects.filter(user=person.user).order_by("id"))


def mails(*people: Person, kinds: tuple[str, ...] = ("notice", "digest")) -> list[Outbox]:
    """The mails of notices that were written to these people, oldest first."""
    with act_as_staff(SYSTEM):
        to = [person.user.email for person in people]
        return list(Outbox.objects.filter(to_email__in=to, kind__in=kinds).order_by("id"))


def leave(world: World, name: str) -> None:
    """Yesterday was this person's last day."""
    person = world.people[name]
    row = person.membership or person.staff
    assert row is not None
    with act_as_staff(SYSTEM):
        type(row).objects.filter(pk=row.pk).update(valid_to=MORNING.date())
