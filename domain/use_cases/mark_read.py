"""An agent has read a conversation: here, and, as far as Meta answers, at the contact's end."""

from dataclasses import dataclass

from meta_inbox.domain.errors import Refused, Unavailable
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Clock, Conversations, GraphApi
from meta_inbox.domain.use_cases.at_meta import AtMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRead:
    """The mark here is certain; the one shown to the contact is an extra that may fail.

    Of comments Meta knows no read marks.
    """

    accounts: Accounts
    conversations: Conversations
    graph: GraphApi
    clock: Clock

    async def __call__(self, *, by: Principal, account: AccountId, contact: ContactId) -> None:
        """NotFound when the tenant has no such account, or the contact never wrote to it."""
        by.require(Scope.MESSAGES_READ)
        owner = await self.accounts.get(by.tenant, account)
        news = await self.conversations.mark_read(by.tenant, account, contact)
        if news and not contact.startswith(COMMENTS):
            await self._show(owner, contact)

    async def _show(self, owner: Account, contact: ContactId) -> None:
        at_meta = AtMeta(accounts=self.accounts, clock=self.clock)
        try:
            await at_meta(owner, lambda token: self.graph.mark_seen(owner, token, contact))
        except (Unavailable, Refused):
            return
