"""Deadlines asked for as lines of JSON, answered line by line: `manage.py deadline --jsonl`.

A request has "start" and "target" and may have "tz", "country", "subdivision", "hours", "days" and "closures". A bad line
gets an answer that names what is at fault and does not stop the rest. Line numbers count every line, blank ones included.
"""

import functools
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NoReturn

from portal.worktime.calendar import Calendar, WorktimeError, quoted
from portal.worktime.reckoning import DEFAULT_CALENDAR, TARGETS, Deadline, deadline

REQUIRED = ("start", "target")
PLACE = ("tz", "country", "subdivision", "hours", "days")
KEYS = frozenset((*REQUIRED, *PLACE, "closures"))
WHOLE_LINE = "line"
LONGEST_LINE = 1 << 20
INSTANT = re.compile(
    r"\d{4}-?\d{2}-?\d{2}[Tt ]\d{2}(:?\d{2}(:?\d{2}([.,](?P<fraction>\d+))?)?)?"
    r"(?P<offset>[Zz]|[+-]\d{2}(:?\d{2}(:?\d{2})?)?)?",
    re.ASCII,
)
CALENDAR_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class TooLong(Exception):
    """A line longer than LONGEST_LINE bytes, which is not kept."""


def answers(chunks: Iterable[bytes]) -> Iterator[tuple[str, bool]]:
    """One (answer, good) for each line that is not blank, as the bytes come in."""
    for number, raw in enumerate(lines(chunks), start=1):
        try:
            text = text_of(raw, number)
            if text:
                yield answer(text), True
        except WorktimeError as error:
            yield json.dumps({"error": error.sentence, "field": error.field, "line": number}), False


def lines(chunks: Iterable[bytes]) -> Iterator[bytes | TooLong]:
    """Whole lines from pieces of any size; an endless line takes no more memory than LONGEST_LINE."""
    pending, skipping = b"", False
    for chunk in chunks:
        *whole, pending = (pending + chunk).split(b"\n")
        for line in whole:
            yield TooLong() if skipping or len(line) > LONGEST_LINE else line
            skipping = False
        if len(pending) > LONGEST_LINE:
            pending, skipping = b"", True
    if skipping:
        yield TooLong()
    elif pending:
        yield pending


def text_of(raw: bytes | TooLong, number: int) -> str:
    if isinstance(raw, TooLong):
        raise WorktimeError(WHOLE_LINE, f"The line is longer than {LONGEST_LINE} bytes.")
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError as error:
        raise WorktimeError(WHOLE_LINE, "The line is not UTF-8 text.") from error


def answer(text: str) -> str:
    """The answer to one request as a line of JSON. Raises WorktimeError."""
    request = parsed(text)
    calendar = calendar_of(request)
    return answer_for(deadline(instant(request["start"]), request["target"], calendar), calendar)


def answer_for(found: Deadline, calendar: Calendar) -> str:
    try:
        due = found.due.astimezone(calendar.zone).isoformat()
    except OverflowError as error:
        raise WorktimeError("start", "The deadline leaves the years 1 to 9999.") from error
    return f'{{"due": "{due}", "minutes": {found.minutes}}}'


def parsed(text: str) -> dict[str, Any]:
    """The request with its keys and the types of its values checked."""
    try:
        request = json.loads(text, object_pairs_hook=without_doubles, parse_constant=refuse_constant)
    except WorktimeError:
        raise
    except (ValueError, RecursionError) as error:
        raise WorktimeError(WHOLE_LINE, "The line is not JSON.") from error
    if not isinstance(request, dict):
        raise WorktimeError(WHOLE_LINE, 'The line is not a JSON object such as {"start": "...", "target": "4h"}.')
    for key in request:
        if key not in KEYS:
            raise WorktimeError(key, f"There is no key {quoted(key)}; the keys are {', '.join(sorted(KEYS))}.")
    for key in REQUIRED:
        if key not in request:
            raise WorktimeError(key, f'The key "{key}" is missing.')
    for key, value in request.items():
        if key != "closures" and not isinstance(value, str):
            raise WorktimeError(key, f'"{key}" is a text in quotation marks.')
    if request["target"] not in TARGETS:
        raise WorktimeError("target", f'The target is "4h" or "1d", not {quoted(request["target"])}.')
    return request


def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise WorktimeError(double, f"The key {quoted(double)} stands there twice.")
    return found


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def calendar_of(request: dict[str, Any]) -> Calendar:
    if len(request) == len(REQUIRED):
        return DEFAULT_CALENDAR
    country = request.get("country", "GB")
    if country != "GB" and "tz" not in request:
        raise WorktimeError("tz", 'A country other than GB needs its time zone in "tz".')
    closures = request.get("closures", [])
    if not isinstance(closures, list) or not all(isinstance(day, str) for day in closures):
        raise WorktimeError("closures", '"closures" is a list of dates such as ["2026-12-24"].')
    return calendar_for(
        request.get("tz", "Europe/London"),
        country,
        request.get("subdivision", "ENG" if country == "GB" else ""),
        request.get("hours", "09:00-17:30"),
        request.get("days", "Mon-Fri"),
        tuple(closures),
    )


@functools.lru_cache(maxsize=64)
def calendar_for(tz: str, country: str, subdivision: str, hours: str, days: str, closures: tuple[str, ...]) -> Calendar:
    """The same calendar object for the same request, so that its days are reckoned once."""
    return Calendar.parse(
        tz=tz,
        country=country,
        subdivision=subdivision,
        hours=hours,
        days=days,
        closures=[closure(day) for day in closures],
    )


def closure(text: str) -> date:
    try:
        if CALENDAR_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise WorktimeError("closures", f"There is no date {quoted(text)}.") from error
    raise WorktimeError("closures", f"A closure is a date such as 2026-12-24, not {quoted(text)}.")


def instant(text: str) -> datetime:
    """An instant from ISO 8601 with an offset or Z, exact to the microsecond."""
    match = INSTANT.fullmatch(text)
    if match is None:
        raise WorktimeError("start", f"The start reads like 2026-11-20T17:29:00Z, not {quoted(text)}.")
    if match["offset"] is None:
        raise WorktimeError(
            "start", "The start needs an offset such as +00:00 or Z: without one it could be any zone's time."
        )
    if (match["fraction"] or "")[6:].strip("0"):
        raise WorktimeError("start", "The start has a fraction finer than a microsecond, which cannot be kept exactly.")
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise WorktimeError("start", f"There is no such time as {quoted(text)}.") from error
