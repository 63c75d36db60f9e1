"""An agent reacts to a message in the account's name, or takes the reaction back."""

from dataclasses import dataclass

from meta_inbox.domain.model.capabilities import extras_of
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.reacting import by_account, reactable, require_offered
from meta_inbox.domain.ports import Accounts, Clock, Conversations, GraphActions
from meta_inbox.domain.use_cases.at_meta import AtMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactToMessage:
    """Done at Meta first, then noted here: what Meta tells of it later is older, and changes nothing."""

    accounts: Accounts
    conversations: Conversations
    actions: GraphActions
    clock: Clock

    async def __call__(
        self,
        *,
        by: Principal,
        account: AccountId,
        contact: ContactId,
        message: MessageId,
        reaction: str | None,
    ) -> None:
        """``reaction`` None takes it back. Again: nothing happens. NotFound, Refused, GraphUnavailable."""
        by.require(Scope.MESSAGES_SEND)
        owner = await self.accounts.get(by.tenant, account)
        shown = await self.conversations.message(by.tenant, account, contact, message)
        target = reactable(shown)
        if reaction is not None:
            require_offered(reaction, extras_of(owner))
        owner.require_sendable()
        conversation = await self.conversations.find(by.tenant, account, contact)
        conversation.require_open(self.clock.now(), by.kind, human_agent=False)
        at_meta = AtMeta(accounts=self.accounts, clock=self.clock)
        await at_meta(owner, lambda token: self.actions.react(owner, token, contact, target, reaction))
        reacted_to = shown.parts[0].id if shown.parts else shown.id  # whichever has the target as its id
        await self.conversations.note(
            by.tenant, account, contact, reacted_to, change=by_account(reaction), at=self.clock.now()
        )
