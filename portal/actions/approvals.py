"""Acts that need a second person, or 24 hours: proposed, then confirmed or withdrawn (DESIGN.md, second person).

    register("appoint manager", appoint)

`appoint(approval, by=..., at=...)` does the act in the transaction that confirms it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from portal import audit
from portal.actions.permission import client_work
from portal.actors import Actor
from portal.errors import Refused
from portal.models import Approval
from portal.queries.contract import terms_at
from portal.rules.people import Power
from portal.rules.states import ApprovalForm, ApprovalState

Act = Callable[..., None]
ACTS: dict[str, Act] = {}

WAITING_TIME = timedelta(hours=24)


def register(kind: str, act: Act) -> None:
    """Say what a confirmed approval of this kind does."""
    ACTS[kind] = act


def propose(
    *, kind: str, client_id: int | None, subject: Model, details: dict[str, Any], reason: str, by: Actor, at: datetime
) -> Approval:
    """The first step of two, under the form that the terms of the day demand. Raises Refused."""
    if by.staff_id is None:
        raise Refused("CAN-12", _("Only a person of the staff can propose this."))
    with client_work(by, Power.MANAGE_CLIENTS, at):
        name, form = (
            subject._meta.model_name or "",
            ApprovalForm(terms_at(at).parameters.get("second_person", ApprovalForm.REQUIRED)),
        )
        waiting = Approval.objects.filter(kind=kind, subject_type=name, subject_id=subject.pk)
        if waiting.filter(state=ApprovalState.PROPOSED).exists():
            raise Refused("CAN-12", _("This is already proposed and waits for its second step."))
        row = Approval.objects.create(
            client_id=client_id,
            kind=kind,
            subject_type=name,
            subject_id=subject.pk,
            details=details,
            form=form,
            reason=reason,
            proposed_by_id=by.staff_id,
            proposed_at=at,
        )
        facts = {"kind": kind, "form": form, "reason": reason, **details}
        told = form == ApprovalForm.WAITING
        audit.record(
            "approval proposed", by=by, at=at, client_id=client_id, subject=row, payload=facts, client_visible=told
        )
        return row


def confirm(*, approval_id: int, by: Actor, at: datetime) -> Approval:
    """The second step: another person, or in the waiting form anybody after 24 hours. Does the act. Raises Refused."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        row = open_row(approval_id)
        check_second_step(row, by, at)
        row.state, row.confirmed_by_id, row.confirmed_at = ApprovalState.CONFIRMED, by.staff_id, at
        row.save(update_fields=["state", "confirmed_by", "confirmed_at"])
        facts = {"kind": row.kind, "form": row.form, "reason": row.reason}
        audit.record(
            "approval confirmed", by=by, at=at, client_id=row.client_id, subject=row, payload=facts, client_visible=True
        )
        ACTS[row.kind](row, by=by, at=at)
        return row


def check_second_step(row: Approval, by: Actor, at: datetime) -> None:
    """Raises Refused; the database's constraint says the same."""
    if row.form == ApprovalForm.REQUIRED and row.proposed_by_id == by.staff_id:
        raise Refused("CAN-12", _("A second person must confirm this: you proposed it yourself."))
    if row.form == ApprovalForm.WAITING and at < row.proposed_at + WAITING_TIME:
        raise Refused("CAN-12", _("This can be confirmed 24 hours after it was proposed."))


def withdraw(*, approval_id: int, by: Actor, at: datetime) -> Approval:
    """Take a proposal back, or turn it down. Raises Refused."""
    with client_work(by, Power.MANAGE_CLIENTS, at):
        row = open_row(approval_id)
        row.state = ApprovalState.WITHDRAWN
        row.save(update_fields=["state"])
        audit.record(
            "approval withdrawn", by=by, at=at, client_id=row.client_id, subject=row, payload={"kind": row.kind}
        )
        return row


def open_row(approval_id: int) -> Approval:
    rows = Approval.objects.select_for_update(of=("self",)).filter(pk=approval_id, state=ApprovalState.PROPOSED)
    row = rows.first()
    if row is None:
        raise Refused("CAN-12", _("This is decided already."))
    return row
