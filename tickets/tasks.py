"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import files, mailin, mailkeeping, triage, watch

__all__ = ["files", "mailin", "mailkeeping", "triage", "watch"]
