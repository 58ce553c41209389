"""What staff must look at (/desk/alarms/)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.actions.alarms import dismiss_alarm
from portal.idempotency import once
from portal.navigation import Count
from portal.queries.alarms import Unseen, alarm_of, cleared_alarms, open_alarms, unseen
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Open alarms, the oldest first, each with its cure; and those cleared last."""
    return render(request, "desk/alarms.html", {"alarms": open_alarms(), "cleared": cleared_alarms()})


@require_POST
@once("alarm cleared")
def clear(request: PortalRequest, pk: int) -> HttpResponse:
    """A person has looked, and says that it is done."""
    alarm = alarm_of(pk)
    if alarm is None:
        raise Http404
    said = _("The alarm is cleared. It comes back by itself if its reason is still there.")
    where = reverse("desk:alarms")
    return done(request, lambda: dismiss_alarm(alarm, by=request.actor, at=clock.now()), where, said)


def alarm_count(request: HttpRequest) -> Count | None:
    """For the menu; an open alarm is always hot."""
    number = waiting(request).alarms
    return Count(number, hot=True) if number else None


def notice_count(request: HttpRequest) -> Count | None:
    """For the menu of staff."""
    number = waiting(request).notices
    return Count(number) if number else None


def waiting(request: HttpRequest) -> Unseen:
    """What the frame of a staff page shows, asked once a page."""
    known = getattr(request, "unseen", None)
    if known is None:
        known = request.unseen = unseen(request.user.pk or 0)  # type: ignore[attr-defined]
    return known
