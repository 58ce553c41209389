"""Reported mails for programmes: the list, one, reporting one, and the verdict of staff (EML-6)."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from portal import clock
from portal.api.resource import Invalid, StrictJson
from portal.api.shapes import bound, judged, shape_of
from portal.api.verbs import lists, reads, writes
from portal.files import discarded_on_failure
from tickets.actions.spam import Reported, Told, judge_report, report_mail
from tickets.api.filters import MailReportFilter
from tickets.api.resource import TicketResource
from tickets.api.shown import one_of
from tickets.forms.spam import ReportForm, VerdictForm
from tickets.models import SpamReport
from tickets.queries.spam import reports_seen_by
from tickets.rules.references import normal_reference
from tickets.rules.spam import Harm, Verdict
from tickets.rules.states import Channel

NewMailReport = shape_of(ReportForm, "NewMailReport")
NewVerdict = shape_of(VerdictForm, "NewVerdict")


class LinkOut(serializers.Serializer):
    """A link of the mail, as text. Never open it."""

    shown = serializers.CharField(allow_blank=True)
    target = serializers.CharField()
    misleads = serializers.BooleanField(help_text="It shows another place than it leads to.")


class MailReportOut(serializers.Serializer):
    """A reported mail. What it says of itself is text that a stranger wrote."""

    ref = serializers.CharField(source="ticket.ref", help_text="The request that the report is.")
    client = serializers.CharField(source="client.slug")
    recipient = serializers.CharField()
    harm = one_of(Harm, help_text="What was done with the mail.")
    sender_name = serializers.CharField(allow_blank=True)
    sender = serializers.CharField(allow_blank=True)
    reply_to = serializers.CharField(allow_blank=True)
    return_path = serializers.CharField(allow_blank=True)
    subject = serializers.CharField(allow_blank=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    claims = serializers.ListField(child=serializers.CharField(), help_text="Its Authentication-Results, not checked.")
    links = serializers.SerializerMethodField()
    files = serializers.ListField(child=serializers.CharField(), help_text="The names of the files in it.")
    attachment = serializers.IntegerField(
        source="attachment_id", allow_null=True, help_text="The mail itself, among the request’s files."
    )
    left_out = serializers.CharField(allow_blank=True, help_text="Why the mail itself was not kept.")
    sha256 = serializers.CharField()
    reported_at = serializers.DateTimeField()
    verdict = one_of(Verdict, allow_blank=True, help_text="Empty until somebody has judged it.")
    verdict_words = serializers.CharField(allow_blank=True)
    judged_by = serializers.CharField(source="judged_by_label", allow_blank=True)
    judged_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(LinkOut(many=True))
    def get_links(self, row: SpamReport) -> list[dict[str, Any]]:
        """Stored as words, target, misleads."""
        return [{"shown": shown, "target": target, "misleads": lies} for shown, target, lies in row.links]


def report_address(row: SpamReport) -> str:
    """Where a report is shown."""
    return reverse("api:mail-report", args=[row.ticket.ref])


def seen(request: Request, ref: str) -> SpamReport:
    """The report of a request that this person may see. Raises Http404, for a stranger's and for none alike."""
    rows = reports_seen_by(request.actor).filter(ticket__ref=normal_reference(ref) or "")
    row = rows.order_by("-pk").first()
    if row is None:
        raise Http404
    return row


class MailReports(TicketResource):
    """The reported mails."""

    parser_classes = [StrictJson, MultiPartParser]

    @lists(MailReportOut, about="Reported mails", filters=MailReportFilter)
    def get(self, request: Request) -> QuerySet[SpamReport]:
        """Those on requests that this person’s pages would show, newest first."""
        return reports_seen_by(request.actor)

    @writes(
        "suspicious mail reported", about="Report a suspicious mail", given=NewMailReport, answers=MailReportOut,
        status=201, at=report_address,
    )  # fmt: skip
    def post(self, request: Request, given: dict[str, Any]) -> SpamReport:
        """For the client’s own people: one .eml file in `files`, as multipart/form-data. It becomes a request with its
        acknowledgement and its promise, as any other (HLP-5). 503: very many mails are just being read; nothing was done,
        so send it again in a moment, with the same key."""
        if request.membership is None:
            raise Invalid([{"field": "", "detail": _("Only people of a client report mail.")}])
        said = judged(ReportForm(*bound(given)))
        reported: Reported = said["reported"]
        told = Told(said["recipient"], Harm(said["harm"]), said["note"])
        with discarded_on_failure([reported.taken] if reported.taken else []):
            row = report_mail(
                reported, told, requester=request.membership, by=request.actor, at=clock.now(), channel=Channel.API
            )
        row.client = request.client
        return row


class OneMailReport(TicketResource):
    """One reported mail."""

    @reads(MailReportOut, about="One reported mail")
    def get(self, request: Request, ref: str) -> SpamReport:
        return seen(request, ref)


class JudgeMailReport(TicketResource):
    """What staff make of it."""

    only = "staff"

    @writes("report judged", about="Judge a reported mail", given=NewVerdict, answers=MailReportOut)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> SpamReport:
        """The sentence goes out to the client as an answer; `resolve` settles the request with it."""
        row, said = seen(request, ref), judged(VerdictForm(given))
        judge_report(
            row.pk, Verdict(said["verdict"]), said["words"], by=request.actor, at=clock.now(), resolve=said["resolve"]
        )
        return seen(request, ref)
