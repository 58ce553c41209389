"""Asking a server outside: only one that a setting names, within ten seconds in all, a small answer, and no redirects."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils.translation import gettext as _

from portal import clock

TIMEOUT = timedelta(seconds=10)
LARGEST_BYTES = 1024 * 1024


class OutsideFailed(Exception):
    """The other server is away, too slow, or answers what it should not. The text is for the log, not for a page.

    status: what it answered instead of 200; 0 when there was no answer.
    """

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


def origin(url: str) -> str:
    """Scheme, host and port of an address: what one server is."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def ask_json(method: str, url: str, *, allowed: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON object that the server answers with. Raises OutsideFailed.

    `allowed` is the origin from the settings: an address that leads anywhere else is refused before it is looked up.
    """
    if origin(url) != allowed:
        raise OutsideFailed(_("%(origin)s is not the server that the settings name.") % {"origin": origin(url)})
    # No environment proxies and no .netrc: what leaves is decided by the settings alone.
    with httpx.Client(timeout=TIMEOUT.total_seconds(), follow_redirects=False, trust_env=False) as line:
        try:
            with line.stream(method, url, data=form, headers={"Accept": "application/json"}) as answer:
                body = read_whole(answer)
        except httpx.HTTPError as error:
            raise OutsideFailed(f"{origin(url)}: {error!r}") from error
    if answer.status_code != 200:
        raise OutsideFailed(
            _("%(origin)s answered %(status_code)s.") % {"origin": origin(url), "status_code": answer.status_code},
            answer.status_code,
        )
    return an_object(body, url)


def read_whole(answer: httpx.Response) -> bytes:
    """The answer's bytes. A server that drips is cut off like one that is silent. Raises OutsideFailed."""
    until, body = clock.real_now() + TIMEOUT, b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST_BYTES or clock.real_now() > until:
            raise OutsideFailed(_("The answer is too long, or takes too long."))
    return body


def an_object(body: bytes, url: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise OutsideFailed(_("%(origin)s answered something that is no JSON.") % {"origin": origin(url)}) from error
    if not isinstance(found, dict):
        raise OutsideFailed(_("%(origin)s answered JSON that is no object.") % {"origin": origin(url)})
    return found
