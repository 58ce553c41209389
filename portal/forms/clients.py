"""Forms about clients."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.forms.fields import PRINTABLE, LowerEmailField, day, line, person_name
from portal.models import Product
from portal.queries.clients import products, slugs_like
from portal.rules.people import proposed_slug
from portal.rules.states import EntitlementKind

SLUG = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$", gettext_noop("Use lower-case letters and digits, with single hyphens between them.")
)

RESERVED = frozenset({"add"})


class ClientForm(forms.Form):
    """A new client and its first manager."""

    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=120, validators=[PRINTABLE])
    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=40,
        required=False,
        validators=[SLUG],
        help_text=gettext_lazy(
            "Stands in the address of its pages and never changes. Left empty, it is made from the name."
        ),
    )
    manager_name = person_name(label=gettext_lazy("First manager's name"))
    manager_email = LowerEmailField(
        label=gettext_lazy("First manager's e-mail address"),
        help_text=gettext_lazy("They get an invitation that works for 72 hours."),
    )

    def clean_slug(self) -> str:
        if self.cleaned_data["slug"] in RESERVED:
            raise forms.ValidationError(_("Choose another one: this word stands in the address of other pages."))
        return str(self.cleaned_data["slug"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "slug" in given and not given["slug"] and given.get("name"):
            base = proposed_slug(given["name"])
            given["slug"] = proposed_slug(given["name"], slugs_like(base) | RESERVED)
        return given


class RenameForm(forms.Form):
    """The new name from today."""

    name = forms.CharField(label=gettext_lazy("New name"), max_length=120, validators=[PRINTABLE])


class ReasonForm(forms.Form):
    """Why a client is suspended, or no longer."""

    reason = line(gettext_lazy("Reason"), most=200, help_text=gettext_lazy("The client's people see it."))


class TenantForm(forms.Form):
    """A Microsoft 365 tenant."""

    label = line(gettext_lazy("What to call it"), help_text=gettext_lazy("For example: Head office."))
    domain = forms.CharField(
        label=gettext_lazy("Domain"),
        max_length=190,
        help_text=gettext_lazy("For example: example.onmicrosoft.com."),
        validators=[
            RegexValidator(r"(?i)^[a-z0-9-]+(\.[a-z0-9-]+)+$", gettext_lazy("Write a domain such as example.com."))
        ],
    )
    directory_id = forms.UUIDField(label=gettext_lazy("Directory (tenant) ID"))


class EntitlementForm(forms.Form):
    """Support, or a product held, entered by hand."""

    what = forms.ChoiceField(label=gettext_lazy("What they hold"))
    valid_from = day("From")
    valid_to = day(
        gettext_lazy("First day without"),
        required=False,
        help_text=gettext_lazy("Left empty, it goes on until it is ended."),
    )
    source = line(
        gettext_lazy("Source"), help_text=gettext_lazy("Where this is known from, for example: order of 3 March 2026.")
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.by_code: dict[str, Product] = {product.code: product for product in products()}
        held = [(code, product.name) for code, product in self.by_code.items()]
        self.fields["what"] = forms.ChoiceField(
            label=_("What they hold"), choices=[(EntitlementKind.SUPPORT.value, _("Support contract")), *held]
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        start, end = given.get("valid_from"), given.get("valid_to")
        if start and end and end <= start:
            self.add_error("valid_to", _("It must end after it begins."))
        if what := given.get("what"):
            given["product"] = self.by_code.get(what)
            given["kind"] = EntitlementKind.PRODUCT_HELD if given["product"] else EntitlementKind.SUPPORT
        return given


class EndEntitlementForm(forms.Form):
    """From when on it does not hold any more."""

    day = day(gettext_lazy("First day without"))


class DecisionForm(forms.Form):
    """The second step of an approval."""

    decision = forms.ChoiceField(choices=[("confirm", gettext_lazy("Confirm")), ("withdraw", gettext_lazy("Withdraw"))])


class ClientSearchForm(forms.Form):
    """The client list's filter."""

    q = forms.CharField(required=False, max_length=80, strip=True)
    after = forms.CharField(required=False, max_length=160, strip=False)
