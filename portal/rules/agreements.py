"""The agreements that a client accepts, and how an acceptance came about (DOC-2, DOC-3)."""

from enum import StrEnum

from django.utils.translation import gettext_noop


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


KIND_NAMES = {
    AgreementKind.MCA: gettext_noop("Microsoft Customer Agreement"),
    AgreementKind.MSA: gettext_noop("Microsoft Services Agreement"),
    AgreementKind.PARTNER_TERMS: gettext_noop("Our own terms"),
    AgreementKind.PRIVACY: gettext_noop("Privacy notice"),
    AgreementKind.DPA: gettext_noop("Data processing terms"),
}
BASIS_WORDS = {Basis.PORTAL: "in the portal", Basis.RECORDED: "recorded with evidence"}
PDF = "application/pdf"
