"""What staff do to a ticket. Each view reads its form, calls one action, and goes back to the ticket."""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal import clock
from portal.files.forms import kept_files, status_of
from portal.idempotency import once
from portal.models import Product
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions import replies, work
from tickets.actions.base import EditConflict
from tickets.actions.desk import discard_draft
from tickets.forms import AcceptForm, AssignForm, CorrectForm, MoveForm, StaffMessageForm, WithdrawForm
from tickets.models import Message, Ticket
from tickets.queries.people import staff_on
from tickets.queries.queue import next_to_answer
from tickets.queries.requestforms import filled_form_of
from tickets.rules.states import Kind, State, Visibility
from tickets.views.attachments import keeping_files
from tickets.views.conflict import conflict
from tickets.views.panel import today
from tickets.views.queue import found
from tickets.views.ticket import ticket_context

View = Callable[..., HttpResponse]


def on_ticket(view: View) -> View:
    """A posting view of one ticket: POST only, once per form, and a conflict page when somebody was quicker."""

    @require_POST
    @wraps(view)
    def guarded(request: PortalRequest, ref: str, **kwargs: int) -> HttpResponse:
        ticket = found(ref)
        try:
            with transaction.atomic():
                return once(f"ticket {view.__name__}")(view)(request, ticket, **kwargs)
        except EditConflict:
            return conflict(request, found(ref))

    return guarded


def back(ticket: Ticket) -> HttpResponse:
    return redirect("desk:ticket", ticket.ref)


def complain(request: PortalRequest, ticket: Ticket, form: forms.Form) -> HttpResponse:
    """Say on the ticket's page what the form lacks."""
    for name, errors in form.errors.items():
        label = form.fields[name].label or name if name in form.fields else _("This form")
        messages.error(request, f"{label}: {' '.join(str(error) for error in errors)}")
    return back(ticket)


