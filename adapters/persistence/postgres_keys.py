"""The keys behind what is sealed in the database: do these fit it, which are in use, and changing them.

Serves the start of the service and the commands ``keys status`` and ``keys rewrap``.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_rewrapping import (
    Batch,
    Rewrapped,
    accounts,
    completions,
    unsubscriptions,
)
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import MetaInboxError

Kind = Callable[[Connection, KeyRing, str, int], Awaitable[Batch]]

_MARK: LiteralString = """
    insert into meta_inbox.key_canaries (kid, sealed) values (%(kid)s, %(sealed)s) on conflict do nothing
"""
_MARKED: LiteralString = "select kid, sealed from meta_inbox.key_canaries order by kid"
_IN_USE: LiteralString = """
    select split_part(blob, '.', 2) as kid, count(*)::int
    from (
      select user_token from meta_inbox.accounts
      union all select page_token from meta_inbox.accounts
      union all select token from meta_inbox.unsubscriptions
      union all select granted ->> 'user_token' from meta_inbox.oauth_completions where expires_at > now()
      union all
        select t.value from meta_inbox.oauth_completions, jsonb_each_text(granted -> 'page_tokens') t
        where expires_at > now()
    ) as sealed (blob)
    where blob is not null group by 1 order by 1
"""


class KeyDoesNotFit(MetaInboxError):
    """The keys of this process are not those that sealed what is in the database."""


async def check_canaries(db: Database, keys: KeyRing) -> None:
    """Raises KeyDoesNotFit for a key that is wrong or missing; marks the sealing key when it is new."""

    async def work(connection: Connection) -> None:
        await connection.execute(_MARK, {"kid": keys.primary, "sealed": keys.canary()})
        for kid, sealed in await (await connection.execute(_MARKED)).fetchall():
            if kid in keys.kids and not keys.opens_canary(sealed):
                raise KeyDoesNotFit(
                    f"the key {kid} is not the one that this database was used with; "
                    "META_INBOX_ENCRYPTION_KEYS must hold the same key under the same name"
                )
        for kid, count in (await _in_use(connection)).items():
            if kid not in keys.kids:
                raise KeyDoesNotFit(
                    f"the key {kid} sealed {count} access tokens and is not in META_INBOX_ENCRYPTION_KEYS; "
                    "put it back, behind the first, until meta-inbox keys status no longer counts it"
                )

    await db.as_system(work)


async def status(db: Database) -> Mapping[str, int]:
    """How many tokens each key sealed, by kid; a key that is not in it may be taken away."""
    return await db.as_system(_in_use)


async def _in_use(connection: Connection) -> dict[str, int]:
    return dict(await (await connection.execute(_IN_USE)).fetchall())


async def rewrap(db: Database, keys: KeyRing, *, batch: int = 200) -> Rewrapped:
    """Seals every token anew that another key than the first sealed.

    In batches, each committed, and each token only if it is still the one that was read: it may be
    stopped and begun again, and run beside the service and beside another one.
    """
    total = Rewrapped(rewrapped=0, unreadable=0)
    for kind in (accounts, unsubscriptions, completions):
        total += await _all(db, keys, kind, batch)
    return total


async def _all(db: Database, keys: KeyRing, kind: Kind, limit: int) -> Rewrapped:
    total, after = Rewrapped(rewrapped=0, unreadable=0), ""
    while (batch := await db.as_system(partial(_batch, kind, keys, after, limit))).next is not None:
        total, after = total + batch.done, batch.next
    return total + batch.done


async def _batch(kind: Kind, keys: KeyRing, after: str, limit: int, connection: Connection) -> Batch:
    return await kind(connection, keys, after, limit)
