"""Typed readers of environment variables.

Every reader refuses a bad value with BadSetting: one sentence that names the variable and says what to write instead.
Nothing here imports Django, so the launcher can use it before Django is set up.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from environ import Env

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
WEAK_MARKS = ("changeme", "change-me", "insecure", "secret-key", "password", "example")
SECRET_LENGTH = 50
SECRET_VARIETY = 10
SHARED_LENGTH = 20


class BadSetting(Exception):
    """A setting that the portal will not run with; the message is a sentence for the person who set it."""


class Reader:
    """Reads settings from a mapping, usually os.environ. An empty value counts as not set."""

    def __init__(self, source: Mapping[str, str]) -> None:
        self.source = source

    def text(self, name: str, default: str = "") -> str:
        return self.source.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in YES | NO:
            raise BadSetting(f"{name} is {value!r}; write 1 for yes or 0 for no.")
        return value in YES

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise BadSetting(f"{name} is {value!r}; write a whole number from {low} to {high}.")
        return int(value)

    def port(self, name: str, default: int) -> int:
        return self.number(name, default, low=1, high=65535)

    def choice(self, name: str, default: str, allowed: Iterable[str]) -> str:
        value, known = self.text(name, default), sorted(allowed)
        if value not in known:
            raise BadSetting(f"{name} is {value!r}; write one of {', '.join(known)}.")
        return value

    def listed(self, name: str, default: Iterable[str] = ()) -> list[str]:
        """A list written with commas between the entries."""
        value = self.text(name)
        return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)

    def folder(self, name: str, default: Path) -> Path:
        """An absolute folder; a relative one counts from where the command was started."""
        path = Path(self.text(name) or default).expanduser()
        if path.exists() and not path.is_dir():
            raise BadSetting(f"{name} is {str(path)!r}, which is a file; name a folder.")
        return path.absolute()

    def url(self, name: str, default: str, schemes: Iterable[str]) -> SplitResult:
        value, known = self.text(name, default), list(schemes)
        parts = urlsplit(value)
        if parts.scheme not in known or not parts.hostname or not port_is_sound(parts):
            raise BadSetting(f"{name} is {hide_password(value)!r}; write it like {known[0]}://host:port.")
        return parts

    def socket(self, name: str) -> str:
        """Where a service listens: a path such as /run/clamav/clamd.ctl, or host:port. Empty when not set."""
        value = self.text(name)
        if not value or value.removeprefix("unix:").startswith("/"):
            return value
        host, _, port = value.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise BadSetting(f"{name} is {value!r}; write the path of a socket, or host:port.")
        return value

    def database(self, name: str) -> dict[str, Any] | None:
        """Django's settings of a PostgreSQL database, or None when the variable is not set."""
        if not self.text(name):
            return None
        parts = self.url(name, "", ["postgres", "postgresql"])
        if not parts.path.strip("/") or not parts.username:
            raise BadSetting(
                f"{name} lacks a user or a database; write it like postgres://user:password@host:port/database."
            )
        return dict(Env.db_url_config(self.text(name)))

    def networks(self, name: str) -> list[str]:
        """Addresses or networks such as 10.0.0.0/8."""
        values = self.listed(name)
        for value in values:
            try:
                ip_network(value)
            except ValueError as error:
                raise BadSetting(
                    f"{name} holds {value!r}; write addresses such as 10.0.0.5 or networks such as 10.0.0.0/8."
                ) from error
        return values

    def secret(self, name: str) -> str:
        """A secret for signing: long and varied enough that nobody guesses it. Raises BadSetting when it is missing or weak."""
        value = self.text(name)
        cure = "make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        if not value:
            raise BadSetting(f"{name} is not set, and a portal that others can reach needs it; {cure}")
        if (
            len(value) < SECRET_LENGTH
            or len(set(value)) < SECRET_VARIETY
            or any(mark in value.lower() for mark in WEAK_MARKS)
        ):
            raise BadSetting(f"{name} can be guessed (at least {SECRET_LENGTH} varied characters are needed); {cure}")
        return value

    def shared(self, name: str) -> str:
        """A secret that another service knows too; "" when not set. Raises BadSetting for one that can be guessed."""
        value = self.text(name)
        if value and (len(value) < SHARED_LENGTH or len(set(value)) < SECRET_VARIETY):
            raise BadSetting(f"{name} can be guessed (at least {SHARED_LENGTH} varied characters are needed).")
        return value

    def login(self, name: str) -> str:
        """A secret written like name:password; "" when not set."""
        value = self.shared(name)
        if value and not value.partition(":")[2]:
            raise BadSetting(f"{name} lacks a password; write it like name:password.")
        return value

    def hosts(self, name: str, default: Iterable[str]) -> list[str]:
        """Names under which the portal is reached; a wildcard would let a forged Host header into mails and links."""
        values = self.listed(name, default)
        if any("*" in value or value.startswith(".") for value in values):
            raise BadSetting(f"{name} holds a wildcard; write each host name of the portal, with commas between them.")
        return values


def port_is_sound(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def hide_password(url: str) -> str:
    """The URL as it may be shown in a message or a log."""
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":...@") if parts.password else url


def is_local(url: SplitResult) -> bool:
    """Whether only this machine's own browser can mean this address."""
    return url.hostname in LOCAL_HOSTS
