"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import articles, escalation, fetching, files, mailin, mailkeeping, papermaking, triage, watch

__all__ = ["articles", "escalation", "fetching", "files", "mailin", "mailkeeping", "papermaking", "triage", "watch"]
