"""Logging: short event names, data as keys, nothing secret.

JSON lines where standard output is not a terminal, a console layout where it is. `redact` is the
last processor but the renderer: values under secret-sounding keys never leave the process.
Messages of libraries come through the same door.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

from proxy.imports import without

# With these it would colour tracebacks and tell greenlets apart, which we never ask for. Where
# developers' tools have brought them they were 4 MB and 40 ms of each process.
with without("rich", "greenlet"):
    import structlog

# For a program's own module, where `import structlog` would come before what is hidden here.
get_logger = structlog.get_logger

_SECRET_KEYS = (
    "authorization",
    "cookie",
    "identity_key",
    "password",
    "query",
    "secret",
    "token",
)


def configure(*, program: str, level: str = "INFO") -> None:
    """Set up structlog and the standard library's logging for this process."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if sys.stdout.isatty()
        else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer)
    )
    handler.addFilter(_says_nothing_of_clients)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.contextvars.bind_contextvars(program=program)


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every key that sounds secret."""
    for key in event:
        if key == "code" or any(word in key.lower() for word in _SECRET_KEYS):
            event[key] = "[hidden]"
    return event


def _says_nothing_of_clients(record: logging.LogRecord) -> bool:
    """Drop aiohttp's complaints about malformed requests: they quote headers, cookies too."""
    problem = record.exc_info[1] if record.exc_info else None
    if record.name != "aiohttp.server" or problem is None:
        return True
    # Imported here: who logs as `aiohttp.server` has loaded it, and the relay loads parts only.
    from aiohttp.http_exceptions import HttpProcessingError

    return not isinstance(problem, HttpProcessingError)
