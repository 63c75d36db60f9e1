"""Log lines: JSON for machines, colours for people; what looks like a secret is masked on its way out."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from meta_inbox.domain.model.secret import Secret

_MASK = "***"
_SECRETS = re.compile(
    r"""(?ix)
    \b(?:EAA|IGA)[A-Za-z0-9_-]{20,}                                   # Meta's access tokens
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+          # bearer tokens
    | (?<=[?&\#])(?:code|state|ticket|completion|access_token|client_secret|appsecret_proof|input_token
        |fb_exchange_token|sig|password|hub\.verify_token)=[^&\s"']+    # parameters of an address
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)                                 # user:password@host
    """
)


class Redaction:
    """The second line of defence: the first is that nobody logs a ``Secret``'s text."""

    def __init__(self, known: Iterable[Secret] = ()) -> None:
        texts = {secret.reveal() for secret in known}
        self._known = sorted((text for text in texts if len(text) >= 8), key=len, reverse=True)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """A processor of structlog's."""
        return {name: self.clean(value) for name, value in event.items()}

    def clean(self, value: object) -> object:
        """The value with what looks like a secret masked, in texts however deep."""
        match value:
            case str():
                return self._masked(value)
            case dict():
                inner = cast("dict[object, object]", value)
                return {name: self.clean(one) for name, one in inner.items()}
            case list() | tuple():
                return [self.clean(one) for one in cast("Iterable[object]", value)]
            case _:
                return value

    def _masked(self, text: str) -> str:
        for known in self._known:
            text = text.replace(known, _MASK)
        return _SECRETS.sub(_MASK, text)


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


def hand_logs_to_host() -> None:
    """In a host's process: our lines go to the standard library's loggers, unless it set structlog up."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            Redaction(),
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _renderer(form: str) -> Processor:
    return structlog.dev.ConsoleRenderer() if form == "console" else structlog.processors.JSONRenderer()


def _quieten() -> None:
    # httpx logs whole addresses at INFO, with their query; psycopg's pool warns of each lost connection.
    for name in ("httpx", "httpcore", "asyncio", "litestar", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
