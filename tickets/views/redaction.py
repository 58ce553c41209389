"""Making part of a picture or of a message unreadable for good (ACC-2)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.files.sniff import INLINE
from portal.idempotency import once
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions.redaction import redact_picture, redact_text
from tickets.forms.access import RedactForm
from tickets.models import Ticket
from tickets.queries.attachments import attachments_of
from tickets.queries.requestforms import templates_with
from tickets.queries.spam import report_begun_by
from tickets.rules.redaction import areas_of
from tickets.views.acts import found_message
from tickets.views.queue import found

Act = Callable[[dict[str, Any]], object]


@require_http_methods(["GET", "HEAD", "POST"])
@once("picture redacted")
def redact_file(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Black out areas of a picture."""
    ticket = found(ref)
    file = attachments_of(ticket).filter(pk=pk).first()
    if file is None:
        raise Http404
    shown = file.content_type in INLINE
    picture = f"{reverse('desk:attachment', args=[ref, pk])}?inline=1" if shown else ""

    def act(given: dict[str, Any]) -> object:
        areas = areas_of(given["what"])
        return redact_picture(pk, areas=areas, reason=given["reason"], by=request.actor, at=clock.now())

    return answer(request, ticket, act, picture=picture, name=file.name)


@require_http_methods(["GET", "HEAD", "POST"])
@once("message redacted")
def redact_message(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Black out words of a message."""
    ticket = found(ref)
    message = found_message(ticket, pk)
    report = report_begun_by(message)

    def act(given: dict[str, Any]) -> object:
        what = given["what"]
        done = redact_text(message.pk, passage=what, reason=given["reason"], by=request.actor, at=clock.now())
        if kept := templates_with(ticket.client_id, what):
            messages.warning(request, _("Templates of the client still hold these words. Ask them to remove: %(names)s.") % {
                "names": ", ".join(kept),
            })  # fmt: skip
        if report and report.attachment_id:
            messages.warning(
                request, _("The reported mail itself is still among the files, as it came. Look whether it may stay.")
            )
        return done

    reported = report.words if report else ""
    return answer(request, ticket, act, body=message.body, reported=reported, name=message.author_label)


def answer(
    request: PortalRequest,
    ticket: Ticket,
    act: Act,
    *,
    name: str,
    picture: str = "",
    body: str = "",
    reported: str = "",
) -> HttpResponse:
    """Show the form, or do it and go back to the ticket."""
    form = RedactForm(request.POST if request.method == "POST" else None, picture=not body)
    if form.is_bound and form.is_valid() and attempt(request, lambda: act(form.cleaned_data)) is not None:
        messages.success(request, _("It is unreadable now, and what was there is gone."))
        return redirect("desk:ticket", ticket.ref)
    context = {"ticket": ticket, "form": form, "picture": picture, "body": body, "reported": reported, "name": name}
    return render(request, "desk/redact.html", context, status=422 if form.is_bound else 200)
