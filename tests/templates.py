"""The project's own templates and stylesheet, for the tests that read them as text."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
STYLESHEET = ROOT / "static" / "css" / "app.css"
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.S)


def pages() -> list[Path]:
    """Every HTML template, those for WeasyPrint apart: they carry their own style, and no browser runs them."""
    return sorted(path for path in TEMPLATES.rglob("*.html") if "pdf" not in path.relative_to(TEMPLATES).parts)


def named(path: Path) -> str:
    """The name by which a failing test points at a file."""
    return str(path.relative_to(ROOT))


def markup(path: Path) -> str:
    """The template without its comments."""
    return COMMENT.sub("", path.read_text())


def plain_html(path: Path) -> str:
    """The HTML alone: a tag like {% if one == two %} inside an element must not look like an attribute."""
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", markup(path))


def layer(name: str) -> str:
    """The body of one cascade layer of the stylesheet, without comments."""
    css = re.sub(r"/\*.*?\*/", "", STYLESHEET.read_text(), flags=re.S)
    start = css.index(f"@layer {name} {{")
    depth, at = 0, css.index("{", start)
    for place in range(at, len(css)):
        depth += {"{": 1, "}": -1}.get(css[place], 0)
        if depth == 0:
            return css[at + 1 : place]
    raise AssertionError(f"layer {name} does not end")
