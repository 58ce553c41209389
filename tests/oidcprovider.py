"""A sign-in provider of its own for the tests: OpenID Connect with PKCE, in a process of its own, with code of its own.

    with Provider(redirect_uri=…) as provider: provider.issuer("good")

It refuses what the real one refuses: an unknown client or secret, another redirect_uri, a code used twice, a wrong verifier.
Each address under it is an issuer with a fault of its own; "good" has none. Who signs in is chosen on its page, from PEOPLE.
"""

import argparse
import base64
import hashlib
import html
import json
import secrets
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal-client", "a-client-secret"
TENANT = "11111111-2222-3333-4444-555555555555"
# `since` is how many seconds ago they last typed their password there.
PEOPLE = {
    "ann": {"sub": "s-ann", "email": "ann@example.org", "xms_edov": True, "since": 10},
    "ann-elsewhere": {"sub": "s-ann-2", "email": "ann@private.example", "xms_edov": "0", "since": 10},
    "ann-long-ago": {"sub": "s-ann", "email": "ann@example.org", "xms_edov": "1", "since": 7200},
    "ann-mfa": {"sub": "s-ann", "email": "ann@example.org", "xms_edov": True, "amr": ["pwd", "mfa"], "since": 10},
    "liar": {"sub": "s-liar", "email": "ann@example.org", "since": 10},
    "liar-standard": {"sub": "s-liar-2", "email": "ann@example.org", "email_verified": True, "since": 10},
    "liar-word": {"sub": "s-liar-3", "email": "ann@example.org", "xms_edov": "false", "since": 10},
    "liar-staff": {"sub": "s-liar-4", "email": "cora@example.org", "since": 10},
    "cora": {"sub": "s-cora", "email": "cora@example.org", "xms_edov": True, "since": 10},
    "cora-mfa": {"sub": "s-cora", "email": "cora@example.org", "xms_edov": True, "amr": ["mfa"], "since": 10},
    "stranger": {"sub": "s-nobody", "email": "nobody@example.org", "xms_edov": True, "since": 10},
    "invited": {"sub": "s-invited", "email": "invited@example.org", "xms_edov": True, "since": 10},
    "bea": {"sub": "s-bea", "email": "bea@example.org", "xms_edov": True, "since": 10},
    "long": {"sub": "s" * 300, "email": "ann@example.org", "xms_edov": True, "since": 10},
}
# What each issuer does to its tokens: "good" nothing.
FAULTS = (
    "good", "bad-signature", "other-audience", "two-audiences", "other-issuer", "expired", "from-tomorrow", "other-nonce",
    "no-nonce", "alg-none", "shared-secret", "no-token", "no-json", "elsewhere", "many", "many-nameless", "stale", "rotated",
    "other-name", "redirects",
)  # fmt: skip


