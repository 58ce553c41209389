"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import files, watch

__all__ = ["files", "watch"]
