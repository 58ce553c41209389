"""Access to client data on a ticket, at the desk: what is asked, allowed, open, done; each act is one form."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from portal import clock
from portal.models import Membership
from portal.queries.people import contract_day
from portal.rules.people import Power, may
from portal.rules.states import Role
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt
from tickets.actions import dataaccess, escalation, identity, tasks
from tickets.actions.base import is_accepted
from tickets.forms.access import (
    AccessForm,
    AllowForm,
    BreakGlassForm,
    ChangeForm,
    CheckForm,
    CloseForm,
    DeedForm,
    EscalateForm,
    StepForm,
    TaskForm,
    WindowForm,
)
from tickets.models import AccessRequest, AdditionalTask, DataAccess, Ticket
from tickets.queries.dataaccess import managers_on, open_access_of, requests_of, tasks_of
from tickets.queries.escalations import escalations_of
from tickets.queries.people import members_on
from tickets.rules.dataaccess import (
    ACT_WORDS,
    BASIS_WORDS,
    HOW_WORDS,
    PROOF_WORDS,
    VERB_WORDS,
    Act,
    Basis,
    How,
    Proof,
    Verb,
)
from tickets.rules.states import ENDED_STATES, State
from tickets.views.acts import on_ticket
from tickets.views.queue import found


@require_safe
def access(request: PortalRequest, ref: str) -> HttpResponse:
    """The page of one ticket's accesses."""
    return show(request, found(ref))


def show(
    request: PortalRequest, ticket: Ticket, *, wrong: DeedForm | None = None, pk: int = 0, status: int = 200
) -> HttpResponse:
    """The page; wrong: a form that could not be taken, which stands filled in at its place, that of the row `pk`."""
    at = clock.now()
    people = today(ticket)
    mine = is_accepted(ticket) and ticket.accepted_by_id == request.actor.staff_id
    fresh: dict[str, DeedForm] = {
        "ask": AccessForm(people=people, initial={"asked_by": ticket.requester_id}),
        "task": TaskForm(people=people),
        "escalate": EscalateForm(),
    }
    cards = [card_of(row, at, request.actor.staff_id, people) for row in requests_of(ticket)]
    if wrong is not None:
        for place in (fresh, *(card["forms"] for card in cards if pk in card["keys"])):
            if wrong.stands in place:
                place[wrong.stands] = wrong
    context = {
        "ticket": ticket,
        "requests": cards,
        "tasks": [task_line(task) for task in tasks_of(ticket)],
        "escalations": escalations_of(ticket),
        "forms": fresh,
        "form": wrong,
        "mine": mine and ticket.state not in ENDED_STATES,
        "may_escalate": is_accepted(ticket) and ticket.state not in (*ENDED_STATES, State.WITH_MICROSOFT),
        "may_break": may(request.actor, Power.MANAGE_CLIENTS),
    }
    return render(request, "desk/access.html", context, status=status)


def card_of(row: AccessRequest, at: datetime, staff_id: int | None, people: list[Membership]) -> dict[str, Any]:
    """One request with its windows in words, and its forms; keys: the rows whose forms stand on this card."""
    windows = [window_of(one, at, staff_id) for one in row.windows.all()]
    managers = [person for person in people if person.role == Role.MANAGER]
    return words_of(row) | {
        "windows": windows,
        "mine": next((one for one in windows if one["is_mine"]), None),
        "keys": {row.pk, *(one["row"].pk for one in windows if one["is_mine"])},
        "forms": {
            "allow": AllowForm(managers=managers, pk=row.pk),
            "window": WindowForm(pk=row.pk),
            "change": ChangeForm(pk=row.pk),
            "close": CloseForm(pk=row.pk),
            "check": CheckForm(managers=managers, pk=row.pk),
            "glass": BreakGlassForm(pk=row.pk),
        },
    }


