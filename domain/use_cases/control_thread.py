"""An agent takes a conversation over from another app, passes it on, or lets go of it."""

from dataclasses import dataclass

from meta_inbox.domain.errors import ContentRefused, NotFound
from meta_inbox.domain.model.capabilities import extras_of
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.thread_control import ThreadControl
from meta_inbox.domain.ports import Accounts, Clock, Conversations, GraphActions
from meta_inbox.domain.use_cases.at_meta import AtMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlThread:
    """Done at Meta first; Meta tells the other app of it, so it is noted here at once."""

    accounts: Accounts
    conversations: Conversations
    actions: GraphActions
    clock: Clock

    async def __call__(
        self, *, by: Principal, account: AccountId, contact: ContactId, control: ThreadControl
    ) -> None:
        """Again: nothing happens. NotFound when the contact never wrote; Refused, GraphUnavailable."""
        by.require(Scope.MESSAGES_SEND)
        owner = await self.accounts.get(by.tenant, account)
        conversation = await self.conversations.find(by.tenant, account, contact)
        if not conversation.has_begun:
            raise NotFound("no such conversation")
        if conversation.kind == "comments" or not extras_of(owner).thread_control:
            raise ContentRefused("this conversation is not shared with other apps")
        at_meta = AtMeta(accounts=self.accounts, clock=self.clock)
        await at_meta(owner, lambda token: self.actions.control_thread(owner, token, contact, control))
        await self.conversations.hand_over(
            by.tenant, account, contact, owner=control.owner, at=self.clock.now()
        )
