"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import escalation, files, watch

__all__ = ["escalation", "files", "watch"]
