"""Logs: JSON lines on standard output that hold only what is on a list.

A field that is not on the list is dropped, so that no message text, name, number or token can slip
into a log by an oversight. Libraries log warnings only, and only who warned: some of them print
URLs with tokens, or a message's content.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "attempts",
        "channel",
        "code",
        "component",
        "conversation",
        "count",
        "error",
        "host",
        "kind",
        "lane",
        "logger",
        "port",
        "quarantined",
        "reason",
        "route",
        "seconds",
        "state",
        "task",
    }
)


def configure_logs() -> None:
    """Set up logging for this process; called once, before anything is built."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_LibraryHandler()]
    root.setLevel(logging.WARNING)


def only_allowed(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep the fields of the list, and of those only short plain values."""
    return {
        name: value
        for name, value in entry.items()
        if name in ALLOWED and (isinstance(value, (int, float, bool)) or len(str(value)) <= 200)
    }


class _LibraryHandler(logging.Handler):
    """What a library has to say, without its words."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().warning(
            "library_warning", logger=record.name, kind=record.levelname, error=error or ""
        )
