"""A post that arrives twice is done once (DESIGN.md 4, a write).

    @once("ticket created")
    def new_ticket(request): ...            # and {% once %} inside the form

The first post that succeeds (answers with a redirect) leaves its address; the same key from the same person again gets that
address without doing anything. The same key with another content is a conflict. Forms without a key are simply done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django_htmx.http import HttpResponseClientRedirect

from portal import clock
from portal.models import KeptAnswer
from portal.prepared import Prepared

FIELD = "idempotency_key"
HEADER = "Idempotency-Key"
LONGEST = 64
JSON = "application/json"
# What differs between two sendings of one form.
NOT_CONTENT = frozenset({FIELD, "csrfmiddlewaretoken"})
INSERT = Prepared("""
insert into portal_idempotency (client_id, user_id, key, action, request_sha256, location, at)
values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing
""")
# One trip for both: the second statement looks only when the lock is held, so it sees what the first post committed.
KNOWN_OF_NOBODY = Prepared("""
select pg_advisory_xact_lock(hashtextextended(%s, 77));
select id, request_sha256, location from portal_idempotency where key = %s and user_id is null
""")
KNOWN = Prepared("""
select pg_advisory_xact_lock(hashtextextended(%s, 77));
select id, request_sha256, location from portal_idempotency where key = %s and user_id = %s
""")
INSERT_WITH_ANSWER = Prepared("""
with post as (
  insert into portal_idempotency (client_id, user_id, key, action, request_sha256, location, at)
  values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing returning id)
insert into portal_keptanswer (key_id, client_id, status, body) select id, %s, %s, %s from post
""")

View = TypeVar("View", bound=Callable[..., HttpResponse])


@dataclass(frozen=True, slots=True)
class Answer:
    """What a programme is told about what it did: `body` is JSON, `location` the address of what was made, or ""."""

    status: int
    body: str
    location: str = ""


def once(action: str) -> Callable[[View], View]:
    """Decorate a posting view: the same person, key and content again get the same answer, and nothing is done again.

    Twenty posts at once wait for the first one, on a lock that ends with the request's transaction. Who catches what the
    view raises puts a savepoint around it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            key = key_of(request)
            if request.method != "POST" or not key:
                return view(request, *args, **kwargs)
            return do_once(request, action, key, lambda: view(request, *args, **kwargs))

        return guarded  # type: ignore[return-value]

    return decorate


def do_once(request: HttpRequest, action: str, key: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    if not is_key(key):
        return conflict(request)
    content, known = fingerprint(request, action), known_post(request, key)
    if known is not None:
        return replay(request, known) if known.request_sha256 == content else conflict(request)
    response = act()
    location = where_to(response)
    if location and not remember(request, action, key, content, location):
        refused = conflict(request)
        transaction.set_rollback(True)
        return refused
    return response


class SentBefore(Exception):
    """The key belongs to another post: a programme that sends it again must choose another key."""


def answer_once(request: HttpRequest, action: str, key: str, act: Callable[[], Answer]) -> Answer:
    """For programmes: the same person, key and content again get the same answer, word for word. Raises SentBefore.

    Only what succeeded is kept; `act` raises when it does not. Runs in the transaction of the scope.
    """
    if not is_key(key):
        raise SentBefore
    content, known = fingerprint(request, action), known_post(request, key)
    if known is not None:
        kept = KeptAnswer.objects.filter(key_id=known.id).first()
        if kept is None or known.request_sha256 != content:
            raise SentBefore
        return Answer(kept.status, kept.body, known.location)
    answer = act()
    if not remember(request, action, key, content, answer.location, answer):
        raise SentBefore
    return answer


def is_key(key: str) -> bool:
    """Whether a key is one line of at most 64 characters."""
    return 0 < len(key) <= LONGEST and key.isprintable()


@dataclass(frozen=True, slots=True)
class Known:
    """A post that was done before, under the same person's same key."""

    id: int
    request_sha256: str
    location: str


def known_post(request: HttpRequest, key: str) -> Known | None:
    """The person's earlier post with this key. Those that come meanwhile wait until this transaction ends."""
    user_id = request.user.pk
    mine = [user_id] if user_id else []
    with connection.cursor() as cursor:
        (KNOWN if user_id else KNOWN_OF_NOBODY).run(cursor, [f"{user_id}:{key}", key, *mine])
        row = cursor.fetchone()
    return Known(*row) if row else None


def remember(
    request: HttpRequest, action: str, key: str, content: str, location: str, answer: Answer | None = None
) -> bool:
    """False when the key is taken by a post that this scope may not see. `answer`: what a programme was told."""
    client = getattr(request, "client", None)
    client_id = client.pk if client else None
    values = [client_id, request.user.pk, key, action, content, location, clock.now()]
    kept = [client_id, answer.status, answer.body] if answer else []
    with connection.cursor() as cursor:
        (INSERT_WITH_ANSWER if answer else INSERT).run(cursor, values + kept)
        return cursor.rowcount == 1


def key_of(request: HttpRequest) -> str:
    return (request.headers.get(HEADER) or request.POST.get(FIELD, "")).strip()


def fingerprint(request: HttpRequest, action: str) -> str:
    """SHA-256 over what was posted: the fields in order of name, and the files by name and content."""
    digest = sha256()
    for part in parts_of(request, action):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()


def parts_of(request: HttpRequest, action: str) -> Iterator[bytes]:
    yield action.encode()
    yield request.path.encode()
    if request.content_type == JSON:
        yield request.body
        return
    for name, values in sorted(request.POST.lists()):
        if name not in NOT_CONTENT:
            yield name.encode()
            yield from (str(value).encode("utf-8", "replace") for value in values)
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield f"{name}/{file.name}".encode("utf-8", "replace")
            yield from (sha256(chunk).digest() for chunk in file.chunks())
            file.seek(0)


def where_to(response: HttpResponse) -> str:
    """The address that a successful post leads to; "" when nothing was done. A view that answers an htmx post with a part of
    a page says it itself: response["X-Done"] = address."""
    if 300 <= response.status_code < 400:
        return response.headers.get("Location", "")
    if 200 <= response.status_code < 300:
        return response.headers.get("HX-Redirect") or response.headers.get("X-Done", "")
    return ""


def replay(request: HttpRequest, known: Known) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(known.location)
    return HttpResponseRedirect(known.location)


def conflict(request: HttpRequest) -> HttpResponse:
    """The form was sent before, with other words: doing both or either silently could be wrong."""
    return HttpResponse(render_to_string("errors/sent_before.html", {"back_url": request.path}, request), status=409)
