"""Mail that came in and was set aside (/desk/mail-in/): seen, mended, run again, released or left, each with its reason."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.idempotency import once
from portal.models import Client
from portal.navigation import Count
from portal.queries.paging import key_of
from portal.tenancy.middleware import PortalRequest
from portal.views.alarms import waiting
from portal.views.answers import form_page, posted
from portal.views.posting import attempt
from tickets.actions import mailtriage
from tickets.forms.mailin import MailGiveForm, MailReasonForm, MailRegisterForm
from tickets.models import RawMail
from tickets.queries.mailin import MAIL_IN, TABS, mails_in
from tickets.rules.mail.verdict import REASON_WORDS, RawState, Reason

SETTLED = {RawState.TICKETED: "desk:ticket", RawState.REPLIED: "desk:ticket"}


def waiting_count(request: HttpRequest) -> Count | None:
    """The number beside the menu's entry; none for staff who may not see content."""
    number = waiting(request).more.get(MAIL_IN, 0)
    return Count(number) if number else None


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """What waits for staff, what was dropped, and what nobody has read yet; newest first."""
    given = request.GET
    tab = given.get("state", "") if given.get("state") in TABS else "quarantined"
    page = mails_in(TABS[tab], before=key_of(given.get("before")), after=key_of(given.get("after")))
    rows = [(row, words_for(row)) for row in page.rows]
    tabs = [("quarantined", _("Waiting for us")), ("ignored", _("Dropped")), ("waiting", _("Not read yet"))]
    facts = {"page": page, "rows": rows, "tab": tab, "tabs": tabs, "chosen": f"state={tab}"}
    return render(request, "desk/mail_in.html", facts)


def words_for(row: RawMail) -> str:
    return row.note if row.reason == Reason.BY_STAFF else REASON_WORDS[Reason(row.reason)] if row.reason else ""


@require_safe
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """One mail without its words: where it came from, and what can be done."""
    return render(request, "desk/mail_in_detail.html", facts_of(wanted(pk)))


@require_POST
@once("mail opened")
def show_words(request: PortalRequest, pk: int) -> HttpResponse:
    """The same page with the mail's words as text, nothing of it active. Each opening is on record."""
    wanted(pk)
    opened = attempt(request, lambda: mailtriage.open_mail(pk, by=request.actor, at=clock.now()))
    if opened is None:
        return redirect("desk:mail_in_detail", pk)
    row, parsed = opened
    return render(request, "desk/mail_in_detail.html", {**facts_of(row), "parsed": parsed})


def facts_of(row: RawMail) -> dict[str, Any]:
    """What the page says besides the words."""
    return {
        "mail": row,
        "why": words_for(row),
        "recipients": ", ".join(row.envelope_to),
        "may_settle": row.state in (RawState.QUARANTINED, RawState.IGNORED) and row.erased_at is None,
        "may_register": row.reason == Reason.UNREGISTERED,
    }


def wanted(pk: int) -> RawMail:
    """The mail that the address names, without its content. Raises Http404."""
    row = RawMail.objects.defer("raw").select_related("client", "ticket").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def settle(
    request: PortalRequest,
    row: RawMail,
    form: forms.Form,
    act: Callable[[dict[str, Any]], RawMail],
    **words: str,
) -> HttpResponse:
    """The form of one act; afterwards the request that the mail is part of, or the mail again."""

    def done(given: dict[str, Any]) -> str:
        settled = act(given)
        if settled.ticket is not None and settled.state in SETTLED:
            return reverse("desk:ticket", args=[settled.ticket.ref])
        return reverse("desk:mail_in")

    return form_page(
        request,
        "desk/mail_in_act.html",
        form,
        done,
        said=_("Done; it is on record with your reason."),
        mail=row,
        **words,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once("mail run again")
def again(request: PortalRequest, pk: int) -> HttpResponse:
    """Judge it anew."""
    return settle(
        request,
        wanted(pk),
        MailReasonForm(posted(request)),
        lambda given: mailtriage.run_again(pk, by=request.actor, at=clock.now(), **given),
        heading=_("Run it again"),
        button=_("Run it again"),
        about=_("It is judged by the same rules as at first. Use this after you have mended what kept it out."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once("mail released")
def release(request: PortalRequest, pk: int) -> HttpResponse:
    """Vouch for it."""
    return settle(
        request,
        wanted(pk),
        MailReasonForm(posted(request)),
        lambda given: mailtriage.release_mail(pk, by=request.actor, at=clock.now(), **given),
        heading=_("Release it"),
        button=_("I vouch for it"),
        about=_(
            "You say that a person wrote it, and that it is the person whom it names. Call them back first if anything"
            " looks odd: a forged sender is the usual way in."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once("mail ignored")
def ignore(request: PortalRequest, pk: int) -> HttpResponse:
    """Leave it."""
    return settle(
        request,
        wanted(pk),
        MailReasonForm(posted(request)),
        lambda given: mailtriage.ignore_mail(pk, by=request.actor, at=clock.now(), **given),
        heading=_("Leave it"),
        button=_("Leave it"),
        about=_("Nobody is answered. The mail stays among the dropped ones while its content is kept."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once("mail given to a person")
def give(request: PortalRequest, pk: int) -> HttpResponse:
    """Make a request of it."""
    row = wanted(pk)

    def act(given: dict[str, Any]) -> RawMail:
        client = given.pop("client")
        chosen = client.pk if client else None
        return mailtriage.give_mail(pk, client_id=chosen, by=request.actor, at=clock.now(), **given)

    form = MailGiveForm(posted(request), clients=Client.objects.order_by("name"), initial={"email": row.sender})
    return settle(
        request,
        row,
        form,
        act,
        heading=_("Make it a request"),
        button=_("Make it a request"),
        about=_(
            "It becomes a new request of the person whom you name. The acknowledgement goes to them, and the clock with it."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once("sender registered")
def register(request: PortalRequest, pk: int) -> HttpResponse:
    """Register its sender."""
    row = wanted(pk)

    def act(given: dict[str, Any]) -> RawMail:
        client = given.pop("client")
        return mailtriage.register_sender(pk, client_id=client.pk, by=request.actor, at=clock.now(), **given)

    form = MailRegisterForm(posted(request), clients=Client.objects.order_by("name"))
    return settle(
        request,
        row,
        form,
        act,
        heading=_("Register the person"),
        button=_("Register, invite, run again"),
        about=_(
            "The person is invited by mail, then this mail is judged again. The clock starts when the acknowledgement is out."
        ),
    )
