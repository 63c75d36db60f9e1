"""An agent asks whether a message arrived after all."""

from dataclasses import dataclass

from meta_inbox.domain.errors import AccessRevoked, AccountNotSendable, RefusedByMeta
from meta_inbox.domain.model.account import StatusReason
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.outcome import may_be_looked_for, own_items
from meta_inbox.domain.model.parts import part_messages
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.projection import refusal_kind
from meta_inbox.domain.ports import Accounts, Clock, Conversations, GraphApi, Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMessage:
    """Looks at Meta now; what is not found there stays ``unknown``."""

    accounts: Accounts
    conversations: Conversations
    outcomes: Outcomes
    graph: GraphApi
    clock: Clock

    async def __call__(
        self, *, by: Principal, account: AccountId, contact: ContactId, message: MessageId
    ) -> Message:
        """The message as it now is; one that is not unknown, or answers a comment, is not looked for.

        NotFound; GraphUnavailable; AccountNotSendable when only a new login helps; RefusedByMeta.
        """
        by.require(Scope.MESSAGES_SEND)
        owner = await self.accounts.get(by.tenant, account)
        own = await self.conversations.message(by.tenant, account, contact, message)
        doubtful = [each for each in part_messages(own) or (own,) if may_be_looked_for(each)]
        if not doubtful:
            return own
        try:
            token = await self.accounts.token(by.tenant, account)
            page = await self.graph.history(owner, token, None, contact, urgent=True)
        except AccessRevoked as revoked:
            reason = StatusReason.of(revoked, self.clock.now())
            await self.accounts.needs_login(by.tenant, account, reason, as_of=owner.connected_at)
            raise AccountNotSendable(
                "Meta no longer accepts this connection; reconnect the account to look for its messages"
            ) from revoked
        except RefusedByMeta as refused:
            refused.kind = refusal_kind(refused.code)
            raise
        for each in doubtful:
            await self.outcomes.settle(each, own_items(page, contact))
        return await self.conversations.message(by.tenant, account, contact, message)
