"""Articles by their tables: states, readers, names, comparisons, and words that become a page and nothing else."""

import time
from html.parser import HTMLParser
from itertools import product

import pytest

from portal.errors import Refused
from tests import xss
from tickets.rules.articles import (
    ArticleState,
    Audience,
    check_article_move,
    client_may_read,
    difference,
    excerpt,
    names_left,
    plain_keywords,
)
from tickets.rules.articlewords import TAGS, as_page, as_plain

DRAFT, PUBLISHED, RETIRED = ArticleState
ALLOWED = {(DRAFT, PUBLISHED), (DRAFT, RETIRED), (PUBLISHED, RETIRED), (RETIRED, DRAFT)}


@pytest.mark.parametrize(("old", "new"), list(product(ArticleState, ArticleState)), ids=lambda one: str(one))
def test_states_move_by_their_table(old: ArticleState, new: ArticleState) -> None:
    if (old, new) in ALLOWED:
        check_article_move(old, new, audience=Audience.CLIENTS, chosen=0)
        return
    with pytest.raises(Refused):
        check_article_move(old, new, audience=Audience.CLIENTS, chosen=0)


def test_nothing_is_published_for_chosen_clients_without_one() -> None:
    check_article_move(DRAFT, PUBLISHED, audience=Audience.CHOSEN, chosen=1)
    check_article_move(PUBLISHED, RETIRED, audience=Audience.CHOSEN, chosen=0)
    with pytest.raises(Refused, match="at least one client"):
        check_article_move(DRAFT, PUBLISHED, audience=Audience.CHOSEN, chosen=0)


@pytest.mark.parametrize("chosen", [True, False], ids=["chosen", "not chosen"])
@pytest.mark.parametrize("audience", list(Audience), ids=str)
@pytest.mark.parametrize("state", list(ArticleState), ids=str)
def test_a_client_reads_only_what_is_published_for_it(state: ArticleState, audience: Audience, chosen: bool) -> None:
    read = {
        (PUBLISHED, Audience.CLIENTS, True),
        (PUBLISHED, Audience.CLIENTS, False),
        (PUBLISHED, Audience.CHOSEN, True),
    }
    assert client_may_read(state, audience, chosen=chosen) == ((state, audience, chosen) in read)


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("Dear Ben, your box is full.", ["Ben Baker"], ["Ben"]),
        ("Write to BEN BAKER.", ["Ben Baker"], ["Ben Baker", "Baker", "Ben"]),
        ("The bench is full.", ["Ben Baker", "The Mill Ltd"], []),
        ("Ask alder.", ["Alder & Co"], ["Alder"]),
        ("See K7QM-2XRD or ben@alder.example", ["K7QM-2XRD", "ben@alder.example"], ["ben@alder.example", "K7QM-2XRD"]),
        ("Nobody here", ["", "  "], []),
        ("a (b) c", ["(b)"], ["(b)"]),
    ],
    ids=["first name", "whole name", "part of a word", "client", "reference and address", "no names", "odd letters"],
)
def test_names_that_stand_in_a_text_are_found(text: str, names: list[str], left: list[str]) -> None:
    assert names_left(text, names) == left


def test_tags_have_one_form() -> None:
    assert plain_keywords(" MFA ;lost   Phone,mfa,, ") == "mfa, lost phone"


def test_a_comparison_names_what_came_and_went() -> None:
    old = "\n".join(["one", "two", *"abcdefghij", "three"])
    new = "\n".join(["one", "2", *"abcdefghij", "three", "four"])
    assert [(change.kind, change.line) for change in difference(old, new)] == [
        ("same", "one"), ("removed", "two"), ("added", "2"), ("same", "a"), ("same", "b"), ("same", "…"),
        ("same", "j"), ("same", "three"), ("added", "four"),
    ]  # fmt: skip
    assert difference(old, old) == []


def test_an_excerpt_ends_at_a_word() -> None:
    assert excerpt("First part\nof it.\n\nSecond part.") == "First part of it."
    cut = excerpt("word " * 100)
    assert cut.endswith("word…") and len(cut) <= 281


@pytest.mark.parametrize(
    ("said", "page"),
    [
        ("# A\n## B", "<h2>A</h2><h3>B</h3>"),
        ("- a\n* b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("> careful\n> now", "<blockquote>careful<br>now</blockquote>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("**b** and `a<b` & c", "<p><strong>b</strong> and <code>a&lt;b</code> &amp; c</p>"),
        ("```\n<x>\n# no\n```", "<pre>&lt;x&gt;\n# no</pre>"),
        ("", ""),
    ],
    ids=["headings", "list", "steps", "note", "paragraphs", "inline", "fence", "nothing"],
)
def test_words_become_a_page(said: str, page: str) -> None:
    assert as_page(said) == page


def test_links_lead_out_and_lend_nothing() -> None:
    page = as_page("See https://example.org/a?b=1&c=2. Or [us](https://example.org), [mail](mailto:a@example.org).")
    assert page.count('rel="noopener noreferrer nofollow"') == 3
    assert 'href="https://example.org/a?b=1&amp;c=2"' in page and "</a>. Or" in page
    assert "<a" not in as_page("[x](javascript:ping(1)) [y](data:text/html,x) [z](/c/alder/) [w](//away.example)")


def test_marks_are_left_out_of_plain_words() -> None:
    assert as_plain("# A\n- **b** [us](https://example.org)\n```\ncode\n```") == "A\n- b us (https://example.org)\ncode"


class Inventory(HTMLParser):
    """Every tag and attribute that an article may not have."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong += [] if tag in TAGS else [tag]
        for name, value in attrs:
            good = tag == "a" and (name == "rel" or (name == "href" and (value or "").startswith(("http", "mailto:"))))
            self.wrong += [] if good else [f"{tag} {name}={value}"]


@pytest.mark.parametrize(
    "shape", ["{p}", "# {p}", "- {p}", "**{p}**", "`{p}`", "[{p}](https://a.example)", "[x](https://{p})"]
)
def test_no_markup_of_strangers_survives(shape: str) -> None:
    for payload in xss.PAYLOADS:
        inventory = Inventory()
        inventory.feed(as_page(shape.replace("{p}", payload)))
        assert inventory.wrong == [], payload


@pytest.mark.parametrize("mark", ["[", "**", "`", "[a](", "https://", "# ", "- \n", "> ", "```\n", "[[]("])
def test_a_hostile_length_is_read_at_once(mark: str) -> None:
    began = time.monotonic()
    as_page((mark * 20_000)[:20_000])
    assert time.monotonic() - began < 1
