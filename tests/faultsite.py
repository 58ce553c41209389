"""A portal of its own for fault tests: a lasting PostgreSQL, Redis and gunicorn, each killed at will, and a client that retries."""

import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg2

from portal.launcher.child import Child
from portal.launcher.ports import LOOPBACK, free_port
from portal.launcher.runfile import BASE
from portal.launcher.servers import Postgres, Redis

BUILD = """
import json, django
django.setup()
from django.conf import settings
from tests.cast import build, signed_in
world = build()
who = signed_in(world.ben)
print(json.dumps([settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, who.cookies[settings.SESSION_COOKIE_NAME].value]))
"""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PATIENCE_SECONDS = 60


@dataclass
class FaultSite:
    """What runs, and how to speak to it."""

    database: Postgres
    web: Child
    port: int
    session_cookie: str
    csrf_cookie: str
    session: str

    def web_children(self) -> list[int]:
        """The web workers' process ids: the children of gunicorn's master."""
        return [int(pid) for pid in Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()]

    def kill_database(self) -> None:
        """SIGKILL for PostgreSQL's first process, then start it again as the launcher would."""
        assert self.database.child
        os.kill(self.database.child.pid, signal.SIGKILL)
        self.database.child.process.wait()
        self.database.prepare()
        self.database.launch()
        self.database.wait_until(self.database.ready, 60)

    def ask(self, subject: str) -> str:
        """Raise a request, trying again with the same key until the site promises it. Returns where it led."""
        key, limit = str(uuid.uuid4()), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            answer = self.try_once(subject, key)
            if answer:
                return answer
            time.sleep(0.1)
        raise TimeoutError(f"{subject!r} was never promised")

    def try_once(self, subject: str, key: str) -> str:
        """One try; "" when the site broke off or said that it was out of order."""
        try:
            page, cookie = self.speak("GET", "/c/alder/requests/new/")
            token = TOKEN.search(page)
            if not token:
                return ""
            fields = {
                "csrfmiddlewaretoken": token[1],
                "idempotency_key": key,
                "subject": subject,
                "body": "Please help.",
            }
            return self.speak("POST", "/c/alder/requests/new/", urlencode(fields), cookie)[0]
        except (OSError, http.client.HTTPException):
            return ""

    def speak(self, method: str, path: str, body: str = "", csrf: str = "") -> tuple[str, str]:
        """The page and its CSRF cookie for a GET, the address it leads to for a POST that was accepted."""
        line = http.client.HTTPConnection(LOOPBACK, self.port, timeout=15)
        cookies = f"{self.session_cookie}={self.session}" + (f"; {self.csrf_cookie}={csrf}" if csrf else "")
        headers = {"Host": f"localhost:{self.port}", "Cookie": cookies}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            content = answer.read().decode()
            if method == "POST":
                return (answer.headers.get("Location") or "") if answer.status == 302 else "", ""
            found = re.search(rf"{self.csrf_cookie}=([^;]+)", answer.headers.get("Set-Cookie", ""))
            return content if answer.status == 200 else "", found[1] if found else ""
        finally:
            line.close()

    def count(self, statement: str) -> int:
        """One number from the database, as its superuser."""
        connection = psycopg2.connect(self.database.url("postgres", "portal"))
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return int(cursor.fetchone()[0])
        finally:
            connection.close()


@contextmanager
def running(folder: Path) -> Iterator[FaultSite]:
    """Start everything in a folder that PostgreSQL's account can reach, with the cast inside; stop it at the end."""
    with Postgres(folder / "postgres") as database, Redis(folder / "redis") as cache:
        environ = site_environ(folder, database, cache)
        for command in (["manage.py", "roles"], ["manage.py", "migrate", "-v0"]):
            subprocess.run([sys.executable, *command], cwd=BASE, env=environ, check=True, capture_output=True)
        made = subprocess.run(
            [sys.executable, "-c", BUILD], cwd=BASE, env=environ, check=True, capture_output=True, text=True
        )
        session_cookie, csrf_cookie, session = json.loads(made.stdout.strip().splitlines()[-1])
        port = int(environ["PORTAL_PORT"])
        web = Child(
            [sys.executable, "-m", "gunicorn", "portal.wsgi", "-b", f"{LOOPBACK}:{port}", "-w", "2", "-k", "gthread",
             "--threads", "4"],
            log=folder / "web.log",
            environ=environ,
        )  # fmt: skip
        site = FaultSite(database, web, port, session_cookie, csrf_cookie, session)
        try:
            wait_for(site)
            yield site
        finally:
            web.stop(patience_seconds=10)


def site_environ(folder: Path, database: Postgres, cache: Redis) -> dict[str, str]:
    owner, app = secrets.token_hex(8), secrets.token_hex(8)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_VAR": str(folder / "var"),
        "PORTAL_PORT": str(free_port()),
        "PORTAL_SECRET_KEY": secrets.token_urlsafe(50),
        "PORTAL_CLUSTER_URL": database.url("postgres", "postgres"),
        "DATABASE_OWNER_URL": database.url("portal_owner", "portal", owner),
        "DATABASE_URL": database.url("portal_app", "portal", app),
        "REDIS_URL": cache.url(),
    }


def wait_for(site: FaultSite) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit:
        try:
            if site.speak("GET", "/c/alder/requests/new/")[0]:
                return
        except OSError:
            pass  # not listening yet
        time.sleep(0.2)
    raise TimeoutError("the site did not come up")
