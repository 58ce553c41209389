"""Where mail that reaches the portal goes. The floor that keeps requests registers itself; nothing here knows it.

mailin.receive_with(is_ours=…, take=…)          # in AppConfig.ready
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MEGABYTES = 35
SIZE_LIMIT = MEGABYTES * 1024 * 1024
"""The largest mail that is taken in, in bytes, by whatever way it comes."""

IsOurs = Callable[[str], bool]
"""Whether an address, in small letters, is one at which the portal takes mail."""


class Take(Protocol):
    """Called with the envelope's sender, its recipients and the raw mail. It returns when the mail is stored for good.

    source: the way it came, where that is not SMTP; event: its name there, by which it is known when it comes again.
    """

    def __call__(
        self, sender: str, recipients: list[str], raw: bytes, *, source: str = ..., event: str = ...
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Registered:
    """Who takes mail in."""

    is_ours: IsOurs
    take: Take


_registered: list[Registered] = []


def receive_with(*, is_ours: IsOurs, take: Take) -> None:
    """Register the one that takes mail in. Raises ValueError when another has done so."""
    given = Registered(is_ours, take)
    if _registered and _registered[0] != given:
        raise ValueError("Two parts of the portal want to take mail in.")
    _registered[:] = [given]


def receiver() -> Registered:
    """Who takes mail in. Raises LookupError when nobody does."""
    if not _registered:
        raise LookupError("No part of this portal takes mail in.")
    return _registered[0]
