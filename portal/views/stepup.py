"""Confirming that it is you, before a weighty page; and going on with a form that waited for it."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal import stepup
from portal.sessions import DEMO_DOOR
from portal.views.demo import guard


def wanted(request: HttpRequest) -> str:
    """Where to go afterwards: a page of this portal."""
    given = request.POST.get("next") or request.GET.get("next", "")
    return given if get_adapter(request).is_safe_url(given) else "/"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """To the proof that this person has: a factor or the password; in the demonstration, a button."""
    back = wanted(request)
    if request.session.get(DEMO_DOOR):
        return confirm_demo(request, back)
    if get_adapter(request).get_reauthentication_methods(request.user):
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
    # Neither a password nor a factor of ours: only a new sign-in can prove anything.
    logout(request)
    messages.info(request, _("Please sign in again: what comes next needs a fresh proof of who you are."))
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def confirm_demo(request: HttpRequest, back: str) -> HttpResponse:
    """One button, which says that this is the demonstration. Refused everywhere else."""
    guard(request)
    if request.method == "POST":
        stepup.prove_by_demo(request)
        return HttpResponseRedirect(back)
    return render(request, "accounts/confirm_demo.html", {"next": back})


@login_required
@never_cache
@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """The form that waited for the proof, with one button that sends it."""
    form = stepup.held(request)
    if form is None:
        return HttpResponseRedirect("/")
    if not stepup.is_fresh(request):
        return HttpResponseRedirect(f"{reverse('accounts_confirm')}?{urlencode({'next': request.path})}")
    stepup.let_go(request)
    return render(request, "accounts/go_on.html", {"form": form})
