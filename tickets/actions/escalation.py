"""A request goes to Microsoft under their case number; somebody asks them again every two working days (HLP-10)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.actions.notices import News, notify_many
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.jobs import sweep
from portal.queries.contract import calendar_at, worktime_of
from tickets.actions.base import lock, move, record, require_staff, running_due, settle
from tickets.models import Escalation, Ticket
from tickets.queries.escalations import reminders_waiting
from tickets.queries.people import people_to_tell
from tickets.rules.escalation import remind_at
from tickets.rules.noticelist import MICROSOFT_REMINDER
from tickets.rules.states import State

BATCH = 500


@clause("HLP-10")
@transaction.atomic
def escalate(
    ticket_id: int, *, case_number: str, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> Escalation:
    """Pass a request to Microsoft. The response clock stays as it is (D6); it comes back by any other move."""
    require_staff(by, "HLP-10", _("escalate a request"))
    ticket = lock(ticket_id, seen=seen)
    case, why = case_number.strip(), reason.strip()
    if not case or not why:
        raise Refused("HLP-10", _("Say the number of the case at Microsoft, and why it had to go there."))
    if ticket.state == State.WITH_MICROSOFT:
        raise Refused("HLP-10", _("This request is with Microsoft already."))
    row = Escalation.objects.create(
        client_id=ticket.client_id,
        ticket=ticket,
        case_number=case,
        reason=why,
        since=at,
        remind_at=remind_at(at, worktime_of(calendar_at(at))),
        escalated_by=by.label,
    )
    move(ticket, State.WITH_MICROSOFT, at=at, note=_("Microsoft case %(case)s") % {"case": case})
    settle(ticket, due_at=running_due(ticket))
    record(ticket, "request escalated", by=by, at=at, case=case, reason=why)
    return row


@sweep("Microsoft reminders", every_seconds=60, clause="HLP-10", backlog=reminders_waiting)
@clause("HLP-10")
def remind_of_microsoft(at: datetime) -> int:
    """Tell who has a request that Microsoft must be asked again. A late sweep counts the next two days from now."""
    due = list(
        Escalation.objects.filter(remind_at__lte=at)
        .select_related("ticket")
        .order_by("remind_at", "id")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    if not due:
        return 0
    calendar = worktime_of(calendar_at(at))
    told = people_to_tell([one.ticket for one in due])
    for one in due:
        one.reminded_at, one.reminders, one.remind_at = at, one.reminders + 1, remind_at(at, calendar)
    Escalation.objects.bulk_update(due, ["reminded_at", "reminders", "remind_at"])
    notify_many([news for one in due for news in _news(one, told[one.ticket_id], at)])
    return len(due)


def _news(one: Escalation, people: list[int], at: datetime) -> list[News]:
    ticket: Ticket = one.ticket
    words = _("%(ref)s %(subject)s: ask Microsoft about case %(case)s again.")
    sentence = words % {"ref": ticket.ref, "subject": ticket.subject[:120], "case": one.case_number}
    return [
        News(
            user_id=user,
            client_id=one.client_id,
            kind=MICROSOFT_REMINDER,
            sentence=sentence,
            url=reverse("desk:ticket", args=[ticket.ref]),
            at=at,
            key=f"microsoft {one.pk} {one.reminders}",
        )
        for user in people
    ]
