"""A worker makes a report, step by step: read, freeze, draw, sign, store (CMP-10)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.models import Report, ReportRequest
from compliance.queries import report_facts
from compliance.report import snapshot as snapshots
from compliance.report.document import print_report
from compliance.report.facts import ReportFacts
from compliance.rules import READY_NOTICE
from portal.actions.documents import Issue, issue_document
from portal.actions.making import make_next, mark_ready, show_progress, sign_and_finish, signing_facts
from portal.actions.notices import notify
from portal.actors import SYSTEM
from portal.clauses import clause
from portal.documents import codes
from portal.documents.render import Rendered
from portal.jobs import sweep
from portal.tenancy import act_as_staff


@sweep("reports", every_seconds=5, clause="CMP-10", scope="own", queue="documents")
@clause("CMP-10")
def make_reports(at: datetime) -> int:
    """Make the oldest report that waits, or whose worker died. Each step commits, so that the page can show progress."""
    return make_next(ReportRequest, make_report, at, what="compliance report")


def make_report(request: ReportRequest, at: datetime) -> None:
    """Read, freeze, draw, sign, store. The facts are read once; everything after works on the frozen snapshot."""
    code = codes.new_code()
    with act_as_staff(SYSTEM):
        facts = report_facts(request, at=at, code=code, signing=signing_facts())
    show_progress(request, 35, _("Drawing the pages"))
    frozen = snapshots.build(facts)
    rendered = print_report(frozen)
    show_progress(request, 80, _("Signing"))
    sign_and_finish(
        rendered,
        lambda signed, name: finish(request.pk, facts, frozen, rendered, signed, storage_name=name, at=at),
        supplier=facts.supplier.legal_name,
        at=at,
    )


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
        mark_ready(request, at)
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
