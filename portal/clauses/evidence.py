"""What in the source carries a clause id: constraints, refusals, templates and tests. Reads files; runs and imports none."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.clauses import CLAUSES, DONE_ISSUES, WORDING_ONLY, keepers_of

BASE = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "tickets", "billing", "subscriptions", "backups", "compliance")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A name and where it stands, the file relative to the project."""

    file: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.name}  {self.file}:{self.line}"


class Evidence:
    """The project's source, read once, asked clause by clause."""

    def __init__(self, base: Path = BASE) -> None:
        self.base = base
        self.source = dict(self._texts(PACKAGES, ".py"))
        self.sql = dict(self._texts(PACKAGES, ".sql"))
        self.templates = dict(self._texts(("templates", *PACKAGES), ".html", ".txt"))
        self.refusals = list(calls(self.source, refused_ids))
        self.tests = list(calls(dict(self._texts(("tests",), ".py")), marked_ids))

    def keepers(self, id: str) -> list[Place]:
        """Functions that wear the id; the caller has imported the modules that hold them."""
        return [
            Place(self._relative(keeper.file), keeper.line, f"{keeper.module}.{keeper.name}")
            for keeper in keepers_of(id)
        ]

    def constraints(self, id: str) -> list[Place]:
        """Names such as tickets_hlp5_clock_needs_ack in models, migrations and their SQL."""
        mark = id.lower().replace("-", "")
        pattern = re.compile(rf"\b[a-z][a-z0-9_]*_{mark}(?:_[a-z0-9_]+)?\b")
        texts = {file: text for file, text in self.source.items() if {"models", "migrations", "sql"} & parts(file)}
        return first_of_each(matches(texts | self.sql, pattern))

    def refusers(self, id: str) -> list[Place]:
        return sorted(place for place, ids in self.refusals if id in ids)

    def mentions(self, id: str) -> list[Place]:
        """Templates that show the id, one place a file."""
        pattern = re.compile(rf"(?<![\w-]){id}(?!\d)")
        found = sorted(matches(self.templates, pattern))
        return [place for index, place in enumerate(found) if index == 0 or place.file != found[index - 1].file]

    def tests_of(self, id: str) -> list[Place]:
        return sorted(place for place, ids in self.tests if id in ids)

    def lacks(self, id: str) -> list[str]:
        """What a clause still needs: nothing when wording keeps it or the issue that answers for it is not finished."""
        if id in WORDING_ONLY or CLAUSES[id].owner not in DONE_ISSUES:
            return []
        rule = [] if self.keepers(id) or self.constraints(id) else ["a rule or a constraint"]
        return rule + ([] if self.tests_of(id) else ["a test"])

    def _texts(self, folders: Iterable[str], *endings: str) -> Iterator[tuple[str, str]]:
        for folder in folders:
            for file in sorted((self.base / folder).rglob("*")):
                if file.suffix in endings and file.is_file():
                    yield self._relative(file), file.read_text(encoding="utf-8")

    def _relative(self, file: Path) -> str:
        return file.relative_to(self.base).as_posix() if file.is_relative_to(self.base) else file.as_posix()


def parts(file: str) -> set[str]:
    return {Path(piece).stem for piece in file.split("/")}


def matches(texts: dict[str, str], pattern: re.Pattern[str]) -> Iterator[Place]:
    for file, text in texts.items():
        for match in pattern.finditer(text):
            yield Place(file, text.count("\n", 0, match.start()) + 1, match[0])


def first_of_each(places: Iterable[Place]) -> list[Place]:
    """The first place of each name: a constraint stands in its model and again in a migration."""
    found: dict[str, Place] = {}
    for place in sorted(places, key=lambda place: ("/migrations/" in place.file, place)):
        found.setdefault(place.name, place)
    return list(found.values())


def calls(texts: dict[str, str], ids_in: Callable[[ast.Call], set[str]]) -> Iterator[tuple[Place, set[str]]]:
    """Calls that name clause ids, each with the function or class around it."""
    for file, text in texts.items():
        yield from calls_below(ast.parse(text, file), Path(file).stem, file, ids_in)


def calls_below(
    node: ast.AST, name: str, file: str, ids_in: Callable[[ast.Call], set[str]]
) -> Iterator[tuple[Place, set[str]]]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else name
        if isinstance(child, ast.Call) and (ids := ids_in(child)):
            yield Place(file, child.lineno, inside), ids
        yield from calls_below(child, inside, file, ids_in)


def refused_ids(call: ast.Call) -> set[str]:
    """The id in Refused("HLP-5", ...) or Refused(clause="HLP-5", ...)."""
    if last_name(call.func) != "Refused":
        return set()
    return texts_of([*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "clause")])


def marked_ids(call: ast.Call) -> set[str]:
    """The ids in pytest.mark.clause("HLP-5", ...)."""
    function = call.func
    marks = isinstance(function, ast.Attribute) and function.attr == "clause" and last_name(function.value) == "mark"
    return texts_of(call.args) if marks else set()


def last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def texts_of(nodes: Iterable[ast.expr]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
