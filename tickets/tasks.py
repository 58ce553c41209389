"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import files, mailin, mailkeeping, watch

__all__ = ["files", "mailin", "mailkeeping", "watch"]
