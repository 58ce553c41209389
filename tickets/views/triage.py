"""What staff do to sort a ticket: snooze, mark, merge, link, split, decline. Each view reads its form and calls one action."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.queries.contract import calendar_at, worktime_of
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions import merging, triage
from tickets.forms.triage import DeclineForm, LinkForm, MarkForm, MergeForm, SnoozeForm, SplitForm
from tickets.models import Ticket, TicketLink
from tickets.queries.related import another_of
from tickets.rules.references import normal_reference
from tickets.rules.states import LinkKind, Priority
from tickets.rules.triage import plain_tags
from tickets.views.acts import complain, on_ticket
from tickets.views.sorting import morning


def back(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """To the queue if the menu stood there, else to the ticket."""
    return redirect("desk:queue") if request.POST.get("from") == "queue" else redirect("desk:ticket", ticket.ref)


def other_named(request: PortalRequest, ticket: Ticket, said: str) -> Ticket | None:
    """Another request of the same client, or None with a sentence why not."""
    other = another_of(ticket, normal_reference(said) or "")
    if other is None:
        messages.error(request, _("%(client)s has no other request %(ref)s.") % {"client": ticket.client, "ref": said})
    return other


@on_ticket
def snooze(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Put it aside until an instant (D24)."""
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return complain(request, ticket, form)
    given, at = form.cleaned_data, clock.now()
    zone = worktime_of(calendar_at(at)).zone
    until = morning(at, given["days"], zone) if given["days"] else given["until"].replace(tzinfo=zone)
    done = attempt(
        request,
        lambda: triage.snooze(
            ticket.pk, until=until, reason=given["reason"], by=request.actor, at=at, seen=given["version"]
        ),
    )
    if done:
        undo = reverse("desk:wake", args=[ticket.ref])
        messages.success(request, _("%(ref)s is snoozed.") % {"ref": ticket.ref}, extra_tags=undo)
    return back(request, ticket)


@on_ticket
def wake(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Take it up again before the snooze runs out."""
    attempt(request, lambda: triage.end_snooze(ticket.pk, by=request.actor, at=clock.now()))
    return back(request, ticket)


@on_ticket
def mark(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Set priority and tags."""
    form = MarkForm(request.POST)
    if not form.is_valid():
        return complain(request, ticket, form)
    given = form.cleaned_data
    attempt(
        request,
        lambda: triage.mark(
            ticket.pk, priority=Priority(given["priority"]), tags=plain_tags(given["tags"]), by=request.actor,
            at=clock.now(), seen=given["version"],
        ),
    )  # fmt: skip
    return back(request, ticket)


@on_ticket
def merge(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Merge it into another request of the same client (D24)."""
    form = MergeForm(request.POST)
    if not form.is_valid():
        return complain(request, ticket, form)
    given = form.cleaned_data
    into = other_named(request, ticket, given["ref"])
    if into is None:
        return back(request, ticket)
    done = attempt(
        request,
        lambda: merging.merge(ticket.pk, into_id=into.pk, by=request.actor, at=clock.now(), seen=given["version"]),
    )
    if done:
        said = _("%(ref)s is merged into %(into)s.") % {"ref": ticket.ref, "into": into.ref}
        messages.success(request, said, extra_tags=reverse("desk:unmerge", args=[ticket.ref]))
        return back(request, into)
    return back(request, ticket)


@on_ticket
def unmerge(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Undo a merge within an hour."""
    if attempt(request, lambda: merging.unmerge(ticket.pk, by=request.actor, at=clock.now())):
        messages.success(request, _("%(ref)s stands by itself again.") % {"ref": ticket.ref})
    return back(request, ticket)


@on_ticket
def link(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Say what it has to do with another request of the same client."""
    form = LinkForm(request.POST)
    if not form.is_valid():
        return complain(request, ticket, form)
    other = other_named(request, ticket, form.cleaned_data["ref"])
    if other is not None:
        kind = LinkKind(form.cleaned_data["kind"])
        attempt(
            request, lambda: merging.link(ticket.pk, other_id=other.pk, kind=kind, by=request.actor, at=clock.now())
        )
    return back(request, ticket)


@on_ticket
def unlink(request: PortalRequest, ticket: Ticket, pk: int) -> HttpResponse:
    """Take a link away again; one that is gone already, or another ticket's, is left alone."""
    if TicketLink.objects.filter(pk=pk, client_id=ticket.client_id).exists():
        attempt(request, lambda: merging.unlink(ticket.pk, link_id=pk, by=request.actor, at=clock.now()))
    return back(request, ticket)


@on_ticket
def decline(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Decline it, with the sentence that the client reads (D24)."""
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return complain(request, ticket, form)
    given = form.cleaned_data
    message = attempt(
        request,
        lambda: triage.decline(ticket.pk, given["sentence"], by=request.actor, at=clock.now(), seen=given["version"]),
    )
    if message is not None:
        held = reverse("desk:undo", args=[ticket.ref, message.pk]) if message.published_at is None else ""
        messages.success(request, _("%(ref)s is declined with your words.") % {"ref": ticket.ref}, extra_tags=held)
    return back(request, ticket)


@on_ticket
def split(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Make a request of its own of some messages (D24)."""
    form = SplitForm(request.POST)
    if not form.is_valid():
        return complain(request, ticket, form)
    given = form.cleaned_data
    new = attempt(
        request,
        lambda: triage.split(
            ticket.pk, message_ids=given["messages"], subject=given["subject"], by=request.actor, at=clock.now(),
            seen=given["version"],
        ),
    )  # fmt: skip
    if new is None:
        return back(request, ticket)
    said = _("%(ref)s is a request of its own now. Its acknowledgement is on its way.") % {"ref": new.ref}
    messages.success(request, said)
    return redirect("desk:ticket", new.ref)
