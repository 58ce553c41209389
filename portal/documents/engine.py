"""Snapshot and template in, PDF bytes out. Runs only inside the child; knows no settings, no database and no network."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from django.template import Context, Engine
from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from portal.documents import fonts, xmp
from portal.documents.snapshot import SNAPSHOT_FILE, digest, instant
from portal.documents.text import printable_tree

STYLESHEET = fonts.BASE_DIR / "static" / "pdf" / "document.css"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ACCENT = "#0b6166"
LOGO = "snapshot:logo"
_PNG = b"\x89PNG\r\n\x1a\n"


class RefusedAddress(FatalURLFetchingError):
    """A document tried to load something. Nothing may be loaded, not even a file of ours."""


class MissingFigure(Exception):
    """A template names a value that its snapshot does not have. A gap in evidence must not print as a blank."""


class WrongLogo(Exception):
    """The snapshot was altered, or made wrongly: its logo is another picture."""


class _Loud(str):
    """Django asks this for its text whenever a template names something that is not there."""

    def __mod__(self, name: Any) -> NoReturn:
        raise MissingFigure(f"The snapshot has no “{name}”.")


class NoFetcher(URLFetcher):
    """Refuses every address: http, file, data, anything. Fonts come from the font finder, the style sheet from memory, and
    the one picture, LOGO, from the snapshot."""

    def __init__(self, logo: bytes = b"") -> None:
        super().__init__()
        self.logo = logo
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url == LOGO and self.logo:
            return URLFetcherResponse(url, self.logo, {"Content-Type": "image/png"})
        self.refused.append(url)
        raise RefusedAddress(f"The document tried to load {url[:200]!r}.")


@dataclass(frozen=True)
class Order:
    """What to print. `frozen` is the canonical snapshot; `created` is the instant that stands in the file as its date, never the time of rendering."""

    template: str
    frozen: bytes
    kind: str
    number: str
    created: datetime
    template_version: str
    attachments: tuple[tuple[str, str, bytes], ...] = ()


def print_pdf(order: Order, template_folders: tuple[Path, ...]) -> tuple[bytes, int]:
    """The PDF (tagged, produced as PDF/A-3a, data attached) and its number of pages."""
    snapshot = json.loads(order.frozen)
    sha256 = digest(order.frozen)
    options = {"pdf_variant": "pdf/a-3a", "pdf_identifier": sha256[:32].encode(), "attachments": _attachments(order)}
    fetcher = NoFetcher(_logo(snapshot))
    document = HTML(string=_markup(order, snapshot, sha256, template_folders), url_fetcher=fetcher).render(
        font_config=_font_configuration(), stylesheets=[_stylesheet(), _accent(snapshot)], **options
    )
    data = document.write_pdf(finisher=_finisher(order, snapshot, sha256), **options)
    if fetcher.refused:
        # Inside a drawing the engine logs the refusal and goes on; a document that tried is still not issued.
        raise RefusedAddress(f"The document tried to load {fetcher.refused[0][:200]!r}.")
    return data, len(document.pages)


def _markup(order: Order, snapshot: dict[str, Any], sha256: str, folders: tuple[Path, ...]) -> str:
    values = {
        "s": printable_tree(snapshot, drawable()),
        "doc": {
            "kind": order.kind,
            "number": order.number,
            "created": instant(order.created),
            "sha256": sha256,
            "template_version": order.template_version,
            "data_file": SNAPSHOT_FILE,
        },
    }
    return _templates(folders).get_template(order.template).render(Context(values))


@cache
def _templates(folders: tuple[Path, ...]) -> Engine:
    return Engine(
        dirs=[str(folder) for folder in folders],
        builtins=["portal.documents.tags"],
        autoescape=True,
        string_if_invalid=_Loud("%s"),
    )


@cache
def _stylesheet() -> CSS:
    return CSS(string=STYLESHEET.read_text(encoding="utf-8"), url_fetcher=NoFetcher())


def _accent(snapshot: dict[str, Any]) -> CSS:
    colour = str(snapshot.get("supplier", {}).get("accent", _ACCENT))
    chosen = colour if _COLOUR.fullmatch(colour) else _ACCENT
    return CSS(string=f":root {{ --accent: {chosen} }}", url_fetcher=NoFetcher())


def _logo(snapshot: dict[str, Any]) -> bytes:
    """The supplier's logo as PNG; b"" without one. Raises WrongLogo when it is not the one that its hash names."""
    kept = snapshot.get("supplier", {}).get("logo")
    if not kept:
        return b""
    data = b64decode(kept["png"], validate=True)
    if digest(data) != kept["sha256"] or not data.startswith(_PNG):
        raise WrongLogo("The snapshot's logo is not the picture that its hash names.")
    return data


@cache
def _font_configuration() -> FontConfiguration:
    return FontConfiguration()


@cache
def drawable() -> frozenset[int]:
    """Every code point that one of the child's fonts has a glyph for."""
    files = [fonts.FOLDER / face[0] for face in fonts.FACES]
    for folder in fonts.FALLBACK_FOLDERS:
        files.extend(sorted(folder.glob("DejaVuSans.ttf")))
    covered: set[int] = set()
    for file in files:
        with TTFont(file, lazy=True) as font:
            covered.update(font.getBestCmap())
    return frozenset(covered)


def _attachments(order: Order) -> list[Attachment]:
    data = (SNAPSHOT_FILE, "The data this document was printed from, as canonical JSON", order.frozen)
    return [
        Attachment(
            file_obj=BytesIO(content),
            name=name,
            description=description,
            created=order.created,
            modified=order.created,
            relationship="Source" if name == SNAPSHOT_FILE else "Supplement",
            url_fetcher=NoFetcher(),
        )
        for name, description, content in (data, *order.attachments)
    ]


def _finisher(order: Order, snapshot: dict[str, Any], sha256: str) -> Callable[[Document, Any], None]:
    head = snapshot.get("audit_head")
    facts = {
        "SnapshotSha256": sha256,
        "TemplateVersion": order.template_version,
        "AuditHead": f"{head['chain']}:{head['seq']}:{head['hash']}" if head else "none",
        "DocumentNumber": order.number,
        "DocumentKind": order.kind,
    }

    def add_facts(document: Document, pdf: Any) -> None:
        xmp.add_facts(pdf, facts)

    return add_facts
