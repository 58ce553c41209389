"""The way in: `/` leads each person to their own side."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import clock
from portal.queries.people import is_staff_person
from portal.tenancy.door import clients_of


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Staff to the desk, people of one client to it, of several to a choice; the rest to the sign-in page."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(reverse("account_login"))
    now = clock.now()
    if is_staff_person(request.user.pk, now):
        return HttpResponseRedirect("/desk/")
    clients = clients_of(request.user.pk, now)
    if len(clients) == 1:
        return HttpResponseRedirect(f"/c/{clients[0].slug}/")
    return render(request, "accounts/choose.html", {"clients": clients})
