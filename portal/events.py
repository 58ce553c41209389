"""What lower floors tell upper floors, in the same transaction as the fact (DESIGN.md 2).

A handler only writes rows; what it raises rolls the fact back as well. Handlers are registered in AppConfig.ready, or in a
tasks module, never while a request runs.

    events.on("mail accepted", start_clock)
    events.emit("mail accepted", outbox=row, at=row.sent_at)
"""

from collections import defaultdict
from collections.abc import Callable

Handler = Callable[..., None]

HANDLERS: defaultdict[str, list[Handler]] = defaultdict(list)


def on(event: str, handler: Handler) -> Handler:
    """Call `handler` with the event's facts as keywords. Registering twice calls once."""
    if handler not in HANDLERS[event]:
        HANDLERS[event].append(handler)
    return handler


def emit(event: str, /, **facts: object) -> None:
    """Tell every handler, in the order of registration. Raises what a handler raises."""
    for handler in HANDLERS.get(event, ()):
        handler(**facts)
