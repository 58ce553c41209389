"""Queue rows as templates/parts/queue_row.html wants them."""

from datetime import datetime
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from portal.templatetags.times import london
from portal.worktime import Calendar
from tickets.models import Ticket
from tickets.queries.queue import QueuePage, Row
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


def row_of(ticket: Row, *, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """One row. Unread: the client has written and nobody has answered yet."""
    return {
        "ref": ticket.ref,
        "url": address_of("desk:ticket", ticket.ref),
        "preview_url": address_of("desk:preview", ticket.ref),
        "subject": ticket.subject,
        "client": ticket.client_name,
        "unread": ticket.asked_at is not None,
        "sla": sla_of(ticket, ticket.running, at=at, calendar=calendar),
        "flags": flags_of(ticket),
        "target": TARGET_SHORT[Target(ticket.target)] if ticket.target else "",
        "subscriber": ticket.target == Target.FOUR_HOURS,
        "assignee": ticket.assignee_label or "",
        "assignee_label": (gettext("Assigned to %(assignee_label)s") % {"assignee_label": ticket.assignee_label})
        if ticket.assignee_label
        else "",
        "since": ticket.received_at,
    }


def address_of(page: str, ref: str) -> str:
    """The address of a ticket's page. A reference is letters and digits with a dash, so it fits in as it is."""
    before, after = address_around(page)
    return f"{before}{ref}{after}"


@cache
def address_around(page: str) -> tuple[str, str]:
    """What stands before and after the reference; asking the resolver for each row would cost a tenth of the page."""
    before, _, after = reverse(page, args=["REF"]).partition("REF")
    return before, after


def flags_of(ticket: Row) -> list[tuple[str, str]]:
    """Small marks after the subject."""
    flags = []
    if ticket.visibility == Visibility.CONFIDENTIAL:
        flags.append(("lock-keyhole", gettext("Confidential")))
    if ticket.channel == Channel.PHONE:
        flags.append(("phone", gettext("By phone")))
    return flags + triage_flags(ticket)


def triage_flags(ticket: Row | Ticket) -> list[tuple[str, str]]:
    """What staff made of it."""
    flags = []
    if ticket.priority == Priority.HIGH:
        flags.append(("chevrons-up", gettext("High priority")))
    if ticket.snoozed_until is not None:
        flags.append(("alarm-clock", gettext("Snoozed until %(when)s") % {"when": london(ticket.snoozed_until)}))
    if ticket.tags:
        flags.append(("tag", ", ".join(ticket.tags)))
    return flags
