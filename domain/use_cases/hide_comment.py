"""An agent hides a comment from the public, or shows it again."""

from dataclasses import dataclass

from meta_inbox.domain.model.changes import Hidden
from meta_inbox.domain.model.comment_reply import comment_id
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.ports import Accounts, Clock, Conversations, GraphApi
from meta_inbox.domain.use_cases.at_meta import AtMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class HideComment:
    """Done at Meta first; Instagram tells nobody of it, so it is noted here at once."""

    accounts: Accounts
    conversations: Conversations
    graph: GraphApi
    clock: Clock

    async def __call__(
        self,
        *,
        by: Principal,
        account: AccountId,
        contact: ContactId,
        comment: MessageId,
        hide: bool = True,
    ) -> None:
        """Again: nothing happens. NotFound, Refused; GraphUnavailable when it may not have been done."""
        by.require(Scope.MESSAGES_SEND)
        owner = await self.accounts.get(by.tenant, account)
        hidden = comment_id(await self.conversations.message(by.tenant, account, contact, comment))
        at_meta = AtMeta(accounts=self.accounts, clock=self.clock)
        await at_meta(owner, lambda token: self.graph.hide_comment(owner, token, hidden, hide=hide))
        change, at = Hidden(hidden=hide), self.clock.now()
        await self.conversations.note(by.tenant, account, contact, comment, change=change, at=at)
