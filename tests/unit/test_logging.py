"""What leaves by the log has its secrets masked, whoever wrote the line."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.typing import EventDict

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.logs.redaction import Redaction
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.logging import configure_logging

CANARY = "canary-of-a-known-secret"
LEAKS = [
    f"it was {CANARY} indeed",
    "GET https://graph.example.com/me?access_token=canary&x=1",
    "GET /oauth/callback?code=canary&state=canary",
    "https://crm.example.com/app#completion=canary",
    "postgresql://user:canary@db.example.com/crm",
    "token EAAGcanarycanarycanarycanary",
    "Bearer eyJhbGciOiJIUzI1NiJ9.canary.canary",
    "/webhook?hub.mode=subscribe&hub.verify_token=canary&hub.challenge=1",
]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where a process of our own would write its log."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logging("debug", "json", [Secret(CANARY)], stream=stream)
    yield stream
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


@pytest.mark.parametrize("leak", LEAKS)
def test_a_secret_is_masked_wherever_it_stands(lines: io.StringIO, leak: str) -> None:
    structlog.get_logger("ours").info(leak, url=leak, nested={"list": [leak]})
    logging.getLogger("theirs").warning("said %s", leak)
    assert "canary" not in lines.getvalue()
    assert len(lines.getvalue().splitlines()) == 2


def test_a_secret_in_a_traceback_is_masked(lines: io.StringIO) -> None:
    error = ValueError(f"could not use {CANARY}")
    structlog.get_logger("ours").error("failed", exc_info=error)
    logging.getLogger("theirs").error("failed", exc_info=error)
    assert CANARY not in lines.getvalue()
    assert lines.getvalue().count("could not use ***") == 2


def test_a_line_is_json_with_its_time_level_and_logger(lines: io.StringIO) -> None:
    structlog.get_logger("ours").info("started", port=8000)
    line = json.loads(lines.getvalue())
    assert (line["event"], line["level"], line["logger"], line["port"]) == ("started", "info", "ours", 8000)
    assert line["timestamp"].endswith("Z")


def test_addresses_that_httpx_logs_at_info_do_not_appear(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET https://graph.example.com/me")
    assert lines.getvalue() == ""


def test_ordinary_words_stay() -> None:
    text = "meta_code=190 state=sent code=10 https://crm.example.com/inbox?limit=50"
    assert Redaction().clean(text) == text


def test_in_a_host_nothing_is_set_up_and_lines_go_to_its_loggers(caplog: pytest.LogCaptureFixture) -> None:
    structlog.reset_defaults()
    with caplog.at_level(logging.INFO, logger="meta_inbox.something"):
        log_named("meta_inbox.something").info("began", address=f"https://a.example/?ticket={CANARY}")
        log_named("meta_inbox.something").debug("not asked for")
    assert not structlog.is_configured()
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("meta_inbox.something", "INFO")
    assert "event='began'" in record.getMessage()
    assert CANARY not in record.getMessage()


def test_a_host_that_set_structlog_up_gets_lines_its_own_way() -> None:
    seen: list[str] = []

    def see(_logger: object, method: str, event: EventDict) -> EventDict:
        seen.append(f"{method} {event['event']}")
        raise structlog.DropEvent

    log = log_named("meta_inbox.something")
    structlog.configure(processors=[see])
    log.warning("began")
    structlog.reset_defaults()
    assert seen == ["warning began"]
