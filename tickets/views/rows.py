"""Queue rows as templates/parts/queue_row.html wants them."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.templatetags.times import london
from portal.worktime import Calendar
from tickets.models import Ticket
from tickets.queries.queue import QueuePage
from tickets.rules.states import Channel, Priority, Target, Visibility
from tickets.views.faces import sla_of

TARGET_SHORT = {Target.FOUR_HOURS: "4 h", Target.ONE_DAY: "1 day"}


def groups_of(page: QueuePage, *, at: datetime, calendar: Calendar) -> list[dict[str, Any]]:
    """The bands of a page with their rows."""
    return [
        {
            "name": band.title,
            "tone": band.tone,
            "count": band.count or len(band.rows),
            "rows": [row_of(ticket, at=at, calendar=calendar) for ticket in band.rows],
        }
        for band in page.bands
    ]


def row_of(ticket: Ticket, *, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """One row. Unread: the client has written and nobody has answered yet."""
    clock = getattr(ticket, "clock", None)
    return {
        "ref": ticket.ref,
        "url": reverse("desk:ticket", args=[ticket.ref]),
        "preview_url": reverse("desk:preview", args=[ticket.ref]),
        "subject": ticket.subject,
        "client": ticket.client.name,
        "unread": ticket.asked_at is not None,
        "sla": sla_of(ticket, at=at, calendar=calendar),
        "flags": flags_of(ticket),
        "target": TARGET_SHORT[Target(clock.target)] if clock else "",
        "subscriber": clock is not None and clock.target == Target.FOUR_HOURS,
        "assignee": ticket.assignee.label if ticket.assignee else "",
        "assignee_label": (_("Assigned to %(label)s") % {"label": ticket.assignee.label}) if ticket.assignee else "",
        "since": ticket.received_at,
    }


def flags_of(ticket: Ticket) -> list[tuple[str, str]]:
    """Small marks after the subject."""
    flags = []
    if ticket.visibility == Visibility.CONFIDENTIAL:
        flags.append(("lock-keyhole", _("Confidential")))
    if ticket.channel == Channel.PHONE:
        flags.append(("phone", _("By phone")))
    return flags + triage_flags(ticket)


def triage_flags(ticket: Ticket) -> list[tuple[str, str]]:
    """What staff made of it."""
    flags = []
    if ticket.priority == Priority.HIGH:
        flags.append(("chevrons-up", _("High priority")))
    if ticket.snoozed_until is not None:
        flags.append(("alarm-clock", _("Snoozed until %(when)s") % {"when": london(ticket.snoozed_until)}))
    if ticket.tags:
        flags.append(("tag", ", ".join(ticket.tags)))
    return flags
