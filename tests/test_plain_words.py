"""What clients read is plain English: no word of our trade, of the machine or of Latin, and no sentence of more than 30 words.

It reads every marked text of the pages, mails and modules that speak to clients. What the terms themselves say is not ours to shorten.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("account", "accounts", "client", "errors", "mail", "mfa", "public", "usersessions")
# Pages and mails in those folders that only our staff read, and those for people who write programmes: they say "token".
FOR_STAFF = ("mail/test_mail.txt", "accounts/confirm_demo.html", "accounts/setup.html", "accounts/setup_code.html")
FOR_PROGRAMMERS = ("accounts/tokens.html", "accounts/token_made.html", "mail/token_made.txt", "public/api.html")
PARTS = (
    "account_links",
    "account_menu",
    "bell",
    "error_summary",
    "message",
    "notice_acts",
    "notice_choices",
    "notices",
    "upload",
)
MODULES = (
    "compliance/forms.py",
    "portal/adapter.py",
    "portal/forms/emails.py",
    "portal/forms/feedback.py",
    "portal/forms/passkeys.py",
    "portal/forms/people.py",
    "portal/forms/signin.py",
    "portal/views/public.py",
    "portal/worktime/wording.py",
    "tickets/forms/__init__.py",
    "tickets/views/asking.py",
    "tickets/views/client.py",
    "tickets/views/home.py",
    "tickets/views/sentences.py",
    "tickets/views/spam.py",
)
LONGEST = 30
# word -> what to say to a client instead
NEVER = {
    "abort": "stop", "authenticate": "sign in", "authentication": "sign-in", "backend": "portal", "boolean": "yes or no",
    "breach": "late", "callback": "answer", "cancelled by": "stopped by", "commence": "begin", "config": "settings",
    "credentials": "password", "database": "portal", "denied": "you may not", "e.g.": "for example", "endpoint": "address",
    "ensure": "make sure", "entitlement": "support package", "etc.": "and so on", "exception": "error", "execute": "do",
    "facilitate": "help", "hereby": "(leave it out)", "htmx": "page", "i.e.": "that is", "idempotency": "sent before",
    "illegal": "not possible", "inbound": "incoming", "initiate": "begin", "instance": "example", "invalid": "say what is wrong",
    "json": "file", "localhost": "portal", "mandatory": "needed", "n/a": "does not apply", "null": "nothing",
    "outbox": "mail on its way", "parameter": "choice", "payload": "content", "per annum": "a year", "per diem": "a day",
    "personnel": "staff", "prior to": "before", "pursuant": "under", "query": "question", "queue": "list", "reckoned": "worked out",
    "regarding": "about", "sla": "our promise", "snooze": "remind me later", "subsequent": "later", "sync": "up to date",
    "tenant id": "directory", "terminate": "end", "ticket": "request", "timestamp": "time", "token": "link", "triage": "first look",
    "unauthorised": "you may not", "utilise": "use", "via": "by", "vice versa": "the other way round", "webhook": "message",
}  # fmt: skip
AMERICAN = re.compile(
    r"\b(?:\w+(?:[^aeiou\W]ize[ds]?|izing|ization)|colors?|centers?|canceled|canceling|behavior|favorite|organiz\w+|fulfill)\b",
    re.I,
)
FITS = {"size", "sizes", "sized", "prize", "seize"}
TEXT = re.compile(
    r"""\{% translate (?:"([^"]*)"|'([^']*)')|\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate %\}""", re.S
)
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", re.S)
TAGS = re.compile(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}|%\(\w+\)[sd]")
END = re.compile(r"(?<=[.!?:;])\s+")


def in_template(source: str) -> Iterator[str]:
    """Each marked text; a name that is filled in counts as one word."""
    for found in TEXT.finditer(COMMENT.sub("", source)):
        yield TAGS.sub(
            " Name ", next(part for part in found.groups() if part is not None).replace("{% plural %}", ". ")
        )


def in_module(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
            yield from (TAGS.sub("Name", str(one.value)) for one in node.args if isinstance(one, ast.Constant))


def faults(text: str) -> Iterator[str]:
    """What is not plain in this text."""
    words = text.lower()
    for word, better in NEVER.items():
        if re.search(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", words):
            yield f"“{word}” (say: {better}): {text.strip()[:80]}"
    for found in AMERICAN.findall(text):
        if found.lower() not in FITS:
            yield f"“{found}” is not spelt so here: {text.strip()[:80]}"
    for sentence in END.split(text):
        if len(sentence.split()) > LONGEST:
            yield f"{len(sentence.split())} words in one sentence: {' '.join(sentence.split())[:80]}"


def files() -> list[Path]:
    pages = [
        path
        for folder in PAGES
        for kind in ("html", "txt")
        for path in (ROOT / "templates" / folder).rglob(f"*.{kind}")
    ]
    others = [ROOT / "templates" / name for name in FOR_STAFF + FOR_PROGRAMMERS]
    parts = [ROOT / "templates/parts" / f"{name}.html" for name in PARTS]
    return sorted({*pages, *parts, *(ROOT / name for name in MODULES)} - set(others))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_clients_read_plain_words(path: Path) -> None:
    texts = (in_module if path.suffix == ".py" else in_template)(path.read_text())
    assert [fault for text in texts for fault in faults(text)] == []


def test_the_check_reads_what_it_should() -> None:
    read = [text for path in files() if path.suffix != ".py" for text in in_template(path.read_text())]
    said = [text for name in MODULES for text in in_module((ROOT / name).read_text())]
    assert len(read) > 350 and len(said) > 40


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Invalid entry", "invalid"),
        ("Your tickets are here", "ticket"),
        ("The SLA of your request", "sla"),
        ("We organize it", "organize"),
        ("word " * 31, "31 words"),
    ],
    ids=["invalid", "ticket", "sla", "spelling", "length"],
)
def test_the_check_can_fail(text: str, told: str) -> None:
    assert any(told in fault.lower() for fault in faults(text))


def test_the_check_lets_plain_words_pass() -> None:
    assert not list(faults("We will answer by 12:18 today. Choose the size, and tell us if it is not settled."))
    assert list(
        in_template('{% translate "One" %}{% blocktranslate trimmed with a=b %}Two {{ a }}{% endblocktranslate %}')
    ) == ["One", "Two  Name "]
