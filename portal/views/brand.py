"""The supplier's colour, logo and icon as files of their own: their address holds their hash, so browsers keep them."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.models import Logo
from portal.queries.supplier import logo as kept_logo
from portal.rules.colours import USUAL, digest_of, stylesheet

PNG, CSS, SVG = "image/png", "text/css; charset=utf-8", "image/svg+xml"
FOR_GOOD = "public, max-age=31536000, immutable"


def sent(body: bytes | str, kind: str) -> HttpResponse:
    """A file that never changes under its address, and that may do nothing by itself."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": FOR_GOOD,
    }
    return HttpResponse(body, content_type=kind, headers=headers)


@require_safe
def accent(request: HttpRequest, colour: str, digest: str) -> HttpResponse:
    """The tokens that follow a colour, for whole pages."""
    return by_colour(colour, digest, ":root")


@require_safe
def sample(request: HttpRequest, colour: str, digest: str) -> HttpResponse:
    """The same for the samples beside the form, so that a colour is seen before it is chosen."""
    return by_colour(colour, digest, ".sample")


def by_colour(colour: str, digest: str, selector: str) -> HttpResponse:
    """Raises Http404 for a digest of another release: its pages have another address."""
    if digest_of(f"#{colour}") != digest:
        raise Http404
    return sent(stylesheet(f"#{colour}", selector), CSS)


@require_safe
def logo(request: HttpRequest, sha256: str) -> HttpResponse:
    return sent(bytes(wanted(sha256).data), PNG)


@require_safe
def icon(request: HttpRequest, sha256: str) -> HttpResponse:
    return sent(bytes(wanted(sha256).icon), PNG)


def wanted(sha256: str) -> Logo:
    """The logo that the address names. Raises Http404."""
    row = kept_logo(sha256)
    if row is None:
        raise Http404
    return row


@require_safe
def sign(request: HttpRequest, colour: str) -> HttpResponse:
    """The portal's own sign in a supplier's colour, for the icon of those without a logo."""
    return sent(drawn_sign().replace(USUAL, f"#{colour}"), SVG)


@cache
def drawn_sign() -> str:
    return (settings.BASE_DIR / "static" / "img" / "mark.svg").read_text(encoding="utf-8")
