"""What can be made unreadable in a picture or a text, and how (ACC-2)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused
from tickets.rules.formanswers import shown
from tickets.rules.requestforms import Answers, Asks, Field

MOST_AREAS = 20
BLACK = "█████"
# Reports are counted by these two, so black in them would bring together what has nothing in common.
COUNTED_BY = frozenset({"sender", "sender_domain"})
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


@clause("ACC-2")
def answers_without(fields: Sequence[Field], answers: Answers, passage: str) -> dict[str, Any]:
    """A form's answers without the passage. Of an answer that stands whole in a longer passage nothing stays."""
    wanted = passage.strip()
    return {one.key: _answer_without(one, answers[one.key], wanted) for one in fields if one.key in answers} | {
        key: value for key, value in answers.items() if key not in {one.key for one in fields}
    }


def _answer_without(one: Field, value: Any, wanted: str) -> Any:
    """A date, a yes or an agreement cannot be blacked out in part: it is kept no longer where its words go."""
    if one.asks == Asks.PERSON:
        label = _words_without(str(value["label"]), wanted)
        return value if label == value["label"] else {"id": None, "label": label}
    if one.asks == Asks.CHANGE:
        return {part: _words_without(str(words), wanted) for part, words in value.items()}
    if isinstance(value, str) and one.asks != Asks.DATE:
        return _words_without(value, wanted)
    words = shown(one, value).words
    return value if _words_without(words, wanted) == words else None


@clause("ACC-2", "EML-6")
def report_without(said: Mapping[str, Any], passage: str) -> dict[str, Any]:
    """What a reported mail says, and what was said of it, without the passage: by column, those alone that held it.

    An address that held it is kept no longer.
    """
    wanted = passage.strip()
    less = {name: _without_deep(value, wanted) for name, value in said.items()}
    changed = {name: value for name, value in less.items() if value != said[name]}
    return changed | dict.fromkeys(COUNTED_BY & changed.keys(), "")


def _without_deep(value: Any, wanted: str) -> Any:
    if isinstance(value, list):
        return [_without_deep(one, wanted) for one in value]
    return _words_without(value, wanted) if isinstance(value, str) else value


def _words_without(words: str, wanted: str) -> str:
    whole = len(words) > 3 and words in wanted
    return BLACK if whole else words.replace(wanted, BLACK)
