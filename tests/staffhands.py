"""A person at the desk over HTTP, from a thread of their own: reads a page, fills its form in, sends it, and notes what came of it."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest

from tests.cast import Person, signed_in

INPUT = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
ACCEPTED, REFUSED, CONFLICT = "accepted", "refused", "conflict"


@dataclass
class Deed:
    """One form that was sent. seen, after: what its page had shown; words: those that can be found again in the record."""

    who: str
    act: str
    ref: str
    words: str
    fields: dict[str, Any]
    status: int
    body: str
    where: str
    said: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        return int(self.fields.get("version") or 0)

    @property
    def after(self) -> int:
        return int(self.fields["after"])

    @property
    def outcome(self) -> str:
        if self.status == 409:
            return CONFLICT
        assert self.status in (302, 422), (self.status, self.act, self.body[:400])
        if self.status == 422:
            assert self.words in self.body, (self.act, self.words)
            return REFUSED
        return REFUSED if self.said else ACCEPTED


class Hand:
    """One signed-in session of a person, with its own connection to the site."""

    def __init__(self, url: str, person: Person) -> None:
        name = settings.SESSION_COOKIE_NAME
        self.person, self.label = person, person.user.name
        self.http = httpx.Client(base_url=url, timeout=60, cookies={name: signed_in(person).cookies[name].value})

    def close(self) -> None:
        self.http.close()

    def read(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def form(self, page: str, action: str) -> dict[str, str]:
        """The hidden fields of the form that posts to this address."""
        found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
        assert found, action
        return {name: html.unescape(value) for name, value in INPUT.findall(found[0])}

    def send(self, act: str, ref: str, action: str, fields: dict[str, Any], words: str) -> Deed:
        """Send the form once."""
        answer = self.http.post(action, data=fields)
        said = self.errors(answer)
        return Deed(
            self.label,
            act,
            ref,
            words,
            fields,
            answer.status_code,
            answer.text,
            answer.headers.get("Location", ""),
            said,
        )

    def errors(self, answer: httpx.Response) -> list[str]:
        """What the next page would complain about."""
        kept = answer.cookies.get("messages")
        self.http.cookies.delete("messages") if "messages" in self.http.cookies else None
        if not kept:
            return []
        told = CookieStorage(HttpRequest())._decode(kept.strip('"').encode().decode("unicode_escape")) or []
        return [str(one.message) for one in told if hasattr(one, "level_tag") and one.level_tag == "error"]
