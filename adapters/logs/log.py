"""Loggers that change nothing in the process they are in: a host's own way of logging is taken as it is."""

import logging
from typing import Any, cast

import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import Processor

from meta_inbox.adapters.logs.redaction import Redaction

_IN_A_HOST: list[Processor] = [
    structlog.stdlib.filter_by_level,
    structlog.processors.format_exc_info,
    Redaction(),
    structlog.processors.KeyValueRenderer(key_order=["event"]),
]


class _Named:
    """Asked for each line, since a host may set structlog up at any time."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        if structlog.is_configured():
            return getattr(structlog.get_logger(self._name), method)
        own = logging.getLogger(self._name)
        return getattr(structlog.wrap_logger(own, _IN_A_HOST, BoundLogger), method)


def log_named(name: str) -> BoundLogger:
    """Goes by structlog where that is set up, as it is in our own; else to the standard library's."""
    return cast("BoundLogger", _Named(name))
