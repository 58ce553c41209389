"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import (
    articles,
    escalation,
    fetching,
    files,
    followups,
    mailflood,
    mailin,
    mailkeeping,
    papermaking,
    problemanswers,
    tally,
    triage,
    watch,
)

__all__ = [
    "articles",
    "escalation",
    "fetching",
    "files",
    "followups",
    "mailflood",
    "mailin",
    "mailkeeping",
    "papermaking",
    "problemanswers",
    "tally",
    "triage",
    "watch",
]
