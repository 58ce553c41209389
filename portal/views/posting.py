"""What posting views share: an act runs in a savepoint, and a refusal becomes a sentence on the page."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from portal.errors import Refused, sentence_of
from portal.guarded.process import Busy

Done = TypeVar("Done")


def attempt(request: HttpRequest, act: Callable[[], Done]) -> Done | None:
    """Do it, or say on the next page why not; then nothing of it is done. None means refused."""
    try:
        with transaction.atomic():
            return act()
    except Refused as refused:
        messages.error(request, refused.sentence)
    except Busy as busy:
        messages.error(request, str(busy))
    except IntegrityError as error:
        messages.error(request, sentence_of(error))
    return None


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is bound to: the post and its files, or nothing. An empty post is a post and deserves its errors."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
