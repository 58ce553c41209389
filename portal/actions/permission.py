"""Leave to act on people and clients: checked first, then the work is done with the staff's rights.

A client's manager may change their organisation's people, but a client's scope can neither read nor write users; so these
actions check the person and then open the staff's scope for their own few rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext as _

from portal.actors import SYSTEM, Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Client, Membership
from portal.queries.staff import has_nda
from portal.rules.people import Power, manages, require
from portal.rules.states import ClientState
from portal.tenancy import act_as_staff


@contextmanager
def staff_work(by: Actor, power: Power) -> Iterator[None]:
    """Work on the staff's own records. Raises Refused without the power."""
    require(by, power)
    with act_as_staff(SYSTEM):
        yield


@contextmanager
@clause("CMP-6")
def client_work(by: Actor, power: Power, at: datetime) -> Iterator[None]:
    """Work on a client's records: staff need a non-disclosure agreement that covers the instant. Raises Refused."""
    require(by, power)
    if by.kind == "staff" and not has_nda(by.staff_id, at):
        raise Refused(
            "CMP-6", _("Your non-disclosure agreement does not cover today, so you may not work for clients.")
        )
    with act_as_staff(SYSTEM):
        yield


@contextmanager
def people_work(by: Actor, client_id: int, at: datetime) -> Iterator[Client]:
    """Work on a client's people, as its manager or as staff; gives the client, locked. Raises Refused."""
    if by.is_staff:
        with client_work(by, Power.MANAGE_CLIENTS, at):
            yield Client.objects.select_for_update(of=("self",)).get(pk=client_id)
        return
    if not manages(by, client_id):
        raise Refused("ODS-4", _("Only a manager of your organisation may change who belongs to it."))
    with act_as_staff(SYSTEM):
        client = Client.objects.select_for_update(of=("self",)).get(pk=client_id)
        if client.state != ClientState.ACTIVE:
            raise Refused(
                "ODS-4",
                _("The access of %(name)s is suspended, so its people cannot be changed now.") % {"name": client.name},
            )
        if Membership.objects.filter(pk=by.membership_id or 0, delegated_by__isnull=False).exists():
            raise Refused("ODS-4", _("You stand in for a manager: changes to people wait until the manager is back."))
        yield client
