"""Ready-made forms for tests: filled in by the real action."""

from datetime import datetime
from typing import Any

from portal.actors import SYSTEM
from portal.models import Outbox
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, Person, World
from tests.tickets import fresh
from tickets.actions.acknowledgement import acknowledgement_accepted
from tickets.actions.filledforms import raise_with_form
from tickets.models import Ticket
from tickets.queries.requestforms import offered_form

JO: dict[str, Any] = {"id": None, "label": "Jo Smith"}
# Answers that each form takes, as its page would hand them on.
ANSWERS: dict[str, dict[str, Any]] = {
    "new-starter": {"name": "Zoe Zander", "first_day": "2026-12-01", "hand_over": "ann@example.org"},
    "password-reset": {"person": JO, "what": "The password", "reason": "Locked out after the holiday."},
    "data-correction": {
        "person": JO, "place": "Contact card of Jo Smith", "reason": "Wrong since the move.",
        "change": {"before": "12 Hihg Street", "after": "12 High Street"},
    },
    "remove-email-protection": {
        "scope": "The whole organisation", "from_day": "2026-12-01", "instead": "Another product", "agreed": True,
    },
}  # fmt: skip


def sent(world: World, code: str, who: Person | None = None, at: datetime = MORNING, **more: Any) -> Ticket:
    """A request of Ben's (or another member's) that came by a form."""
    person = who or world.ben
    assert person.membership
    answers = {**ANSWERS[code], **more}
    with act_as(person.membership.client_id):
        return raise_with_form(offered_form(code), answers, requester=person.membership, by=person.actor, at=at)


def sent_and_acknowledged(world: World, code: str, who: Person | None = None, at: datetime = MORNING) -> Ticket:
    """The same, once the mail server took its acknowledgement."""
    ticket = sent(world, code, who, at)
    with act_as_staff(SYSTEM):
        mail = Outbox.objects.get(kind="acknowledgement", about_id=ticket.pk)
        mail.state, mail.sent_at = "sent", at
        mail.save()
        acknowledgement_accepted(outbox=mail, at=at)
        return fresh(ticket)
