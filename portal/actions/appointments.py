"""A manager appointed by staff: on the client's written evidence, with a second person (issue A, people)."""

from datetime import datetime

from django.utils.translation import gettext as _

from portal.actions.approvals import propose, register
from portal.actions.people import add_member
from portal.actions.permission import client_work
from portal.actors import Actor
from portal.errors import Refused
from portal.models import Approval, Client
from portal.rules.people import Power
from portal.rules.states import Role

KIND = "appoint manager"


def propose_manager(*, client_id: int, name: str, email: str, evidence: str, by: Actor, at: datetime) -> Approval:
    """Propose a manager; `evidence` says which written word of the client shows that they want it. Raises Refused."""
    details = {"name": name, "email": email.strip().lower()}
    with client_work(by, Power.MANAGE_CLIENTS, at):
        client = Client.objects.filter(pk=client_id).first()
        if client is None:
            raise Refused("ODS-4", _("There is no such client."))
        return propose(kind=KIND, client_id=client_id, subject=client, details=details, reason=evidence, by=by, at=at)


def appoint(approval: Approval, *, by: Actor, at: datetime) -> None:
    """What the confirmation does: the person is invited as manager."""
    client = Client.objects.select_for_update().get(pk=approval.client_id or 0)
    facts = approval.details
    add_member(client=client, email=facts["email"], name=facts["name"], role=Role.MANAGER, by=by, at=at)


register(KIND, appoint)
