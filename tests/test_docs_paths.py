"""What the documents name exists: files, folders, pictures, commands of make and manage.py."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from portal.launcher.runfile import BASE

DOCUMENTS = ["README.md", "CONTRIBUTING.md", *sorted(str(file.relative_to(BASE)) for file in BASE.glob("docs/*.md"))]
# Made at run time or in a checkout, and never committed.
MADE = ("var/", ".venv", ".env", "PORTAL_VAR", "static/generated", "static/staticfiles")
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)")
PATH = re.compile(r"\.?[A-Za-z_][\w.-]*(?:/[\w.-]+)*(?:/|\.(?:py|md|html|css|js|toml|yml|yaml|txt|png|svg|in|lock))")


def named(document: str) -> set[str]:
    """Every path of the project that a document puts in backticks."""
    found = {word for words in QUOTED.findall((BASE / document).read_text()) for word in [words.strip()]}
    return {word for word in found if PATH.fullmatch(word) and not word.startswith(MADE)}


def linked(document: str) -> set[str]:
    return {target for target in LINK.findall((BASE / document).read_text()) if "://" not in target}


def exists(path: str) -> bool:
    """A whole path, a single file name such as tasks.py somewhere in the project, or a template under templates/."""
    if "/" not in path.rstrip("/") and not (BASE / path).exists():
        return any((BASE / app).rglob(path.rstrip("/")) for app in ("portal", "tickets", "compliance"))
    return any((BASE / folder / path).exists() for folder in ("", "portal", "tickets", "templates"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_exists(document: str) -> None:
    assert [path for path in sorted(named(document)) if not exists(path)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    here = (BASE / document).parent
    assert [target for target in sorted(linked(document)) if not (here / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_exists(document: str) -> None:
    text = (BASE / document).read_text()
    known = get_commands()
    assert [name for name in re.findall(r"manage\.py ([a-z_]+)", text) if name not in known] == []
    targets = set(re.findall(r"^([a-z-]+):", (BASE / "Makefile").read_text(), re.MULTILINE))
    assert [name for name in re.findall(r"`make ([a-z-]+)", text) if name not in targets] == []


def test_the_way_of_a_request_names_its_files() -> None:
    """So that the check above cannot pass because nothing was found."""
    assert len(named("docs/architecture.md")) > 40


def test_paths_are_told_from_other_words() -> None:
    assert PATH.fullmatch("tickets/actions/intake.py")
    assert PATH.fullmatch("portal/clauses/")
    assert not PATH.fullmatch("/desk/jobs/")
    assert not exists("portal/nowhere.py")
    assert Path(BASE / "manage.py").exists()
