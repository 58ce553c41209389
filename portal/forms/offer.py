"""Forms about products and prices."""

from decimal import Decimal

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy

from portal.actions.offer import ProductFacts
from portal.forms.fields import day, line, paragraph


class ProductForm(forms.Form):
    """What can change about a product."""

    name = line(gettext_lazy("Name"))
    in_scope = forms.BooleanField(
        label=gettext_lazy("Support covers it"),
        required=False,
        help_text=gettext_lazy("One of the Microsoft products of the support package."),
    )
    has_exchange = forms.BooleanField(label=gettext_lazy("It includes mailboxes"), required=False)
    position = forms.IntegerField(
        label=gettext_lazy("Place in lists"),
        min_value=0,
        max_value=9999,
        initial=100,
        help_text=gettext_lazy("Small numbers stand first."),
    )

    def facts(self) -> ProductFacts:
        return ProductFacts(**{name: self.cleaned_data[name] for name in ProductFacts.__dataclass_fields__})


class NewProductForm(ProductForm):
    """A product with its code, which never changes."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Lower-case letters, digits and hyphens. It never changes."),
        validators=[
            RegexValidator(
                r"^[a-z0-9]+(-[a-z0-9]+)*$", gettext_lazy("Use lower-case letters, digits and single hyphens.")
            )
        ],
    )
    field_order = ("code", "name")


class RateForm(forms.Form):
    """A new version of the prices."""

    hourly_rate = forms.DecimalField(
        label=gettext_lazy("Pounds an hour, without VAT"), min_value=Decimal("0.01"), max_digits=8, decimal_places=2
    )
    increment_minutes = forms.IntegerField(
        label=gettext_lazy("Counted in steps of minutes"), min_value=1, max_value=60, initial=15
    )
    valid_from = day("From")
    exclusion = paragraph(gettext_lazy("What it does not cover"), required=False, most=1000)
