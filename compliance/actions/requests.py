"""A manager asks for a report, asks again, fetches it (CMP-10). Light: web processes import this, and draw nothing."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.models import Report, ReportRequest
from compliance.rules import REQUEST_MOVES, RequestState
from portal import audit
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Membership
from portal.rules.states import Role

LONGEST_PERIOD = timedelta(days=3 * 366)


@clause("CMP-10")
@transaction.atomic
def request_report(
    *, period_from: date, period_to: date, membership: Membership, by: Actor, at: datetime
) -> ReportRequest:
    """Ask for a compliance report over a period of days, both included. Only a client manager may. Raises Refused."""
    if by.role != Role.MANAGER:
        raise Refused("CMP-10", _("Only a client manager can ask for a compliance report."))
    if period_to < period_from:
        raise Refused("CMP-10", _("The period ends before it begins. Swap the two dates."))
    if period_to - period_from > LONGEST_PERIOD:
        raise Refused("CMP-10", _("A report covers at most three years. Choose a shorter period."))
    request = ReportRequest.objects.create(
        client_id=membership.client_id,
        period_from=period_from,
        period_to=period_to,
        requested_by=membership,
        requested_by_label=membership.label,
        requested_at=at,
        progress_says=_("Waiting for a worker"),
    )
    facts = {"from": period_from, "to": period_to}
    audit.record(
        "report requested",
        by=by,
        at=at,
        client_id=membership.client_id,
        subject=request,
        payload=facts,
        client_visible=True,
    )
    return request


def move(request: ReportRequest, new: RequestState) -> None:
    """Change a request's state in memory: the only writer of it. Raises Refused for a move the table does not know."""
    if new not in REQUEST_MOVES[RequestState(request.state)]:
        raise Refused(
            "CMP-10", _("A report that is %(state)s cannot become %(new)s.") % {"state": request.state, "new": new}
        )
    request.state = new


@transaction.atomic
def try_again(request_id: int, *, by: Actor, at: datetime) -> ReportRequest:
    """A failed report is put back into the line. Raises Refused when it has not failed."""
    request = ReportRequest.objects.select_for_update().get(pk=request_id)
    move(request, RequestState.QUEUED)
    request.attempts, request.done_at, request.error = 0, None, ""
    request.progress, request.progress_says = 0, _("Waiting for a worker")
    request.save(update_fields=["state", "attempts", "done_at", "error", "progress", "progress_says"])
    audit.record(
        "report requested again", by=by, at=at, client_id=request.client_id, subject=request, client_visible=True
    )
    return request


def note_download(report: Report, *, by: Actor, at: datetime) -> None:
    """Record who fetched a report: the same bytes every time (CMP-10)."""
    audit.record(
        "report downloaded", by=by, at=at, client_id=report.client_id, subject=report,
        payload={"number": report.number}, client_visible=True,
    )  # fmt: skip
