"""Mails from templates: templates/mail/<kind>.txt, whose first line is the subject, and templates/mail/<kind>.html."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.template import Context, Engine, TemplateDoesNotExist
from django.template.loader import get_template

from portal.queries.supplier import supplier_known

SUBJECT_LENGTH = 250


def one_line(text: str, limit: int = SUBJECT_LENGTH) -> str:
    """A person's words made fit for a subject: on one line, without control characters, cut at `limit` characters."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def compose(kind: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail; HTML is "" where the kind has no HTML template.

    Nothing is escaped in the text, everything in the HTML as on pages.
    `supplier` is added to the context.
    """
    values = {"supplier": supplier_known(), **context}
    words = Engine.get_default().get_template(f"mail/{kind}.txt").render(Context(values, autoescape=False)).strip()
    subject, _, text = words.partition("\n")
    return one_line(subject.removeprefix("Subject:").strip()), text.strip() + "\n", _html(kind, values)


def _html(kind: str, values: dict[str, Any]) -> str:
    return get_template(f"mail/{kind}.html").render(values) if _has_html(Engine.get_default(), kind) else ""


@cache
def _has_html(engine: Engine, kind: str) -> bool:
    """Looking for what is not there takes longer than the text of most mails. engine: whose templates are meant."""
    try:
        get_template(f"mail/{kind}.html")
    except TemplateDoesNotExist as missing:
        if str(missing) != f"mail/{kind}.html":
            raise  # a part of the template is missing, which is a fault
        return False
    return True
