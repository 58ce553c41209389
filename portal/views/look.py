"""How the portal shows its supplier: seen before it is chosen, each change kept, the earlier ones one press away."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock, stepup
from portal.actions import brand
from portal.files.forms import status_of
from portal.forms.look import AccentForm, LogoForm, SenderForm
from portal.idempotency import once
from portal.models import Supplier
from portal.queries.supplier import looks
from portal.rules.colours import accent_figures, address_of, is_colour, is_readable, nearest_readable, refusal
from portal.rules.people import Power
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, form_page, need


@require_safe
def show(request: PortalRequest) -> HttpResponse:
    """The colour with its sample, the logo, and the looks there were."""
    row = allowed(request)
    return page(request, row, AccentForm(initial={"accent": wished(request, row)}), LogoForm())


def wished(request: HttpRequest, row: Supplier) -> str:
    """The colour that the address asks to see, else the present one."""
    asked = request.GET.get("accent", "").lower()
    return asked if is_colour(asked) else row.accent


def allowed(request: HttpRequest) -> Supplier:
    """The supplier, for an administrator. Raises PermissionDenied."""
    need(request, Power.MANAGE_SUPPLIER)
    return Supplier.objects.get(pk=1)


def page(request: HttpRequest, row: Supplier, accent: AccentForm, logo: LogoForm, status: int = 200) -> HttpResponse:
    chosen = str(accent["accent"].value() or row.accent).lower()
    facts = {"supplier": row, "accent": accent, "logo": logo, "looks": looks(), "seen": seen(chosen, row.accent)}
    return render(request, "desk/look.html", facts, status=status)


def seen(accent: str, otherwise: str) -> dict[str, Any]:
    """What the sample shows of a colour: the figures, and the nearest that can be read when it cannot."""
    colour = accent if is_colour(accent) else otherwise
    shown = colour if is_readable(colour) else nearest_readable(colour)
    return {
        "accent": colour,
        "figures": accent_figures(colour),
        "refusal": refusal(colour),
        "nearest": shown,
        "sheet": reverse("public:brand-sample", kwargs=address_of(shown)),
    }


@require_safe
def sample(request: PortalRequest) -> HttpResponse:
    """The sample alone, for the page while a colour is being looked for."""
    row = allowed(request)
    facts = {"seen": seen(wished(request, row), row.accent)}
    return render(request, "desk/parts/look_sample.html", facts)


@require_POST
@once("supplier look changed")
def accent(request: PortalRequest) -> HttpResponse:
    row, form = allowed(request), AccentForm(request.POST)
    if not form.is_valid():
        return page(request, row, form, LogoForm(), 422)
    chosen = form.cleaned_data["accent"]
    return changed(request, lambda: brand.change_accent(chosen, by=request.actor, at=clock.now()))


@require_POST
@once("supplier look changed")
def logo(request: PortalRequest) -> HttpResponse:
    row, form = allowed(request), LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, row, AccentForm(initial={"accent": row.accent}), form, status_of(form))
    drawn = form.cleaned_data["logo"]
    return changed(request, lambda: brand.change_logo(drawn, by=request.actor, at=clock.now()))


@require_POST
@once("supplier look changed")
def remove_logo(request: PortalRequest) -> HttpResponse:
    allowed(request)
    return changed(request, lambda: brand.change_logo(None, by=request.actor, at=clock.now()))


@stepup.required
@require_POST
@once("supplier look changed")
def restore(request: PortalRequest, pk: int) -> HttpResponse:
    """An earlier look, with its sender: so it asks for a fresh proof."""
    allowed(request)
    return changed(request, lambda: brand.restore_look(pk, by=request.actor, at=clock.now()))


def changed(request: HttpRequest, act: Any) -> HttpResponse:
    return done(request, act, reverse("desk:look"), _("The look is changed. Issued documents keep theirs."))


@stepup.required
@require_http_methods(["GET", "HEAD", "POST"])
@once("supplier sender changed")
def sender(request: PortalRequest) -> HttpResponse:
    """Sender and signature. Whoever could change these could write to every client in the supplier's name."""
    row = allowed(request)
    values = {name: getattr(row, name) for name in ("sender_name", "sender_email", "signature")}
    form = SenderForm(request.POST if request.method == "POST" else None, initial=values)

    def act(given: dict[str, Any]) -> str:
        brand.change_sender(
            name=given["sender_name"], email=given["sender_email"], signature=given["signature"],
            by=request.actor, at=clock.now(),
        )  # fmt: skip
        return reverse("desk:look-sender")

    said = _("Mails leave with it from now on.")
    return form_page(request, "desk/look_sender.html", form, act, said=said, supplier=row)


@require_POST
@once("test mail asked")
def test_mail(request: PortalRequest) -> HttpResponse:
    """A mail to the person's own address."""
    allowed(request)
    where, said = reverse("desk:look-sender"), _("A test mail is on its way to your own address.")
    return done(request, lambda: brand.send_test_mail(by=request.actor, at=clock.now()), where, said)
