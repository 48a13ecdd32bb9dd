"""How log lines leave the service: one JSON object a line on stderr, without any text that a sender chose.

gunicorn.conf.py and the projector configure it before anything else runs; every logger of the process ends here.
"""

from __future__ import annotations

import logging.config
import sys
from traceback import extract_tb
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

OURS = "xinlu"
_TRUSTED = (OURS, f"{OURS}.http", "psycopg.pool")
"""Loggers whose messages hold nothing that was sent: our own, and why the database cannot be reached."""

FIELDS = (
    "request", "method", "route", "status", "duration_ms", "department", "command", "outcome", "problem",
    "rows_taken", "rows_already", "rows_refused",
)  # fmt: skip
"""All that a line may hold beside its message: whatever else someone hands to a logger is left out."""


def without_foreign_text(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A message of the web server without what it quotes: address, path, header, the text of an exception."""
    record, arguments = event.get("_record"), event.pop("positional_args", ())
    if not isinstance(record, logging.LogRecord) or record.name in _TRUSTED:
        return event
    if not isinstance(record.msg, str):
        event["event"] = type(record.msg).__name__
    elif isinstance(arguments, tuple) and arguments:
        event["event"] = _filled(record.msg, arguments)
    else:
        # Some of its messages come with the quoted text already in them, behind the first sign of it.
        event["event"] = record.msg.partition(" from ip=")[0].partition("\n")[0]
    return event


def _filled(template: str, arguments: tuple[Any, ...]) -> str:
    """A message with its numbers filled in, everything else a dash."""
    kept = tuple(a if isinstance(a, int | float) else "-" for a in arguments)
    try:
        return template % kept
    except (TypeError, ValueError):
        return template


def trace_without_text(_logger: object, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and the places it went through; its own text could repeat what was sent."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple) and found[0] is not None:
        event["error"] = found[0].__name__
        event["trace"] = [f"{f.filename}:{f.lineno} {f.name}" for f in extract_tb(found[2])]
    return event


def configuration() -> dict[str, Any]:
    """The logging configuration (``dictConfig``) of a process of the service."""
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(allow=FIELDS),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        without_foreign_text,
        trace_without_text,
    ]
    rendering: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    json_lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": before,
        "processors": rendering,
        "pass_foreign_args": True,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": json_lines},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            OURS: {"level": "INFO"},
            "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
            # The server's own access log holds addresses and whole paths; ours stands instead.
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def configure_logs() -> None:
    """Log in JSON from here on, and an exception that ends the process as well."""
    logging.config.dictConfig(configuration())
    sys.excepthook = _last_words


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(OURS).critical("ended by %s", kind.__name__, exc_info=(kind, error, trace))
