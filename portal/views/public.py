"""Pages for everybody: the terms as the portal keeps them, privacy, and the check of a document."""

from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.clauses import CLAUSES, WORDING_ONLY, Clause, is_built
from portal.documents.codes import CodeError, normalise
from portal.models import Supplier, Terms, VerificationRecord
from portal.queries.documents import record_by_code, record_by_file
from portal.queries.offer import rate_card_on
from portal.queries.people import contract_day
from portal.terms import TermsParameters, decisions
from portal.views.posting import posted

GROUPS = {
    "DOC": gettext_noop("This document"),
    "LOG": gettext_noop("How the terms change"),
    "SUB": gettext_noop("How to ask"),
    "OWN": gettext_noop("Who owns what"),
    "CMP": gettext_noop("Compliance, breaches and confidentiality"),
    "ACC": gettext_noop("Account data"),
    "ODS": gettext_noop("OneDrive and SharePoint"),
    "BAK": gettext_noop("Backup"),
    "EML": "E-mail",
    "CAN": gettext_noop("Cancellation and settlement"),
    "HLP": gettext_noop("The helpdesk"),
    "LIA": gettext_noop("What support covers"),
}
MOST_BYTES = 25_000_000


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Every clause in one sentence, and how the portal keeps it; the decisions; the versions."""
    versions = list(Terms.objects.order_by("-version"))
    current = TermsParameters.from_json(versions[0].parameters) if versions and versions[0].parameters else None
    context = {
        "groups": clause_groups(),
        "decisions": decisions(current) if current else [],
        "versions": versions,
        "supplier": Supplier.objects.first(),
        "rate": rate_card_on(contract_day(clock.now())),
    }
    return render(request, "public/terms.html", context)


def clause_groups() -> list[dict[str, Any]]:
    """The register by section, each clause with how it stands in this build."""
    grouped = groupby(CLAUSES.values(), key=lambda one: one.id.split("-")[0])
    return [
        {"id": prefix, "title": GROUPS[prefix], "clauses": [(one, standing(one)) for one in clauses]}
        for prefix, clauses in grouped
    ]


def standing(one: Clause) -> str:
    """kept: a rule of the portal enforces it; words: there is nothing to enforce; later: not built yet."""
    if one.id in WORDING_ONLY:
        return "words"
    return "kept" if is_built(one.id) else "later"


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal keeps about people, and for how long (D25)."""
    version = Terms.objects.order_by("-version").first()
    current = TermsParameters.from_json(version.parameters) if version and version.parameters else None
    kept = keeping(current) if current else []
    return render(request, "public/privacy.html", {"supplier": Supplier.objects.first(), "kept": kept})


def keeping(terms: TermsParameters) -> list[tuple[str, str]]:
    """(what, how long) in plain words, of the keeping times that concern people (D25)."""
    return [
        (_("Requests, our answers, and the record of who did what"), after_contract(terms.records_years)),
        (_("Files you send us"), _("%(span)s after the request is closed") % {"span": years(terms.attachments_years)}),
        (_("Times and addresses of sign-ins"), years(terms.sign_in_logs_years)),
        (_("Mails as they reached us"), days(terms.raw_mail_days)),
        (_("Mails and files we hold back because they may be harmful"), days(terms.quarantine_days)),
        (_("Restored files that wait for you to collect them"), days(terms.restore_deliveries_days)),
        (_("Names that are stored encrypted"), _("%(span)s after use") % {"span": days(terms.encrypted_names_days)}),
        (_("Invoices"), _("%(span)s after the accounting year ends") % {"span": years(terms.invoices_years)}),
    ]


def after_contract(number: int) -> str:
    return _("%(span)s after the contract ends") % {"span": years(number)}


def days(number: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


def years(number: int) -> str:
    return ngettext("%(number)s year", "%(number)s years", number) % {"number": number}


class VerifyForm(forms.Form):
    """A code as printed on the document, or the file itself."""

    code = forms.CharField(
        label=gettext_lazy("Code on the document"),
        help_text=gettext_lazy("28 letters and digits on the last page. Spaces and small letters do not matter."),
        required=False,
        max_length=200,
    )
    file = forms.FileField(
        label=gettext_lazy("Or the file itself"),
        help_text=gettext_lazy("A PDF of at most 25 MB. It is not kept."),
        required=False,
    )

    def clean_code(self) -> str:
        """The stored form of the code, or "" when there is none."""
        typed = self.cleaned_data["code"].strip()
        try:
            return normalise(typed) if typed else ""
        except CodeError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        given = super().clean() or {}
        if not self.errors and not given.get("code") and not given.get("file"):
            raise forms.ValidationError(_("Type the code, or choose the file."))
        file = given.get("file")
        if file is not None and file.size > MOST_BYTES:
            self.add_error("file", _("This file is larger than 25 MB, so it is none of ours."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Genuine or unknown: kind and day, superseded or not. It never says whose document it is."""
    form = VerifyForm(*posted(request))
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        valid = form.is_valid()
        status = 200 if valid else 422
        if valid:
            context |= {"asked": True, "record": looked_up(form.cleaned_data)}
    return render(request, "public/verify.html", context, status=status)


def looked_up(given: dict[str, Any]) -> VerificationRecord | None:
    """By code if there is one, else by file."""
    return record_by_code(given["code"]) if given["code"] else record_by_file(given["file"])
