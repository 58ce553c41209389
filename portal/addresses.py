"""The address that a request really comes from."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - a request through a local socket has no address; nothing listens here


def client_ip(request: HttpRequest) -> str:
    """The visitor's address: the last hop that is not one of our own proxies (PORTAL_TRUSTED_PROXIES).

    A header that no named proxy set is not believed, so that nobody chooses their own address.
    """
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    here = sound(request.META.get("REMOTE_ADDR", ""))
    while hops and is_proxy(here):
        here = sound(hops.pop())
    return here


def sound(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return UNKNOWN


def is_proxy(address: str) -> bool:
    return any(ip_address(address) in ip_network(one) for one in settings.PORTAL_TRUSTED_PROXIES)


def is_forwarded(request: HttpRequest) -> bool:
    """Whether any header says that the request came through a proxy."""
    names = {name.lower() for name in request.headers}
    return any(
        name == "forwarded" or name == "via" or name.startswith("x-forwarded") or name == "x-real-ip" for name in names
    )
