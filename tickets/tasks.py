"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import files, triage, watch

__all__ = ["files", "triage", "watch"]
