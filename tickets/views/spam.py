"""A client's suspicious mail: reporting it, what became of it, the counts by month, the senders we block (EML-6)."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.files import discarded_on_failure
from portal.files.forms import status_of
from portal.idempotency import once
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.paging import key_of
from portal.rules.people import MANAGERS_ONLY
from portal.rules.states import Role
from portal.spreadsheets import csv_answer
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted
from tickets.actions.spam import Reported, Told, report_mail
from tickets.forms.spam import ReportForm
from tickets.models import SenderBlock, SpamReport
from tickets.queries.figures import Period
from tickets.queries.mailin import own_addresses
from tickets.queries.spam import blocks_of, client_reports, report_of, reports_by_month
from tickets.rules.spam import HARM_SHORT, PLACE_WORDS, REPORT_ALIAS, VERDICT_WORDS, BlockPlace, Harm, Link, Verdict
from tickets.views.attachments import keeping_files
from tickets.views.client import found, member
from tickets.views.figures import count_columns, count_rows, first_of_months, midnight

TONES = {Verdict.PHISHING: "bad", Verdict.SPAM: "warn", Verdict.HARMLESS: "good", Verdict.UNKNOWN: ""}


def verdict_face(report: SpamReport) -> tuple[str, str]:
    """Words and tone of a verdict, for a chip."""
    if not report.verdict:
        return _("Being looked at"), "info"
    return str(VERDICT_WORDS[Verdict(report.verdict)]), TONES[Verdict(report.verdict)]


def mail_facts(report: SpamReport) -> dict[str, Any]:
    """What parts/reported_mail.html shows: text, and nothing that can be clicked."""
    return {
        "report": report,
        "links": [Link(*link) for link in report.links],
        "harm": HARM_SHORT[Harm(report.harm)],
        "chip": verdict_face(report),
    }


def block_line(row: SenderBlock) -> tuple[SenderBlock, str]:
    """A block, and where it stands in words."""
    return row, str(PLACE_WORDS[BlockPlace(row.place)])


@require_safe
def reports(request: PortalRequest, slug: str) -> HttpResponse:
    """What this person, or for a manager the organisation, reported; for managers the counts and the blocked senders too."""
    page = client_reports(
        request.actor, before=key_of(request.GET.get("before")), after=key_of(request.GET.get("after"))
    )
    is_manager = request.actor.role == Role.MANAGER
    client_id = request.actor.client_id or 0
    columns = count_columns()
    context = {
        "page": page,
        "rows": [(row, verdict_face(row)) for row in page.rows],
        "is_manager": is_manager,
        "table": [list(zip(columns, row, strict=True)) for row in months_of(client_id)] if is_manager else [],
        "columns": columns,
        "blocks": [block_line(row) for row in blocks_of(client_id)] if is_manager else [],
    }
    return render(request, "client/suspicious.html", context)


def months_of(client_id: int) -> list[list[Any]]:
    """The lines of the months of the last half year in which something was reported."""
    at = clock.now()
    calendar = worktime_of(calendar_at(at))
    today = calendar.local_date(at)
    begin, end = midnight(first_of_months(today), calendar), midnight(today + timedelta(days=1), calendar)
    return count_rows(reports_by_month(Period(begin, end, client_id), calendar.tz))


@require_safe
def counts_csv(request: PortalRequest, slug: str) -> HttpResponse:
    """The counts by month as a table, for managers."""
    if request.actor.role != Role.MANAGER:
        raise PermissionDenied(_(MANAGERS_ONLY))
    return csv_answer("suspicious-mail.csv", count_columns(), months_of(request.actor.client_id or 0))


@require_safe
def report(request: PortalRequest, slug: str, ref: str) -> HttpResponse:
    """One report as its client sees it: the mail as text, and what we make of it."""
    ticket = found(request, ref)
    row = report_of(ticket)
    if row is None:
        raise Http404
    context = {"ticket": ticket, "facts": mail_facts(row), "mail_url": "client:attachment"}
    return render(request, "client/suspicious_report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once("suspicious mail reported")
def report_new(request: PortalRequest, slug: str) -> HttpResponse:
    """The form. The mail is read under guard before anything is written."""
    initial = {"recipient": member(request).email} if request.method != "POST" else None
    form = keeping_files(request, ReportForm(*posted(request), initial=initial))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        reported: Reported = given["reported"]
        told = Told(given["recipient"], Harm(given["harm"]), given["note"])
        with discarded_on_failure([reported.taken] if reported.taken else []):
            done = attempt(
                request,
                lambda: report_mail(reported, told, requester=member(request), by=request.actor, at=clock.now()),
            )
        if done:
            words = _("Thank you. We have your report; its reference is %(ref)s. Please delete the mail now.")
            messages.success(request, words % {"ref": done.ticket.ref})
            return redirect("client:ticket", slug, done.ticket.ref)
    context = {"form": form, "alias": report_address()}
    status = status_of(form) if request.method == "POST" else 200
    return render(request, "client/suspicious_new.html", context, status=status)


def report_address() -> str:
    """Where suspicious mail may be forwarded to as a file; "" where we take no mail."""
    own = sorted(own_addresses())
    name, at_sign, domain = own[0].partition("@") if own else ("", "", "")
    return f"{name}+{REPORT_ALIAS}@{domain}" if at_sign else ""
