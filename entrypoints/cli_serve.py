"""``meta-inbox serve`` and ``worker``: processes that end, with 0, within 10 s of being told to."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

import click
import uvloop

from meta_inbox.adapters.http import server
from meta_inbox.adapters.logs.log import log_named
from meta_inbox.entrypoints.logging import configure_logging
from meta_inbox.entrypoints.plugin import open_inbox
from meta_inbox.entrypoints.served import ServedInbox
from meta_inbox.entrypoints.settings import Settings
from meta_inbox.entrypoints.storage import storage

_ENDS_WITHIN = 9.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_log = log_named("meta_inbox")


def serve(host: str, port: int, *, jobs: bool, inherited: int | None = None) -> None:
    """One process; ``inherited`` is what the parent of several gave it."""
    with _configured(serves=True) as settings:
        closing = asyncio.Event()
        served = ServedInbox(settings, jobs=jobs, closing=closing)
        server.serve(
            served,
            host=host,
            port=port,
            inherited=inherited,
            closing=closing,
            on_ready=_announce,
            open_lane=served.open_lane,
        )


def serve_many(host: str, port: int, workers: int, *, jobs: bool) -> None:
    """Several processes that share one address; this one keeps the embedded database, if there is one."""
    with _configured(serves=True):

        def command(inherited: int) -> list[str]:
            more = [] if jobs else ["--no-jobs"]
            own = [sys.executable, "-m", "meta_inbox.entrypoints.cli", "serve", *more]
            return [*own, "--inherited-socket", str(inherited)]

        server.run_many(command, workers=workers, host=host, port=port, on_ready=_announce)


def work() -> None:
    """The background jobs without a server."""
    with _configured(serves=False) as settings, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    told = asyncio.Event()

    def tell() -> None:
        if told.is_set():
            os._exit(0)
        told.set()
        timer = threading.Timer(_ENDS_WITHIN, os._exit, (0,))
        timer.daemon = True
        timer.start()

    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, tell)
    async with open_inbox(settings):
        _log.info("working")
        await told.wait()


@contextmanager
def _configured(*, serves: bool) -> Generator[Settings]:
    """The settings, with a database that is at the newest schema; stopped last if it is the embedded one."""
    settings = Settings.from_env()
    if serves:
        settings.require_identity()
    secrets = (
        settings.meta_app_secret,
        settings.meta_webhook_verify_token,
        settings.meta_instagram_app_secret,
        settings.auth_jwt_secret,
        settings.meta_inbox_encryption_keys,
    )
    configure_logging(settings.log_level, settings.log_format, filter(None, secrets))
    for number in _SIGNALS:  # until the event loop takes them over
        signal.signal(number, _leave)
    given = settings.database_url, settings.meta_inbox_direct_database_url, settings.meta_inbox_data_dir
    with storage(*given) as found:
        found.bring_up_to_date()
        yield found.given_to(settings)


def _announce(address: str) -> None:
    click.echo(f"meta-inbox serves {address}")


def _leave(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(0)
