"""A person has a message sent again that failed, or of which nobody knows whether it arrived."""

from dataclasses import dataclass

from meta_inbox.domain.errors import CannotResend, CommentDeleted, NotFound, PersonRequired
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.comment_reply import require_answerable, way_of
from meta_inbox.domain.model.content import Content, opens_itself
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.outcome import may_be_resent
from meta_inbox.domain.model.parts import parts_to_resend
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.sendable import require_sendable
from meta_inbox.domain.ports import Accounts, Clock, Conversations, Dispatch, Outcomes
from meta_inbox.domain.use_cases.send_message import or_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendMessage:
    """The same message once more, under the same id; several who ask at once cause one attempt.

    ``http_hosts`` are the ``host[:port]`` names whose media may be plain http.
    """

    accounts: Accounts
    conversations: Conversations
    outcomes: Outcomes
    dispatch: Dispatch
    clock: Clock
    http_hosts: frozenset[str]

    async def __call__(
        self, *, by: Principal, account: AccountId, contact: ContactId, message: MessageId
    ) -> Message:
        """The message as it is after at most ten seconds; one that has no need of it is left as it is.

        Raises Refused as sending does, CannotResend, PersonRequired; NotFound.
        """
        by.require(Scope.MESSAGES_SEND)
        if not by.is_person:
            raise PersonRequired("only a person may have a message sent again")
        owner = await self.accounts.get(by.tenant, account)
        former = await self.conversations.message(by.tenant, account, contact, message)
        if not may_be_resent(former):
            return former
        human_agent = await self._require_possible(by, owner, former)
        await self.outcomes.put_back(by.tenant, _to_be_sent(former), human_agent=human_agent)
        again = await self.conversations.message(by.tenant, account, contact, message)
        if again.status is not MessageStatus.QUEUED:
            return again
        return or_refused(await self.dispatch(again))

    async def _require_possible(self, by: Principal, owner: Account, message: Message) -> bool:
        """What is asked of a first sending; whether it must carry the human-agent tag."""
        owner.require_sendable()
        contents = [await self._content(by, each) for each in _to_be_sent(message)]
        for content in contents:
            require_sendable(content, owner.surface, http_hosts=self.http_hosts)
        if all(map(opens_itself, contents)):
            return False
        way = way_of(message)
        if way is not None:
            require_answerable(await self._comment(message), way, self.clock.now())
            return False
        conversation = await self.conversations.find(by.tenant, message.account_id, message.contact_id)
        return conversation.require_open(self.clock.now(), by.kind, human_agent=message.human_agent)

    async def _content(self, by: Principal, message: MessageId) -> Content:
        found = await self.outcomes.content_of(by.tenant, message)
        if found is None:
            raise CannotResend("what was to be sent is no longer kept; write it anew")
        return found

    async def _comment(self, reply: Message) -> Message:
        answered = reply.reply_to.id if reply.reply_to is not None else None
        try:
            return await self.conversations.message(
                reply.tenant_id, reply.account_id, reply.contact_id, answered or MessageId("")
            )
        except NotFound:
            raise CommentDeleted("the comment is no longer there") from None


def _to_be_sent(message: Message) -> list[MessageId]:
    """The message itself, or those of its parts that are to go again."""
    return [part.id for part in parts_to_resend(message.parts)] if message.parts else [message.id]