def words_of(row: AccessRequest) -> dict[str, Any]:
    """What was asked and what was said about it, in words."""
    return {
        "row": row,
        "verb": VERB_WORDS[Verb(row.verb)],
        "decisions": [(one, HOW_WORDS[How(one.how)]) for one in row.decisions.all()],
        "checks": [(one, PROOF_WORDS[Proof(one.proof)]) for one in row.identity_checks.all()],
        "emergencies": list(row.emergencies.all()),
    }


def window_of(one: DataAccess, at: datetime, staff_id: int | None = None) -> dict[str, Any]:
    """One window with its acts, in words."""
    closing = getattr(one, "closing", None)
    is_open = closing is None and at <= one.ends_at
    return {
        "row": one,
        "basis": BASIS_WORDS[Basis(one.basis)],
        "is_open": is_open,
        "is_mine": is_open and one.staff_id == staff_id,
        "ended_at": closing.closed_at if closing else one.ends_at,
        "changes": [(change, ACT_WORDS[Act(change.act)]) for change in one.changes.all()],
    }


def task_line(task: AdditionalTask) -> dict[str, Any]:
    """One additional task and what comes next."""
    steps = {step.step: step for step in task.steps.all()}
    known = task.added_by_id is not None or task.added_by_staff_id is not None
    waits = not known and "confirmed" not in steps
    return {
        "row": task,
        "steps": list(task.steps.all()),
        "waits": waits,
        "next": "" if waits or "done" in steps else "done" if "accepted" in steps else "accepted",
    }


def deed(form_of: Callable[[PortalRequest, Ticket], DeedForm], said: str) -> Any:
    """A posting view: its form is read, `act` is called with it, and the page is shown again."""

    def decorate(act: Callable[..., object]) -> Any:
        def view(request: PortalRequest, ticket: Ticket, **keys: int) -> HttpResponse:
            form = form_of(request, ticket)
            if not form.is_valid():
                return show(request, ticket, wrong=form, pk=keys.get("pk", 0), status=422)
            if attempt(request, lambda: act(request, ticket, form.cleaned_data, **keys)) is None:
                return show(request, found(ticket.ref), wrong=form, pk=keys.get("pk", 0), status=422)
            messages.success(request, _(said))
            return redirect("desk:access", ticket.ref)

        view.__name__ = act.__name__
        return on_ticket(view)

    return decorate


def today(ticket: Ticket) -> list[Membership]:
    """The client's people on this day."""
    return list(members_on(ticket.client_id, contract_day(clock.now())))


def managers_of(ticket: Ticket) -> list[Membership]:
    """The client's managers on this day."""
    return list(managers_on(ticket.client_id, contract_day(clock.now())))


def request_of(ticket: Ticket, pk: int) -> AccessRequest:
    """An access request of this very ticket. Raises Http404."""
    row = AccessRequest.objects.filter(pk=pk, client_id=ticket.client_id, ticket=ticket).first()
    if row is None:
        raise Http404
    return row


def access_of(ticket: Ticket, pk: int) -> DataAccess:
    """A window of this very ticket. Raises Http404."""
    row = DataAccess.objects.filter(pk=pk, client_id=ticket.client_id, ticket=ticket).first()
    if row is None:
        raise Http404
    return row


def by_at(request: PortalRequest) -> dict[str, Any]:
    return {"by": request.actor, "at": clock.now()}


@deed(
    lambda request, ticket: AccessForm(request.POST, people=today(ticket)),
    gettext_noop("The request for access is written down."),
)
def access_ask(request: PortalRequest, ticket: Ticket, given: dict[str, Any]) -> object:
    """What is asked, by whom, about whose data (ACC-5, ODS-6)."""
    asked = dataaccess.Asked(
        Verb(given["verb"]), given["person"], given["whose"] == "own", given["place"], given["purpose"]
    )
    return dataaccess.ask_access(ticket.pk, asked, asked_by=given["asked_by"], **by_at(request))


