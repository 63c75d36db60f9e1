"""An agent has read a conversation: here, and, as far as Meta answers, at the contact's end."""

from dataclasses import dataclass

from meta_inbox.domain.errors import RefusedByMeta, Unavailable
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Conversations, GraphApi


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRead:
    """The mark here is certain; the one shown to the contact is an extra that may fail."""

    accounts: Accounts
    conversations: Conversations
    graph: GraphApi

    async def __call__(self, *, by: Principal, account: AccountId, contact: ContactId) -> None:
        """NotFound when the tenant has no such account, or the contact never wrote to it."""
        by.require(Scope.MESSAGES_READ)
        owner = await self.accounts.get(by.tenant, account)
        if await self.conversations.mark_read(by.tenant, account, contact):
            await self._show(owner, contact)

    async def _show(self, owner: Account, contact: ContactId) -> None:
        try:
            token = await self.accounts.token(owner.tenant_id, owner.id)
            await self.graph.mark_seen(owner, token, contact)
        except (Unavailable, RefusedByMeta):
            return
