"""Writes of compliance: a report is requested in the browser and made by a worker, step by step (CMP-10)."""

from datetime import date, datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.urls import reverse

from compliance.models import Report, ReportRequest
from compliance.queries import report_facts
from compliance.report import snapshot as snapshots
from compliance.report.facts import ReportFacts, SigningFacts
from compliance.rules import REQUEST_MOVES, RequestState
from portal import audit, clock
from portal.actions.alarms import raise_alarm
from portal.actions.documents import Issue, issue_document, store_signed
from portal.actions.notices import notify
from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.documents import codes
from portal.documents.process import DocumentError
from portal.documents.render import Rendered, render_pdf
from portal.documents.sign import certificate_facts, sign
from portal.errors import Refused
from portal.files import discard
from portal.jobs import sweep
from portal.models import Membership
from portal.rules.states import Role
from portal.tenancy import act_as_staff

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
LONGEST_PERIOD = timedelta(days=3 * 366)


@clause("CMP-10")
@transaction.atomic
def request_report(
    *, period_from: date, period_to: date, membership: Membership, by: Actor, at: datetime
) -> ReportRequest:
    """Ask for a compliance report over a period of days, both included. Only a client manager may. Raises Refused."""
    if by.role != Role.MANAGER:
        raise Refused("CMP-10", "Only a client manager can ask for a compliance report.")
    if period_to < period_from:
        raise Refused("CMP-10", "The period ends before it begins. Swap the two dates.")
    if period_to - period_from > LONGEST_PERIOD:
        raise Refused("CMP-10", "A report covers at most three years. Choose a shorter period.")
    request = ReportRequest.objects.create(
        client_id=membership.client_id,
        period_from=period_from,
        period_to=period_to,
        requested_by=membership,
        requested_by_label=membership.label,
        requested_at=at,
        progress_says="Waiting for a worker",
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
        raise Refused("CMP-10", f"A report that is {request.state} cannot become {new}.")
    request.state = new


@sweep("reports", every_seconds=5, clause="CMP-10", scope="own", queue="documents")
@clause("CMP-10")
def make_reports(at: datetime) -> int:
    """Make the oldest report that waits, or whose worker died. Each step commits, so that the page can show progress."""
    request = claim(at)
    if request is None:
        return 0
    try:
        make_report(request, at)
    except (DocumentError, IntegrityError) as error:
        log.error("report failed", request=request.pk, exc_info=error)
        put_back(request.pk, error=str(error), at=at)
    return 1


def claim(at: datetime) -> ReportRequest | None:
    """Take one request under a lease of three minutes of real time; a dead worker's lease runs out."""
    now = clock.real_now()
    with act_as_staff(SYSTEM):
        waiting = ReportRequest.objects.filter(state__in=[RequestState.QUEUED, RequestState.RUNNING])
        free = waiting.exclude(state=RequestState.RUNNING, leased_until__gt=now)
        request = free.order_by("requested_at", "id").select_for_update(skip_locked=True).first()
        if request is None:
            return None
        if request.state == RequestState.QUEUED:
            move(request, RequestState.RUNNING)
        request.leased_until, request.attempts = now + LEASE, request.attempts + 1
        request.started_at = request.started_at or at
        request.progress, request.progress_says = 5, "Reading the records"
        request.save()
    return request


def make_report(request: ReportRequest, at: datetime) -> None:
    """Read, freeze, draw, sign, store. The facts are read once; everything after works on the frozen snapshot."""
    code = codes.new_code()
    with act_as_staff(SYSTEM):
        facts = report_facts(request, at=at, code=code, signing=signing_facts())
    show_progress(request.pk, 35, "Drawing the pages")
    frozen = snapshots.build(facts)
    rendered = render_pdf(snapshots.TEMPLATE, frozen, kind=snapshots.KIND, number=facts.number, created=at)
    show_progress(request.pk, 80, "Signing")
    signed = sign(rendered.pdf, at=at, reason="Issued by the supplier's portal", name=facts.supplier.legal_name)
    storage_name = store_signed(signed)
    try:
        finish(request.pk, facts, frozen, rendered, signed, storage_name=storage_name, at=at)
    except BaseException:
        discard(storage_name)
        raise


def signing_facts() -> SigningFacts:
    """The certificate that will sign, as the report names it."""
    facts = certificate_facts()
    return SigningFacts(facts.subject, facts.fingerprint_sha256, facts.valid_until, facts.is_demo)


def show_progress(request_id: int, share: int, says: str) -> None:
    """Write how far a report is (per cent), for its page."""
    with act_as_staff(SYSTEM):
        ReportRequest.objects.filter(pk=request_id).update(progress=share, progress_says=says)


def finish(
    request_id: int,
    facts: ReportFacts,
    frozen: dict[str, object],
    rendered: Rendered,
    signed: bytes,
    *,
    storage_name: str,
    at: datetime,
) -> None:
    """Issue the document and the report, and tell the manager. One transaction; a request that is done already is refused."""
    with act_as_staff(SYSTEM):
        request = ReportRequest.objects.select_for_update().get(pk=request_id)
        move(request, RequestState.READY)
        title = f"Compliance report {facts.number}, {facts.client.legal_name}"
        issue = Issue(snapshots.KIND, facts.number, title, frozen, facts.verification_code, at.date())
        document = issue_document(
            issue, rendered, signed, storage_name=storage_name, client_id=request.client_id, by=SYSTEM, at=at
        )
        Report.objects.create(
            client_id=request.client_id,
            request=request,
            document=document,
            number=facts.number,
            previous=Report.objects.filter(client_id=request.client_id).order_by("-id").first(),
            counts=frozen["summary"]["counts"],  # type: ignore[index]
            made_at=at,
        )
        request.progress, request.progress_says, request.done_at, request.leased_until = 100, "Ready", at, None
        request.save()
        tell(request, facts.number, at=at)


def tell(request: ReportRequest, number: str, *, at: datetime) -> None:
    """A notice for the manager who asked."""
    if request.requested_by is None:
        return
    notify(
        [request.requested_by.user_id],
        kind="report",
        sentence=f"Your compliance report {number} is ready.",
        at=at,
        key=f"report {request.pk}",
        url=reverse("client:reports", args=[request.client.slug]),
        client_id=request.client_id,
    )


def put_back(request_id: int, *, error: str, at: datetime) -> None:
    """Try again, or give up after three attempts with an alarm."""
    with act_as_staff(SYSTEM):
        request = ReportRequest.objects.select_for_update().get(pk=request_id)
        if request.state != RequestState.RUNNING:
            return
        request.leased_until, request.error = None, error[:2000]
        if request.attempts < MOST_ATTEMPTS:
            move(request, RequestState.QUEUED)
            request.progress, request.progress_says = 0, "Something went wrong; trying again"
        else:
            move(request, RequestState.FAILED)
            request.done_at, request.progress_says = at, "It could not be made. Our staff have been told."
            raise_alarm(
                kind="report failed",
                subject=request,
                client_id=request.client_id,
                clause="CMP-10",
                sentence=f"A compliance report for {request.client.name} could not be made: {error[:300]}",
                cure="Mend the cause, then let the manager ask again, or press try again on the report.",
                at=at,
            )
        request.save()


@transaction.atomic
def try_again(request_id: int, *, by: Actor, at: datetime) -> ReportRequest:
    """A failed report is put back into the line. Raises Refused when it has not failed."""
    request = ReportRequest.objects.select_for_update().get(pk=request_id)
    move(request, RequestState.QUEUED)
    request.attempts, request.done_at, request.error = 0, None, ""
    request.progress, request.progress_says = 0, "Waiting for a worker"
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
