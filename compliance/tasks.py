"""The reports' sweep: importing this module registers it."""

from compliance.actions import making

__all__ = ["making"]
