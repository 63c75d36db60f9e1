"""Canned replies, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.domain.errors import NotFound, ShortcutTaken, TooManyCannedReplies
from meta_inbox.domain.model.canned_reply import MOST_CANNED_REPLIES, CannedReply, CannedReplyId
from meta_inbox.domain.model.ids import TenantId


@dataclass(frozen=True, slots=True)
class InMemoryCannedReplies:
    """One row each."""

    store: InMemoryStore

    async def list(self, tenant: TenantId) -> Sequence[CannedReply]:
        """All of the tenant's, by ``key``."""
        rows = self.store.canned_replies.items()
        return sorted((reply for (owner, _), reply in rows if owner == tenant), key=lambda reply: reply.key)

    async def add(self, reply: CannedReply) -> None:
        """Keeps a new one. ShortcutTaken, TooManyCannedReplies."""
        if len(await self.list(reply.tenant_id)) >= MOST_CANNED_REPLIES:
            raise TooManyCannedReplies(MOST_CANNED_REPLIES)
        await self._put(reply)

    async def change(
        self, tenant: TenantId, reply: CannedReplyId, *, shortcut: str | None, text: str | None
    ) -> CannedReply:
        """The changed one; None = it stays. NotFound, ShortcutTaken."""
        former = self._row(tenant, reply)
        changed = replace(former, shortcut=shortcut or former.shortcut, text=text or former.text)
        await self._put(changed)
        return changed

    async def delete(self, tenant: TenantId, reply: CannedReplyId) -> None:
        """Forgets it. NotFound."""
        self._row(tenant, reply)
        del self.store.canned_replies[tenant, reply]

    async def _put(self, reply: CannedReply) -> None:
        others = [other for other in await self.list(reply.tenant_id) if other.id != reply.id]
        if any(other.key == reply.key for other in others):
            raise ShortcutTaken(reply.shortcut)
        self.store.canned_replies[reply.tenant_id, reply.id] = reply

    def _row(self, tenant: TenantId, reply: CannedReplyId) -> CannedReply:
        found = self.store.canned_replies.get((tenant, reply))
        if found is None:
            raise NotFound("no such canned reply")
        return found
