"""What staff must look at (/desk/alarms/), and the history of what they looked at."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.actions.alarms import dismiss_alarm, snooze_alarm, take_alarm, wake_alarm
from portal.forms.alarms import SnoozeForm
from portal.idempotency import once
from portal.models import Alarm
from portal.navigation import Count
from portal.queries.alarms import Pulse, alarm_of, cleared_alarms, open_alarms, pulse
from portal.queries.paging import key_of
from portal.tenancy.middleware import NO_NDA, PortalRequest
from portal.views.answers import done


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Open alarms, the oldest first, each with its cause, its age, its cure and who has it in hand."""
    lines = open_alarms(clock.now(), may_act=request.nda_valid)
    return render(
        request, "desk/alarms.html", {"lines": lines, "may_act": request.nda_valid, "hours": SnoozeForm.HOURS}
    )


@require_safe
def history(request: PortalRequest) -> HttpResponse:
    """Alarms that were cleared: when, by whom, and how long they stood."""
    given = request.GET
    page = cleared_alarms(given.get("kind", ""), before=key_of(given.get("before")), after=key_of(given.get("after")))
    return render(request, "desk/alarms_cleared.html", {"page": page, "kind": given.get("kind", "")})


@require_POST
@once("alarm cleared")
def clear(request: PortalRequest, pk: int) -> HttpResponse:
    """A person has looked, and says that it is done."""
    said = _("The alarm is cleared. It comes back by itself if its reason is still there.")
    return _change(request, pk, lambda alarm: dismiss_alarm(alarm, by=request.actor, at=clock.now()), said)


@require_POST
@once("alarm taken")
def take(request: PortalRequest, pk: int) -> HttpResponse:
    """A person says that they have it in hand."""
    said = _("Your colleagues see that you have this alarm in hand.")
    return _change(request, pk, lambda alarm: take_alarm(alarm, by=request.actor, at=clock.now()), said)


@require_POST
@once("alarm put away")
def snooze(request: PortalRequest, pk: int) -> HttpResponse:
    """Put it away for some hours."""
    form = SnoozeForm(request.POST)
    hours = int(form.cleaned_data["hours"]) if form.is_valid() else 0
    said = _("The alarm is put away. It comes back by itself.")
    return _change(request, pk, lambda alarm: snooze_alarm(alarm, hours=hours, by=request.actor, at=clock.now()), said)


@require_POST
@once("alarm brought back")
def wake(request: PortalRequest, pk: int) -> HttpResponse:
    """Bring back one that was put away."""
    said = _("The alarm is back.")
    return _change(request, pk, lambda alarm: wake_alarm(alarm, by=request.actor, at=clock.now()), said)


def _change(request: PortalRequest, pk: int, act: Callable[[Alarm], object], said: str) -> HttpResponse:
    if not request.nda_valid:
        raise PermissionDenied(NO_NDA)
    alarm = alarm_of(pk)
    if alarm is None:
        raise Http404
    return done(request, lambda: act(alarm), reverse("desk:alarms"), said)


def alarm_count(request: HttpRequest) -> Count:
    """For the menu; an open alarm is always hot."""
    return Count(waiting(request).alarms, hot=True, live="alarms")


def notice_count(request: HttpRequest) -> Count:
    """For the menu of staff."""
    return Count(waiting(request).notices, live="notices")


def waiting(request: HttpRequest) -> Pulse:
    """The menu's numbers and the sign of the newest act, asked once a page."""
    known = getattr(request, "pulse", None)
    if known is None:
        content = getattr(request, "nda_valid", False)
        known = request.pulse = pulse(request.user.pk or 0, clock.now(), content=content)  # type: ignore[attr-defined]
    return known
