"""Walls between clients: database roles, scopes, and the operations that build them. `from portal.tenancy import act_as`."""

from portal.tenancy.scope import (
    Alone,
    NotOnStaff,
    act_as,
    act_as_retention,
    act_as_sealer,
    act_as_staff,
    staff_standing,
)

__all__ = ["Alone", "NotOnStaff", "act_as", "act_as_retention", "act_as_sealer", "act_as_staff", "staff_standing"]
