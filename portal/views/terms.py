"""The terms' change log for everybody, and a new version by the administrator (LOG-1)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.actions.terms import publish_terms
from portal.forms.terms import VersionForm
from portal.idempotency import once
from portal.models import Terms
from portal.queries.contract import calendar_at
from portal.queries.terms import change_log, changes_between, latest_terms, parameters_of
from portal.rules.people import Power
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import need, posted
from portal.views.posting import attempt


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Every version with what it changed, newest first."""
    return render(request, "public/terms_log.html", {"entries": change_log()})


@require_http_methods(["GET", "HEAD", "POST"])
@once("terms published")
def publish(request: PortalRequest) -> HttpResponse:
    """The form; then what would change; then, confirmed, the new version."""
    need(request, Power.MANAGE_SUPPLIER)
    last, now = latest_terms(), clock.now()
    if last is None:
        raise PermissionDenied(_("No terms are published yet: finish the first start at /setup/."))
    form = VersionForm(posted(request), current=parameters_of(last), calendar=calendar_at(now))
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "desk/terms_new.html", {"form": form, "last": last}, status=status)
    if "seen" in request.POST:
        return confirm(request, form)
    return preview(request, form, last)


def preview(request: PortalRequest, form: VersionForm, last: Terms) -> HttpResponse:
    """What would read differently, with the answers as hidden fields."""
    facts = {
        "changes": changes_between(parameters_of(last), form.parameters),
        "summary": form.cleaned_data["summary"],
        "last": last,
        "answers": [(name, request.POST.get(name, "")) for name in form.fields],
    }
    return render(request, "desk/terms_check.html", facts)


def confirm(request: PortalRequest, form: VersionForm) -> HttpResponse:
    """Publish it, if nobody published another one meanwhile."""
    seen, summary = request.POST["seen"], form.cleaned_data["summary"]
    version = int(seen) if seen.isascii() and seen.isdigit() else 0
    row = attempt(
        request,
        lambda: publish_terms(form.parameters, summary=summary, seen=version, by=request.actor, at=clock.now()),
    )
    if row is None:
        return redirect("desk:terms-new")
    messages.success(
        request,
        _("Version %(version)s of the terms is in force. The clients' managers find a notice.")
        % {"version": row.version},
    )
    return redirect("public:terms-log")
