"""Who may add whom to a request, so that they get a copy of each answer (ODS-4). Pure."""

from enum import StrEnum

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused

MOST_WATCHERS = 20


class Adder(StrEnum):
    """As whom somebody adds: what decides is not their office alone but whose request it is."""

    REQUESTER = "requester"
    MANAGER = "manager"
    STAFF = "staff"
    THEMSELVES = "themselves"
    OTHER = "other"


@clause("ODS-4")
def check_adding(adder: Adder, *, sees: bool, watching: int) -> None:
    """Raises Refused. sees: the person added may see the request already; watching: how many get copies now.

    A copy never opens a request to somebody, except where its requester adds them: that names them on it.
    """
    if adder == Adder.OTHER:
        raise Refused("ODS-4", _("Only who asked, a manager or our staff can add somebody else here."))
    if not sees and adder != Adder.REQUESTER:
        raise Refused("ODS-4", _("This person cannot see the request. Only who asked can show it to them."))
    if watching >= MOST_WATCHERS:
        raise Refused("ODS-4", _("%(most)s people get copies already; take one off first.") % {"most": MOST_WATCHERS})


@clause("ODS-4")
def check_removing(adder: Adder) -> None:
    """Raises Refused: everybody leaves by themselves, and whoever may add may take off."""
    if adder == Adder.OTHER:
        raise Refused("ODS-4", _("Only who asked, a manager or our staff can take somebody else off."))
