"""Lost second steps that wait for somebody. Needs the staff's rights."""

from dataclasses import dataclass

from portal.models import Approval, LostFactor
from portal.rules.states import ApprovalState

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Case:
    """One person who lost their second step, and the reset that waits for its second person."""

    lost: LostFactor
    approval: Approval | None


def open_cases(kind: str) -> list[Case]:
    """The oldest fifty that are not settled; `kind` names the approvals that belong to them."""
    rows = LostFactor.objects.filter(reset_at=None, dismissed_at=None).select_related("user", "checked_by")
    found = list(rows.order_by("asked_at", "id")[:SHOWN])
    waiting = Approval.objects.filter(kind=kind, state=ApprovalState.PROPOSED, subject_id__in=[one.pk for one in found])
    by_case = {one.subject_id: one for one in waiting.select_related("proposed_by")}
    return [Case(one, by_case.get(one.pk)) for one in found]


def case(pk: int) -> LostFactor | None:
    """One open case."""
    rows = LostFactor.objects.filter(pk=pk, reset_at=None, dismissed_at=None)
    return rows.select_related("user").first()
