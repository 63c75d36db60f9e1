"""One conversation, for whoever comes by a link to it."""

from dataclasses import dataclass

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Conversations


@dataclass(frozen=True, slots=True, kw_only=True)
class GetConversation:
    """A conversation, with the account that its window depends on."""

    accounts: Accounts
    conversations: Conversations

    async def __call__(
        self, *, by: Principal, account: AccountId, contact: ContactId
    ) -> tuple[Account, Conversation]:
        """An empty one for a contact who never wrote. NotFound when the tenant has no such account."""
        by.require(Scope.MESSAGES_READ)
        owner = await self.accounts.get(by.tenant, account)
        return owner, await self.conversations.find(by.tenant, account, contact)
