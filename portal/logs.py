"""Logs: one event a line, as JSON for machines or in words for a terminal. Bodies of requests and mails are never logged."""

from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

# What a log line never carries, whoever puts it there.
HIDDEN = frozenset(
    {"body", "password", "token", "secret", "authorization", "cookie", "content", "text", "html", "request"}
)


def hide_bodies(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace what could hold a person's words or a secret."""
    for name in HIDDEN & event.keys():
        event[name] = "(hidden)"
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    hide_bodies,
]


def renderers(style: str) -> list[Processor]:
    if style == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]


def logging_settings(style: str, level: str) -> dict[str, Any]:
    """Settings for logging.config, for `style` "json" or "console"; structlog's loggers pass through the same handler."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers(style)],
        "foreign_pre_chain": SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
        },
    }
