"""The demo: doors by which one becomes one of its people, and a clock that moves ahead. Refused everywhere else."""

from datetime import datetime, timedelta

from django.core.management import CommandError, call_command
from django.utils.translation import gettext as _

from portal import audit, clock, clock_stops, jobs
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import User
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.demo import demo_is_open, demo_person, forget_doors
from portal.tenancy import act_as_staff
from portal.worktime import is_open, next_closing, next_opening

MOVES = {
    "hour": "one hour ahead",
    "opening": "to the next opening",
    "day": "one day ahead",
    "due": "to the next due date",
}


def require_demo() -> None:
    """Raises Refused unless this is a demonstration that no real person has closed."""
    if not demo_is_open():
        raise Refused("LOG-1", _("This is possible only in the demonstration."))


def open_door(*, who: str, at: datetime) -> User:
    """The demo person behind a door, with an audit event. Raises Refused for anybody else. Runs at the door."""
    require_demo()
    user = demo_person(who)
    if user is None:
        raise Refused("LOG-1", _("There is no such door in the demonstration."))
    with act_as_staff(SYSTEM):
        audit.record("demo door opened", by=SYSTEM, at=at, client_id=None, subject=user, payload={"name": user.name})
    return user


def target(*, to: str, at: datetime) -> datetime:
    """Where a move of the demo's clock ends. Raises Refused for an unknown move, and when nothing falls due."""
    if to == "hour":
        return at + timedelta(hours=1)
    if to == "day":
        return at + timedelta(days=1)
    with act_as_staff(SYSTEM):
        if to == "opening":
            calendar = worktime_of(calendar_at(at))
            return next_opening(next_closing(at, calendar) if is_open(at, calendar) else at, calendar)
        if to == "due":
            stop = clock_stops.next_stop(at)
            if stop is None:
                raise Refused("LOG-1", _("Nothing falls due; there is nowhere to go."))
            return stop + timedelta(seconds=1)
    raise Refused("LOG-1", _("The clock can go an hour or a day ahead, to the next opening, or to the next due date."))


def advance_demo(*, to: str, at: datetime) -> datetime:
    """Move the demo's clock ahead, never back. Raises Refused. The jobs run afterwards (`run_due`)."""
    require_demo()
    goal = target(to=to, at=at)
    if goal <= at:
        raise Refused("LOG-1", _("The clock only goes ahead."))
    clock.move_to(goal)
    with act_as_staff(SYSTEM):
        facts = {"from": at, "to": goal, "move": to}
        audit.record("demo clock moved", by=SYSTEM, at=goal, client_id=None, payload=facts)
    return goal


def run_due() -> int:
    """Do everything that has fallen due, so that its effect is seen at once. Runs outside every transaction."""
    return jobs.run_all_due()


def restart_demo() -> None:
    """Load the demo world again, with the clock where it began. Raises Refused outside the demo and when it cannot be done."""
    require_demo()
    try:
        call_command("demo")
    except CommandError as error:
        raise Refused("LOG-1", str(error)) from error
    forget_doors()
