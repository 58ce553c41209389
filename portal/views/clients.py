"""Clients as staff work with them (/desk/clients/)."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock, panels, stepup
from portal.actions import appointments, approvals
from portal.actions import clients as actions
from portal.actions.people import has_had_manager
from portal.forms.clients import (
    ClientForm,
    ClientSearchForm,
    DecisionForm,
    EndEntitlementForm,
    EntitlementForm,
    ReasonForm,
    RenameForm,
    TenantForm,
)
from portal.forms.people import AppointForm
from portal.idempotency import once
from portal.models import Client
from portal.queries import clients as queries
from portal.queries.people import contract_day, people_of
from portal.rules.people import Power, may
from portal.rules.states import ClientState
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, first_error, form_page, need, posted


def wanted(slug: str) -> Client:
    """The client that the address names. Raises Http404."""
    client = queries.client_by_slug(slug)
    if client is None:
        raise Http404
    return client


def page_of(client: Client) -> str:
    return reverse("desk:client", args=[client.slug])


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The list, by name, 50 a page, with search."""
    form = ClientSearchForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {"q": "", "after": ""}
    page = queries.client_page(search=given["q"], after=given["after"])
    may_add = may(request.actor, Power.MANAGE_CLIENTS)
    facts = {"page": page, "q": given["q"], "may_add": may_add, "first": not given["after"]}
    return render(request, "desk/clients.html", facts)


@once("client created")
def add(request: PortalRequest) -> HttpResponse:
    """A new client with its first manager."""
    need(request, Power.MANAGE_CLIENTS)

    def act(given: dict[str, Any]) -> str:
        return page_of(actions.create_client(by=request.actor, at=clock.now(), **given))

    said = _("The client is created, and the invitation to its first manager is on its way.")
    return form_page(request, "desk/client_add.html", ClientForm(posted(request)), act, said=said)


@require_safe
def show(request: PortalRequest, slug: str) -> HttpResponse:
    """One client: people, tenants, entitlements, names, what waits, and what other floors add."""
    client, day = wanted(slug), contract_day(clock.now())
    manages = may(request.actor, Power.MANAGE_CLIENTS)
    facts = {
        "client": client,
        "people": people_of(client, day),
        "tenants": queries.tenants_of(client),
        "entitlements": queries.entitlements_of(client, day),
        "names": queries.names_of(client),
        "approvals": queries.open_approvals(client),
        "panels": panels.render("staff client page", request, client=client),
        "may_manage": manages,
        "may_invite_manager": manages and not has_had_manager(client.pk),
    }
    return render(request, "desk/client.html", facts)


@once("client renamed")
def rename(request: PortalRequest, slug: str) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    client = wanted(slug)

    def act(given: dict[str, Any]) -> str:
        return page_of(actions.rename_client(client_id=client.pk, by=request.actor, at=clock.now(), **given))

    form = RenameForm(posted(request), initial={"name": client.name})
    said = _("The client has its new name; the old one is kept for the documents of its days.")
    return form_page(
        request, "desk/client_form.html", form, act, said=said, client=client, heading=_("Rename"), button=_("Rename")
    )


@once("client suspended or resumed")
def suspend(request: PortalRequest, slug: str) -> HttpResponse:
    """Suspend an active client, or resume a suspended one."""
    need(request, Power.MANAGE_CLIENTS)
    client = wanted(slug)
    active = client.state == ClientState.ACTIVE
    do = actions.suspend_client if active else actions.resume_client

    def act(given: dict[str, Any]) -> str:
        return page_of(do(client_id=client.pk, by=request.actor, at=clock.now(), **given))

    words = _("Suspend") if active else _("Resume")
    said = _("The client is suspended: its people can read, not post.") if active else _("The client can post again.")
    form = ReasonForm(posted(request))
    return form_page(request, "desk/client_form.html", form, act, said=said, client=client, heading=words, button=words)


@once("tenant added")
def add_tenant(request: PortalRequest, slug: str) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    client = wanted(slug)

    def act(given: dict[str, Any]) -> str:
        actions.add_tenant(client_id=client.pk, by=request.actor, at=clock.now(), **given)
        return page_of(client)

    form, words = TenantForm(posted(request)), _("Add a Microsoft tenant")
    return form_page(
        request,
        "desk/client_form.html",
        form,
        act,
        said=_("The tenant is recorded."),
        client=client,
        heading=words,
        button=_("Add"),
    )


@once("entitlement recorded")
def add_entitlement(request: PortalRequest, slug: str) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    client, now = wanted(slug), clock.now()

    def act(given: dict[str, Any]) -> str:
        kept = {name: given[name] for name in ("kind", "product", "valid_from", "valid_to", "source")}
        actions.record_entitlement(client_id=client.pk, by=request.actor, at=now, **kept)
        return page_of(client)

    form = EntitlementForm(posted(request), initial={"valid_from": contract_day(now)})
    words = _("Record support or a product")
    said = _("It is recorded; new requests count by it.")
    return form_page(
        request, "desk/client_form.html", form, act, said=said, client=client, heading=words, button=_("Record")
    )


@once("entitlement ended")
def end_entitlement(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_CLIENTS)
    client, now = wanted(slug), clock.now()

    def act(given: dict[str, Any]) -> str:
        actions.end_entitlement(client_id=client.pk, entitlement_id=pk, by=request.actor, at=now, **given)
        return page_of(client)

    form = EndEntitlementForm(posted(request), initial={"day": contract_day(now)})
    words = _("End support or a product")
    return form_page(
        request,
        "desk/client_form.html",
        form,
        act,
        said=_("The end is recorded."),
        client=client,
        heading=words,
        button=_("End it"),
    )


@stepup.required
@once("manager proposed")
def appoint(request: PortalRequest, slug: str) -> HttpResponse:
    """A manager on written evidence; a second person confirms."""
    need(request, Power.MANAGE_CLIENTS)
    client = wanted(slug)

    def act(given: dict[str, Any]) -> str:
        appointments.propose_manager(client_id=client.pk, by=request.actor, at=clock.now(), **given)
        return page_of(client)

    words = _("Appoint a manager on written evidence")
    said = _("The appointment is proposed and waits for its second step.")
    form = AppointForm(posted(request))
    return form_page(
        request, "desk/client_form.html", form, act, said=said, client=client, heading=words, button=_("Propose")
    )


@require_POST
@stepup.required
@once("approval decided")
def decide(request: PortalRequest, pk: int) -> HttpResponse:
    """The second step of an approval, or its withdrawal."""
    need(request, Power.MANAGE_CLIENTS)
    form, back = DecisionForm(request.POST), own_page(request)
    if not form.is_valid():
        raise BadRequest(first_error(form))
    confirmed = form.cleaned_data["decision"] == "confirm"
    step = approvals.confirm if confirmed else approvals.withdraw
    said = _("Confirmed and done.") if confirmed else _("Withdrawn.")
    return done(request, lambda: step(approval_id=pk, by=request.actor, at=clock.now()), back, said)


def own_page(request: PortalRequest) -> str:
    """Back to the client's page that the form names, or to the lost second steps; else to the list."""
    if request.POST.get("page") == "lost":
        return reverse("desk:lost")
    slug = request.POST.get("client", "")
    client = queries.client_by_slug(slug) if slug else None
    return page_of(client) if client else reverse("desk:clients")
