"""OpenID Connect, the authorization code flow with PKCE: what we ask of the sign-in provider, and what we believe of its answer.

The sign-in library's own provider is not used: on this flow it takes the ID token without checking its signature, knows no
nonce and no auth_time, keeps access tokens, and would make accounts. Here nothing is kept but who the person is.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from re import fullmatch
from typing import Any
from urllib.parse import urlencode

import jwt
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from jwt.types import Options

from portal import clock
from portal.outbound import OutsideFailed, ask_json, origin
from portal.rules.providers import CLOCK_SKEW, Identity, is_verified

# Signed by the provider's private key: neither "none" nor a signature made with what we know ourselves.
ALGORITHMS = ("RS256", "PS256", "ES256")
CLAIMS = ["iss", "aud", "sub", "exp", "iat", "nonce"]
# One Microsoft application may serve many organisations: each token's issuer then names its own.
MANY = "{tenantid}"
TENANT = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DISCOVERY = "/.well-known/openid-configuration"
LONGEST_NAME = 255
KNOWN_FOR = timedelta(minutes=10)


class NotProved(Exception):
    """The provider's answer proves nothing. The text is for the log, not for a page."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that the settings name. `believes_second_factor`: its own second factor counts as ours."""

    issuer: str
    client_id: str
    secret: str
    name: str
    verified_claim: str
    believes_second_factor: bool


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the provider says about itself."""

    issuer: str
    authorize: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to the provider and back, kept in the session: what the answer must fit, and what it is for."""

    state: str
    nonce: str
    verifier: str
    purpose: str
    next: str
    began: float
    user_id: int | None


_known: dict[str, tuple[float, Endpoints]] = {}


def provider() -> Provider | None:
    """The provider to sign in with; None where none is set up."""
    return Provider(**settings.PORTAL_OIDC) if settings.PORTAL_OIDC else None


def new_journey(*, purpose: str, next_page: str, user_id: int | None) -> Journey:
    """A journey that begins now, with secrets of its own."""
    now = clock.real_now().timestamp()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Journey(state, nonce, verifier, purpose, next_page, now, user_id)


def endpoints(of: Provider) -> Endpoints:
    """The provider's addresses, all on the server that the settings name. Raises OutsideFailed. Asked every ten minutes."""
    now = clock.real_now().timestamp()
    at, known = _known.get(of.issuer, (0.0, None))
    if known is None or not 0 <= now - at < KNOWN_FOR.total_seconds():
        known = discover(of)
        _known[of.issuer] = (now, known)
    return known


def discover(of: Provider) -> Endpoints:
    found = ask_json("GET", of.issuer + DISCOVERY, allowed=origin(of.issuer))
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    addresses = [str(found.get(name, "")) for name in names]
    if any(origin(address) != origin(of.issuer) for address in addresses):
        raise OutsideFailed(gettext("%(issuer)s names addresses of another server.") % {"issuer": of.issuer})
    if addresses[0] != of.issuer and MANY not in addresses[0]:
        raise OutsideFailed(
            gettext("%(issuer)s calls itself %(addresses)s.") % {"issuer": of.issuer, "addresses": addresses[0]}
        )
    return Endpoints(*addresses)


def way_there(of: Provider, journey: Journey, *, anew: bool) -> str:
    """Where the browser goes; `anew` asks for a new proof even of somebody who is signed in there. Raises OutsideFailed."""
    challenge = urlsafe_b64encode(hashlib.sha256(journey.verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "client_id": of.client_id,
        "response_type": "code",
        "redirect_uri": way_back(),
        "scope": "openid email profile",
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if anew else {"prompt": "select_account"}),
    }
    return f"{endpoints(of).authorize}?{urlencode(asked)}"


def way_back() -> str:
    """The address that must stand in the provider's settings."""
    return str(settings.PORTAL_URL) + reverse("accounts_provider_back")


