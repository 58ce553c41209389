"""The demo's doors and clock. Every view refuses outside the demo, from other hosts, and through proxies."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.actions.demomail import post_demo_mail
from portal.actions.doors import MOVES, advance_demo, open_door, restart_demo, run_due
from portal.actors import SYSTEM
from portal.addresses import is_forwarded
from portal.errors import Refused
from portal.forms.demomail import DemoMailForm
from portal.idempotency import once
from portal.queries.demo import demo_is_open, mails_around
from portal.queries.mail import body_of
from portal.sessions import DEMO_DOOR
from portal.templatetags.times import london_full
from portal.tenancy import act_as_staff
from portal.views.answers import form_page, posted

HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_here(request: HttpRequest) -> bool:
    """Whether the request came to this machine by its own name, and straight."""
    host = request.get_host()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in HOSTS and not is_forwarded(request)


def may_use_doors(request: HttpRequest) -> bool:
    return is_here(request) and demo_is_open()


def guard(request: HttpRequest) -> None:
    """Raises PermissionDenied unless this is the demo, on this machine."""
    if not may_use_doors(request):
        raise PermissionDenied("This is possible only in the demonstration, on the machine that runs it.")


@require_POST
def door(request: HttpRequest) -> HttpResponse:
    """Become a person of the demo, without a password; the session counts as one with a second factor."""
    guard(request)
    try:
        user = open_door(who=request.POST.get("who", ""), at=clock.now())
    except Refused as refused:
        raise PermissionDenied(refused.sentence) from refused
    logout(request)
    get_adapter(request).login(request, user)
    request.session[DEMO_DOOR] = True
    return HttpResponseRedirect(own_path(request, "/"))


@require_POST
@transaction.non_atomic_requests
def advance(request: HttpRequest) -> HttpResponse:
    """Move the demo's clock ahead and do everything that falls due on the way."""
    guard(request)
    try:
        with transaction.atomic():
            goal = advance_demo(to=request.POST.get("to", ""), at=clock.now())
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        run_due()
        messages.success(request, f"The clock went {MOVES[request.POST['to']]}: it is {london_full(goal)}.")
    return HttpResponseRedirect(own_path(request, "/"))


@require_POST
@transaction.non_atomic_requests
def restart(request: HttpRequest) -> HttpResponse:
    """Load the demo world again; everybody begins at the sign-in page."""
    guard(request)
    logout(request)
    try:
        restart_demo()
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "The demo world is loaded again.")
    return HttpResponseRedirect(reverse("account_login"))


def own_path(request: HttpRequest, otherwise: str) -> str:
    """Where the form said to go, if that is a page of this portal."""
    wanted = request.POST.get("next", "")
    return wanted if get_adapter(request).is_safe_url(wanted) else otherwise


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once("demo mail written")
def write(request: HttpRequest) -> HttpResponse:
    """Write a mail to the desk as anybody; it goes through the mail receiver."""
    guard(request)
    with act_as_staff(SYSTEM):
        around = mails_around(request.user.pk, str(request.user))
    answerable = [(row.message_id, row.subject) for row in around if "Reply-To" in row.headers]
    sender = {"sender": getattr(request.user, "email", "")}
    form = DemoMailForm(posted(request), answerable=answerable, initial=sender)

    def act(given: dict[str, Any]) -> str:
        post_demo_mail(**given, at=clock.now())
        return reverse("demo:mail")

    return form_page(
        request, "demo/write.html", form, act, said=_("The desk has your mail; it is read within seconds.")
    )


@require_safe
@login_required
def mail(request: HttpRequest) -> HttpResponse:
    """The demo's inbox: what was just written to this person, or because of them."""
    guard(request)
    with act_as_staff(SYSTEM):
        rows = [(row, body_of(row)) for row in mails_around(request.user.pk, str(request.user))]
    return render(request, "demo/mail.html", {"mails": rows})
