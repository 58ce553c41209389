"""Mailboxes from which mail is fetched (/desk/mailboxes/): for administrators, each change under a fresh proof."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock, stepup
from portal.idempotency import once
from portal.rules.people import Power
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, form_page, need, posted
from portal.views.posting import attempt
from tickets.actions import mailboxes as acts
from tickets.forms.mailboxes import MailboxForm, SecretForm
from tickets.models import Mailbox
from tickets.queries.mailboxes import mailboxes


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Every mailbox, how it does, and what can be done. No secret stands here."""
    need(request, Power.MANAGE_SUPPLIER)
    facts = {"rows": list(mailboxes()), "hosts": settings.PORTAL_MAILBOX_HOSTS}
    return render(request, "desk/mailboxes.html", facts)


@stepup.required
@require_http_methods(["GET", "HEAD", "POST"])
@once("mailbox added")
def add(request: PortalRequest) -> HttpResponse:
    """A new one."""
    need(request, Power.MANAGE_SUPPLIER)

    def act(given: dict[str, Any]) -> str:
        acts.add_mailbox(**given, by=request.actor, at=clock.now())
        return listed()

    said = _("The mailbox is added. Its mails are fetched within a minute; test it if you are not sure.")
    return form_page(
        request, "desk/mailbox_form.html", MailboxForm(posted(request)), act, said=said, heading=_("Add a mailbox")
    )


@stepup.required
@require_http_methods(["GET", "HEAD", "POST"])
@once("mailbox secret changed")
def secret(request: PortalRequest, pk: int) -> HttpResponse:
    """Another password."""
    row = wanted(request, pk)

    def act(given: dict[str, Any]) -> str:
        acts.change_secret(pk, secret=given["secret"], by=request.actor, at=clock.now())
        return listed()

    said = _("The new secret is kept, and is tried at once.")
    heading = _("New secret of “%(label)s”") % {"label": row.label}
    return form_page(request, "desk/mailbox_form.html", SecretForm(posted(request)), act, said=said, heading=heading)


@stepup.required
@require_POST
@once("mailbox tried")
def test(request: PortalRequest, pk: int) -> HttpResponse:
    """Sign in there and count; nothing is taken."""
    wanted(request, pk)
    waiting = attempt(request, lambda: acts.try_mailbox(pk, by=request.actor, at=clock.now()))
    if waiting is not None:
        words = ngettext("Signed in: %(count)s mail waits.", "Signed in: %(count)s mails wait.", waiting)
        messages.success(request, words % {"count": waiting})
    return redirect("desk:mailboxes")


@stepup.required
@require_POST
@once("mailbox paused")
def pause(request: PortalRequest, pk: int) -> HttpResponse:
    """Leave it alone."""
    wanted(request, pk)
    return done(request, lambda: acts.pause_mailbox(pk, by=request.actor, at=clock.now()), listed(), _("It is paused."))


@stepup.required
@require_POST
@once("mailbox resumed")
def resume(request: PortalRequest, pk: int) -> HttpResponse:
    """Go on."""
    wanted(request, pk)
    said = _("It is looked into again.")
    return done(request, lambda: acts.resume_mailbox(pk, by=request.actor, at=clock.now()), listed(), said)


@stepup.required
@require_POST
@once("mailbox removed")
def remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Never again; what came from it stays."""
    wanted(request, pk)
    said = _("It is removed, and its secret forgotten. Mails that came from it stay.")
    return done(request, lambda: acts.remove_mailbox(pk, by=request.actor, at=clock.now()), listed(), said)


def wanted(request: HttpRequest, pk: int) -> Mailbox:
    """The mailbox that the address names. Raises PermissionDenied before Http404."""
    need(request, Power.MANAGE_SUPPLIER)
    row = mailboxes().filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def listed() -> str:
    return reverse("desk:mailboxes")
