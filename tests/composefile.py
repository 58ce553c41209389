"""docker-compose.yml and Dockerfile as data, with the variables of an operator filled in."""

import re
import secrets
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from portal.launcher.runfile import BASE

COMPOSE = BASE / "docker-compose.yml"
DOCKERFILE = BASE / "Dockerfile"
REQUIRED = {
    "PORTAL_APP_PASSWORD": secrets.token_urlsafe(30),
    "PORTAL_OWNER_PASSWORD": secrets.token_urlsafe(30),
    "PORTAL_CLUSTER_PASSWORD": secrets.token_urlsafe(30),
    "PORTAL_REDIS_PASSWORD": secrets.token_urlsafe(30),
    "PORTAL_SECRET_KEY": secrets.token_urlsafe(60),
    "PORTAL_URL": "https://portal.test",
    "PORTAL_SMTP_URL": "smtp://mail.test:25",
}
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")


class NotSet(Exception):
    """A variable that the file asks for with :? and that nobody set."""


def filled(text: str, given: dict[str, str]) -> str:
    """Fill in ${NAME}, ${NAME:-default} and ${NAME:?reason} as Compose does."""

    def value(match: re.Match[str]) -> str:
        name, sign, rest = match.groups()
        if given.get(name):
            return given[name]
        if sign == "?":
            raise NotSet(name)
        return rest if sign == "-" else ""

    return VARIABLE.sub(value, text).replace("$$", "$")


def all_filled(part: Any, given: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: all_filled(value, given) for name, value in part.items()}
    if isinstance(part, list):
        return [all_filled(value, given) for value in part]
    return filled(part, given) if isinstance(part, str) else part


@cache
def written() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text())


def services(given: dict[str, str] = REQUIRED) -> dict[str, dict[str, Any]]:
    return all_filled(written()["services"], given)


def instructions(file: Path = DOCKERFILE) -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, words), without comments and with its long lines joined."""
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def image_settings() -> dict[str, str]:
    """What ENV sets in the image."""
    return {
        name: value
        for word, rest in instructions()
        if word == "ENV"
        for name, _, value in (one.partition("=") for one in rest.split())
    }
