"""Where sessions are kept: Django's table and Django's rules; only the read, which begins every page, is planned once a connection."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connections, router

from portal import clock
from portal.prepared import Prepared

FOUND = Prepared("select session_data from django_session where session_key = %s and expire_date > %s")


class SessionStore(db.SessionStore):
    """SESSION_ENGINE names this module. The class keeps its name, with which the kept sessions are signed."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and a new key with the next save, where it is unknown or over (real time)."""
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            FOUND.run(cursor, [self.session_key, clock.real_now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])
