"""The process that renders: `python -m portal.documents.child [--templates FOLDER] [--seconds N]`.

Reads one order after another from standard input, answers on standard output, ends when the input ends. It has no
settings of the portal, no database address and no key; what it could do wrong, it does within its own limits.
"""

import argparse
import gc
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from portal.documents import engine, fonts
from portal.guarded.child import serve
from portal.guarded.frames import Frame

MEMORY_MB = 512
SECONDS = 20.0


def main() -> None:
    options = _options()
    settings.configure(USE_I18N=False, USE_TZ=True)
    django.setup()
    folders = (fonts.BASE_DIR / "templates", *options.templates)
    engine.drawable()
    # Laying out makes a few million objects and no garbage worth looking for: a quarter of the time went into looking.
    gc.freeze()
    gc.disable()
    serve(partial(_answer, folders=folders), memory_mb=MEMORY_MB, seconds=options.seconds, between=gc.collect)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--templates", type=Path, action="append", default=[])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    return parser.parse_args()


def _answer(frame: Frame, folders: tuple[Path, ...]) -> Frame:
    """Every failure becomes a sentence for staff; the details go to the log on standard error."""
    try:
        pdf, pages = engine.print_pdf(_order(frame.header, frame.body), folders)
    except MemoryError:
        return Frame({"error": f"The document needs more than {MEMORY_MB} MB of memory."})
    except RecursionError:
        return Frame({"error": "The document is nested too deeply to be laid out."})
    except (Exception, engine.RefusedAddress) as error:  # the latter is no Exception, or WeasyPrint would swallow it
        return Frame({"error": f"The document could not be printed ({type(error).__name__}): {error}"[:500]})
    return Frame({"pages": pages}, pdf)


def _order(header: dict[str, Any], body: bytes) -> engine.Order:
    """The body is the snapshot followed by the attachments, cut by the lengths in the header."""
    at = header["snapshot_bytes"]
    attachments = []
    for name, description, length in header["attachments"]:
        attachments.append((name, description, body[at : at + length]))
        at += length
    return engine.Order(
        template=header["template"],
        frozen=body[: header["snapshot_bytes"]],
        kind=header["kind"],
        number=header["number"],
        created=datetime.fromisoformat(header["created"]),
        template_version=header["template_version"],
        attachments=tuple(attachments),
    )


if __name__ == "__main__":
    main()
