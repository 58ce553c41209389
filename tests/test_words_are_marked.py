"""Every text that a person reads is marked for translation (gettext). Documents are not: they are evidence in the contract's language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE = ("templates/pdf/",)
SAMPLES = ("templates/desk/styleguide", "portal/views/styleguide_samples.py")
# Reports speak the contract's language; the tools of the command line and the description of the API speak English.
OTHERS = (
    "/migrations/",
    "/demo/",
    "/management/",
    "/launcher/",
    "/tenancy/",
    "compliance/report/",
    "portal/env.py",
    "/demo.py",
    "/api/",
    "/api.py",
)
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->", re.S)
MARKED = re.compile(r"\{% blocktranslate.*?endblocktranslate %\}", re.S)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
CODE = re.compile(r"<(script|style|svg|textarea)\b.*?</\1>", re.S)
# Names of classes, which nobody reads and no translation may change.
NAMES = re.compile(r"\{% block (kind|width|door_width) %\}.*?\{% endblock %\}")
READ_ATTRIBUTE = re.compile(r'\s(title|aria-label|placeholder|alt|data-label|data-confirm)="([^"]*)"')
WORD = re.compile(r"(?<![&\w])[A-Za-z]{3,}")
KEYWORDS = {"label", "help_text"}


def blank(found: re.Match[str]) -> str:
    """Nothing but the line ends, so that the lines of what stays are right."""
    return "\n" * found.group().count("\n")


def unmarked_in_template(text: str) -> Iterator[tuple[int, str]]:
    """(line, words) of each text or attribute that gettext would not find."""
    for pattern in (COMMENT, MARKED, NAMES, TAG):
        text = pattern.sub(blank, text)
    text = CODE.sub(blank, text)
    for number, line in enumerate(re.sub(r"(?<=<)[^<>]*\n[^<>]*(?=>)", blank, text).splitlines(), 1):
        for _name, value in READ_ATTRIBUTE.findall(line):
            if WORD.search(value):
                yield number, value
        words = re.sub(r"<[^>]*>", " ", line)
        if WORD.search(words):
            yield number, " ".join(words.split())


def is_bare(node: ast.expr) -> bool:
    """A sentence written as a plain string."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return any(isinstance(one, ast.Constant) and WORD.search(str(one.value)) for one in parts)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def sentences_of(node: ast.Call) -> list[ast.expr]:
    """The arguments of a call that a person will read."""
    name = called(node)
    if name in {"Refused", "ValidationError"}:
        return list(node.args[1:2] if name == "Refused" else node.args[:1])
    said = [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS and name.endswith("Field")]
    if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "messages":
        said += node.args[1:2]
    return said


def unmarked_in_module(source: str) -> Iterator[tuple[int, str]]:
    """(line, source) of each sentence for people that is a plain string. Model fields speak to developers."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and not ast.unparse(node.func).startswith("models."):
            yield from ((one.lineno, ast.unparse(one)) for one in sentences_of(node) if is_bare(one))


def test_every_text_of_a_template_is_marked():
    files = list((ROOT / "templates").rglob("*.html"))
    found = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in sorted(files)
        if not str(path.relative_to(ROOT)).startswith(EVIDENCE + SAMPLES)
        for line, words in unmarked_in_template(path.read_text())
    ]
    assert len(files) > 150
    assert found == []


def test_every_sentence_of_a_form_a_refusal_and_a_message_is_marked():
    files = [path for app in ("portal", "tickets", "compliance") for path in (ROOT / app).rglob("*.py")]
    found = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in sorted(files)
        if not any(part in str(path.relative_to(ROOT)) for part in OTHERS + SAMPLES)
        for line, words in unmarked_in_module(path.read_text())
    ]
    assert len(files) > 200
    assert found == []


def test_the_checks_can_fail():
    assert list(unmarked_in_template('<p>Read me</p><a title="Next one">{% translate "Marked" %}</a>')) == [
        (1, "Next one"),
        (1, "Read me"),
    ]
    assert list(unmarked_in_module('raise Refused("HLP-5", f"No {x}.")\nforms.CharField(label="Name")'))
    assert not list(unmarked_in_module('raise Refused("HLP-5", _("No."))\nforms.CharField(label=gettext_lazy("Name"))'))
