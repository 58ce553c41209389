"""The agreements that a client accepts, and how an acceptance came about (DOC-2, DOC-3)."""

from enum import StrEnum


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
    AgreementKind.MCA: "Microsoft Customer Agreement",
    AgreementKind.MSA: "Microsoft Services Agreement",
    AgreementKind.PARTNER_TERMS: "Our own terms",
    AgreementKind.PRIVACY: "Privacy notice",
    AgreementKind.DPA: "Data processing terms",
}
BASIS_WORDS = {Basis.PORTAL: "in the portal", Basis.RECORDED: "recorded with evidence"}
PDF = "application/pdf"
