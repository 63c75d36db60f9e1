"""The conversations of one account, newest first."""

from dataclasses import dataclass

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.model.paging import After, Page
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Conversations


@dataclass(frozen=True, slots=True, kw_only=True)
class ListConversations:
    """A page of conversations, with the account that their windows depend on."""

    accounts: Accounts
    conversations: Conversations

    async def __call__(
        self,
        *,
        by: Principal,
        account: AccountId,
        limit: int = 50,
        after: After | None = None,
        query: str | None = None,
        unread: bool | None = None,
    ) -> tuple[Account, Page[Conversation]]:
        """NotFound when the tenant has no such account."""
        by.require(Scope.MESSAGES_READ)
        owner = await self.accounts.get(by.tenant, account)
        page = await self.conversations.list(
            by.tenant, account, limit=limit, after=after, query=query, unread=unread
        )
        return owner, page
