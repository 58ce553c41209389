"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import files, papermaking, watch

__all__ = ["files", "papermaking", "watch"]
