"""Who asks for pages: sessions made in the database, and one HTTP connection that is kept."""

import os
import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from benchmarks.line import Line
from portal import clock
from portal.launcher.ports import LOOPBACK
from portal.models import User
from portal.sessions import begin_session


@dataclass(frozen=True)
class Answer:
    """One page; names of headers in small letters. milliseconds: as the visitor waited; processor: of the web process, in milliseconds."""

    status: int
    body: str
    headers: dict[str, str]
    milliseconds: float
    processor: float
    statements: int


class Visitor:
    """Somebody with cookies and one kept connection."""

    def __init__(self, cookies: dict[str, str], port: int) -> None:
        self.cookies = cookies
        self.port = port
        self.line = Line(LOOPBACK, port)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers["Host"] = f"localhost:{self.port}"
        begun = time.perf_counter()
        said = self.line.ask(method, path, headers, body)
        spent = 1000 * (time.perf_counter() - begun)
        processor, statements = float(said.headers.get("x-processor-ms", 0)), int(said.headers.get("x-statements", 0))
        return Answer(said.status, said.body.decode(), said.headers, spent, processor, statements)

    def close(self) -> None:
        self.line.close()


def signed_in(user: User, *, staff: bool) -> Visitor:
    """A visitor of the world that the settings name, second factor done."""
    return Visitor({settings.SESSION_COOKIE_NAME: session_of(user, staff=staff)}, int(os.environ["PORTAL_PORT"]))


class Bare:
    """What begin_session needs of a request."""

    def __init__(self, session: Any) -> None:
        self.session = session


def session_of(user: User, *, staff: bool) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    at = clock.real_now().timestamp()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "mfa", "at": at, "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)
    begin_session(Bare(session), staff=staff)  # type: ignore[arg-type]
    session.save()
    return str(session.session_key)
