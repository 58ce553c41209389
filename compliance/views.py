"""A manager's reports: asking for one, watching it being made, fetching it."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.actions import requests as actions
from compliance.forms import ReportForm
from compliance.models import ReportRequest
from compliance.queries import request_of, requests_of
from compliance.rules import MANAGERS_ONLY
from portal import clock, stepup
from portal.files import open_stored
from portal.idempotency import once
from portal.queries.contract import calendar_at, worktime_of
from portal.rules.making import UNMADE, MakingState
from portal.rules.states import Role
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@once("report requested")
def reports(request: PortalRequest, slug: str) -> HttpResponse:
    """The list of reports, and the form for a new one."""
    client_id = of_manager(request)
    form = ReportForm(*posted(request), initial=last_year())
    membership = request.membership
    if request.method == "POST" and form.is_valid() and membership is not None:
        given = form.cleaned_data
        made = attempt(
            request, lambda: actions.request_report(**given, membership=membership, by=request.actor, at=clock.now())
        )
        if made:
            messages.success(
                request, _("Thank you. Your report stands below; you can leave this page while it is made.")
            )
            return redirect("client:reports", slug)
    rows = list(requests_of(client_id)[:SHOWN])
    context = {"form": form, "requests": rows, "busy": any(is_busy(one) for one in rows)}
    return render(request, "client/reports.html", context, status=422 if request.method == "POST" else 200)


def of_manager(request: PortalRequest) -> int:
    """The client's id, for its managers only (CMP-10)."""
    if request.actor.role != Role.MANAGER or request.actor.client_id is None:
        raise PermissionDenied(MANAGERS_ONLY)
    return request.actor.client_id


def last_year() -> dict[str, object]:
    """The last twelve months up to yesterday, as the form's proposal."""
    at = clock.now()
    today = worktime_of(calendar_at(at)).local_date(at)
    return {"period_from": today - timedelta(days=365), "period_to": today - timedelta(days=1)}


def is_busy(one: ReportRequest) -> bool:
    """Whether a worker still has to do something for it."""
    return one.state in UNMADE


@require_safe
def report_rows(request: PortalRequest, slug: str) -> HttpResponse:
    """The list alone, while one is being made."""
    rows = list(requests_of(of_manager(request))[:SHOWN])
    return render(
        request, "client/parts/report_list.html", {"requests": rows, "busy": any(is_busy(one) for one in rows)}
    )


def found(request: PortalRequest, pk: int) -> ReportRequest:
    """One of this client's requests, or 404."""
    try:
        return request_of(of_manager(request), pk)
    except ReportRequest.DoesNotExist:
        raise Http404 from None


@require_safe
@stepup.required
def download(request: PortalRequest, slug: str, pk: int) -> FileResponse:
    """The signed PDF: the same bytes every time."""
    one = found(request, pk)
    if one.state != MakingState.READY:
        raise Http404
    actions.note_download(one.report, by=request.actor, at=clock.now())
    name = f"{one.report.number}.pdf"
    answer = FileResponse(
        open_stored(one.report.document.storage_name), as_attachment=True, filename=name, content_type="application/pdf"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@once("report again")
def again(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """A failed report once more."""
    one = found(request, pk)
    attempt(request, lambda: actions.try_again(one.pk, by=request.actor, at=clock.now()))
    return redirect("client:reports", slug)
