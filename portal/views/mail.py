"""Every mail of the portal (/desk/mail/)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.actions.mail import retry_mail
from portal.idempotency import once
from portal.models import Outbox
from portal.queries import mail as queries
from portal.queries.paging import key_of
from portal.rules.states import MailState
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done


def wanted(pk: int) -> Outbox:
    """The mail that the address names. Raises Http404."""
    row = queries.mail_of(pk)
    if row is None:
        raise Http404
    return row


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Sent and waiting mails, newest first, by state if wanted."""
    given = request.GET
    state = given.get("state", "") if given.get("state") in queries.STATES else ""
    page = queries.mails(state=state, before=key_of(given.get("before")), after=key_of(given.get("after")))
    chosen = f"state={state}" if state else ""
    return render(request, "desk/mail.html", {"page": page, "state": state, "states": queries.STATES, "chosen": chosen})


@require_safe
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """One mail: its words, its headers, and what became of it."""
    row = wanted(pk)
    facts = {
        "mail": row,
        "body": queries.body_of(row),
        "headers": sorted(row.headers.items()),
        "may_retry": row.state in (MailState.FAILED, MailState.QUEUED),
    }
    return render(request, "desk/mail_detail.html", facts)


@require_POST
@once("mail tried again")
def retry(request: PortalRequest, pk: int) -> HttpResponse:
    """Try a failed or waiting mail again now."""
    row = wanted(pk)
    where = reverse("desk:mail_detail", args=[pk])
    said = _("The mail will be tried again within a few seconds.")
    return done(request, lambda: retry_mail(row, by=request.actor, at=clock.now()), where, said)
