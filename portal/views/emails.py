"""Changing one's address: the form, and the pages behind the links to the new and the old address."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import clock, stepup
from portal.actions.emails import ask_email_change, confirm_email_change, stop_email_change
from portal.errors import Refused
from portal.forms.emails import EmailForm
from portal.idempotency import once
from portal.queries.emails import stoppable, waiting, wish
from portal.sametime import same_time
from portal.views.answers import form_page, posted
from portal.views.identity import oneself, own_id


@same_time
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@stepup.required
@once("e-mail change asked")
def change(request: HttpRequest) -> HttpResponse:
    """Ask for another address; nothing changes before its link is opened."""

    def act(given: dict[str, Any]) -> str:
        ask_email_change(user_id=own_id(request), to=given["email"], by=oneself(request), at=clock.now())
        return reverse("accounts_email")

    said = _(
        "Look into the mail of the new address: its link makes the change. The old address is told, and can stop it."
    )
    return form_page(request, "accounts/email.html", EmailForm(posted(request)), act, said=said)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link to the new address. Looking changes nothing: mail scanners open links, too."""
    found = wish(waiting(token, clock.now()))
    act = partial(confirm_email_change, token=token, at=clock.now())
    return behind_link(request, found, act, "accounts/email_confirm.html", "account_login")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link to the old address: nothing changes, or what was changed is changed back."""
    found = wish(stoppable(token, clock.now()))
    act = partial(stop_email_change, token=token, at=clock.now())
    return behind_link(request, found, act, "accounts/email_stop.html", "account_reset_password")


def behind_link(
    request: HttpRequest, found: object, act: Callable[[], None], template: str, afterwards: str
) -> HttpResponse:
    """Show what the link would do, or do it and sign out here; a dead link says so, as 404."""
    if found is None:
        return render(request, "accounts/email_gone.html", status=404)
    if request.method != "POST":
        return render(request, template, {"wish": found})
    try:
        with transaction.atomic():
            act()
    except Refused:
        return render(request, "accounts/email_gone.html", status=404)
    logout(request)
    return HttpResponseRedirect(reverse(afterwards))
