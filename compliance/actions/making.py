"""A worker makes a report, step by step: read, freeze, draw, sign, store (CMP-10)."""

from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError
from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.actions.requests import move
from compliance.models import Report, ReportRequest
from compliance.queries import report_facts
from compliance.report import snapshot as snapshots
from compliance.report.document import print_report
from compliance.report.facts import ReportFacts, SigningFacts
from compliance.rules import READY_NOTICE, RequestState
from portal import clock
from portal.actions.alarms import raise_alarm
from portal.actions.documents import Issue, issue_document, store_signed
from portal.actions.notices import notify
from portal.actors import SYSTEM
from portal.clauses import clause
from portal.documents import codes
from portal.documents.render import Rendered
from portal.documents.sign import certificate_facts, sign
from portal.files import discard
from portal.guarded.process import ChildError
from portal.jobs import sweep
from portal.tenancy import act_as_staff

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3


@sweep("reports", every_seconds=5, clause="CMP-10", scope="own", queue="documents")
@clause("CMP-10")
def make_reports(at: datetime) -> int:
    """Make the oldest report that waits, or whose worker died. Each step commits, so that the page can show progress."""
    request = claim(at)
    if request is None:
        return 0
    try:
        make_report(request, at)
    except (ChildError, IntegrityError) as error:
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
        request.progress, request.progress_says = 5, _("Reading the records")
        request.save()
    return request


def make_report(request: ReportRequest, at: datetime) -> None:
    """Read, freeze, draw, sign, store. The facts are read once; everything after works on the frozen snapshot."""
    code = codes.new_code()
    with act_as_staff(SYSTEM):
        facts = report_facts(request, at=at, code=code, signing=signing_facts())
    show_progress(request.pk, 35, _("Drawing the pages"))
    frozen = snapshots.build(facts)
    rendered = print_report(frozen)
    show_progress(request.pk, 80, _("Signing"))
    signed = sign(rendered.pdf, at=at, reason=_("Issued by the supplier's portal"), name=facts.supplier.legal_name)
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
        title = _("Compliance report %(number)s, %(legal_name)s") % {
            "number": facts.number,
            "legal_name": facts.client.legal_name,
        }
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
        request.progress, request.progress_says, request.done_at, request.leased_until = 100, _("Ready"), at, None
        request.save()
        tell(request, facts.number, at=at)


def tell(request: ReportRequest, number: str, *, at: datetime) -> None:
    """A notice for the manager who asked."""
    if request.requested_by is None:
        return
    notify(
        [request.requested_by.user_id],
        kind=READY_NOTICE,
        sentence=_("Your compliance report %(number)s is ready.") % {"number": number},
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
            request.progress, request.progress_says = 0, _("Something went wrong; trying again")
        else:
            move(request, RequestState.FAILED)
            request.done_at, request.progress_says = at, _("It could not be made. Our staff have been told.")
            raise_alarm(
                kind="report failed",
                subject=request,
                client_id=request.client_id,
                clause="CMP-10",
                sentence=_("A compliance report for %(name)s could not be made: %(error)s")
                % {"name": request.client.name, "error": error[:300]},
                cure=_("Mend the cause, then let the manager ask again, or press try again on the report."),
                at=at,
            )
        request.save()
