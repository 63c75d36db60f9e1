"""Log lines of a process of our own: JSON for machines, colours for people."""

import logging
import sys
from collections.abc import Iterable
from typing import TextIO, cast

import structlog
from structlog.typing import Processor

from meta_inbox.adapters.logs.redaction import Redaction
from meta_inbox.domain.model.secret import Secret


def configure_logging(
    level: str, form: str | None, known: Iterable[Secret] = (), *, stream: TextIO | None = None
) -> None:
    """For a process of our own: every line, the libraries' included, goes one way, to stderr."""
    out = cast("TextIO", sys.stderr) if stream is None else stream
    form = form or ("console" if out.isatty() else "json")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Redaction(known),
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    _quieten()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _renderer(form: str) -> Processor:
    return structlog.dev.ConsoleRenderer() if form == "console" else structlog.processors.JSONRenderer()


def _quieten() -> None:
    # httpx logs whole addresses at INFO, with their query; psycopg's pool warns of each lost connection.
    for name in ("httpx", "httpcore", "asyncio", "litestar", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