class State:
    """What the provider remembers."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.redirect_uri, self.stands_at = given.redirect_uri, given.stands_at
        self.codes: dict[str, dict] = {}
        self.keys = [new_key()]
        self.base = ""

    def now(self) -> float:
        return self.stands_at or time.time()  # noqa: TID251 - somebody else's server


def new_key() -> tuple[str, rsa.RSAPrivateKey]:
    return secrets.token_hex(4), rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Handler(BaseHTTPRequestHandler):
    state: State

    def do_GET(self) -> None:
        fault, _, page = urlsplit(self.path).path.strip("/").partition("/")
        if fault not in FAULTS:
            self.answer(404, {"error": "not found"})
        elif page == ".well-known/openid-configuration":
            self.discovery(fault)
        elif page == "keys":
            self.answer(200, {"keys": [public(kid, key) for kid, key in self.state.keys]})
        elif page == "authorize":
            self.authorize(parse_query(urlsplit(self.path).query))
        else:
            self.answer(404, {"error": "not found"})

    def do_POST(self) -> None:
        given = parse_query(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        fault, _, page = urlsplit(self.path).path.strip("/").partition("/")
        if page == "authorize":
            self.signed_in(given)
        elif page == "token":
            self.token(fault, given)
        elif page == "rotate":
            self.state.keys = [new_key()]
            self.answer(200, {})
        else:
            self.answer(404, {"error": "not found"})

    def discovery(self, fault: str) -> None:
        base = f"{self.state.base}/{fault}"
        names = {
            "many": f"{self.state.base}/{{tenantid}}/v2.0",
            "many-nameless": f"{self.state.base}/{{tenantid}}/v2.0",
        }
        token = "https://elsewhere.example/token" if fault == "elsewhere" else f"{base}/token"
        issuer = "http://127.0.0.1/other" if fault == "other-name" else names.get(fault, base)
        if fault == "redirects":
            self.send_response(302)
            self.send_header("Location", f"{self.state.base}/good/.well-known/openid-configuration")
            self.end_headers()
            return
        self.answer(
            200,
            {
                "issuer": issuer,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": token,
                "jwks_uri": f"{base}/keys",
            },
        )

    def wrong(self, asked: dict[str, str]) -> str:
        """Why the real one would show an error page instead of signing anybody in."""
        if asked.get("client_id") != CLIENT:
            return "unknown client"
        if asked.get("redirect_uri") != self.state.redirect_uri:
            return "redirect_uri is not registered"
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            return "unsupported"
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return "PKCE is required"
        return ""

    def authorize(self, asked: dict[str, str]) -> None:
        problem = self.wrong(asked)
        if problem:
            self.answer(400, {"error": problem})
            return
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in asked.items()
        )
        page = f"""<!doctype html><html lang="en"><title>Sign in</title><link rel="icon" href="data:,"><form method="post">{fields}
            <label>Account <input name="who"></label><button>Sign in</button></form></html>"""
        self.send(200, page.encode(), "text/html; charset=utf-8")

    def signed_in(self, asked: dict[str, str]) -> None:
        problem = self.wrong(asked)
        if problem or asked.get("who") not in PEOPLE:
            self.answer(400, {"error": problem or "unknown account"})
            return
        code = secrets.token_urlsafe(16)
        self.state.codes[code] = asked
        self.send_response(302)
        self.send_header(
            "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked.get('state', '')})}"
        )
        self.end_headers()

    def token(self, fault: str, given: dict[str, str]) -> None:
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT, SECRET):
            self.answer(401, {"error": "invalid_client"})
            return
        asked = self.state.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or given.get("grant_type") != "authorization_code"
            or given.get("redirect_uri") != asked["redirect_uri"]
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            self.answer(400, {"error": "invalid_grant"})
        elif fault == "no-json":
            self.send(200, b"<html>maintenance</html>", "text/html")
        elif fault == "no-token":
            self.answer(200, {"access_token": "x", "token_type": "Bearer"})
        else:
            self.answer(200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(fault, asked)})

    def id_token(self, fault: str, asked: dict[str, str]) -> str:
        person, now = dict(PEOPLE[asked["who"]]), int(self.state.now())
        since = person.pop("since")
        anew = asked.get("prompt") == "login" or "max_age" in asked
        claims = {
            "iss": f"{self.state.base}/{fault}",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 3600,
            "nonce": asked.get("nonce", ""),
            "auth_time": now if anew and fault != "stale" else now - since,
            **person,
        }
        kid, key = self.state.keys[0]
        changed = {
            "other-audience": {"aud": "another-client"},
            "two-audiences": {"aud": [CLIENT, "another-client"]},
            "other-issuer": {"iss": f"{self.state.base}/good"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
            "from-tomorrow": {"iat": now + 86400, "exp": now + 90000},
            "other-nonce": {"nonce": "another-nonce"},
            "many": {"iss": f"{self.state.base}/{TENANT}/v2.0", "tid": TENANT},
            "many-nameless": {"iss": f"{self.state.base}/../v2.0", "tid": ".."},
        }.get(fault, {})
        claims |= changed
        if fault == "no-nonce":
            del claims["nonce"]
        if fault == "alg-none":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": kid})
        if fault == "shared-secret":
            return jwt.encode(claims, SECRET.ljust(32, "x"), algorithm="HS256", headers={"kid": kid})
        if fault == "bad-signature":
            key = new_key()[1]
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})

    def answer(self, status: int, facts: dict) -> None:
        self.send(status, json.dumps(facts).encode(), "application/json")

    def send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def parse_query(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def public(kid: str, key: rsa.RSAPrivateKey) -> dict:
    return {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}


class Provider:
    """The process, for a test. `stands_at` is the instant at which its clock stands; 0 lets it run."""

    def __init__(self, *, redirect_uri: str, stands_at: float = 0) -> None:
        given = ["--redirect-uri", redirect_uri, "--stands-at", str(stands_at)]
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), *given], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.base = self.process.stdout.readline().strip()

    def __enter__(self) -> "Provider":
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()

    def issuer(self, fault: str) -> str:
        return f"{self.base}/{fault}"

    def settings(self, fault: str = "good", **more: object) -> dict:
        """What the portal's settings make of it."""
        known = {"issuer": self.issuer(fault), "client_id": CLIENT, "secret": SECRET, "name": "Microsoft"}
        return {**known, "verified_claim": "xms_edov", "believes_second_factor": False, **more}


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--redirect-uri", required=True)
    reader.add_argument("--stands-at", type=float, default=0)
    Handler.state = State(reader.parse_args())
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.state.base = f"http://127.0.0.1:{server.server_port}"
    print(Handler.state.base, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
