"""The portal's web entry with two more headers: how many statements an answer cost, and how much processor time.

Only the benchmark starts this; portal/wsgi.py knows nothing of it. Opening and closing a transaction is not counted.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from portal.wsgi import application as portal

Start = Callable[..., Any]


class Counter:
    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    counter, begun = Counter(), time.thread_time()

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        spent = 1000 * (time.thread_time() - begun)
        more = [("X-Statements", str(counter.statements)), ("X-Processor-Ms", f"{spent:.3f}")]
        return start_response(status, [*headers, *more], exc_info)

    with connection.execute_wrapper(counter):
        return portal(environ, start)
