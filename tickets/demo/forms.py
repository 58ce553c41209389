"""Ready-made forms in the demo: the ten of the portal, a request of this morning that came by one, and a template."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from portal.actors import SYSTEM
from portal.demo.facts import Fact
from portal.demo.ground import Ground, member_actor
from portal.queries.people import contract_day
from portal.rules.states import Role
from tickets.actions.checklist import tick_step
from tickets.actions.filledforms import keep_template
from tickets.actions.requestforms import write_ready_forms
from tickets.demo.life import Life
from tickets.models import FilledForm
from tickets.queries.requestforms import offered_form
from tickets.rules.formanswers import as_text, subject_of
from tickets.rules.readyforms import STARTER
from tickets.rules.requestforms import Answers, progress

# Whose request it is.
SLUG = "copperfold"
KEPT: dict[str, Any] = {
    "job": "Bench joiner",
    "team": "Workshop",
    "licence": "Business Basic",
    "groups": "All staff\nWorkshop rota",
    "device": False,
}


def by_form(ground: Ground, lives: Sequence[Life]) -> tuple[Life, Answers]:
    """The new starter among the open requests, before it is written: said in the words of the form."""
    life = next(
        one for one in lives if one.ticket.for_whom and one.ticket.first_reply_at is None and is_theirs(ground, one)
    )
    first_day = contract_day(ground.at) + timedelta(days=6)
    name = f"{life.ticket.for_whom} Hollis"
    answers = {"name": name, "first_day": first_day.isoformat(), **KEPT}
    life.ticket.for_whom, life.ticket.subject = name, subject_of(STARTER.name, STARTER.fields, answers)
    life.messages[0].body = as_text(STARTER.fields, answers)
    received = next(fact for fact in life.facts if fact.kind == "request received")
    received.payload["subject"] = life.ticket.subject
    said = {"ref": life.ticket.ref, "form": "new-starter", "version": 1, "name": STARTER.name}
    at, client_id = life.ticket.received_at, life.ticket.client_id
    life.facts.append(Fact(at, "form filled in", life.member, client_id, life.ticket, said, True))
    return life, answers


def is_theirs(ground: Ground, life: Life) -> bool:
    return any(one.client.slug == SLUG and one.client.pk == life.ticket.client_id for one in ground.clients)


def fill_in_forms(ground: Ground, life: Life, answers: Answers) -> None:
    """The form behind that request, two steps of it ticked, and a template that a manager keeps for the next one."""
    write_ready_forms(by=SYSTEM, at=ground.at)
    version, left = offered_form("new-starter"), progress(STARTER.steps, {})
    FilledForm.objects.create(
        client_id=life.ticket.client_id, ticket=life.ticket, version=version, answers=dict(answers), open_steps=left.open,
        open_required=left.required, filled_by=life.requester.label, filled_at=life.ticket.received_at,
    )  # fmt: skip
    for step in ("manager_knows", "licence"):
        tick_step(life.ticket.pk, step, done=True, by=ground.actor("megan"), at=ground.at)
    for pack in ground.clients:
        manager = next((one for one in pack.members if one.role == Role.MANAGER), None)
        if pack.client.slug in (SLUG, "harbour-dental") and manager is not None:
            keep_template(
                version, KEPT, label="Like the last one", maker=manager, by=member_actor(manager), at=ground.at
            )
