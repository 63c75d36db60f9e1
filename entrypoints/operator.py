"""What the commands that look into the database share: a connection as the service has, for a moment."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from meta_inbox.adapters.persistence.database import Database, open_pool
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.environment import parse, read_environment, secret_of
from meta_inbox.entrypoints.logging import configure_logging
from meta_inbox.entrypoints.storage import Storage, storage

T = TypeVar("T")


@contextmanager
def configured_storage() -> Generator[Storage]:
    """The database that the environment names, or the embedded one, started or attached to meanwhile.

    Needs no other variable. SettingsError.
    """
    environment = read_environment()
    configure_logging(str(parse("LOG_LEVEL", environment.get("LOG_LEVEL", "warning"))), None)
    folder = parse("META_INBOX_DATA_DIR", environment.get("META_INBOX_DATA_DIR", ".meta-inbox"))
    with storage(
        secret_of("DATABASE_URL"), secret_of("META_INBOX_DIRECT_DATABASE_URL"), Path(str(folder))
    ) as found:
        yield found


@asynccontextmanager
async def opened(dsn: Secret) -> AsyncGenerator[Database]:
    """Units of work on a connection or two."""
    async with open_pool(dsn.reveal(), min_size=1, max_size=2, prepare=False) as pool:
        yield Database(pool)


def on_database(call: Callable[[Database], Awaitable[T]]) -> T:
    """What the call returns, given the configured database, brought up to date first."""

    async def run(dsn: Secret) -> T:
        async with opened(dsn) as db:
            return await call(db)

    with configured_storage() as found:
        found.bring_up_to_date()
        return asyncio.run(run(found.runtime))
