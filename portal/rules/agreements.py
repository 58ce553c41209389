"""The agreements that a client accepts, and how an acceptance came about (DOC-2, DOC-3)."""

from calendar import monthrange
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_noop

from portal.clauses import clause


class AgreementKind(StrEnum):
    """MCA: for what is bought through the supplier. MSA: between each user and Microsoft, which is another one."""

    MCA = "mca"
    MSA = "msa"
    PARTNER_TERMS = "partner_terms"
    PRIVACY = "privacy"
    DPA = "dpa"


class Basis(StrEnum):
    """in the portal: a manager accepted it here. recorded: staff wrote down evidence of it."""

    PORTAL = "portal"
    RECORDED = "recorded"


class CheckResult(StrEnum):
    """What a person found who looked for a new version."""

    SAME = "same"
    NEW = "new"


KIND_NAMES = {
    AgreementKind.MCA: gettext_noop("Microsoft Customer Agreement"),
    AgreementKind.MSA: gettext_noop("Microsoft Services Agreement"),
    AgreementKind.PARTNER_TERMS: gettext_noop("Our own terms"),
    AgreementKind.PRIVACY: gettext_noop("Privacy notice"),
    AgreementKind.DPA: gettext_noop("Data processing terms"),
}
BASIS_WORDS = {Basis.PORTAL: "in the portal", Basis.RECORDED: "recorded with evidence"}
PDF = "application/pdf"
# Microsoft's customer agreement changes without a word to us; a person looks once a month.
CHECKED = (AgreementKind.MCA,)


@clause("DOC-2")
def next_check(done_on: date) -> date:
    """The day one calendar month later, or the last of a shorter month."""
    year, month = (done_on.year + 1, 1) if done_on.month == 12 else (done_on.year, done_on.month + 1)
    return date(year, month, min(done_on.day, monthrange(year, month)[1]))
