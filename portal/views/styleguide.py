"""/desk/styleguide/: every component in every state, and a target for the accessibility tests."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import clock
from portal.views import styleguide_samples as samples


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Staff only, by its address (the middleware); shows invented values and reads nothing."""
    now = clock.now()
    given = {
        "now": now,
        "tones": samples.TONES,
        "slas": samples.SLAS,
        "clocks": samples.clocks(),
        "groups": samples.groups(now),
        "thread": samples.thread(now),
        "panel": samples.PANEL,
        "composer": samples.COMPOSER,
        "steps": samples.STEPS,
        "chart": samples.CHART,
        "fresh_form": samples.SampleForm(auto_id="fresh_%s"),
        "wrong_form": samples.SampleForm({"email": "nobody"}, auto_id="wrong_%s"),
    }
    return render(request, "desk/styleguide.html", given)
