"""An agent answers a contact inside the messaging window."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from meta_inbox.domain.errors import ContentRefused, Refused
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.capabilities import CAPABILITIES, require_sendable
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId
from meta_inbox.domain.model.message import (
    CommentReply,
    Content,
    Message,
    Origin,
    ReplyTo,
    TextContent,
)
from meta_inbox.domain.model.parts import in_parts
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.projection import refusal_of
from meta_inbox.domain.model.sending import Once
from meta_inbox.domain.model.splitting import Piece, pieces_of
from meta_inbox.domain.ports import (
    Accounts,
    Clock,
    Conversations,
    Dispatch,
    Graphemes,
    Ids,
    Outbox,
    RefusedAnswer,
)

_NOT_KEPT = frozenset({"in_flight", "key_reused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants to be sent, and to whom."""

    by: Principal
    account: AccountId
    contact: ContactId
    content: Content
    reply_to: MessageId | None = None
    human_agent: bool = False
    split: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage:
    """Committed before anything leaves; what Meta says is told truly, or said to be unknown.

    ``http_hosts`` are the ``host[:port]`` names whose media may be plain http.
    """

    accounts: Accounts
    conversations: Conversations
    outbox: Outbox
    dispatch: Dispatch
    clock: Clock
    ids: Ids
    http_hosts: frozenset[str]
    graphemes: Graphemes

    async def __call__(
        self,
        *,
        by: Principal,
        account: AccountId,
        contact: ContactId,
        content: Content,
        reply_to: MessageId | None = None,
        human_agent: bool = False,
        split: bool = False,
        once: Once | None = None,
    ) -> Message:
        """The message as it is after at most ten seconds; ``split``: a longer text goes in parts.

        Raises Refused when a rule forbids it (nothing is kept) or Meta refuses (the failed message is
        kept, and is on the error); NotFound for an unknown account or ``reply_to``.
        """
        by.require(Scope.MESSAGES_SEND)
        draft = Draft(
            by=by,
            account=account,
            contact=contact,
            content=content,
            reply_to=reply_to,
            human_agent=human_agent,
            split=split,
        )
        return await answered_once(self.outbox, by.tenant, once, lambda: self._send(draft, once))

    async def _send(self, draft: Draft, once: Once | None) -> Message:
        by = draft.by
        sender = await self.accounts.get(by.tenant, draft.account)
        sender.require_sendable()
        if isinstance(draft.content, CommentReply):
            raise ContentRefused("an answer to a comment names its comment", code="not_supported_here")
        pieces = self._pieces(draft, sender.platform)
        replied = await self._replied_to(draft)
        conversation = await self.conversations.find(by.tenant, draft.account, draft.contact)
        now = self.clock.now()
        message = Message.queued(
            ids=(self.ids.new(), self.ids.new()),
            tenant=by.tenant,
            account=draft.account,
            contact=draft.contact,
            content=draft.content,
            human_agent=conversation.require_open(now, by.kind, human_agent=draft.human_agent),
            reply_to=replied,
            origin=Origin.AGENT if by.is_person else Origin.AUTOMATION,
            sent_by=by.user,
            now=now,
        )
        message = in_parts(message, pieces, self.ids.new)
        await self.outbox.put(message, draft.content, replied.meta_message_id if replied else None, once)
        return or_refused(await self.dispatch(message))

    def _pieces(self, draft: Draft, platform: Platform) -> tuple[Piece, ...]:
        """In which parts the content goes; none when it goes as it is. ContentRefused."""
        if draft.split and isinstance(draft.content, TextContent):
            return pieces_of(draft.content.text, CAPABILITIES[platform], self.graphemes)
        require_sendable(draft.content, platform, http_hosts=self.http_hosts)
        return ()

    async def _replied_to(self, draft: Draft) -> ReplyTo | None:
        if draft.reply_to is None:
            return None
        answered = await self.conversations.message(
            draft.by.tenant, draft.account, draft.contact, draft.reply_to
        )
        return ReplyTo(id=answered.id, meta_message_id=answered.meta_message_id)


async def answered_once(
    outbox: Outbox, tenant: TenantId, once: Once | None, send: Callable[[], Awaitable[Message]]
) -> Message:
    """What sending leads to, or under a key that was used before, what it led to then."""
    if once is None:
        return await send()
    known = await outbox.answer_of(tenant, once)
    if known is not None:
        return known
    try:
        answer = await send()
    except Refused as refused:
        if refused.code not in _NOT_KEPT:
            await outbox.remember(tenant, once, RefusedAnswer.of(refused))
        raise
    await outbox.remember(tenant, once, answer)
    return answer


def or_refused(message: Message) -> Message:
    """The message, unless Meta refused it: then that is raised."""
    refusal = refusal_of(message)
    if refusal is not None:
        raise refusal
    return message
