"""What posting views share: an act runs in a savepoint, and a refusal becomes a sentence on the page."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, TypeVar

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from portal.errors import Refused, sentence_of
from portal.guarded.process import Busy

Done = TypeVar("Done")


def attempt(request: HttpRequest, act: Callable[[], Done], *, refuses_first: bool = False) -> Done | None:
    """Do it, or say on the next page why not; then nothing of it is done. None means refused.

    `refuses_first`: the act writes nothing before it can be refused, so it needs no savepoint; what the database refuses is a
    fault then.
    """
    try:
        with nullcontext() if refuses_first else transaction.atomic():
            return act()
    except Refused as refused:
        messages.error(request, refused.sentence)
    except Busy as busy:
        messages.error(request, str(busy))
    except IntegrityError as error:
        if refuses_first:
            raise
        messages.error(request, sentence_of(error))
    return None


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is bound to: the post and its files, or nothing. An empty post is a post and deserves its errors."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
