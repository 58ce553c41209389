"""Scope, charge and time of a request, for programmes (HLP-8, LIA-1 to LIA-4)."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request

from portal import clock
from portal.api.shapes import judged, shape_of
from portal.api.verbs import lists, writes
from tickets.actions import charging, timing
from tickets.api.resource import ForStaffToWrite, TicketResource, found
from tickets.api.shown import one_of
from tickets.forms.charging import ChargeAnswerForm, ChargeForm, RulingForm, TakeBackForm, TimeForm
from tickets.models import ChargeApproval, ScopeRuling, TimeEntry
from tickets.queries.charges import charges_of, offer_of, rulings_of, time_of
from tickets.rules.charge import Answer, Form, Source
from tickets.rules.scope import Area, Outcome

NewRuling = shape_of(RulingForm, "NewRuling")
NewCharge = shape_of(ChargeForm, "NewCharge")
ChargeAnswer = shape_of(ChargeAnswerForm, "ChargeAnswer")
NewTime = shape_of(TimeForm, "NewTime")
TakeBack = shape_of(TakeBackForm, "TakeBack")


class RulingOut(serializers.Serializer):
    """How staff ruled a request; the newest counts."""

    id = serializers.IntegerField(source="pk")
    outcome = one_of(Outcome)
    clause = serializers.CharField()
    area = one_of(Area)
    ruled_by = serializers.CharField(source="ruled_by_label")
    ruled_at = serializers.DateTimeField()
    proposed = serializers.SerializerMethodField(help_text="What the contract proposed; told to staff only.")
    reason = serializers.SerializerMethodField(help_text="Why it was ruled otherwise; told to staff only.")

    def get_proposed(self, row: ScopeRuling) -> str | None:
        return row.proposed if self.context["request"].actor.is_staff else None

    def get_reason(self, row: ScopeRuling) -> str | None:
        return row.reason if self.context["request"].actor.is_staff else None


class ChargeOut(serializers.Serializer):
    """A charge that the client was asked to approve, with its answer. Amounts are pounds without VAT."""

    id = serializers.IntegerField(source="pk")
    form = one_of(Form)
    work = serializers.CharField()
    offer = serializers.SerializerMethodField(help_text="The price in one sentence.")
    hourly_rate = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    step_minutes = serializers.IntegerField(allow_null=True)
    estimate_minutes = serializers.IntegerField(allow_null=True)
    fixed_price = serializers.DecimalField(max_digits=10, decimal_places=2, allow_null=True)
    asked_by = serializers.CharField(source="asked_by_label")
    asked_at = serializers.DateTimeField()
    answer = one_of(Answer)
    answered_by = serializers.CharField(source="answered_by_label", allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(source="answer_note", allow_blank=True)

    def get_offer(self, row: ChargeApproval) -> str:
        return offer_of(row)


class TimeOut(serializers.Serializer):
    """Worked time. What takes an earlier entry back has negative seconds and names it."""

    id = serializers.IntegerField(source="pk")
    day = serializers.DateField()
    begun_at = serializers.DateTimeField(source="started_at")
    seconds = serializers.IntegerField()
    work = serializers.CharField()
    person = serializers.CharField(source="staff_label")
    charged = serializers.BooleanField(source="billable")
    charge = serializers.IntegerField(source="approval_id", allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it is not charged, or taken back.")
    takes_back = serializers.IntegerField(source="reverses_id", allow_null=True)
    source = one_of(Source)
    recorded_at = serializers.DateTimeField()


class Rulings(ForStaffToWrite):
    """Whether a request is part of support."""

    @lists(RulingOut, about="How a request was ruled")
    def get(self, request: Request, ref: str) -> QuerySet[ScopeRuling]:
        """The newest counts."""
        return rulings_of(found(request, ref))

    @writes("request ruled", about="Rule a request", given=NewRuling, answers=RulingOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> ScopeRuling:
        """Without `outcome` as the contract proposes; another one needs its `reason`."""
        ticket, said = found(request, ref), judged(RulingForm(given))
        outcome = Outcome(said["outcome"]) if said["outcome"] else None
        verdict = charging.Verdict(Area(said["area"]), outcome, said["reason"], said["quote_for"])
        return charging.rule(ticket.pk, verdict, by=request.actor, at=clock.now(), seen=said["version"])


class Charges(ForStaffToWrite):
    """The charges of a request."""

    @lists(ChargeOut, about="Charges that the client was asked to approve")
    def get(self, request: Request, ref: str) -> QuerySet[ChargeApproval]:
        return charges_of(found(request, ref))

    @writes("charge asked", about="Ask the client to approve a charge", given=NewCharge, answers=ChargeOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> ChargeApproval:
        """The client’s managers are asked by mail; nothing is worked on before their yes (HLP-8)."""
        ticket, said = found(request, ref), judged(ChargeForm(given))
        offer = charging.Offer(Form(said["form"]), said["work"], said["minutes"] or 0, said["fixed"])
        return charging.ask_charge(ticket.pk, offer, by=request.actor, at=clock.now(), seen=said["version"])


class AnswerCharge(TicketResource):
    """The client's yes or no."""

    only = "member"

    @writes("charge answered", about="Say yes or no to a charge", given=ChargeAnswer, answers=ChargeOut)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> ChargeApproval:
        """A manager’s word; it is never changed (HLP-8)."""
        row = charges_of(found(request, ref)).filter(pk=pk).first()
        if row is None:
            raise Http404
        said = judged(ChargeAnswerForm(given))
        yes = said["answer"] == "yes"
        return charging.answer_charge(row.pk, yes=yes, by=request.actor, at=clock.now(), note=said["note"])


class Time(ForStaffToWrite):
    """Worked time of a request."""

    @lists(TimeOut, about="Worked time")
    def get(self, request: Request, ref: str) -> QuerySet[TimeEntry]:
        return time_of(found(request, ref))

    @writes("time added", about="Write worked time down", given=NewTime, answers=TimeOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str) -> TimeEntry:
        """`free` says why it is not charged; without it the ruling decides."""
        ticket, said = found(request, ref), judged(TimeForm(given))
        work = timing.Work(said["started_at"], said["minutes"] * 60, said["work"], said["free"])
        return timing.add_time(ticket.pk, work, by=request.actor, at=clock.now())


class TakeTimeBack(TicketResource):
    """A correction."""

    only = "staff"

    @writes("time taken back", about="Take worked time back", given=TakeBack, answers=TimeOut, status=201)
    def post(self, request: Request, given: dict[str, Any], ref: str, pk: int) -> TimeEntry:
        """By an entry of its own with negative seconds; one’s own, or a lead anybody’s."""
        row = time_of(found(request, ref)).filter(pk=pk).first()
        if row is None:
            raise Http404
        said = judged(TakeBackForm(given))
        return timing.reverse_time(row.pk, said["reason"], by=request.actor, at=clock.now())
