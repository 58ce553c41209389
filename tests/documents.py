"""What the document tests share: one warm renderer for the run, and short snapshots."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.documents.render import Rendered, Renderer

TEMPLATES = Path(__file__).parent / "pdf_templates"
CREATED = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
NOTE = "hostile/note.html"


def note(text: str = "A note.", **more: Any) -> dict[str, Any]:
    """The least that the base template needs."""
    return {"text": text, "supplier": {"legal_name": "DRJPCS LTD", "accent": "#0b6166"}, **more}


def printed(renderer: Renderer, snapshot: dict[str, Any], template: str = NOTE, **more: Any) -> Rendered:
    return renderer.render(template, snapshot, kind="note", number="N-1", created=CREATED, **more)
