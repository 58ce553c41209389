"""The working calendar (/desk/calendar/): its versions, and a new one with what it would move before it is confirmed."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.forms.calendar import CalendarForm
from portal.idempotency import once
from portal.models import WorkingCalendar
from portal.queries.contract import calendar_at, worktime_of
from portal.rules.people import Power
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import need, posted
from portal.views.posting import attempt
from portal.worktime import hours_in_words
from tickets.actions.calendar import ListChanged, change_calendar
from tickets.queries.calendar import Moved, moved_by, running_clocks, seal_of

SHOWN = 200
OTHER_LIST = gettext_noop("The open requests have changed since you looked. Please look at the list again and confirm.")


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Every version, newest first."""
    need(request, Power.CHANGE_CALENDAR)
    rows = WorkingCalendar.objects.order_by("-version")
    versions = [(row, hours_in_words(worktime_of(row))) for row in rows]
    now = clock.now()
    today = worktime_of(calendar_at(now)).local_date(now).isoformat()
    return render(request, "desk/calendar.html", {"versions": versions, "now": now, "today": today})


@require_http_methods(["GET", "HEAD", "POST"])
@once("calendar changed")
def change(request: PortalRequest) -> HttpResponse:
    """The form; then the open requests that would move; then, confirmed, the new version."""
    need(request, Power.CHANGE_CALENDAR)
    now, current = clock.now(), WorkingCalendar.objects.order_by("-version")[0]
    form = CalendarForm(posted(request), current=current, today=worktime_of(current).local_date(now))
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "desk/calendar_new.html", {"form": form, "current": current},
            status=422 if request.method == "POST" else 200,
        )  # fmt: skip
    if "seen" in request.POST:
        return confirm(request, form, now)
    return preview(request, form, now)


def begins(form: CalendarForm, now: datetime) -> datetime:
    """At once when it is to hold from today, else at the day's first instant in the calendar's zone."""
    day = form.cleaned_data["effective_from"]
    return now if day == form.today else datetime.combine(day, time.min, form.calendar.zone)


def would_move(form: CalendarForm, now: datetime) -> list[Moved]:
    """What the version would move; nothing when it begins later."""
    return moved_by(form.calendar, running_clocks(now), now) if begins(form, now) <= now else []


def preview(request: PortalRequest, form: CalendarForm, now: datetime, *, note: str = "") -> HttpResponse:
    """What would move, with the answers as hidden fields."""
    moved = would_move(form, now)
    facts: dict[str, Any] = {
        "form": form,
        "hours": hours_in_words(form.calendar),
        "moved": moved[:SHOWN],
        "total": len(moved),
        "seen": seal_of(moved),
        "note": note,
        "at_once": begins(form, now) <= now,
        "answers": [(name, value) for name in form.fields for value in request.POST.getlist(name)],
    }
    return render(request, "desk/calendar_check.html", facts, status=409 if note else 200)


def confirm(request: PortalRequest, form: CalendarForm, now: datetime) -> HttpResponse:
    """Do it, if what it moves is what was shown."""
    seen = request.POST["seen"]
    try:
        done = attempt(
            request,
            lambda: change_calendar(form.calendar, effective_at=begins(form, now), seen=seen, by=request.actor, at=now),
        )
    except ListChanged:
        return preview(request, form, now, note=OTHER_LIST)
    if done:
        row, count = done
        moves = (
            _("No open request moves.")
            if not count
            else (_("%(count)s open request%(value)s moved.") % {"count": count, "value": "s" if count > 1 else ""})
        )
        messages.success(
            request,
            _("Version %(version)s of the calendar is kept. %(moves)s") % {"version": row.version, "moves": moves},
        )
    return redirect("desk:calendar")
