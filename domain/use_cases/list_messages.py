"""The messages of one conversation, newest first."""

from dataclasses import dataclass

from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.paging import After, Page
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Conversations


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMessages:
    """A page of messages; somebody who never wrote has none."""

    accounts: Accounts
    conversations: Conversations

    async def __call__(
        self,
        *,
        by: Principal,
        account: AccountId,
        contact: ContactId,
        limit: int = 50,
        after: After | None = None,
    ) -> Page[Message]:
        """NotFound when the tenant has no such account."""
        by.require(Scope.MESSAGES_READ)
        page = await self.conversations.messages(by.tenant, account, contact, limit=limit, after=after)
        if not page.items:  # else the account is there
            await self.accounts.get(by.tenant, account)
        return page
