"""Agreements: the client downloads and accepts them, the administrator keeps the versions, staff record acceptances."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.actions import agreementchecks as checks
from portal.actions import agreements as actions
from portal.files.answers import file_answer
from portal.files.forms import hand_files_back
from portal.forms.agreements import AcceptForm, AgreementForm, CheckForm, RecordForm
from portal.idempotency import once
from portal.models import Acceptance, AgreementDocument, Client
from portal.queries import agreements as queries
from portal.queries.clients import client_by_slug
from portal.queries.people import contract_day
from portal.queries.terms import terms_acceptances
from portal.rules.agreements import BASIS_WORDS, PDF, AgreementKind, Basis
from portal.rules.people import Power, manages, may
from portal.rules.states import Role
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import form_page, need


def wanted(pk: int) -> AgreementDocument:
    """The version that the address names. Raises Http404."""
    row = queries.agreement(pk)
    if row is None:
        raise Http404
    return row


def words_of(rows: list[Acceptance]) -> list[tuple[Acceptance, str]]:
    """Each acceptance with how it came about."""
    return [(row, BASIS_WORDS[Basis(row.basis)]) for row in rows]


@require_safe
def for_client(request: PortalRequest, slug: str) -> HttpResponse:
    """The current version of each agreement, and what the organisation accepted."""
    client_id = request.actor.client_id or 0
    accepted = queries.acceptances_of(client_id)
    done = {row.document_id for row in accepted}
    current = [
        (row, row.pk in done, row.kind != AgreementKind.MSA)
        for row in queries.current_agreements(contract_day(clock.now()))
    ]
    facts = {
        "current": current, "accepted": words_of(accepted), "may_accept": manages(request.actor, client_id),
        "terms": terms_acceptances(client_id),
    }  # fmt: skip
    return render(request, "client/agreements.html", facts)


@require_safe
def client_file(request: PortalRequest, slug: str, pk: int) -> FileResponse:
    """The stored copy, any version: the current one and the one that was accepted."""
    return sent(wanted(pk))


@require_safe
def staff_file(request: PortalRequest, pk: int) -> FileResponse:
    return sent(wanted(pk))


def sent(row: AgreementDocument) -> FileResponse:
    """The bytes as they were stored. Raises Http404 when the file is lost."""
    return file_answer(row.storage_name, name=row.file_name, content_type=PDF, size=row.size)


@require_http_methods(["GET", "HEAD", "POST"])
@once("agreement accepted")
def accept(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """What would be accepted, by whom and for whom; then the word."""
    if request.actor.role != Role.MANAGER:
        raise PermissionDenied(_("Only a manager of your organisation may accept agreements for it."))
    row, back = wanted(pk), reverse("client:agreements", args=[slug])

    def act(given: dict[str, Any]) -> str:
        actions.accept_agreement(row.pk, client_id=request.actor.client_id or 0, by=request.actor, at=clock.now())
        return back

    form = AcceptForm(request.POST if request.method == "POST" else None)
    return form_page(
        request,
        "client/agreement_accept.html",
        form,
        act,
        said=_("Your acceptance is on record."),
        document=row,
        back=back,
    )


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Every version, by kind."""
    need(request, Power.MANAGE_SUPPLIER)
    day = contract_day(clock.now())
    current = {row.pk for row in queries.current_agreements(day)}
    facts = {
        "documents": queries.agreement_documents(), "current": current, "today": day, "checks": queries.open_checks(),
    }  # fmt: skip
    return render(request, "desk/agreements.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@once("agreement kept")
def add(request: PortalRequest) -> HttpResponse:
    """A new version with its file."""
    need(request, Power.MANAGE_SUPPLIER)
    now, back = clock.now(), reverse("desk:agreements")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    wished = {"effective_from": contract_day(now), "kind": request.GET.get("kind", "")}
    form = AgreementForm(data, files, initial=wished)
    hand_files_back(form, f"user {request.actor.user_id} agreements", used)

    def act(given: dict[str, Any]) -> str:
        actions.keep_agreement(form.edition(), given["document"][0], by=request.actor, at=now)
        return back

    heading, said = _("Add a version of an agreement"), _("The version is kept; clients can read it.")
    return form_page(
        request, "desk/offer_form.html", form, act, said=said, heading=heading, button=_("Keep"), back=back
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once("agreement checked")
def check(request: PortalRequest) -> HttpResponse:
    """The monthly look for a new version of Microsoft's agreement: the same, or to the form that adds it."""
    need(request, Power.MANAGE_SUPPLIER)

    def act(given: dict[str, Any]) -> str:
        checks.found_the_same(AgreementKind.MCA, source=given["source"], by=request.actor, at=clock.now())
        return reverse("desk:agreement-check")

    facts = {
        "open": queries.open_checks(), "done": queries.done_checks(), "kept": queries.last_kept(AgreementKind.MCA),
        "today": contract_day(clock.now()),
    }  # fmt: skip
    form = CheckForm(request.POST if request.method == "POST" else None)
    said = _("The check is on record. The next one comes in a month.")
    return form_page(request, "desk/agreement_check.html", form, act, said=said, **facts)


@require_http_methods(["GET", "HEAD", "POST"])
@once("acceptance recorded")
def record(request: PortalRequest, slug: str) -> HttpResponse:
    """An acceptance that a client gave elsewhere."""
    need(request, Power.MANAGE_CLIENTS)
    client = client_by_slug(slug)
    if client is None:
        raise Http404

    def act(given: dict[str, Any]) -> str:
        actions.record_acceptance(client_id=client.pk, by=request.actor, at=clock.now(), **given)
        return reverse("desk:client", args=[slug])

    form = RecordForm(request.POST if request.method == "POST" else None)
    heading, said = _("Record an acceptance"), _("The acceptance is on record.")
    return form_page(
        request, "desk/client_form.html", form, act, said=said, client=client, heading=heading, button=_("Record")
    )


def used(storage_names: list[str]) -> set[str]:
    """Which files that the form took are kept already, so that a second post cannot use them."""
    return queries.agreement_files(storage_names)


def client_panel(request: HttpRequest, *, client: Client) -> dict[str, Any]:
    """The agreements on a client's page at the desk."""
    manages_clients = may(request.actor, Power.MANAGE_CLIENTS)  # type: ignore[attr-defined]
    return {
        "accepted": words_of(queries.acceptances_of(client.pk)), "terms": terms_acceptances(client.pk),
        "client": client, "may_record": manages_clients,
    }  # fmt: skip
