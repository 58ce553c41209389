"""Mail that came in, for programmes of the staff: what waits, what it says, and what becomes of it (SUB-1)."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django_filters import ChoiceFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request

from portal import clock
from portal.api.resource import Resource
from portal.api.shapes import judged, shape_of
from portal.api.verbs import lists, reads, writes
from portal.models import Client
from portal.rules.tokens import Scope
from tickets.actions import mailtriage
from tickets.api.filters import words
from tickets.api.shown import one_of
from tickets.forms.mailin import MailGiveForm, MailReasonForm
from tickets.models import RawMail
from tickets.queries.mailin import every_mail
from tickets.rules.mail.verdict import REASON_WORDS, RawState, Reason

MailReason = shape_of(MailReasonForm, "MailReason")
MailGift = shape_of(MailGiveForm, "MailGift", by_name=["client"])


class MailFilter(FilterSet):
    """What became of it."""

    state = ChoiceFilter(choices=words(RawState), label="quarantined: waits for staff.")


class MailOut(serializers.Serializer):
    """A received mail without its words."""

    id = serializers.IntegerField(source="pk")
    state = one_of(RawState)
    reason = serializers.CharField(allow_blank=True)
    why = serializers.SerializerMethodField(help_text="The reason in a sentence.")
    source = serializers.CharField()
    sender = serializers.CharField(allow_blank=True)
    subject = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    client = serializers.CharField(source="client.slug", allow_null=True, default=None)
    ticket = serializers.CharField(source="ticket.ref", allow_null=True, default=None)
    received_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(allow_blank=True)
    keep_until = serializers.DateTimeField(allow_null=True)

    def get_why(self, row: RawMail) -> str:
        """As on the desk's page."""
        if row.reason == Reason.BY_STAFF:
            return row.note
        return str(REASON_WORDS[Reason(row.reason)]) if row.reason else ""


class MailWordsOut(serializers.Serializer):
    """What a mail says; its text only, nothing of it active."""

    subject = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    files = serializers.SerializerMethodField(help_text="Their names.")

    def get_files(self, parsed: Any) -> list[str]:
        return [file.name for file in parsed.files]


class MailResource(Resource):
    """Mail that came in is the staff's. Who reads one while too many are read already gets 503, and may try again."""

    scopes = {"GET": Scope.MAIL_READ, "POST": Scope.MAIL_WRITE}
    only = "staff"


class Mails(MailResource):
    """The received mails."""

    @lists(MailOut, about="Mail that came in", filters=MailFilter)
    def get(self, request: Request) -> QuerySet[RawMail]:
        """Newest first; `state=quarantined` is what waits for us."""
        return every_mail()


class OneMail(MailResource):
    """One received mail."""

    @reads(MailOut, about="One received mail")
    def get(self, request: Request, pk: int) -> RawMail:
        return mail_of(pk)


class OpenMail(MailResource):
    """Its words."""

    @writes("mail opened", about="Read a mail’s words", answers=MailWordsOut)
    def post(self, request: Request, given: dict[str, Any], pk: int) -> Any:
        """Each opening is on record, so it is a post."""
        return mailtriage.open_mail(mail_of(pk).pk, by=request.actor, at=clock.now())[1]


class RunAgain(MailResource):
    """Judged anew."""

    @writes("mail run again", about="Judge a mail anew", given=MailReason, answers=MailOut)
    def post(self, request: Request, given: dict[str, Any], pk: int) -> RawMail:
        """After something was mended: a person registered, a client resumed."""
        mail, said = mail_of(pk), judged(MailReasonForm(given))
        mailtriage.run_again(mail.pk, reason=said["reason"], by=request.actor, at=clock.now())
        return mail_of(pk)


class Release(MailResource):
    """Vouched for."""

    @writes("mail released", about="Vouch for a mail", given=MailReason, answers=MailOut)
    def post(self, request: Request, given: dict[str, Any], pk: int) -> RawMail:
        """A person wrote it, and it is the person whom it names."""
        mail, said = mail_of(pk), judged(MailReasonForm(given))
        mailtriage.release_mail(mail.pk, reason=said["reason"], by=request.actor, at=clock.now())
        return mail_of(pk)


class Ignore(MailResource):
    """Left."""

    @writes("mail ignored", about="Leave a mail", given=MailReason, answers=MailOut)
    def post(self, request: Request, given: dict[str, Any], pk: int) -> RawMail:
        """Nobody is answered."""
        mail, said = mail_of(pk), judged(MailReasonForm(given))
        mailtriage.ignore_mail(mail.pk, reason=said["reason"], by=request.actor, at=clock.now())
        return mail_of(pk)


class Give(MailResource):
    """Made a request."""

    @writes("mail given to a person", about="Make a request of a mail", given=MailGift, answers=MailOut)
    def post(self, request: Request, given: dict[str, Any], pk: int) -> RawMail:
        """In a registered person’s name; the acknowledgement goes to them. `client` is its short name."""
        mail, form = mail_of(pk), MailGiveForm(given, clients=Client.objects.all())
        form.fields["client"].to_field_name = "slug"  # type: ignore[attr-defined]
        said = judged(form)
        client = said.pop("client")
        chosen = client.pk if client else None
        mailtriage.give_mail(mail.pk, client_id=chosen, by=request.actor, at=clock.now(), **said)
        return mail_of(pk)


def mail_of(pk: int) -> RawMail:
    """A received mail. Raises Http404."""
    row = every_mail().filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
