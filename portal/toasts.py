"""Short notices at the foot of the page, for answers to htmx requests. Whole pages use django.contrib.messages."""

import json

from django.http import HttpResponse


def toast(response: HttpResponse, text: str, undo: str = "", seconds: int = 0) -> HttpResponse:
    """Show `text` when this answer arrives. `undo` is an address that takes a POST, `seconds` counts down beside it.

    Header values are Latin-1: json.dumps keeps them ASCII. Aimed at #toasts, because the element that asked may be gone.
    """
    detail = {"target": "#toasts", "text": text, "undo": undo, "seconds": seconds}
    response["HX-Trigger"] = json.dumps({"toast": detail})
    return response
