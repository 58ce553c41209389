"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import escalation, fetching, files, followups, mailin, mailkeeping, papermaking, triage, watch

__all__ = ["escalation", "fetching", "files", "followups", "mailin", "mailkeeping", "papermaking", "triage", "watch"]
