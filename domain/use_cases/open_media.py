"""Somebody looks at a file of a message."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from meta_inbox.domain.errors import GraphUnavailable, LinkBarred, LinkDead, MediaMissing, NotFound
from meta_inbox.domain.model.media import UNKNOWN_TYPE, Barred, Expired, FetchedFile, Media, MediaId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Blobs, MediaFiles
from meta_inbox.domain.use_cases.read_media import ReadMedia

AT_ONCE = 4
"""How many files are fetched at the same time because somebody looks: each may be held in memory whole."""
PATIENCE = 10.0
"""Seconds that somebody waits for their turn."""

_MISSING = {
    "pending": ("media_pending", "the file is not fetched yet; try again in a moment"),
    "expired": ("media_expired", "Meta no longer has this file"),
    "refused": ("media_refused", "the file lies where nothing is fetched from, or is too large"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedMedia:
    """A file that can be read; ``size`` is known. ``kept`` = it is stored here."""

    media: Media
    content_type: str
    size: int
    kept: bool
    read: Callable[[int, int], Awaitable[AsyncIterator[bytes]]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMedia:
    """Reads what is stored; what is not to be stored is fetched from Meta and kept nowhere.

    ``stores`` is the deployment's policy: where nothing is stored, nothing is waited for.
    """

    media: MediaFiles
    blobs: Blobs
    fetch: ReadMedia
    stores: bool = True
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE), repr=False)

    async def __call__(self, *, by: Principal, media: MediaId) -> OpenedMedia:
        """The file. NotFound; MediaMissing for one that is not here; Unavailable."""
        by.require(Scope.MESSAGES_READ)
        found = await self.media.get(by.tenant, media)
        if found.state == "stored":
            return self._stored(found)
        if found.state != "pending" or (self.stores and found.fetched_on_arrival):
            raise _missing(found.state)
        return await self._passed_on(found)

    def _stored(self, media: Media) -> OpenedMedia:
        async def read(first: int, last: int) -> AsyncIterator[bytes]:
            try:
                return await self.blobs.read(media.key, first, last)
            except NotFound:  # the store lost it, or it is another machine's: Meta may have it still
                return await self._again(media, first, last)

        return OpenedMedia(
            media=media,
            content_type=media.content_type or UNKNOWN_TYPE,
            size=media.size or 0,
            kept=True,
            read=read,
        )

    async def _again(self, media: Media, first: int, last: int) -> AsyncIterator[bytes]:
        other = await self._passed_on(media)
        if other.size != media.size:
            raise _missing("expired")
        return await other.read(first, last)

    async def _turn(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.turns.acquire()
        except TimeoutError:
            raise GraphUnavailable("too many files are being fetched at once") from None

    async def _passed_on(self, media: Media) -> OpenedMedia:
        await self._turn()
        try:
            found = await self.fetch(media)
        except LinkDead:
            await self.media.settle(media, Expired())
            raise _missing("expired") from None
        except LinkBarred:
            await self.media.settle(media, Barred())
            raise _missing("refused") from None
        finally:
            self.turns.release()
        return OpenedMedia(
            media=replace(media, width=found.width, height=found.height),
            content_type=found.content_type,
            size=len(found.content),
            kept=False,
            read=_of(found),
        )


def _of(found: FetchedFile) -> Callable[[int, int], Awaitable[AsyncIterator[bytes]]]:
    async def read(first: int, last: int) -> AsyncIterator[bytes]:
        async def pieces() -> AsyncIterator[bytes]:
            yield found.content[first : last + 1]

        return pieces()

    return read


def _missing(state: str) -> MediaMissing:
    return MediaMissing(*_MISSING[state])
