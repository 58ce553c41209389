"""The checklist of a request that came by a form: ticked by staff, taken back, and looked at before the request ends."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from tickets.actions.base import lock, record, require_person
from tickets.models import DataAccess, FilledForm, IdentityCheck, StepTick, Ticket
from tickets.queries.requestforms import ticks_of
from tickets.rules.requestforms import Needs, Step, check_may_end, progress, steps_of
from tickets.rules.states import ENDED_STATES

CLAUSE = "LIA-3"


@clause("LIA-3")
@transaction.atomic
def tick_step(ticket_id: int, key: str, *, done: bool, by: Actor, at: datetime) -> FilledForm:
    """Tick a step, or take the tick back. Each is a row of its own, so that who and when stay on record.

    Raises Refused on a finished request, for a step that stands so already, and for one whose evidence is not on record.
    FilledForm.DoesNotExist: the request did not come by a form.
    """
    staff_id = require_person(by, CLAUSE, _("work on a checklist"))
    ticket = lock(ticket_id)
    found = FilledForm.objects.select_for_update(of=("self",)).select_related("version")
    filled = found.get(client_id=ticket.client_id, ticket_id=ticket.pk)
    if ticket.state in ENDED_STATES:
        raise Refused(CLAUSE, _("This request is finished. Reopen it before you change its checklist."))
    steps = steps_of(filled.version.steps)
    step = next((one for one in steps if one.key == key), None)
    if step is None:
        raise Refused(CLAUSE, _("The checklist has no such step."))
    now = {tick.step: tick.done for tick in ticks_of(filled).values()}
    if now.get(key, False) == done:
        raise Refused(CLAUSE, _("This step is ticked already.") if done else _("This step is not ticked."))
    if done:
        _check_evidence(ticket, step)
    StepTick.objects.create(
        client_id=filled.client_id, filled=filled, step=key, done=done, staff_id=staff_id, staff_label=by.label, at=at
    )
    left = progress(steps, {**now, key: done})
    filled.open_steps, filled.open_required = left.open, left.required
    filled.save(update_fields=["open_steps", "open_required"])
    kind = "step ticked" if done else "step taken back"
    record(ticket, kind, by=by, at=at, client_visible=False, step=step.label)
    return filled


@clause("LIA-3", "ODS-4", "ACC-5")
def _check_evidence(ticket: Ticket, step: Step) -> None:
    """Refuse a step that says what is not on record: who asks was checked, or a window was opened."""
    here = {"client_id": ticket.client_id}
    if step.needs == Needs.IDENTITY and not IdentityCheck.objects.filter(**here, request__ticket_id=ticket.pk).exists():
        raise Refused("LIA-3", _("No identity check is on record yet. Write it down under Access to data first."))
    if step.needs == Needs.ACCESS and not DataAccess.objects.filter(**here, ticket_id=ticket.pk).exists():
        raise Refused("ACC-5", _("No window was opened under this request yet. Open one under Access to data first."))


@clause("LIA-3")
def check_steps_done(ticket: Ticket) -> None:
    """Raises Refused while a step that the form requires is open."""
    found = FilledForm.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)
    check_may_end(found.values_list("open_required", flat=True).first() or 0)
