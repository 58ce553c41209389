"""A worker makes a ticket's document: read, freeze, draw, sign, store (CMP-10)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.actions.documents import Issue, issue_document
from portal.actions.making import make_next, mark_ready, show_progress, sign_and_finish, signing_facts
from portal.actors import SYSTEM
from portal.clauses import clause
from portal.documents import codes
from portal.documents.render import Rendered, render_pdf
from portal.jobs import sweep
from portal.tenancy import act_as_staff
from tickets.models import TicketDocument
from tickets.queries.papers import paper_facts
from tickets.rules.papers import PAPER_KINDS, PAPER_TEMPLATES, Paper


@sweep("documents of requests", every_seconds=5, clause="HLP-5", scope="own", queue="documents")
@clause("HLP-5")
def make_papers(at: datetime) -> int:
    """Make the oldest document that waits, or whose worker died. Each step commits, so that the page can show progress."""
    return make_next(TicketDocument, make_paper, at, what="document of a request")


def make_paper(request: TicketDocument, at: datetime) -> None:
    """Read once, then work on the frozen snapshot alone."""
    code = codes.new_code()
    with act_as_staff(SYSTEM):
        frozen = paper_facts(request, at=at, code=code, signing=signing_facts())
    show_progress(request, 35, _("Drawing the pages"))
    rendered = print_paper(frozen)
    show_progress(request, 80, _("Signing"))
    sign_and_finish(
        rendered,
        lambda signed, name: finish(request.pk, frozen, rendered, signed, storage_name=name, at=at),
        supplier=frozen["supplier"]["legal_name"],
        at=at,
    )


def print_paper(frozen: dict[str, Any]) -> Rendered:
    """The unsigned PDF of a snapshot: the same snapshot gives the same bytes."""
    about = frozen["document"]
    paper = next(one for one, kind in PAPER_KINDS.items() if kind == about["kind"])
    created = datetime.fromisoformat(about["as_of"])
    return render_pdf(PAPER_TEMPLATES[paper], frozen, kind=about["kind"], number=about["number"], created=created)


def finish(
    request_id: int, frozen: dict[str, Any], rendered: Rendered, signed: bytes, *, storage_name: str, at: datetime
) -> None:
    """Issue the document. One transaction; a request that is done already is refused."""
    with act_as_staff(SYSTEM):
        request = TicketDocument.objects.select_for_update().get(pk=request_id)
        about, ref = frozen["document"], frozen["ticket"]["ref"]
        kind = PAPER_KINDS[Paper(request.kind)]
        title = _("%(kind)s %(number)s") % {"kind": kind.capitalize(), "number": about["number"]}
        issue = Issue(kind, about["number"], f"{title}, {ref}", frozen, frozen["verification"]["code"], at.date())
        request.document = issue_document(
            issue, rendered, signed, storage_name=storage_name, client_id=request.client_id, by=SYSTEM, at=at
        )
        mark_ready(request, at)
