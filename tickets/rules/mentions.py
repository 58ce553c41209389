"""Colleagues named in an internal note: “@Cora Carter”, or “@Cora” where only one is called that."""

import re
from collections import Counter
from collections.abc import Mapping


def mentioned(body: str, names: Mapping[int, str]) -> list[int]:
    """Whose names stand behind an @, in the order of `names` (key to full name). An address such as a@cora.example is none."""
    firsts = Counter(name.split()[0].casefold() for name in names.values() if name.split())
    return [key for key, name in names.items() if any(_stands(body, way) for way in _ways(name, firsts))]


def _ways(name: str, firsts: Mapping[str, int]) -> list[str]:
    first = name.split()[0] if name.split() else ""
    return [name, first] if first and firsts[first.casefold()] == 1 else [name]


def _stands(body: str, way: str) -> bool:
    return bool(way) and re.search(rf"(?<!\w)@{re.escape(way)}(?!\w)", body, re.IGNORECASE) is not None
