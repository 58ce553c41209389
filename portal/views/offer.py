"""Products and prices (/desk/offer/)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.actions import offer as actions
from portal.forms.offer import NewProductForm, ProductForm, RateForm
from portal.idempotency import once
from portal.models import Product
from portal.queries import offer as queries
from portal.queries.people import contract_day
from portal.rules.people import Power
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import form_page, need, posted


@require_safe
def products(request: PortalRequest) -> HttpResponse:
    need(request, Power.MANAGE_SUPPLIER)
    return render(request, "desk/products.html", {"products": queries.products_listed()})


@require_http_methods(["GET", "HEAD", "POST"])
@once("product added")
def add_product(request: PortalRequest) -> HttpResponse:
    need(request, Power.MANAGE_SUPPLIER)
    form = NewProductForm(posted(request), initial={"in_scope": True})

    def act(given: dict[str, Any]) -> str:
        actions.add_product(code=given["code"], facts=form.facts(), by=request.actor, at=clock.now())
        return reverse("desk:products")

    said = _("The product is added.")
    back = reverse("desk:products")
    return form_page(
        request, "desk/offer_form.html", form, act, said=said, heading=_("Add a product"), button=_("Add"), back=back
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once("product changed")
def change_product(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.MANAGE_SUPPLIER)
    row = Product.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    names = ("name", "in_scope", "has_exchange", "position")
    form = ProductForm(posted(request), initial={name: getattr(row, name) for name in names})

    def act(given: dict[str, Any]) -> str:
        actions.change_product(product_id=pk, facts=form.facts(), by=request.actor, at=clock.now())
        return reverse("desk:products")

    back, heading = reverse("desk:products"), _("Change %(name)s") % {"name": row.name}
    return form_page(
        request, "desk/offer_form.html", form, act, said=_("The product is changed."), heading=heading, button=_("Save"),
        back=back,
    )  # fmt: skip


@require_safe
def rates(request: PortalRequest) -> HttpResponse:
    need(request, Power.MANAGE_SUPPLIER)
    today = contract_day(clock.now())
    facts = {"cards": queries.rate_cards(), "current": queries.rate_card_on(today), "today": today}
    return render(request, "desk/rates.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@once("rate card added")
def add_rates(request: PortalRequest) -> HttpResponse:
    need(request, Power.MANAGE_SUPPLIER)
    now, back = clock.now(), reverse("desk:rates")
    form = RateForm(posted(request), initial={"valid_from": contract_day(now)})

    def act(given: dict[str, Any]) -> str:
        actions.add_rate_card(by=request.actor, at=now, **given)
        return back

    said, heading = _("The new prices are kept; the terms page shows them from their day on."), _("New prices")
    return form_page(request, "desk/offer_form.html", form, act, said=said, heading=heading, button=_("Add"), back=back)
