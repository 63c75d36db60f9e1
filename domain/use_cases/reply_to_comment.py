"""An agent answers somebody's comment: in private, or under it for everybody to read."""

from dataclasses import dataclass

from meta_inbox.domain.model.comment_reply import Way, details_of, reply_of, require_answerable
from meta_inbox.domain.model.content import CommentReply
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.message import Message, Origin, ReplyTo
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.sendable import require_sendable
from meta_inbox.domain.model.sending import Once
from meta_inbox.domain.ports import Accounts, Clock, Conversations, Dispatch, Ids, Outbox
from meta_inbox.domain.use_cases.send_message import answered_once, or_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyToComment:
    """Sent as every answer is; kept in the comment's conversation, also when it is private."""

    accounts: Accounts
    conversations: Conversations
    outbox: Outbox
    dispatch: Dispatch
    clock: Clock
    ids: Ids

    async def __call__(
        self,
        *,
        by: Principal,
        account: AccountId,
        contact: ContactId,
        comment: MessageId,
        text: str,
        way: Way,
        once: Once | None = None,
    ) -> Message:
        """The answer as it is after at most ten seconds.

        Raises Refused as sending does, PrivateReplyUsed, CommentDeleted; NotFound for no such message.
        """
        by.require(Scope.MESSAGES_SEND)

        async def send() -> Message:
            sender = await self.accounts.get(by.tenant, account)
            answered = await self.conversations.message(by.tenant, account, contact, comment)
            content = reply_of(answered, text, way)
            sender.require_sendable()
            require_sendable(content, sender.surface)
            require_answerable(answered, way, self.clock.now())
            reply = self._reply(by, answered, content, way)
            await self.outbox.put(reply, content, None, once)
            return or_refused(await self.dispatch(reply))

        return await answered_once(self.outbox, by.tenant, once, send)

    def _reply(self, by: Principal, comment: Message, content: CommentReply, way: Way) -> Message:
        return Message.queued(
            ids=(self.ids.new(), self.ids.new()),
            tenant=by.tenant,
            account=comment.account_id,
            contact=comment.contact_id,
            content=content,
            human_agent=False,
            reply_to=ReplyTo(id=comment.id, meta_message_id=content.comment),
            origin=Origin.AGENT if by.is_person else Origin.AUTOMATION,
            sent_by=by.user,
            now=self.clock.now(),
            details=details_of(comment, way),
        )
