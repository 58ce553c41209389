"""Forms about people: accepting an invitation, a client's people."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms.fields import LowerEmailField, day, line, paragraph, person_name
from portal.models import Membership, User
from portal.rules.people import ROLE_WORDS
from portal.rules.states import Role

ROLES = [(role.value, f"{role.capitalize()}: {ROLE_WORDS[role]}") for role in (Role.AUTHOR, Role.MANAGER, Role.BILLING)]


class AcceptForm(forms.Form):
    """Name and password of whoever accepts an invitation."""

    name = person_name(label=gettext_lazy("Your name"), autocomplete="name")
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("At least 12 characters, and not a password that many people use."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-reveal": ""}),
    )

    def __init__(self, *args: Any, user: User, **given: Any) -> None:
        super().__init__(*args, **given)
        self.user = user

    def clean_password(self) -> str:
        self.user.name = self.cleaned_data.get("name", self.user.name)
        return get_adapter().clean_password(self.cleaned_data["password"], user=self.user)


class InviteForm(forms.Form):
    """Ask a person in."""

    name = person_name()
    email = LowerEmailField()
    role = forms.ChoiceField(
        label=gettext_lazy("What they may do"), choices=ROLES, widget=forms.RadioSelect, initial=Role.AUTHOR
    )


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[(role.value, role.capitalize()) for role in Role])


class EndForm(forms.Form):
    """Why somebody leaves."""

    reason = line(
        gettext_lazy("Reason"),
        most=200,
        help_text=gettext_lazy("We keep it on record. Your organisation's managers can read it."),
    )


class DelegateForm(forms.Form):
    """Who stands in as manager, and when."""

    person = forms.ChoiceField(label=gettext_lazy("Who stands in for you"))
    first_day = day(gettext_lazy("First day"))
    last_day = day(gettext_lazy("Last day"))

    def __init__(self, *args: Any, people: Iterable[Membership], today: date, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["person"] = forms.ChoiceField(
            label=_("Who stands in for you"),
            choices=[("", _("Choose a person")), *((one.pk, one.label) for one in people)],
        )
        self.fields["first_day"].initial = today

    def clean_person(self) -> int:
        return int(self.cleaned_data["person"])


class AppointForm(forms.Form):
    """A manager whom staff appoint on the client's written word."""

    name = person_name()
    email = LowerEmailField()
    evidence = paragraph(
        gettext_lazy("Evidence"),
        help_text=gettext_lazy(
            "Which written word of the client shows that they want this: from whom, when, where it is kept."
        ),
    )