@deed(
    lambda request, ticket: AllowForm(request.POST, managers=managers_of(ticket)),
    gettext_noop("The manager’s word is written down."),
)
def access_allow(request: PortalRequest, ticket: Ticket, given: dict[str, Any], pk: int) -> object:
    """A manager's word that staff were told (ODS-4)."""
    row = request_of(ticket, pk)
    how, yes = How(given["how"]), given["word"] == "yes"
    return dataaccess.decide(row.pk, yes=yes, manager=given["manager"], how=how, note=given["note"], **by_at(request))


@deed(
    lambda request, ticket: WindowForm(request.POST), gettext_noop("The window is open. Write down each thing you do.")
)
def access_open(request: PortalRequest, ticket: Ticket, given: dict[str, Any], pk: int) -> object:
    """Open a window."""
    return dataaccess.open_access(request_of(ticket, pk).pk, minutes=int(given["minutes"]), **by_at(request))


@deed(lambda request, ticket: ChangeForm(request.POST), gettext_noop("Written down."))
def access_change(request: PortalRequest, ticket: Ticket, given: dict[str, Any], pk: int) -> object:
    """Record one act on one object (ACC-6)."""
    done = dataaccess.Done(Act(given["act"]), given["thing"], given["before"], given["after"])
    return dataaccess.record_change(access_of(ticket, pk).pk, done, **by_at(request))


@deed(lambda request, ticket: CloseForm(request.POST), gettext_noop("The window is closed."))
def access_close(request: PortalRequest, ticket: Ticket, given: dict[str, Any], pk: int) -> object:
    """Close a window before its time."""
    return dataaccess.close_access(access_of(ticket, pk).pk, note=given["note"], **by_at(request))


@deed(
    lambda request, ticket: CheckForm(request.POST, managers=managers_of(ticket)),
    gettext_noop("The identity check is written down."),
)
def access_check(request: PortalRequest, ticket: Ticket, given: dict[str, Any], pk: int) -> object:
    """Record how we know who asks for a reset (LIA-3)."""
    proof = Proof(given["proof"])
    row = request_of(ticket, pk)
    return identity.check_asker(row.pk, proof=proof, note=given["note"], manager=given["manager"], **by_at(request))


@deed(lambda request, ticket: BreakGlassForm(request.POST), gettext_noop("Proposed. A second person must confirm it."))
def access_emergency(request: PortalRequest, ticket: Ticket, given: dict[str, Any], pk: int) -> object:
    """Propose an emergency access (break-glass)."""
    return dataaccess.propose_break_glass(request_of(ticket, pk).pk, reason=given["reason"], **by_at(request))


@deed(lambda request, ticket: TaskForm(request.POST, people=today(ticket)), gettext_noop("The task is added."))
def task_add(request: PortalRequest, ticket: Ticket, given: dict[str, Any]) -> object:
    """Add a task with the name of who wants it (ODS-7)."""
    facts = {"purpose": given["what"], "member": given["member"], "name": given["name"]}
    return tasks.add_task(ticket.pk, **facts, **by_at(request))


@deed(lambda request, ticket: StepForm(request.POST), gettext_noop("Written down."))
def task_step(request: PortalRequest, ticket: Ticket, given: dict[str, Any], pk: int) -> object:
    """Accept an additional task, or say that it is done."""
    task = AdditionalTask.objects.filter(pk=pk, client_id=ticket.client_id, ticket=ticket).first()
    if task is None:
        raise Http404
    return tasks.step_task(task.pk, given["step"], **by_at(request))


@deed(
    lambda request, ticket: EscalateForm(request.POST),
    gettext_noop("It is with Microsoft now. The response clock is untouched."),
)
def escalate(request: PortalRequest, ticket: Ticket, given: dict[str, Any]) -> object:
    """Pass the request to Microsoft with their case number (HLP-10)."""
    case, why = given["case_number"], given["reason"]
    return escalation.escalate(ticket.pk, case_number=case, reason=why, **by_at(request))


def access_card(request: PortalRequest, *, ticket: Ticket) -> dict[str, Any] | None:
    """The ticket page's way here, and the window that is open: one query."""
    return {"ticket": ticket, "open_access": open_access_of(ticket, clock.now())}