@on_ticket
def accept(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Accept the request (ACC-6)."""
    form = AcceptForm(request.POST, products=Product.objects.all())
    if not form.is_valid():
        return complain(request, ticket, form)
    given = form.cleaned_data
    done = attempt(
        request,
        lambda: work.accept(
            ticket.pk, kind=Kind(given["kind"]), product=given["product"], by=request.actor, at=clock.now(),
            seen=given["version"],
        ),
    )  # fmt: skip
    if done:
        messages.success(request, _("You accepted %(ref)s. It is yours.") % {"ref": ticket.ref})
    return back(ticket)


@on_ticket
def assign(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Give the request to a colleague, or to nobody."""
    form = AssignForm(request.POST, staff=staff_on(today(clock.now())))
    if not form.is_valid():
        return complain(request, ticket, form)
    to = form.cleaned_data["assignee"]
    done = attempt(
        request,
        lambda: work.assign(ticket.pk, to=to, by=request.actor, at=clock.now(), seen=form.cleaned_data["version"]),
    )
    if done:
        messages.success(
            request,
            (_("%(ref)s is with %(to)s now.") % {"ref": ticket.ref, "to": to})
            if to
            else (_("%(ref)s is nobody’s now.") % {"ref": ticket.ref}),
        )
    return back(ticket)


@on_ticket
def move(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Move the request to another state."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return complain(request, ticket, form)
    given = form.cleaned_data
    moved = attempt(
        request,
        lambda: work.change_state(
            ticket.pk,
            State(given["state"]),
            note=given["note"],
            by=request.actor,
            at=clock.now(),
            seen=given["version"],
        ),
    )
    if moved and moved.state == State.RESOLVED:
        warn_of_steps(request, moved)
    return back(ticket)


def warn_of_steps(request: PortalRequest, ticket: Ticket) -> None:
    """Say on the next page what its checklist still holds, if anything."""
    filled = filled_form_of(ticket)
    if filled is not None and filled.open_steps:
        words = _("Resolved with %(open)s of %(all)s steps of its checklist still open.")
        messages.warning(request, words % {"open": filled.open_steps, "all": len(filled.version.steps)})


@on_ticket
def reopen(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Open a finished request again (D24)."""
    attempt(request, lambda: work.reopen(ticket.pk, by=request.actor, at=clock.now()))
    return back(ticket)


@on_ticket
def correct(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Correct the request's subject, kind, product or visibility."""
    form = CorrectForm(request.POST, products=Product.objects.all())
    if not form.is_valid():
        return complain(request, ticket, form)
    given = form.cleaned_data
    attempt(
        request,
        lambda: work.correct(
            ticket.pk, subject=given["subject"], kind=Kind(given["kind"]), product=given["product"],
            visibility=Visibility(given["visibility"]), by=request.actor, at=clock.now(), seen=given["version"],
        ),
    )  # fmt: skip
    return back(ticket)


@on_ticket
def say(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """The composer: a reply that can be undone for ten seconds, or an internal note."""
    form = keeping_files(request, StaffMessageForm(request.POST, request.FILES))
    if not form.is_valid():
        error = " ".join(str(error) for errors in form.errors.values() for error in errors)
        typed = request.POST.get("body", "")
        context = ticket_context(request, ticket, body=typed, error=error, kind=request.POST.get("kind", ""))
        context["composer"]["kept"] = kept_files(form)
        return render(request, "desk/ticket.html", context, status=status_of(form))
    given = form.cleaned_data
    try:
        message = attempt(request, lambda: _write_and_forget_draft(request, ticket, given))
    except EditConflict:
        return conflict(request, found(ticket.ref), kept=kept_files(form))
    if message is None:
        context = ticket_context(request, ticket, body=given["body"], kind=given["kind"])
        context["composer"]["kept"] = kept_files(form)
        return render(request, "desk/ticket.html", context, status=422)
    _tell(request, ticket, message)
    if message.then_state == State.RESOLVED:
        warn_of_steps(request, ticket)
    goes_on = given["then"] == "next" and message.kind == "reply"
    following = next_to_answer(request.actor, ticket) if goes_on else None
    return redirect("desk:ticket", following) if following else back(ticket)


def _write_and_forget_draft(request: PortalRequest, ticket: Ticket, given: dict[str, object]) -> Message:
    message = _write(request, ticket, given)
    discard_draft(ticket, by=request.actor)
    return message


def _write(request: PortalRequest, ticket: Ticket, given: dict[str, object]) -> Message:
    body, files, at = str(given["body"]), given["files"] or (), clock.now()
    if given["kind"] == "note":
        return replies.note(ticket.pk, body, by=request.actor, at=at, files=files)  # type: ignore[arg-type]
    then = State(str(given["state"])) if given["state"] else None
    seen, after = given["version"], given["after"]
    return replies.reply(
        ticket.pk, body, by=request.actor, at=at, then=then, files=files, seen=seen, after=after  # type: ignore[arg-type]
    )  # fmt: skip


def _tell(request: PortalRequest, ticket: Ticket, message: Message) -> None:
    if message.kind == "note":
        messages.success(request, _("Note saved. Only staff see it."))
    elif message.published_at is None:
        undo = reverse("desk:undo", args=[ticket.ref, message.pk])
        messages.success(
            request, _("Reply on %(ref)s goes out in a few seconds.") % {"ref": ticket.ref}, extra_tags=undo
        )
    else:
        messages.success(
            request, _("Reply on %(ref)s has gone out at once, because its time was nearly up.") % {"ref": ticket.ref}
        )


@on_ticket
def undo(request: PortalRequest, ticket: Ticket, pk: int) -> HttpResponse:
    """Take a reply back before it goes out; its text returns to the composer."""
    message = attempt(
        request, lambda: replies.undo_reply(found_message(ticket, pk).pk, by=request.actor, at=clock.now())
    )
    if message is None:
        return back(ticket)
    messages.success(request, _("Taken back. Nothing was sent."))
    return render(
        request, "desk/ticket.html", ticket_context(request, found(ticket.ref), body=message.body, kind="reply")
    )


@on_ticket
def withdraw(request: PortalRequest, ticket: Ticket, pk: int) -> HttpResponse:
    """Take a message out of the client's view, with a reason."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return complain(request, ticket, form)
    reason = form.cleaned_data["reason"]
    done = attempt(
        request,
        lambda: replies.withdraw_message(found_message(ticket, pk).pk, reason=reason, by=request.actor, at=clock.now()),
    )
    if done:
        messages.success(request, _("The client no longer sees that message. It stays on record."))
    return back(ticket)


def found_message(ticket: Ticket, pk: int) -> Message:
    """A message of this very ticket, or 404."""
    try:
        return Message.objects.get(pk=pk, ticket_id=ticket.pk)
    except Message.DoesNotExist:
        raise Http404 from None
