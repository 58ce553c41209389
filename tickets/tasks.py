"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import escalation, files, mailin, mailkeeping, triage, watch

__all__ = ["escalation", "files", "mailin", "mailkeeping", "triage", "watch"]
