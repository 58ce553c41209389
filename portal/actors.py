"""Who does something: the acting person of every write, and of every line in the audit trail (STYLE.md 8)."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_noop

Kind = Literal["member", "staff", "system", "visitor"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work, as one membership or as one member of staff; `role` is the membership's role or the staff grade.

    `label` is the name that others see: it is copied on to rows, so that a client never needs the user table.
    """

    kind: Kind
    label: str
    user_id: int | None = None
    client_id: int | None = None
    membership_id: int | None = None
    staff_id: int | None = None
    role: str = ""

    @property
    def is_staff(self) -> bool:
        """True for staff and for the portal's own jobs, which act with the staff's rights."""
        return self.kind in ("staff", "system")

    @property
    def is_member(self) -> bool:
        """True for a person who acts for a client."""
        return self.kind == "member"


SYSTEM = Actor(kind="system", label=gettext_noop("The portal"))
VISITOR = Actor(kind="visitor", label=gettext_noop("Visitor"))
