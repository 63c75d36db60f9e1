"""Where Meta has the files of messages: its CDN by address, its Graph API by message."""

import asyncio
from dataclasses import dataclass
from typing import Any

from meta_inbox.adapters.meta_graph.calls import GraphCalls
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_list, as_text
from meta_inbox.adapters.meta_graph.media_fetch import MediaFetcher
from meta_inbox.adapters.meta_graph.media_kind import as_file
from meta_inbox.domain.model.account import Account, Platform
from meta_inbox.domain.model.budget import Priority
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.media import FetchedFile, FreshLinks
from meta_inbox.domain.model.secret import Secret

_FIELDS = {Platform.MESSENGER: "attachments", Platform.INSTAGRAM: "attachments,story"}
_IN_PARTS = ("image_data", "video_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaMediaSource:
    """Fetches without a token; asks for fresh addresses with the account's."""

    graph: GraphCalls
    fetcher: MediaFetcher

    async def fetch(self, url: str) -> FetchedFile:
        """The whole file, with what it is by its bytes. LinkDead, LinkBarred, GraphUnavailable."""
        content = await self.fetcher.fetch(url)
        return await asyncio.to_thread(as_file, content)

    async def fresh_links(self, account: Account, token: Secret, message: MetaMessageId) -> FreshLinks:
        """Where the message's files are now. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        query = {"fields": _FIELDS[account.platform]}
        found = await self.graph.of(account, Priority.SYNC).get(message, token=token, query=query)
        parts = as_list((as_dict(found.get("attachments")) or {}).get("data"))
        story = as_dict(found.get("story")) or {}
        links = (_link(as_dict(story.get(kind)) or {}) for kind in ("mention", "reply_to"))
        return FreshLinks(
            attachments=tuple(_address(as_dict(part) or {}) for part in parts),
            story=next(filter(None, links), None),
        )


def _address(part: dict[str, Any]) -> str | None:
    found = (as_text((as_dict(part.get(key)) or {}).get("url")) for key in _IN_PARTS)
    return next(filter(None, found), None) or as_text(part.get("file_url"))


def _link(story: dict[str, Any]) -> str | None:
    return as_text(story.get("link"))
