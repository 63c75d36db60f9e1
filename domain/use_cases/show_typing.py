"""An agent is typing, and the contact sees it."""

from dataclasses import dataclass

from meta_inbox.domain.errors import GraphUnavailable
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Clock, Conversations, GraphActions
from meta_inbox.domain.use_cases.at_meta import AtMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTyping:
    """An extra: when Meta does not answer nothing is lost, and nobody need hear of it."""

    accounts: Accounts
    conversations: Conversations
    actions: GraphActions
    clock: Clock

    async def __call__(
        self, *, by: Principal, account: AccountId, contact: ContactId, on: bool = True
    ) -> None:
        """NotFound, Refused as for a send, WindowClosed."""
        by.require(Scope.MESSAGES_SEND)
        owner = await self.accounts.get(by.tenant, account)
        owner.require_sendable()
        conversation = await self.conversations.find(by.tenant, account, contact)
        conversation.require_open(self.clock.now(), by.kind, human_agent=False)
        at_meta = AtMeta(accounts=self.accounts, clock=self.clock)
        try:
            await at_meta(owner, lambda token: self.actions.typing(owner, token, contact, on=on))
        except GraphUnavailable:
            return
