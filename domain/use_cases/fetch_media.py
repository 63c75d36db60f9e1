"""Files of messages, fetched after their messages are visible."""

import asyncio
from dataclasses import dataclass

from meta_inbox.domain.errors import LinkBarred, LinkDead, Unavailable
from meta_inbox.domain.model.media import (
    Barred,
    Expired,
    FetchedFile,
    Media,
    MediaClaim,
    MediaOutcome,
    Stored,
    TryLater,
)
from meta_inbox.domain.ports import Blobs, Clock, MediaFiles
from meta_inbox.domain.use_cases.read_media import ReadMedia

WITHIN = 50.0
"""Seconds for one file, which is less than a lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchMedia:
    """Keeps what messages brought, if this deployment ``stores``; deletes what nothing names any more."""

    media: MediaFiles
    blobs: Blobs
    read: ReadMedia
    clock: Clock
    stores: bool = True

    async def __call__(self, limit: int = 1) -> int:
        """Fetches files that are due, one after the other; how many.

        Raises what keeps a file from being stored, once the file is put off; trouble of Meta's it bears.
        """
        claims = await self.media.claim_due(limit) if self.stores else ()
        for claim in claims:
            await self._fetch(claim)
        return len(claims)

    async def _fetch(self, claim: MediaClaim) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                outcome = await self._outcome(claim)
        except TimeoutError:
            outcome = self._later(claim.media)
        except Exception:
            await self.media.settle(claim.media, self._later(claim.media), claim.fence)
            raise
        await self.media.settle(claim.media, outcome, claim.fence)

    async def _outcome(self, claim: MediaClaim) -> MediaOutcome:
        media = claim.media
        try:
            found = await self.read(media, claim.fence)
        except LinkDead:
            return Expired()
        except LinkBarred:
            return Barred()
        except Unavailable:
            return self._later(media)
        await self.blobs.put(media.key, found.content)
        return _stored(found)

    def _later(self, media: Media) -> MediaOutcome:
        wait = media.again_after(self.clock.now())
        return Expired() if wait is None else TryLater(wait)

    async def discard(self, limit: int = 20) -> int:
        """Deletes blobs of files that are gone; how many. Unavailable, and then they come again."""
        discarded = await self.media.claim_discarded(limit)
        for each in discarded:
            await self.blobs.delete(each.blob)
            await self.media.forget_discarded(each)
        return len(discarded)


def _stored(found: FetchedFile) -> Stored:
    return Stored(
        content_type=found.content_type,
        size=len(found.content),
        width=found.width,
        height=found.height,
    )
