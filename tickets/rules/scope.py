"""What the contract says about a request: part of support, charged by the hour, a project, outside, or a free access fault."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.clauses import clause
from portal.errors import Refused
from tickets.rules.states import Kind


class Outcome(StrEnum):
    """How a request is ruled."""

    INCLUDED = "included"
    HOURLY = "hourly"
    PROJECT = "project"
    OUTSIDE = "outside"
    ACCESS = "access"


class Area(StrEnum):
    """What a request is about, as far as the ruling depends on it (LIA-2, LIA-3, HLP-7)."""

    PRODUCT = "product"
    ACCESS = "access"
    PASSWORD = "password"  # noqa: S105 - a word, no secret
    SECURITY = "security"
    ACCOUNT = "account"
    PROJECT = "project"


OUTCOME_WORDS = {
    Outcome.INCLUDED: gettext_noop("Part of support"),
    Outcome.HOURLY: gettext_noop("Charged by the hour"),
    Outcome.PROJECT: gettext_noop("Professional service"),
    Outcome.OUTSIDE: gettext_noop("Outside support"),
    Outcome.ACCESS: gettext_noop("Free access fault"),
}
AREA_WORDS = {
    Area.PRODUCT: gettext_noop("Work with a Microsoft product"),
    Area.ACCESS: gettext_noop("No access to a product they subscribe to"),
    Area.PASSWORD: gettext_noop("A password reset"),
    Area.SECURITY: gettext_noop("Account security, other than a password reset"),
    Area.ACCOUNT: gettext_noop("A name change or a change to a user account"),
    Area.PROJECT: gettext_noop("A project led by a consultant"),
}
# Under these nothing is worked before the client's recorded yes.
CHARGED = (Outcome.HOURLY,)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a ruling depends on. in_scope and held are about the product, None while none is named; supported: a support
    package counts for this request since its clock's start (D7); held: None while nothing is recorded of what the client
    subscribes to; waived: it concerns users whose MFA was refused."""

    kind: Kind
    area: Area
    supported: bool
    in_scope: bool | None = None
    held: bool | None = False
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules propose, with its clause and a sentence. `unsure`: staff must say why they rule so (LIA-2)."""

    outcome: Outcome
    clause: str
    sentence: str
    unsure: bool = False


@clause("HLP-2", "HLP-7", "HLP-8", "LIA-1", "LIA-2", "LIA-3", "LIA-4", "CMP-12")
def propose(asked: Asked) -> Proposal:
    """The ruling that follows from the contract. The first line that fits decides."""
    if asked.kind == Kind.FEEDBACK:
        return Proposal(Outcome.INCLUDED, "DOC-1", _("Feedback is invited and costs nothing."))
    if asked.area == Area.PROJECT:
        words = _("A project led by a consultant is not part of support: it is quoted first.")
        return Proposal(Outcome.PROJECT, "LIA-4", words)
    if asked.in_scope is False:
        words = _("Support covers the subscribed Microsoft products only, and this is another product.")
        return Proposal(Outcome.OUTSIDE, "HLP-2", words)
    if asked.area == Area.ACCESS and asked.kind == Kind.FAULT and asked.in_scope and asked.held is not False:
        words = _("Getting back into a product that the client subscribes to is free for everybody.")
        return Proposal(Outcome.ACCESS, "HLP-7", words, unsure=asked.held is None)
    if not asked.supported:
        words = _("Without a support package faults and changes are charged by the hour, after the client’s yes.")
        return Proposal(Outcome.HOURLY, "HLP-8", words)
    return _supported(asked)


def _supported(asked: Asked) -> Proposal:
    """The same for a support subscriber: a refused MFA takes out account security, but never a password reset (CMP-12)."""
    if asked.area == Area.SECURITY and asked.waived:
        words = _("MFA was refused for these users: of account security only password resets stay part of support.")
        return Proposal(Outcome.HOURLY, "CMP-12", words)
    if asked.area in (Area.PASSWORD, Area.SECURITY, Area.ACCOUNT):
        words = _("Passwords, account security, name changes and user accounts are part of support.")
        return Proposal(Outcome.INCLUDED, "LIA-3", words)
    if asked.in_scope is None:
        words = _("No product is named, so say what it is about and why it is part of support.")
        return Proposal(Outcome.INCLUDED, "LIA-2", words, unsure=True)
    words = _("A fault, change, removal, addition or question about a subscribed product is part of support.")
    return Proposal(Outcome.INCLUDED, "LIA-1", words)


CLAUSE_OF = {
    Outcome.INCLUDED: "LIA-1",
    Outcome.HOURLY: "HLP-8",
    Outcome.PROJECT: "LIA-4",
    Outcome.OUTSIDE: "HLP-2",
    Outcome.ACCESS: "HLP-7",
}


@clause("LIA-2")
def check_ruling(proposal: Proposal, outcome: Outcome, reason: str) -> str:
    """The clause of a ruling. Raises Refused for one that differs from the proposal, or is unsure, without its reason."""
    if (outcome != proposal.outcome or proposal.unsure) and not reason.strip():
        raise Refused("LIA-2", _("Say why you rule so: %(sentence)s") % {"sentence": proposal.sentence})
    return proposal.clause if outcome == proposal.outcome else CLAUSE_OF[outcome]


@clause("CMP-12")
def concerns_waived(waivers: Collection[Collection[str]], people: Collection[str]) -> bool:
    """Whether a request is about users whose MFA was refused. A waiver without names covers the whole organisation (D14);
    people: names and addresses of those concerned, and a waived name counts where it stands in one of them."""
    if any(not names for names in waivers):
        return True
    said = " ".join(people).casefold()
    return any(name.strip().casefold() in said for names in waivers for name in names if name.strip())


NEXT_STEP = {
    Outcome.INCLUDED: gettext_noop("It costs nothing beyond your support package."),
    Outcome.HOURLY: gettext_noop(
        "We work on it after a manager of your organisation has said yes to rate and estimate."
    ),
    Outcome.PROJECT: gettext_noop("You get a quote from us, and nothing begins before you accept it."),
    Outcome.OUTSIDE: gettext_noop(
        "Please ask the maker of that product, or write to us and we will look for somebody who can help."
    ),
    Outcome.ACCESS: gettext_noop("It costs nothing: access to what you subscribe to is always included."),
}
