"""Answers that must not tell by their time whether there is such a person: they all take the same moment (TRUST.md A23).

Where we know somebody, a mail is drawn and queued; where we do not, nothing is. Doing it later would need a row that says
who asked for whom. So the answer waits until the longer way would be done, too.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def same_time(view: View) -> View:
    """Decorate a page whose post says neither yes nor no: it answers after PORTAL_SAME_TIME seconds, and no sooner."""

    @wraps(view)
    def steady(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        began = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(max(0.0, settings.PORTAL_SAME_TIME - (time.monotonic() - began)))
        return response

    return steady  # type: ignore[return-value]
