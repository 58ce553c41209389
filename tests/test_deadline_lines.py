"""Deadlines asked for as lines of JSON: what each good line answers, and what each bad line is told."""

import json
from datetime import date, timedelta

import pytest

from portal.worktime.lines import LONGEST_LINE, answers


def ask(*lines: bytes | str) -> list[dict[str, object]]:
    text = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return [json.loads(answer) for answer, _ in answers([text])]


def request(**values: object) -> str:
    return json.dumps({"start": "2026-11-23T13:30:00Z", "target": "4h"} | values)


GOOD = [
    ({}, "2026-11-23T17:30:00+00:00", 240),
    ({"target": "1d"}, "2026-11-24T13:30:00+00:00", 510),
    ({"start": "2026-11-23T13:30Z"}, "2026-11-23T17:30:00+00:00", 240),
    ({"start": "2026-11-23 13:30:00+00:00"}, "2026-11-23T17:30:00+00:00", 240),
    ({"start": "20261123T133000Z"}, "2026-11-23T17:30:00+00:00", 240),
    ({"start": "2026-11-23t13:30:00z"}, "2026-11-23T17:30:00+00:00", 240),
    ({"start": "2026-11-23T14:30:00+01"}, "2026-11-23T17:30:00+00:00", 240),
    ({"start": "2026-11-24T00:30:00+11:00"}, "2026-11-23T17:30:00+00:00", 240),
    ({"start": "2026-11-23T10:00:00.5Z"}, "2026-11-23T14:00:00.500000+00:00", 240),
    ({"start": "2026-11-23T10:00:00.000Z"}, "2026-11-23T14:00:00+00:00", 240),
    ({"start": "2026-11-23T10:00:00.123456000Z"}, "2026-11-23T14:00:00.123456+00:00", 240),
    ({"start": "2026-11-23T18:00:00.5Z"}, "2026-11-24T13:00:00+00:00", 240),
    ({"start": "2026-03-27T16:00:00Z"}, "2026-03-30T11:30:00+01:00", 240),
    ({"start": "2026-03-29T01:30:00Z"}, "2026-03-30T13:00:00+01:00", 240),
    ({"start": "2028-02-29T16:00:00Z", "target": "1d"}, "2028-03-01T16:00:00+00:00", 510),
    ({"hours": "09:00-12:30,13:30-17:30"}, "2026-11-23T17:30:00+00:00", 240),
    ({"hours": "09:00-12:30,13:30-17:30", "target": "1d"}, "2026-11-24T12:30:00+00:00", 450),
    ({"days": "Mon,Wed,Fri", "target": "1d"}, "2026-11-25T13:30:00+00:00", 510),
    ({"days": "Sun-Thu", "start": "2026-11-26T16:30:00Z"}, "2026-11-29T12:00:00+00:00", 240),
    ({"closures": ["2026-11-24"], "target": "1d"}, "2026-11-25T13:30:00+00:00", 510),
    ({"closures": []}, "2026-11-23T17:30:00+00:00", 240),
    ({"closures": ["2026-11-24", "2026-11-24"], "target": "1d"}, "2026-11-25T13:30:00+00:00", 510),
    ({"subdivision": "SCT", "start": "2026-11-30T10:00:00Z"}, "2026-12-01T13:00:00+00:00", 240),
    ({"subdivision": "WLS", "start": "2026-11-30T10:00:00Z"}, "2026-11-30T14:00:00+00:00", 240),
    ({"subdivision": "NIR", "start": "2026-03-17T10:00:00Z"}, "2026-03-18T13:00:00+00:00", 240),
    ({"tz": "America/New_York"}, "2026-11-23T13:00:00-05:00", 240),
    ({"tz": "Asia/Kolkata", "country": "IN"}, "2026-11-25T13:00:00+05:30", 240),
    ({"tz": "Asia/Tokyo", "country": "JP"}, "2026-11-24T13:00:00+09:00", 240),
    ({"tz": "Europe/Berlin", "country": "DE", "start": "2026-10-02T15:00:00Z"}, "2026-10-05T12:30:00+02:00", 240),
    (
        {"tz": "Europe/Berlin", "country": "DE", "subdivision": "BY", "start": "2026-01-06T09:00:00Z"},
        "2026-01-07T13:00:00+01:00",
        240,
    ),
    (
        {"days": "Mon-Sun", "hours": "00:00-24:00", "start": "2026-10-25T12:00:00Z", "target": "1d"},
        "2026-10-26T13:00:00+00:00",
        1500,
    ),
    (
        {"days": "Mon-Sun", "hours": "00:00-24:00", "start": "2026-03-28T12:00:00Z", "target": "1d"},
        "2026-03-29T13:00:00+01:00",
        1440,
    ),
    ({"start": "1900-01-02T10:00:00Z"}, "1900-01-02T14:00:00+00:00", 240),
]


