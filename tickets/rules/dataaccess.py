"""When our staff may touch a client's data: a specific purpose, somebody entitled to allow it, a window (ACC-5, ODS-4, ODS-6)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.clauses import clause
from portal.errors import Refused
from portal.rules.states import Role
from tickets.rules.states import Channel

SHORTEST_PURPOSE = 20
LONGEST_WINDOW = timedelta(hours=8)
LONGEST_BREAK_GLASS = timedelta(hours=2)
BREAK_GLASS = gettext_noop("break glass")


class Verb(StrEnum):
    """ACC-5 knows three reasons to touch a user's data."""

    ADMINISTER = "administer"
    FIX = "fix"
    DELETE = "delete"


class Act(StrEnum):
    """What was done to one object."""

    VIEWED = "viewed"
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    PASSWORD_RESET = "password reset"  # noqa: S105 - the name of an act
    MFA_RESET = "MFA reset"


class Basis(StrEnum):
    """Who entitles us (ODS-4); break-glass stands for nobody of the client's, and needs a second person of ours."""

    OWN = "own"
    MANAGER = "manager"
    NAMED = "named"
    BREAK_GLASS = "break_glass"


class About(StrEnum):
    """What a manager says yes or no to."""

    ACCESS = "access"
    DELETE = "delete"


class How(StrEnum):
    """How a decision reached us. A yes to a deletion is given in the portal only."""

    PORTAL = "portal"
    CALLBACK = "callback"
    WRITTEN = "written"


class Proof(StrEnum):
    """How we made sure who asks for a reset (ODS-4)."""

    CALLBACK = "callback"
    MANAGER = "manager"


VERB_WORDS = {
    Verb.ADMINISTER: gettext_lazy("administer"),
    Verb.FIX: gettext_lazy("fix"),
    Verb.DELETE: gettext_lazy("delete"),
}
ACT_WORDS = {
    Act.VIEWED: gettext_lazy("Opened"),
    Act.CREATED: gettext_lazy("Created"),
    Act.CHANGED: gettext_lazy("Changed"),
    Act.DELETED: gettext_lazy("Deleted"),
    Act.PASSWORD_RESET: gettext_lazy("Password reset"),
    Act.MFA_RESET: gettext_lazy("Second step reset"),
}
BASIS_WORDS = {
    Basis.OWN: gettext_lazy("for the own account"),
    Basis.MANAGER: gettext_lazy("allowed by a manager"),
    Basis.NAMED: gettext_lazy("asked by a person whom a manager named"),
    Basis.BREAK_GLASS: gettext_lazy("in an emergency, with a second person of ours"),
}
HOW_WORDS = {
    How.PORTAL: gettext_lazy("in the portal"),
    How.CALLBACK: gettext_lazy("when called back on a known number"),
    How.WRITTEN: gettext_lazy("in writing"),
}
PROOF_WORDS = {
    Proof.CALLBACK: gettext_lazy("Called back on a number that we knew before"),
    Proof.MANAGER: gettext_lazy("A manager said yes"),
}
RESETS = frozenset({Act.PASSWORD_RESET, Act.MFA_RESET})
# A change says what was there and what is there now; the rest is said by its object.
NEEDS_BEFORE_AND_AFTER = frozenset({Act.CHANGED})

ACTS = re.compile(
    r"\b(re-?set|chang|correct|renam|restor|recover|delet|remov|add|creat|mov|fix|repair|grant|revok|shar|unshar|export"
    r"|search|find|block|unblock|forward|redirect|set|enabl|disabl|updat|open|read|cop[iy]|convert|merg|assign|licen[cs]"
    r"|unlock|turn|replac|mend|releas|archiv|disconnect|connect|instal|look up|give|take|stop|start|clear|investigat|trac)",
    re.IGNORECASE,
)
VAGUE = re.compile(
    r"\b(things?|stuff|everything|anything|whatever|all (the )?(data|files|mail)|look (around|through)|as discussed|misc)\b",
    re.IGNORECASE,
)


@clause("ODS-6")
def check_place(place: str) -> None:
    """Refuse a place that names no object."""
    if not place.strip() or VAGUE.search(place):
        raise Refused("ODS-6", _("Name the mailbox, site, file or account that it is about."))


