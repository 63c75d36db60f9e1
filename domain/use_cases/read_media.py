"""Getting a file from where Meta has it."""

from dataclasses import dataclass

from meta_inbox.domain.errors import LinkDead, NotFound, RefusedByMeta
from meta_inbox.domain.model.media import FetchedFile, Media, Moved
from meta_inbox.domain.ports import Accounts, MediaFiles, MediaSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMedia:
    """Fetches a file; when its address is dead, Meta is asked once where the message's files are now."""

    accounts: Accounts
    media: MediaFiles
    source: MediaSource

    async def __call__(self, media: Media, fence: str | None = None) -> FetchedFile:
        """The file. LinkDead when Meta no longer has it, LinkBarred, Unavailable."""
        try:
            return await self.source.fetch(media.source_url)
        except LinkDead:
            fresh = await self._fresh(media)
            if fresh is None or fresh == media.source_url:
                raise
        await self.media.settle(media, Moved(fresh), fence)
        return await self.source.fetch(fresh)

    async def _fresh(self, media: Media) -> str | None:
        if media.meta_message_id is None:
            return None
        try:
            account = await self.accounts.get(media.tenant_id, media.account_id)
            token = await self.accounts.token(media.tenant_id, media.account_id)
            links = await self.source.fresh_links(account, token, media.meta_message_id)
        except (RefusedByMeta, NotFound):
            return None
        return links.of(media)
