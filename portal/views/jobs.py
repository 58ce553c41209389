"""How the portal's own work is doing (/desk/jobs/)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import clock
from portal.queries.jobs import sweep_states
from portal.rules.people import Power
from portal.views.answers import need


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every sweep with its lag, backlog and failures; leads and admins."""
    need(request, Power.SEE_MACHINERY)
    return render(request, "desk/jobs.html", {"jobs": sweep_states(clock.now())})
