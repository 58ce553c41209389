"""What can be made unreadable in a picture or a text, and how (ACC-2)."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused

MOST_AREAS = 20
BLACK = "█████"
LINE = re.compile(r"^\s*(\d{1,3})[\s,;]+(\d{1,3})[\s,;]+(\d{1,3})[\s,;]+(\d{1,3})\s*$")


@clause("ACC-2")
def areas_of(text: str) -> list[tuple[int, int, int, int]]:
    """The areas of a picture from lines of "left top right bottom" in percent; the answer is in thousandths. Raises Refused."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_AREAS:
        raise Refused("ACC-2", _("Draw at least one area, and at most 20."))
    return [_area(line) for line in lines]


def _area(line: str) -> tuple[int, int, int, int]:
    found = LINE.match(line)
    left, top, right, bottom = (int(number) for number in found.groups()) if found else (0, 0, 0, 0)
    if not (0 <= left < right <= 100 and 0 <= top < bottom <= 100):
        raise Refused("ACC-2", _("An area is four numbers from 0 to 100: left, top, right, bottom."))
    return left * 10, top * 10, right * 10, bottom * 10


@clause("ACC-2")
def without(texts: Mapping[str, str], passage: str) -> tuple[dict[str, str], int]:
    """The texts by name with every occurrence of the passage blacked out, and how many there were. Raises Refused for none."""
    wanted = passage.strip()
    if len(wanted) < 2:
        raise Refused("ACC-2", _("Give the words that are to go, two signs or more."))
    places = sum(text.count(wanted) for text in texts.values())
    if not places:
        raise Refused("ACC-2", _("These words do not stand in the message. Copy them from it exactly."))
    return {name: text.replace(wanted, BLACK) for name, text in texts.items()}, places