def identity_of(of: Provider, journey: Journey, code: str) -> Identity:
    """Who came back. Raises NotProved, and OutsideFailed where the provider itself fails."""
    known = endpoints(of)
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": way_back(),
        "code_verifier": journey.verifier,
        "client_id": of.client_id,
        "client_secret": of.secret,
    }
    token = str(ask_json("POST", known.token, allowed=origin(of.issuer), form=given).get("id_token", ""))
    # Asked for each time: keys change, and a changed key must not keep anybody out.
    keys = ask_json("GET", known.keys, allowed=origin(of.issuer))
    claims = proved_claims(token, keys, of, known)
    if not compare_digest(str(claims["nonce"]), journey.nonce):
        raise NotProved(gettext("The nonce is another journey's."))
    return identity_in(claims, of)


def proved_claims(token: str, keys: dict[str, Any], of: Provider, known: Endpoints) -> dict[str, Any]:
    """What the token says, its signature, issuer, audience and times checked. Raises NotProved."""
    try:
        key = key_for(token, keys)
        # The times are compared below, by the portal's one clock.
        options: Options = {
            "require": CLAIMS,
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
            "verify_iss": False,
        }
        claims: dict[str, Any] = jwt.decode(
            token, key["key"], algorithms=ALGORITHMS, audience=of.client_id, options=options
        )
    except jwt.PyJWTError as error:
        raise NotProved(repr(error)) from error
    tenant = str(claims.get("tid", ""))
    if MANY in known.issuer and not fullmatch(TENANT, tenant):
        raise NotProved(gettext("The token names no organisation."))
    issuer = known.issuer.replace(MANY, tenant)
    if claims["iss"] != issuer or key["issuer"].replace(MANY, tenant) not in ("", issuer):
        raise NotProved(gettext("The token is of another issuer, %(claims)s.") % {"claims": f"{claims['iss']!r}"})
    if isinstance(claims["aud"], list) and claims["aud"] != [of.client_id]:
        raise NotProved(gettext("The token is for others as well."))
    check_times(claims)
    return claims


def key_for(token: str, keys: dict[str, Any]) -> dict[str, Any]:
    """The key that the token names, and whose it is. Raises PyJWTError, NotProved."""
    head = jwt.get_unverified_header(token)
    if head.get("alg") not in ALGORITHMS:
        raise NotProved(gettext("The token is signed with %(get)s.") % {"get": f"{head.get('alg')!r}"})
    listed = keys.get("keys")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("kid") == head.get("kid") and one.get("kty") in ("RSA", "EC"):
            return {
                "key": jwt.PyJWK.from_dict(one, algorithm=head.get("alg")).key,
                "issuer": str(one.get("issuer", "")),
            }
    raise NotProved(gettext("The provider has no key %(get)s.") % {"get": f"{head.get('kid')!r}"})


def check_times(claims: dict[str, Any]) -> None:
    """Raises NotProved for a token that is over, or not yet begun."""
    now, skew = clock.real_now().timestamp(), CLOCK_SKEW.total_seconds()
    times = [claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])]
    if not all(isinstance(one, int | float) for one in times):
        raise NotProved(gettext("The token's times are no numbers."))
    if times[0] <= now - skew or max(times[1:]) > now + skew:
        raise NotProved(gettext("The token is over, or has not begun."))


def identity_in(claims: dict[str, Any], of: Provider) -> Identity:
    """Who the token says it is. Raises NotProved for names that nobody has."""
    proved_at, methods = claims.get("auth_time"), claims.get("amr")
    names = [str(claims["iss"]), str(claims["sub"]), str(claims.get("email", "")), str(claims.get("tid", ""))]
    if not names[1] or any(len(name) > LONGEST_NAME or not name.isprintable() for name in names):
        raise NotProved(gettext("The token's names cannot be kept."))
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=str(claims.get("email", "")).strip().lower(),
        verified=is_verified(claims, of.verified_claim),
        tenant=str(claims.get("tid", "")),
        proved_at=proved_at if isinstance(proved_at, int) else None,
        second_factor=isinstance(methods, list) and "mfa" in methods,
    )
