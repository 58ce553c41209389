"""Who asks for a reset is checked first, and another address hears of it (LIA-3, ODS-4)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal import outbox
from portal.actors import Actor
from portal.clauses import clause
from portal.models import Address, Membership
from portal.outbox import Recipient
from portal.outbox.composing import compose
from portal.queries.people import contract_day
from tickets.actions.base import lock, record, require_staff
from tickets.models import AccessRequest, IdentityCheck
from tickets.queries.dataaccess import managers_on
from tickets.rules.dataaccess import PROOF_WORDS, Proof, check_identity, second_address


@clause("LIA-3", "ODS-4")
@transaction.atomic
def check_asker(
    request_id: int, *, proof: Proof, note: str, by: Actor, at: datetime, manager: Membership | None = None
) -> IdentityCheck:
    """Record how we made sure who asks, before a password or second step is reset; the second address is told at once."""
    require_staff(by, "ODS-4", _("record an identity check"))
    asked = AccessRequest.objects.select_related("ticket", "asked_by").get(pk=request_id)
    ticket = lock(asked.ticket_id)
    other = _second(asked, at)
    check_identity(
        proof,
        note=note,
        second=other.email if other else "",
        manager_is_asker=manager is not None and manager.user_id == asked.asked_by.user_id,
    )
    vouching = manager if proof == Proof.MANAGER else None
    row = IdentityCheck.objects.create(
        client_id=asked.client_id, request=asked, proof=proof, note=note.strip(), manager=vouching,
        manager_label=vouching.label if vouching else "", second_email=other.email if other else "",
        staff_id=by.staff_id or 0, staff_label=by.label, checked_at=at,
    )  # fmt: skip
    record(ticket, "identity checked", by=by, at=at, check=row.pk, proof=str(proof), person=asked.person)
    if other:
        _tell(other, asked, row, by=by, at=at)
    return row


def _second(asked: AccessRequest, at: datetime) -> Recipient | None:
    """Another verified address of the person who asked, else one of a manager's."""
    own = Address.objects.filter(user_id=asked.asked_by.user_id, verified_at__isnull=False).order_by("id")
    managers = managers_on(asked.client_id, contract_day(at)).values("address_id")
    theirs = Address.objects.filter(pk__in=managers, verified_at__isnull=False).exclude(user_id=asked.asked_by.user_id)
    known = {one.email: one.pk for one in [*own, *theirs.order_by("id")]}
    chosen = second_address(asked.asked_by.email, list(known))
    return Recipient(known[chosen], chosen) if chosen else None


def _tell(to: Recipient, asked: AccessRequest, check: IdentityCheck, *, by: Actor, at: datetime) -> None:
    facts = {
        "ref": asked.ticket.ref,
        "who": asked.asked_by_label,
        "person": asked.person,
        "place": asked.place,
        "proof": PROOF_WORDS[Proof(check.proof)],
        "by": by.label,
    }
    subject, text, html = compose("reset_told", facts)
    outbox.queue(
        to=to,
        kind="reset_told",
        subject=subject,
        text=text,
        html=html,
        client_id=asked.client_id,
        about=check,
        by=by,
        at=at,
    )
