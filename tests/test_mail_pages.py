"""HTML of strangers runs nothing and loads nothing when our pages show it (TRUST A15, A16, A18)."""

import re

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium  # noqa: F401 - a fixture
from tests.xss import PAYLOADS, wrong_in
from tickets.rules.mail import pages
from tickets.rules.mail.limits import HTML_DEPTH, TABLE_CELLS
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.parse import parse


def both(page: str, **pictures: int) -> str:
    return "".join(pages.safe(page, pictures, Notes()))


def mailed(page: str) -> bytes:
    return b"From: a@alder.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()


def test_three_hundred_payloads_leave_nothing_but_our_tags() -> None:
    assert len(PAYLOADS) >= 300
    for payload in PAYLOADS:
        mail = parse(mailed(payload))
        assert wrong_in(mail.html_safe + mail.html_history) == [], payload


def test_the_inventory_sees_what_is_wrong() -> None:
    """Negative control."""
    assert wrong_in("<script>x</script>") == ["script"]
    assert wrong_in("<img src=http://x onerror=y>") == ["img src=http://x", "img onerror=y"]
    assert wrong_in("<a href='javascript:x'>") == ["a href=javascript:x"]


@pytest.mark.browser
def test_a_browser_runs_none_and_loads_none(chromium: Browser) -> None:
    """Without our Content-Security-Policy, so that the cleaning stands alone; raw, most of the payloads do work."""
    safe_calls, safe_requests = _shown(chromium, [both(payload) for payload in PAYLOADS])
    assert (safe_calls, safe_requests) == (0, [])
    calls, requests = _shown(chromium, PAYLOADS[:180])
    assert calls > 20
    assert len(requests) > 5


def _shown(browser: Browser, fragments: list[str]) -> tuple[int, list[str]]:
    """How often a payload called us, and what the browser tried to load, with every fragment in a page of its own frame."""
    page = browser.new_page()
    calls, requests = [], []
    page.expose_function("pinged", lambda: calls.append(1))
    page.route("**/*", lambda route: (requests.append(route.request.url), route.abort()))
    page.set_content("<body></body>")
    page.evaluate(
        """fragments => { window.ping = () => pinged();
        for (const fragment of fragments) {
            const frame = document.createElement('iframe');
            document.body.append(frame);
            frame.contentWindow.ping = window.ping;
            frame.contentDocument.open(); frame.contentWindow.ping = window.ping;
            frame.contentDocument.write('<body>' + fragment); frame.contentDocument.close();
            frame.contentDocument.querySelectorAll('a, .click').forEach(one => {
                if (one.click && !String(one.protocol).startsWith('http')) one.click(); });
        } }""",
        fragments,
    )
    page.wait_for_timeout(1_000)
    page.close()
    return len(calls), [url for url in requests if "away.example" in url]


def test_a_picture_of_the_mail_is_shown_and_no_other() -> None:
    page = '<p>a<img src="cid:one@x" alt="Screen"><img src="cid:none"><img src="https://t.example/p.gif" alt="Logo"><img src="data:image/png;base64,AA"></p>'
    notes = Notes()
    said, _before = pages.safe(page, {"one@x": 4}, notes)
    assert said == '<p>a<img src="cid:4" alt="Screen">[Logo]</p>'
    assert list(notes.problems) == ["Pictures that would be loaded from the internet are not shown."]
    assert pages.with_pictures(said, {4: "/c/alder/files/9/?inline=1&x"}) == (
        '<p>a<img src="/c/alder/files/9/?inline=1&amp;x" alt="Screen" loading="lazy">[Logo]</p>'
    )
    assert pages.with_pictures(said, {}) == "<p>a[Screen][Logo]</p>"


def test_an_svg_is_never_a_picture_in_the_page() -> None:
    raw = (
        b"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>x<img src=cid:1></p>\n--b\n"
        b"Content-Type: image/svg+xml\nContent-ID: <1>\n\n<svg onload=ping(1)>\n--b--\n"
    )
    mail = parse(raw)
    assert mail.html_safe == "<p>x</p>"
    assert [(file.declared_type, file.inline) for file in mail.files] == [("image/svg+xml", False)]


@pytest.mark.parametrize(
    "mark",
    ['<div class="gmail_quote">', '<blockquote type="cite">', '<div id="divRplyFwdMsg">', '<div id="appendonsend"></div><div>',
     '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt">', '<div class="moz-cite-prefix">', '<div class="yahoo_quoted">'],
    ids=["gmail", "apple", "outlook-web", "outlook-mobile", "outlook", "thunderbird", "yahoo"],
)  # fmt: skip
def test_what_was_said_before_is_folded_in_the_page(mark: str) -> None:
    said, before = pages.safe(f"<div><p>New words</p>{mark}Old words</div></div>", {}, Notes())
    assert "New words" in said
    assert "Old" not in said
    assert "Old words" in before
    whole, nothing = pages.safe(f"<div>{mark}Only these</div></div>", {}, Notes())
    assert ("Only these" in whole, nothing) == (True, "")
    assert "Old words" in pages.safe(f"<p>See below</p>{mark}Old words</div>", {}, Notes(), fold=False)[0]


def test_deep_and_large_pages_stay_within_bounds() -> None:
    deep = both("<div>" * 5_000 + "the words")
    assert deep.count("<div>") <= HTML_DEPTH
    assert "the words" in deep
    notes = Notes()
    large, _before = pages.safe("<table>" + "<tr><td>cell</td></tr>" * 5_000 + "</table>", {}, notes)
    assert large.count("<td>") <= TABLE_CELLS
    assert large.count("cell") == 5_000
    assert notes.limits


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<p>new</p><blockquote>old</blockquote>", "new\n\n> old"),
        ("Fish &amp; chips &lt;b&gt; &#128512;", "Fish & chips <b> 😀"),
        ("<h1>Title</h1>text", "Title\ntext"),
        ("a < b and c > d", "a < b and c > d"),
    ],
    ids=["paragraphs", "cells", "entries", "quotes", "entities", "headings", "brackets"],
)
def test_a_page_reads_as_text(page: str, words: str) -> None:
    assert re.sub(r"\n\s*\n+", "\n\n", pages.as_text(both(page))) == words
