"""The documents that can be made of one request."""

from enum import StrEnum

from django.utils.translation import gettext_noop


class Paper(StrEnum):
    PROOF = "proof"
    WHOLE = "whole"


# The kind as it is printed, and as /verify/ answers it.
PAPER_KINDS = {Paper.PROOF: "proof sheet", Paper.WHOLE: "request in full"}
PAPER_LABELS = {Paper.PROOF: gettext_noop("Proof sheet"), Paper.WHOLE: gettext_noop("Whole request")}
PAPER_PREFIXES = {Paper.PROOF: "PS", Paper.WHOLE: "RQ"}
PAPER_TEMPLATES = {Paper.PROOF: "pdf/ticket/proof.html", Paper.WHOLE: "pdf/ticket/whole.html"}


def number_of(paper: Paper, ref: str, earlier: int) -> str:
    """PS-K7QM-2XRD-1: the kind, the reference, and which one of its kind this is."""
    return f"{PAPER_PREFIXES[paper]}-{ref}-{earlier + 1}"
