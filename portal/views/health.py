"""For load balancers and the launcher: /healthz says that this process answers, /readyz that it can work."""

from collections.abc import Callable

from django.core.cache import cache as shared_cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import RedisError

OK = "ok"
_applied: list[bool] = []


@require_safe
@never_cache
@non_atomic_requests
def alive(request: HttpRequest) -> HttpResponse:
    """No database, no Redis: only this process."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
@non_atomic_requests
def ready(request: HttpRequest) -> HttpResponse:
    """503 with what is missing, as JSON; without any detail that a stranger could use."""
    parts = {"database": said(database), "migrations": said(migrations), "redis": said(redis)}
    return JsonResponse(parts, status=200 if set(parts.values()) == {OK} else 503)


def said(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except (DatabaseError, RedisError, OSError):
        return "away"


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return OK


def migrations() -> str:
    """Migrations are never taken back, so once all were applied this process does not ask again."""
    if not _applied:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "not applied yet"
        _applied.append(True)
    return OK


def redis() -> str:
    shared_cache.set("readyz", 1, 5)
    return OK
