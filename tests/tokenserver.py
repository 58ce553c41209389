"""Somebody else's token endpoint for the tests, in a process of its own: client credentials, and the mail server's question
whether a token holds. It refuses what the real one refuses: an unknown tenant, application, secret, grant or scope.

Which secret is shown decides what the token is worth: see WORTH.
"""

import json
import secrets
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

TENANT, APPLICATION = "11111111-2222-3333-4444-555555555555", "portal-mail"
SCOPE = "https://outlook.office365.com/.default"
USER = "support@northgate.example"
# secret -> whose token it brings, and whether it still holds
WORTH = {"good-secret": (USER, True), "late-secret": (USER, False), "other-secret": ("boss@northgate.example", True)}


class Handler(BaseHTTPRequestHandler):
    tokens: dict[str, tuple[str, bool]] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        if self.path == "/introspect":
            self.introspect(given.get("token", ""))
        else:
            self.token(given)

    def token(self, given: dict[str, str]) -> None:
        asked = (self.path, given.get("client_id"), given.get("grant_type"), given.get("scope"))
        if asked != (f"/{TENANT}/oauth2/v2.0/token", APPLICATION, "client_credentials", SCOPE):
            self.answer(400, {"error": "invalid_request"})
        elif given.get("client_secret") not in WORTH:
            self.answer(401, {"error": "invalid_client"})
        else:
            token = secrets.token_urlsafe(30)
            self.tokens[token] = WORTH[given["client_secret"]]
            self.answer(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    def introspect(self, token: str) -> None:
        user, holds = self.tokens.get(token, ("", False))
        self.answer(200, {"active": holds and user == USER, "username": user})

    def answer(self, status: int, facts: dict[str, object]) -> None:
        body = json.dumps(facts).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class TokenServer:
    """The process, for a test."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, str(Path(__file__))], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.base = self.process.stdout.readline().strip()

    def __enter__(self) -> "TokenServer":
        return self

    def __exit__(self, *failure: object) -> None:
        self.process.terminate()
        self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