@pytest.mark.clause("HLP-3", "HLP-4")
@pytest.mark.parametrize(("values", "due", "minutes"), GOOD)
def test_a_good_line_is_answered_in_its_own_zone(values, due, minutes):
    assert ask(request(**values)) == [{"due": due, "minutes": minutes}]


BAD = [
    ({"start": "2026-11-23T13:30:00"}, "start", "needs an offset"),
    ({"start": "2026-11-23"}, "start", "reads like"),
    ({"start": ""}, "start", "reads like"),
    ({"start": "now"}, "start", "reads like"),
    ({"start": "2026-11-23T13:30:00ZZ"}, "start", "reads like"),
    ({"start": " 2026-11-23T13:30:00Z"}, "start", "reads like"),
    ({"start": "٢٠٢٦-11-23T13:30:00Z"}, "start", "reads like"),
    ({"start": "2026-02-29T13:30:00Z"}, "start", "no such time"),
    ({"start": "2026-11-23T24:30:00Z"}, "start", "no such time"),
    ({"start": "2026-11-23T23:59:60Z"}, "start", "no such time"),
    ({"start": "2026-11-23T13:30:00+25:00"}, "start", "no such time"),
    ({"start": "0000-11-23T13:30:00Z"}, "start", "no such time"),
    ({"start": "2026-11-23T13:30:00.1234567Z"}, "start", "finer than a microsecond"),
    ({"start": "9999-12-31T18:00:00Z"}, "start", "years 1 to 9999"),
    ({"start": "0001-01-01T00:00:00+14:00"}, "start", "years 1 to 9999"),
    ({"start": 1764000000}, "start", "text in quotation marks"),
    ({"start": None}, "start", "text in quotation marks"),
    ({"start": True}, "start", "text in quotation marks"),
    ({"start": ["2026-11-23T13:30:00Z"]}, "start", "text in quotation marks"),
    ({"target": "5h"}, "target", '"4h" or "1d"'),
    ({"target": "4H"}, "target", '"4h" or "1d"'),
    ({"target": ""}, "target", '"4h" or "1d"'),
    ({"target": 4}, "target", "text in quotation marks"),
    ({"tz": "Europe/Atlantis"}, "tz", "no time zone"),
    ({"tz": "Europe"}, "tz", "no time zone"),
    ({"tz": "/etc/passwd"}, "tz", "no time zone"),
    ({"tz": None}, "tz", "text in quotation marks"),
    ({"country": "FR"}, "tz", "needs its time zone"),
    ({"country": "ZZ", "tz": "Europe/Paris"}, "country", "not known"),
    ({"country": "UK", "tz": "Europe/London"}, "country", "United Kingdom is GB"),
    ({"country": "FR", "tz": "Europe/Paris", "subdivision": "ENG"}, "subdivision", "has no subdivision"),
    ({"subdivision": "eng"}, "subdivision", "ENG, WLS, SCT, NIR"),
    ({"subdivision": ""}, "subdivision", "ENG, WLS, SCT, NIR"),
    ({"hours": "17:30-09:00"}, "hours", "end before they begin"),
    ({"hours": "09:00-13:00,12:00-17:00"}, "hours", "overlap"),
    ({"hours": ""}, "hours", "read like"),
    ({"hours": [["09:00", "17:30"]]}, "hours", "text in quotation marks"),
    ({"days": "Mon-Fun"}, "days", "not a weekday"),
    ({"days": "Mon,Mon"}, "days", "named twice"),
    ({"days": ""}, "days", "not a weekday"),
    ({"closures": "2026-12-24"}, "closures", "list of dates"),
    ({"closures": [20261224]}, "closures", "list of dates"),
    ({"closures": ["24/12/2026"]}, "closures", "a date such as"),
    ({"closures": ["20261224"]}, "closures", "a date such as"),
    ({"closures": ["2026-02-30"]}, "closures", "There is no date"),
    ({"closures": None}, "closures", "list of dates"),
    ({"colour": "red"}, "colour", "There is no key"),
    ({"Start": "2026-11-23T13:30:00Z"}, "Start", "There is no key"),
]


