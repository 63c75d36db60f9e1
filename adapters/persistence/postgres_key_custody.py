"""Which keys hold something in the database; sealing it anew under the first; telling a wrong key."""

from collections import Counter
from dataclasses import dataclass
from typing import LiteralString

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_sealed_rows import Held, everything_sealed, put_back
from meta_inbox.adapters.persistence.sealing import KeyRing, SealBroken, kid_of

_log = log_named(__name__)

_CANARIES: LiteralString = "select kid, sealed from meta_inbox.key_canaries where kid = any(%s)"
_NEW_CANARY: LiteralString = """
    insert into meta_inbox.key_canaries (kid, sealed) values (%s, %s) on conflict (kid) do nothing
"""
# A kid that holds nothing any more may be given to another key.
_FORGET_CANARIES: LiteralString = "delete from meta_inbox.key_canaries where kid <> all(%s)"
UNREADABLE = "(unreadable)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """How many values were sealed anew, and how many could not be opened and stayed as they were."""

    done: int
    broken: int


class PostgresKeyCustody:
    """Serves the commands ``keys status | rewrap``, the doctor, and every start."""

    def __init__(self, db: Database, keys: KeyRing) -> None:
        self._db = db
        self._keys = keys

    async def wrong_keys(self) -> list[str]:
        """The kids that name another key here than the one this database knows; a new first key is noted."""

        async def work(connection: Connection) -> list[str]:
            known: dict[str, str] = dict(
                await (await connection.execute(_CANARIES, [list(self._keys.kids)])).fetchall()
            )
            if self._keys.primary not in known:
                await connection.execute(_NEW_CANARY, [self._keys.primary, self._keys.canary()])
            return [kid for kid, sealed in known.items() if not self._keys.opens_canary(sealed)]

        return await self._db.as_system(work)

    async def status(self) -> dict[str, int]:
        """How many sealed values each kid holds; kids that are no longer in the key ring included."""
        counts = Counter(dict.fromkeys(self._keys.kids, 0))
        async for held in everything_sealed(self._db):
            counts.update(_kid(blob) for blob in held.blobs)
        return dict(counts)

    async def rewrap(self) -> Rewrapped:
        """Seals what other keys hold anew under the first; may be interrupted, and run twice at once."""
        done = broken = 0
        async for held in everything_sealed(self._db):
            old = sum(_kid(blob) != self._keys.primary for blob in held.blobs)
            if not old:
                continue
            text = self._resealed(held)
            if text is None:
                broken += old
            elif await put_back(self._db, held, text):
                done += old
        if not broken:
            await self._forget_canaries_but(await self._in_use())
        return Rewrapped(done=done, broken=broken)

    async def _in_use(self) -> list[str]:
        """Also what a process that still seals with a former key wrote in the meantime."""
        return [self._keys.primary, *(kid for kid, count in (await self.status()).items() if count)]

    async def _forget_canaries_but(self, kids: list[str]) -> None:
        async def work(connection: Connection) -> None:
            await connection.execute(_FORGET_CANARIES, [kids])

        await self._db.as_system(work)

    def _resealed(self, held: Held) -> str | None:
        try:
            return held.resealed(self._keys)
        except SealBroken:
            _log.warning("sealed_value_unreadable", id=held.id, kids=sorted(map(_kid, held.blobs)))
            return None


def _kid(blob: str) -> str:
    try:
        return kid_of(blob)
    except SealBroken:
        return UNREADABLE
