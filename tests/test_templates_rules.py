"""House rules of the templates: what the content security policy forbids is not written, and each says what it needs."""

import re
from pathlib import Path

import pytest

from tests import templates

PAGES = templates.pages()
FORBIDDEN = {
    "a style attribute": r"<[a-z][^>]*\sstyle\s*=",
    "a style element": r"<style[\s>]",
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>",
    "an event handler": r"<[a-z][^>]*\son[a-z]+\s*=",
    "hx-on": r"\bhx-on\b",
    "a js: value": r"=\s*[\"']\s*(?:js|javascript):",
    "a filter in hx-trigger": r"hx-trigger=\"[^\"]*\[",
    "a script or style from elsewhere": r"<(?:script|link)[^>]*(?:src|href)=\"https?:",
    "an image that the policy forbids": r"src=\"data:",
}


@pytest.mark.parametrize("path", PAGES, ids=templates.named)
def test_a_template_keeps_the_content_security_policy(path: Path) -> None:
    text = templates.plain_html(path)
    assert [rule for rule, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", PAGES, ids=templates.named)
def test_a_template_first_says_which_variables_it_needs(path: Path) -> None:
    text = path.read_text().strip()
    if re.fullmatch(r"\{% extends [^%]+%\}", text):
        return
    start = re.sub(r"^(?:\{% (?:extends|load) [^%]+%\}\s*)+", "", text)
    assert templates.COMMENT.match(start)


@pytest.mark.parametrize("path", PAGES, ids=templates.named)
def test_a_template_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 150


@pytest.mark.parametrize("path", PAGES, ids=templates.named)
def test_a_posting_form_carries_its_token(path: Path) -> None:
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", templates.markup(path), re.S)
    assert all("{% csrf_token %}" in form for form in forms)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("a style attribute", '<p class="x" style="color: red">'),
        ("an inline script", "<script>alert(1)</script>"),
        ("an event handler", '<a href="#" onclick="go()">'),
        ("hx-on", '<div hx-on:click="x">'),
        ("a js: value", "<div hx-vals='js:{a: 1}'>"),
        ("a filter in hx-trigger", '<div hx-trigger="keyup[ctrlKey]">'),
    ],
)
def test_a_breach_of_a_rule_would_be_found(rule: str, text: str) -> None:
    assert re.search(FORBIDDEN[rule], text)


def test_the_token_is_inherited_by_every_htmx_request() -> None:
    assert 'hx-headers:inherited=\'{"X-CSRFToken"' in (templates.TEMPLATES / "base.html").read_text()