@pytest.mark.parametrize(("values", "field", "sentence"), BAD)
def test_a_bad_line_is_told_what_is_at_fault(values, field, sentence):
    [told] = ask(request(**values))
    assert told["field"] == field
    assert sentence in told["error"]
    assert told["error"].endswith(".")
    assert told["line"] == 1


BROKEN = [
    ("x", "line", "not JSON"),
    ('{"start": "2026-11-23T13:30:00Z", "target": "4h"', "line", "not JSON"),
    ('{"start": NaN, "target": "4h"}', "line", "not JSON"),
    ('{"start": -Infinity, "target": "4h"}', "line", "not JSON"),
    ('{"start": ' + "9" * 5000 + ', "target": "4h"}', "line", "not JSON"),
    ("[" * 100_000, "line", "not JSON"),
    ("[]", "line", "not a JSON object"),
    ("null", "line", "not a JSON object"),
    ('"text"', "line", "not a JSON object"),
    ("1", "line", "not a JSON object"),
    ("{}", "start", "is missing"),
    ('{"start": "2026-11-23T13:30:00Z"}', "target", "is missing"),
    ('{"target": "4h"}', "start", "is missing"),
    ('{"start": "2026-11-23T13:30:00Z", "start": "2026-11-23T13:30:00Z", "target": "4h"}', "start", "twice"),
    ('{"start": "2026-11-23T13:30:00Z", "target": "4h", "\\ud800": 1}', "\ud800", "There is no key"),
    (b'\xff{"start": "2026-11-23T13:30:00Z"}', "line", "not UTF-8"),
    (b"\x00", "line", "not JSON"),
]


@pytest.mark.parametrize(("line", "field", "sentence"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_line_is_a_sentence_and_never_stops_the_rest(line, field, sentence):
    first, told, last = ask(request(), line, request())
    assert (told["field"], told["line"]) == (field, 2)
    assert sentence in told["error"]
    assert first == last == {"due": "2026-11-23T17:30:00+00:00", "minutes": 240}


def test_blank_lines_are_skipped_but_counted():
    assert [told.get("line") for told in ask("", "  \t", request(), "", "x", "")] == [None, 5]


def test_a_calendar_without_working_hours_for_years_is_a_sentence():
    first = date(2026, 11, 22)
    sundays = [(first + timedelta(weeks=n)).isoformat() for n in range(53 * 12)]
    [told] = ask(request(days="Sun", closures=sundays))
    assert (told["field"], told["line"]) == ("closures", 1)


def test_windows_line_ends_and_a_byte_order_mark_are_no_trouble():
    assert [told["minutes"] for told in ask(b"\xef\xbb\xbf" + request().encode() + b"\r", request())] == [240, 240]


def test_lines_may_arrive_in_pieces_of_any_size():
    text = (request() + "\n" + request(target="1d") + "\n").encode()
    pieces = [text[n : n + 1] for n in range(len(text))]
    assert [json.loads(answer)["minutes"] for answer, _ in answers(pieces)] == [240, 510]


def test_a_line_is_answered_before_the_next_has_come():
    def arriving():
        yield request().encode() + b"\n"
        raise AssertionError("The answer waits for more input.")

    assert next(answers(arriving()))[1]


def test_an_endless_line_is_refused_without_keeping_it():
    endless = (b"x" * (LONGEST_LINE // 2) for _ in range(10))
    assert [good for _, good in answers(endless)] == [False]


def test_a_line_that_is_too_long_does_not_stop_the_rest():
    told = ask(b'"' + b"x" * (LONGEST_LINE + 1) + b'"', request())
    assert (told[0]["field"], told[0]["line"], told[1]["minutes"]) == ("line", 1, 240)


def test_a_long_value_is_shortened_in_the_sentence():
    [told] = ask(request(target="x" * 5000))
    assert len(told["error"]) < 120
