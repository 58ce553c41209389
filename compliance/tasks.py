"""The reports' sweep: importing this module registers it."""

from compliance import actions

__all__ = ["actions"]
