"""The first start for real use: supplier, first administrator, calendar and terms, in one go."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.actions.supplier import FirstAdmin, begin
from portal.errors import Refused
from portal.firststart import is_setup_code
from portal.forms.supplier import FirstAdminForm, SupplierForm, TermsForm
from portal.queries.supplier import supplier


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The form, for whoever has the code that the launcher printed. Gone once there is a supplier."""
    if supplier() is not None:
        raise Http404
    code = request.POST.get("code", "") or request.GET.get("code", "")
    if not is_setup_code(code):
        wrong = bool(code)
        return render(request, "accounts/setup_code.html", {"wrong": wrong}, status=403 if wrong else 200)
    forms = (
        SupplierForm(request.POST if has_terms(request) else None),
        FirstAdminForm(request.POST if has_terms(request) else None),
        TermsForm(request.POST if has_terms(request) else None),
    )
    if has_terms(request) and all([form.is_valid() for form in forms]):  # noqa: C419 - every form shows its errors
        return finish(request, code, *forms)
    return show(request, code, forms, status=422 if has_terms(request) else 200)


def has_terms(request: HttpRequest) -> bool:
    """Whether this post is the long form, and not the code alone."""
    return "days" in request.POST


def finish(
    request: HttpRequest, code: str, details: SupplierForm, admin: FirstAdminForm, terms: TermsForm
) -> HttpResponse:
    """Do it, and lead the administrator to their own link, where they choose a password."""
    given = admin.cleaned_data
    first = FirstAdmin(name=given["admin_name"], email=given["admin_email"], nda=admin.signed())
    try:
        with transaction.atomic():
            link = begin(details=details.details(), admin=first, terms=terms.terms, at=clock.now())
    except Refused as refused:
        return show(request, code, (details, admin, terms), status=422, problem=refused.sentence)
    return HttpResponseRedirect(link)


def show(request: HttpRequest, code: str, forms: tuple[object, ...], *, status: int, problem: str = "") -> HttpResponse:
    details, admin, terms = forms
    facts = {"code": code, "details": details, "admin": admin, "terms": terms, "problem": problem}
    return render(request, "accounts/setup.html", facts, status=status)