@clause("ODS-6", "ACC-5")
def check_purpose(purpose: str, place: str) -> None:
    """Refuse a purpose that does not say which object or person, and what is to be done with it."""
    check_place(place)
    if VAGUE.search(purpose):
        raise Refused("ODS-6", _("That is not specific enough: say what is to be done with which object."))
    if len(" ".join(purpose.split())) < SHORTEST_PURPOSE:
        raise Refused("ODS-6", _("Say the purpose in 20 characters or more: what is to be done, and why."))
    if not ACTS.search(purpose):
        raise Refused("ODS-6", _("Say what is to be done, for example “Reset …”, “Restore …” or “Correct …”."))


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a window is to be opened. role: the asker's on that day, None for nobody of the client's."""

    role: Role | None
    own_data: bool
    named: bool
    manager_said_yes: bool
    manager_said_no: bool = False
    break_glass: bool = False


@clause("ODS-4", "ACC-5")
def authority(standing: Standing) -> Basis:
    """Who entitles us to this access. Raises Refused when nobody does.

    A manager; a person whom a manager named for this place; the author for the own account only. A manager's no outweighs
    all of these; break-glass, with its reason and second person, is the one way without them.
    """
    if standing.break_glass:
        return Basis.BREAK_GLASS
    if standing.manager_said_no:
        raise Refused("ODS-4", _("A manager of the client said no to this access."))
    if standing.manager_said_yes or standing.role == Role.MANAGER:
        return Basis.MANAGER
    if standing.role is None:
        raise Refused("ODS-4", _("Whoever asked does not belong to the client today: a manager must say yes."))
    if standing.own_data:
        return Basis.OWN
    if standing.named:
        return Basis.NAMED
    raise Refused("ODS-4", _("This is about another person’s data: a manager of the client must say yes first."))


@clause("ODS-4")
def is_allowed(standing: Standing) -> bool:
    """Whether somebody entitles us to this access."""
    try:
        authority(standing)
    except Refused:
        return False
    return True


@clause("ACC-7", "HLP-6")
def check_in_writing(channel: Channel, *, written: bool, break_glass: bool) -> None:
    """What was asked by phone waits for a written word of the client before data is touched. Raises Refused."""
    if channel == Channel.PHONE and not written and not break_glass:
        raise Refused("ACC-7", _("This was asked by phone: wait until the client has confirmed it in writing."))


@clause("ACC-5")
def check_window(*, begins: datetime, ends: datetime, break_glass: bool) -> None:
    """A window is open for eight hours at most, for two in an emergency. Raises Refused."""
    most = LONGEST_BREAK_GLASS if break_glass else LONGEST_WINDOW
    if not begins < ends:
        raise Refused("ACC-5", _("The window must end after it begins."))
    if ends - begins > most:
        hours = int(most.total_seconds() // 3600)
        raise Refused(
            "ACC-5", _("A window is at most %(hours)s hours long; open another one afterwards.") % {"hours": hours}
        )


@clause("ACC-6", "ACC-7")
def check_change(act: Act, *, thing: str, before: str, after: str) -> None:
    """One row for one object, with what it was and what it is. Raises Refused."""
    if not thing.strip():
        raise Refused("ACC-6", _("Name the object: one entry for each."))
    if act in NEEDS_BEFORE_AND_AFTER and not (before.strip() and after.strip()):
        raise Refused("ACC-7", _("Write down what it was before and what it is now."))


@clause("LIA-3", "ODS-4")
def second_address(primary: str, others: list[str]) -> str:
    """Where else the news of a reset goes: a verified address that is not the asker's usual one; "" when there is none."""
    return next((one for one in others if one.lower() != primary.lower()), "")


@clause("ODS-4", "LIA-3")
def check_identity(proof: Proof, *, note: str, second: str, manager_is_asker: bool) -> None:
    """A reset by call-back needs no second address; one on a manager's word does. Raises Refused."""
    if len(note.strip()) < 10:
        raise Refused("ODS-4", _("Say how: whom you called on which known number, or who said yes."))
    if proof == Proof.MANAGER and manager_is_asker:
        raise Refused("ODS-4", _("The manager who says yes cannot be the person who asked."))
    if proof == Proof.MANAGER and not second:
        raise Refused("ODS-4", _("There is no second verified address to tell: call back on a known number instead."))
