"""What becomes of a leaver's open requests."""

from datetime import datetime

from portal.actors import Actor
from portal.models import Staff
from tickets.actions.base import record
from tickets.actions.work import assign
from tickets.models import Ticket, Timer
from tickets.rules.states import OPEN_STATES


def return_open_work(*, staff: Staff, by: Actor, at: datetime) -> None:
    """Everything open that somebody who has left was to do goes back to nobody, in its place in the queue."""
    rows = Ticket.objects.filter(assignee=staff, state__in=OPEN_STATES).order_by("id")
    for pk in list(rows.values_list("pk", flat=True)):
        assign(pk, to=None, by=by, at=at)


def end_timer(*, staff: Staff, by: Actor, at: datetime) -> None:
    """A leaver's running timer ends without an entry: nobody else can say what the time was for."""
    timer = Timer.objects.select_related("ticket").filter(staff=staff).first()
    if timer is not None:
        timer.delete()
        facts = {"of": staff.label, "since": timer.started_at}
        record(timer.ticket, "timer dropped", by=by, at=at, client_visible=False, **facts)
