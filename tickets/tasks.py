"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import fetching, files, mailin, mailkeeping, triage, watch

__all__ = ["fetching", "files", "mailin", "mailkeeping", "triage", "watch"]
