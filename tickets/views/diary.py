"""What a client sees of accesses to its data: on one request, and as the diary of the organisation (ACC-5, ODS-4)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.idempotency import once
from portal.models import Membership
from portal.queries.paging import key_of
from portal.queries.people import contract_day
from portal.rules.states import Role
from portal.spreadsheets import csv_answer
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import first_error
from portal.views.posting import attempt
from tickets.actions import dataaccess, tasks
from tickets.forms.access import DecideForm, NameForm
from tickets.models import AccessRequest, AdditionalTask, DataAccess, DataChange
from tickets.queries.dataaccess import diary_page, diary_rows, namings_on, requests_of, tasks_of
from tickets.queries.people import members_on
from tickets.rules.dataaccess import ACT_WORDS, BASIS_WORDS, About, Act, Basis, Standing, is_allowed
from tickets.views.access import task_line, window_of, words_of
from tickets.views.client import found, member

HEAD = (
    "Request", "Asked by", "Data of", "Place", "Purpose", "Opened by", "From", "Until", "Allowed",
    "When", "By", "Act", "Object", "Before", "Now",
)  # fmt: skip


def managers_only(request: PortalRequest) -> None:
    """Raises PermissionDenied."""
    if request.actor.role != Role.MANAGER:
        raise PermissionDenied(_("Only a manager of your organisation may see the access diary."))


@require_safe
def access(request: PortalRequest, slug: str, ref: str) -> HttpResponse:
    """The accesses of one request."""
    ticket = found(request, ref)
    at = clock.now()
    is_manager = request.actor.role == Role.MANAGER
    named = {(one.membership_id, one.place.lower()) for one in namings_on(ticket.client_id, contract_day(at))}
    cards = [
        words_of(row)
        | {
            "windows": [window_of(one, at) for one in row.windows.all()],
            "waits": is_manager and needs_word(row, named),
            "form": DecideForm(pk=row.pk),
        }
        for row in requests_of(ticket)
    ]
    context = {
        "ticket": ticket,
        "requests": cards,
        "tasks": [task_line(task) for task in tasks_of(ticket)],
        "is_manager": is_manager,
    }
    return render(request, "client/access.html", context)


def needs_word(row: AccessRequest, named: set[tuple[int, str]]) -> bool:
    """Whether nobody has allowed the access yet: the same rule as at its opening, from what the page has read."""
    said = [one for one in row.decisions.all() if one.about == About.ACCESS]
    standing = Standing(
        role=Role(row.asked_by.role),
        own_data=row.own_data,
        named=(row.asked_by_id, row.place.lower()) in named,
        manager_said_yes=bool(said) and said[-1].yes,
        manager_said_no=bool(said) and not said[-1].yes,
    )
    return not said and not is_allowed(standing)


@require_POST
@once("access decided")
def decide(request: PortalRequest, slug: str, ref: str, pk: int) -> HttpResponse:
    """A manager's yes or no to an access, or to the deletion of one object."""
    ticket = found(request, ref)
    row = AccessRequest.objects.filter(pk=pk, client_id=ticket.client_id, ticket=ticket).first()
    if row is None:
        raise Http404
    managers_only(request)
    form = DecideForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("client:access", slug, ref)
    yes, thing = form.cleaned_data["word"] == "yes", form.cleaned_data["thing"]
    done = attempt(
        request,
        lambda: dataaccess.decide(
            row.pk, yes=yes, thing=thing, manager=member(request), by=request.actor, at=clock.now()
        ),
    )
    if done:
        messages.success(request, _("Thank you. Your word is kept with the request."))
    return redirect("client:access", slug, ref)


@require_POST
@once("task confirmed")
def confirm_task(request: PortalRequest, slug: str, ref: str, pk: int) -> HttpResponse:
    """A manager confirms what somebody who is not registered added (ODS-7)."""
    ticket = found(request, ref)
    task = AdditionalTask.objects.filter(pk=pk, client_id=ticket.client_id, ticket=ticket).first()
    if task is None:
        raise Http404
    managers_only(request)
    if attempt(request, lambda: tasks.step_task(task.pk, "confirmed", by=request.actor, at=clock.now())):
        messages.success(request, _("Thank you. We take it on."))
    return redirect("client:access", slug, ref)


@require_safe
def diary(request: PortalRequest, slug: str) -> HttpResponse:
    """Every window of the organisation, the newest first, and who may ask for what."""
    managers_only(request)
    return show_diary(request, NameForm(people=colleagues(request)))


def show_diary(request: PortalRequest, form: NameForm, status: int = 200) -> HttpResponse:
    """The diary's page; form: a naming that could not be taken."""
    at = clock.now()
    before, after = key_of(request.GET.get("before")), key_of(request.GET.get("after"))
    page = diary_page(request.actor, before=before, after=after)
    context = {
        "page": page,
        "windows": [window_of(one, at) for one in page.rows],
        "namings": namings_on(request.actor.client_id or 0, contract_day(at)),
        "form": form,
    }
    return render(request, "client/diary.html", context, status=status)


def colleagues(request: PortalRequest) -> list[Membership]:
    """The organisation's people on this day."""
    return list(members_on(request.actor.client_id or 0, contract_day(clock.now())))


@require_POST
@once("person named")
def name(request: PortalRequest, slug: str) -> HttpResponse:
    """A manager names a person who may ask for one place."""
    managers_only(request)
    form = NameForm(request.POST, people=colleagues(request))
    if not form.is_valid():
        return show_diary(request, form, status=422)
    given = form.cleaned_data
    done = attempt(
        request,
        lambda: dataaccess.name_person(
            membership=given["membership"], place=given["place"], days=int(given["days"]), manager=member(request),
            by=request.actor, at=clock.now(),
        ),
    )  # fmt: skip
    if done is None:
        return show_diary(request, form, status=422)
    messages.success(request, _("Kept. From now on this person may ask for it."))
    return redirect("client:diary", slug)


@require_safe
def diary_csv(request: PortalRequest, slug: str) -> HttpResponse:
    """The diary as a table, 2,000 windows at most; no cell is ever taken for a formula."""
    managers_only(request)
    return csv_answer("access-diary.csv", HEAD, (cells(*row) for row in diary_rows(request.actor)))


def cells(access: DataAccess, change: DataChange | None) -> list[str]:
    """One line: the window, and one act in it. Instants in UTC."""
    asked = access.request
    closing = getattr(access, "closing", None)
    line = [
        access.ticket.ref, asked.asked_by_label, asked.person, asked.place, asked.purpose, access.staff_label,
        access.begins_at.isoformat(), (closing.closed_at if closing else access.ends_at).isoformat(),
        str(BASIS_WORDS[Basis(access.basis)]),
    ]  # fmt: skip
    if change is None:
        return [*line, *[""] * (len(HEAD) - len(line))]
    did = [change.at.isoformat(), change.staff_label, str(ACT_WORDS[Act(change.act)])]
    return [*line, *did, change.thing, change.before, change.after]
