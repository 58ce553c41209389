"""What a reported mail says, what speaks for a forgery, and which senders may be blocked (EML-6)."""

import pytest

from portal.errors import Refused
from tests.spamming import eml
from tickets.rules.mail.parse import parse
from tickets.rules.spam import (
    BlockKind,
    Link,
    Suspect,
    blocked_value,
    is_a_mail,
    links_in,
    misleading,
    suspect_of,
    warnings_of,
)

pytestmark = pytest.mark.clause("EML-6")
OURS, THEIRS = {"northgate.example"}, {"alder.example"}
UNDER_UK = ("ac", "co", "gov", "ltd", "me", "mod", "net", "nhs", "org", "plc", "police", "sch")
LEADS_AWAY = "A link shows one address and leads to another."
REPLY_AWAY = "Answers would go to another domain than the sender’s."
PATH_AWAY = "It was sent on behalf of another domain than it shows."
NAME_LIES = "The sender’s name shows an address that is not theirs."
FAILED = "A check of the sender failed on the way, as the mail itself says."


@pytest.mark.parametrize(
    ("shown", "target", "lies"),
    [
        ("www.bank.example", "https://evil.example/login", True),
        ("https://bank.example/sign-in", "https://bank.example.evil.test/", True),
        ("bank.example", "https://login.bank.example/", False),
        ("www.bank.example/terms", "https://bank.example/terms", False),
        ("Click here", "https://evil.example/", False),
        ("bank.example", "mailto:x@evil.example", False),
        ("bank.example", "https://[broken", False),
        ("", "https://evil.example/", False),
    ],
    ids=["elsewhere", "as-a-prefix", "below", "www", "words", "no-host", "broken", "nothing"],
)
def test_a_link_that_shows_another_place_misleads(shown: str, target: str, lies: bool) -> None:
    assert misleading(shown, target) is lies


def test_links_are_found_in_words_and_pages_once_and_few() -> None:
    page = '<p><a href="https://a.example/?x=1&amp;y=2" rel="nofollow">Here <b>now</b></a></p>'
    found = links_in("See https://b.example/x. And https://a.example/?x=1&y=2", page)
    assert [(link.shown, link.target) for link in found] == [
        ("Here now", "https://a.example/?x=1&y=2"),
        ("", "https://b.example/x"),
    ]
    assert len(links_in(" ".join(f"https://{n}.example/" for n in range(500)), "")) == 40


@pytest.mark.parametrize(
    ("suspect", "said"),
    [
        (Suspect(sender="a@x.example", reply_to="b@y.example"), [REPLY_AWAY]),
        (Suspect(sender="a@x.example", reply_to="b@mail.x.example"), []),
        (Suspect(sender="a@x.example", return_path="b@y.example"), [PATH_AWAY]),
        (Suspect(sender="a@x.example", name="ann@alder.example"), [NAME_LIES]),
        (Suspect(sender="a@x.example", name="a@x.example"), []),
        (Suspect(sender="a@x.example", links=(Link("b.example", "https://c.example", True),)), [LEADS_AWAY]),
        (Suspect(sender="a@x.example", claims=("mx.y; spf=pass; dmarc=fail",)), [FAILED]),
        (Suspect(sender="a@x.example", claims=("mx.y; spf=pass; dmarc=pass",)), []),
        (Suspect(), []),
    ],
    ids=["reply", "reply-below", "path", "name", "own-name", "link", "check", "passed", "nothing"],
)
def test_what_speaks_for_a_forgery(suspect: Suspect, said: list[str]) -> None:
    assert warnings_of(suspect) == said


def test_the_reported_mail_is_text() -> None:
    suspect = suspect_of(parse(eml()))
    assert suspect.links == (Link("www.bank.example", "https://evil.example/login", True),)
    assert "<" not in suspect.words and warnings_of(suspect) == [REPLY_AWAY, PATH_AWAY, LEADS_AWAY, FAILED]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (eml(), True),
        (b"Only words.\n\nMore words.", False),
        (b"", False),
        (b"\0\0\0", False),
        (b"%PDF-1.7\n1 0", False),
    ],
    ids=["mail", "words", "nothing", "zeros", "pdf"],
)
def test_what_is_a_mail(raw: bytes, said: bool) -> None:
    assert is_a_mail(parse(raw)) is said


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (BlockKind.ADDRESS, " Service@Evil.Example ", "service@evil.example"),
        (BlockKind.ADDRESS, "somebody@gmail.com", "somebody@gmail.com"),
        (BlockKind.ADDRESS, "left@alder.example", "left@alder.example"),
        (BlockKind.DOMAIN, "@evil.example", "evil.example"),
        (BlockKind.DOMAIN, "xn--bnk-0ra.example", "xn--bnk-0ra.example"),
        (BlockKind.DOMAIN, "evil.co.uk", "evil.co.uk"),
        (BlockKind.DOMAIN, "evil.uk", "evil.uk"),
        (BlockKind.DOMAIN, "me.evil.example", "me.evil.example"),
        (BlockKind.ADDRESS, "left@me.uk", "left@me.uk"),
    ],
)
def test_a_block_is_recorded_in_small_letters(kind: BlockKind, value: str, kept: str) -> None:
    assert blocked_value(kind, value, ours=OURS, theirs=THEIRS) == kept


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        (BlockKind.ADDRESS, "evil.example", "one whole address"),
        (BlockKind.ADDRESS, "a@b", "one whole address"),
        (BlockKind.DOMAIN, "evil", "only the ending"),
        (BlockKind.DOMAIN, "com", "only the ending"),
        (BlockKind.DOMAIN, " @Co.UK", "only the ending"),
        *((BlockKind.DOMAIN, f"{one}.uk", "only the ending") for one in UNDER_UK),
        (BlockKind.DOMAIN, "com.au", "only the ending"),
        (BlockKind.DOMAIN, "uk.com", "only the ending"),
        (BlockKind.DOMAIN, "evil.example/login", "one whole address"),
        (BlockKind.DOMAIN, "-evil.example", "one whole address"),
        (BlockKind.DOMAIN, "", "one whole address"),
        (BlockKind.ADDRESS, "support@northgate.example", "our own mail"),
        (BlockKind.DOMAIN, "northgate.example", "our own mail"),
        (BlockKind.DOMAIN, "alder.example", "client’s own domain"),
        (BlockKind.DOMAIN, "gmail.com", "Very many people"),
        (BlockKind.DOMAIN, "Outlook.com", "Very many people"),
        (BlockKind.DOMAIN, "nhs.net", "Very many people"),
    ],
)
def test_a_block_that_would_stop_the_wrong_mail_is_refused(kind: BlockKind, value: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        blocked_value(kind, value, ours=OURS, theirs=THEIRS)
