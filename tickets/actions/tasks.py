"""What is added to a request later, always with the name of who added it (ODS-7, ACC-7)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Membership
from portal.rules.states import Role
from tickets.actions.base import lock, record
from tickets.models import AdditionalTask, TaskStep
from tickets.rules.dataaccess import SHORTEST_PURPOSE

STEPS = ("confirmed", "accepted", "done")


@clause("ODS-7")
@transaction.atomic
def add_task(
    ticket_id: int, *, purpose: str, by: Actor, at: datetime, member: Membership | None = None, name: str = ""
) -> AdditionalTask:
    """Add a task. member: who of the client added it; name: somebody who is not registered; neither: `by` themselves.

    What an unregistered person added waits for a manager's word (ODS-7).
    """
    words = " ".join(purpose.split())
    if len(words) < SHORTEST_PURPOSE:
        raise Refused("ODS-7", _("Say in 20 characters or more what is to be done."))
    ticket = lock(ticket_id)
    if member is not None and member.client_id != ticket.client_id:
        raise Refused("ODS-7", _("That person does not belong to this client."))
    own = by.staff_id if by.is_staff and member is None and not name.strip() else None
    row = AdditionalTask.objects.create(
        client_id=ticket.client_id, ticket=ticket, added_by=member, added_by_staff_id=own,
        added_by_name=member.label if member else name.strip() or by.label, purpose=words, recorded_by=by.label, added_at=at,
    )  # fmt: skip
    record(ticket, "task added", by=by, at=at, task=row.pk, who=row.added_by_name, purpose=words)
    return row


@clause("ODS-7", "CMP-6")
@transaction.atomic
def step_task(task_id: int, step: str, *, by: Actor, at: datetime) -> TaskStep:
    """A task is confirmed by a manager of the client where a stranger added it, then accepted and done by our staff."""
    task = AdditionalTask.objects.select_related("ticket").get(pk=task_id)
    lock(task.ticket_id)
    if step not in STEPS or by.is_member != (step == "confirmed"):
        raise Refused("ODS-7", _("That step is not yours to take."))
    if by.is_member and by.role != Role.MANAGER:
        raise Refused("ODS-7", _("Only a manager of your organisation may confirm this."))
    if TaskStep.objects.filter(client_id=task.client_id, task=task, step=step).exists():
        raise Refused("ODS-7", _("That is recorded already."))
    row = TaskStep.objects.create(
        client_id=task.client_id, task=task, step=step, member_id=by.membership_id, staff_id=by.staff_id,
        by_label=by.label, at=at,
    )  # fmt: skip
    record(task.ticket, f"task {step}", by=by, at=at, task=task.pk, purpose=task.purpose)
    return row
