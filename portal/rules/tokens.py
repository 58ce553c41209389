"""Tokens of the interface: what they may be used for, how long they live, and how they are known."""

from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

LIVES_DAYS = (30, 90, 180, 365)
LONGEST_LIFE = timedelta(days=365)
MOST_TOKENS = 20
# Everybody who finds one in a file or a log knows what it is; scanners for secrets look for such beginnings.
PREFIX = "psp_"
HINT_LENGTH = 8
# The instant of the last use is written once a minute at most: each request would cost a write otherwise.
USE_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token may be used for; its person's role still decides what they may see and do."""

    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    PEOPLE_READ = "people:read"
    TERMS_READ = "terms:read"
    ARTICLES_READ = "articles:read"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    ANNOUNCEMENTS_READ = "announcements:read"
    ALARMS_READ = "alarms:read"
    ALARMS_WRITE = "alarms:write"
    MAIL_READ = "mail:read"
    MAIL_WRITE = "mail:write"


STAFF_ONLY = frozenset({Scope.ALARMS_READ, Scope.ALARMS_WRITE, Scope.MAIL_READ, Scope.MAIL_WRITE})
SCOPE_WORDS = {
    Scope.TICKETS_READ: _("read requests with their messages, files, clocks, charges and accesses"),
    Scope.TICKETS_WRITE: _("raise, answer, move and charge requests, and record accesses"),
    Scope.PEOPLE_READ: _("read who belongs to an organisation"),
    Scope.TERMS_READ: _("read the terms, the products and the working calendar"),
    Scope.ARTICLES_READ: _("read help articles"),
    Scope.DOCUMENTS_READ: _("read the list of reports and the agreements"),
    Scope.DOCUMENTS_WRITE: _("ask for reports"),
    Scope.ANNOUNCEMENTS_READ: _("read announcements"),
    Scope.ALARMS_READ: _("read alarms"),
    Scope.ALARMS_WRITE: _("clear alarms"),
    Scope.MAIL_READ: _("read which mail came in and what became of it"),
    Scope.MAIL_WRITE: _("open and settle mail that was set aside"),
}


def scopes_for(*, staff: bool) -> list[Scope]:
    """What somebody may give to a token of theirs."""
    return [scope for scope in Scope if staff or scope not in STAFF_ONLY]
