"""A client's people: for its managers (/c/<slug>/people/) and, by the same actions, for staff (/desk/clients/<slug>/people/)."""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.actions import people as actions
from portal.forms.people import DelegateForm, EndForm, InviteForm, RoleForm
from portal.idempotency import once
from portal.models import Client, Membership
from portal.queries.people import contract_day, current_members, people_of, person_of
from portal.rules.people import MANAGERS_ONLY, Power, manages
from portal.rules.states import Role
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, first_error, form_page, need, posted
from portal.views.clients import page_of, wanted


def own_client(request: PortalRequest) -> Client:
    """The client of this page, for its managers only. Raises PermissionDenied."""
    client = request.client
    if client is None or not manages(request.actor, client.pk):
        raise PermissionDenied(MANAGERS_ONLY)
    return client


@require_safe
def index(request: PortalRequest, slug: str) -> HttpResponse:
    """The organisation's people, for its managers."""
    client, day = own_client(request), contract_day(clock.now())
    facts = {"client": client, "people": people_of(client, day), "own_id": request.actor.membership_id}
    return render(request, "client/people.html", {**facts, "roles": [role.value for role in Role]})


@once("member invited")
def invite(request: PortalRequest, slug: str) -> HttpResponse:
    client = own_client(request)
    return invite_page(request, client, "client/people_form.html", reverse("client:people", args=[slug]))


@once("member invited by staff")
def invite_by_staff(request: PortalRequest, slug: str) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    client = wanted(slug)
    return invite_page(request, client, "desk/client_form.html", page_of(client))


def invite_page(request: PortalRequest, client: Client, template: str, back: str) -> HttpResponse:
    def act(given: dict[str, Any]) -> str:
        actions.invite_member(client_id=client.pk, by=request.actor, at=clock.now(), **given)
        return back

    said = _("The person is told by mail; an invitation works for 72 hours.")
    return form_page(
        request,
        template,
        InviteForm(posted(request)),
        act,
        said=said,
        client=client,
        heading=_("Invite a person"),
        button=_("Invite"),
        back=back,
    )


@require_POST
@once("member's role changed")
def role(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    client, back = own_client(request), reverse("client:people", args=[slug])
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise BadRequest(first_error(form))
    to = form.cleaned_data["role"]
    return done(
        request,
        lambda: actions.change_role(membership_id=pk, client_id=client.pk, role=to, by=request.actor, at=clock.now()),
        back,
        _("The role is changed."),
    )


@once("member ended")
def end(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """Take somebody's role away, with a reason."""
    client, back = own_client(request), reverse("client:people", args=[slug])
    return end_page(request, client, pk, "client/people_form.html", back)


@once("member ended by staff")
def end_by_staff(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    client = wanted(slug)
    return end_page(request, client, pk, "desk/client_form.html", page_of(client))


def end_page(request: PortalRequest, client: Client, pk: int, template: str, back: str) -> HttpResponse:
    row = member(client, pk)

    def act(given: dict[str, Any]) -> str:
        actions.end_membership(membership_id=pk, client_id=client.pk, by=request.actor, at=clock.now(), **given)
        # Whoever ends their own management may not see this page any more.
        return "/" if row.pk == request.actor.membership_id else back

    words = _("End the role of %(label)s as %(role)s") % {"label": row.label, "role": row.role}
    return form_page(
        request,
        template,
        EndForm(posted(request)),
        act,
        said=_("%(label)s is no longer %(role)s.") % {"label": row.label, "role": row.role},
        client=client,
        heading=words,
        button=_("End it today"),
        back=back,
    )


@once("management delegated")
def delegate(request: PortalRequest, slug: str) -> HttpResponse:
    """Let somebody stand in as manager for some days."""
    client, now = own_client(request), clock.now()
    day, back = contract_day(now), reverse("client:people", args=[slug])
    others = [one for one in current_members(client, day) if one.role != Role.MANAGER]

    def act(given: dict[str, Any]) -> str:
        actions.delegate_management(
            client_id=client.pk,
            to_membership_id=given["person"],
            first_day=given["first_day"],
            last_day=given["last_day"],
            by=request.actor,
            at=now,
        )
        return back

    form = DelegateForm(posted(request), people=others, today=day)
    words, said = _("Let somebody stand in for you"), _("The person is told, and stands in on those days.")
    return form_page(
        request,
        "client/people_form.html",
        form,
        act,
        said=said,
        client=client,
        heading=words,
        button=_("Let them"),
        back=back,
    )


def member(client: Client, pk: int) -> Membership:
    """A person of this client. Raises Http404."""
    row = person_of(client, pk)
    if row is None:
        raise Http404
    return row
