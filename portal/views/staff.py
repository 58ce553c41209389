"""The supplier's people and the register of non-disclosure agreements (/desk/people/)."""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock, stepup
from portal.actions import staff as actions
from portal.actions import supplier as supplier_actions
from portal.forms.staff import AbsenceForm, GradeForm, LeaveForm, NdaForm, StaffForm
from portal.forms.supplier import LegalForm
from portal.idempotency import once
from portal.models import Staff
from portal.queries.people import contract_day
from portal.queries.staff import colleague, colleagues, possible_stand_ins, staff_person
from portal.queries.supplier import supplier
from portal.rules.people import Power, may
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, first_error, form_page, need, posted


def wanted(pk: int) -> Staff:
    """The person that the address names. Raises Http404."""
    row = staff_person(pk)
    if row is None:
        raise Http404
    return row


def page_of(row: Staff) -> str:
    return reverse("desk:staff-person", args=[row.pk])


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Everybody on the staff, and who left."""
    need(request, Power.SEE_STAFF)
    facts = {"people": colleagues(contract_day(clock.now())), "may_manage": may(request.actor, Power.MANAGE_STAFF)}
    return render(request, "desk/staff.html", facts)


@require_safe
def ndas(request: PortalRequest) -> HttpResponse:
    """The register (CMP-6): who is covered, until when, and who is not."""
    need(request, Power.SEE_STAFF)
    facts = {"people": colleagues(contract_day(clock.now())), "may_manage": may(request.actor, Power.MANAGE_STAFF)}
    return render(request, "desk/ndas.html", facts)


@require_safe
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """One person; oneself, or with the power to see the staff pages."""
    row = wanted(pk)
    if row.pk != request.actor.staff_id:
        need(request, Power.SEE_STAFF)
    day = contract_day(clock.now())
    facts = {
        "person": colleague(row, day),
        "ndas": row.ndas.order_by("-valid_from"),
        "grade_form": GradeForm(initial={"grade": row.grade}),
        "may_manage": may(request.actor, Power.MANAGE_STAFF),
        "may_note_absence": row.pk == request.actor.staff_id or may(request.actor, Power.SEE_STAFF),
    }
    return render(request, "desk/staff_person.html", facts)


@once("staff added")
def add(request: PortalRequest) -> HttpResponse:
    need(request, Power.MANAGE_STAFF)

    def act(given: dict[str, Any]) -> str:
        return page_of(actions.add_staff(by=request.actor, at=clock.now(), **given))

    said = _("The invitation is on its way. Record the signed non-disclosure agreement before they begin.")
    form = StaffForm(posted(request))
    return form_page(
        request, "desk/staff_form.html", form, act, said=said, heading=_("Add a colleague"), button=_("Invite")
    )


@require_POST
@stepup.required
@once("staff grade changed")
def grade(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_STAFF)
    row, form = wanted(pk), GradeForm(request.POST)
    if not form.is_valid():
        raise BadRequest(first_error(form))
    to = form.cleaned_data["grade"]
    return done(
        request,
        lambda: actions.change_grade(staff_id=pk, grade=to, by=request.actor, at=clock.now()),
        page_of(row),
        _("The grade is changed."),
    )


@once("staff leaving")
def leave(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_STAFF)
    row, now = wanted(pk), clock.now()

    def act(given: dict[str, Any]) -> str:
        return page_of(actions.leave_staff(staff_id=pk, by=request.actor, at=now, **given))

    form = LeaveForm(posted(request), initial={"day": contract_day(now)})
    said = _("The end of %(label)s's access is recorded.") % {"label": row.label}
    words = _("%(label)s leaves") % {"label": row.label}
    return form_page(request, "desk/staff_form.html", form, act, said=said, heading=words, button=_("End access"))


@require_POST
@once("staff returned")
def come_back(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_STAFF)
    row = wanted(pk)
    return done(
        request,
        lambda: actions.return_to_staff(staff_id=pk, by=request.actor, at=clock.now()),
        page_of(row),
        _("Welcome back: a new invitation is on its way."),
    )


@once("staff absence noted")
def absence(request: PortalRequest, pk: int) -> HttpResponse:
    """When somebody is away, and who stands in; one's own, or with the power."""
    row, now = wanted(pk), clock.now()
    if row.pk != request.actor.staff_id:
        need(request, Power.SEE_STAFF)
    day = contract_day(now)

    def act(given: dict[str, Any]) -> str:
        stand_in = given.pop("stand_in")
        return page_of(actions.set_absence(staff_id=pk, stand_in_id=stand_in, by=request.actor, at=now, **given))

    form = AbsenceForm(posted(request), people=possible_stand_ins(pk, day), today=day)
    words, said = _("%(label)s is away") % {"label": row.label}, _("The absence is noted.")
    return form_page(request, "desk/staff_form.html", form, act, said=said, heading=words, button=_("Note it"))


@require_POST
@once("staff absence cleared")
def back(request: PortalRequest, pk: int) -> HttpResponse:
    row = wanted(pk)
    if row.pk != request.actor.staff_id and not may(request.actor, Power.SEE_STAFF):
        raise PermissionDenied(_("Only a lead or an administrator may change a colleague's absence."))
    return done(
        request,
        lambda: actions.clear_absence(staff_id=pk, by=request.actor, at=clock.now()),
        page_of(row),
        _("The absence is cleared."),
    )


@stepup.required
@once("NDA recorded")
def add_nda(request: PortalRequest, pk: int) -> HttpResponse:
    """Enter a signed non-disclosure agreement."""
    need(request, Power.MANAGE_STAFF)
    row, now = wanted(pk), clock.now()
    form = NdaForm(posted(request), initial={"signed_on": contract_day(now)})

    def act(given: dict[str, Any]) -> str:
        actions.record_nda(staff_id=pk, nda=form.signed(), by=request.actor, at=now)
        return page_of(row)

    words, said = _("Non-disclosure agreement of %(label)s") % {"label": row.label}, _("The agreement is recorded.")
    return form_page(request, "desk/staff_form.html", form, act, said=said, heading=words, button=_("Record"))


@once("supplier details changed")
def details(request: PortalRequest) -> HttpResponse:
    """The supplier's own details."""
    need(request, Power.MANAGE_SUPPLIER)
    row = supplier()
    form = LegalForm(posted(request), initial={name: getattr(row, name) for name in LegalForm.base_fields})

    def act(given: dict[str, Any]) -> str:
        supplier_actions.change_details(details=form.legal(), by=request.actor, at=clock.now())
        return reverse("desk:supplier")

    said = _("The details are changed; issued documents keep theirs.")
    return form_page(request, "desk/supplier.html", form, act, said=said)
