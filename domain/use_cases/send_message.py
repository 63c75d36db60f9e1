"""An agent answers a contact inside the messaging window."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from meta_inbox.domain.errors import ContentRefused, Refused
from meta_inbox.domain.model.account import Account, Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES
from meta_inbox.domain.model.content import CommentReply, Content, TextContent, media_of, opens_itself
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId
from meta_inbox.domain.model.message import Message, Origin, ReplyTo
from meta_inbox.domain.model.parts import in_parts
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.projection import refusal_of
from meta_inbox.domain.model.replying import replied_to
from meta_inbox.domain.model.sendable import require_persona, require_sendable
from meta_inbox.domain.model.sending import Once
from meta_inbox.domain.model.splitting import Piece, pieces_of
from meta_inbox.domain.model.upload import Upload, UploadId, require_files, showing, uploads_in
from meta_inbox.domain.ports import (
    Accounts,
    Clock,
    Conversations,
    Dispatch,
    Graphemes,
    Ids,
    Outbox,
    RefusedAnswer,
    Uploads,
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
    persona: str | None = None
    split: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage:
    """Committed before anything leaves; what Meta says is told truly, or said to be unknown.

    ``http_hosts`` are the ``host[:port]`` names whose media may be plain http.
    """

    accounts: Accounts
    conversations: Conversations
    outbox: Outbox
    uploads: Uploads
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
        persona: str | None = None,
        split: bool = False,
        once: Once | None = None,
    ) -> Message:
        """The message as it is after at most ten seconds.

        ``persona`` = Meta's id of whom it comes from; ``split``: a text that is too long goes in parts.

        Raises Refused when a rule forbids it (nothing is kept) or Meta refuses (the failed message is
        kept, and is on the error); NotFound for an unknown account, upload or ``reply_to``.
        """
        by.require(Scope.MESSAGES_SEND)
        draft = Draft(
            by=by,
            account=account,
            contact=contact,
            content=content,
            reply_to=reply_to,
            human_agent=human_agent,
            persona=persona,
            split=split,
        )
        return await answered_once(self.outbox, by.tenant, once, lambda: self._send(draft, once))

    async def _send(self, draft: Draft, once: Once | None) -> Message:
        by = draft.by
        sender = await self.accounts.get(by.tenant, draft.account)
        sender.require_sendable()
        pieces = self._pieces(draft, sender.surface)
        files = await self._files(draft, sender)
        replied = await self._replied_to(draft)
        now = self.clock.now()
        message = Message.queued(
            ids=(self.ids.new(), *(self.ids.new() for _ in media_of(draft.content))),
            tenant=by.tenant,
            account=draft.account,
            contact=draft.contact,
            content=draft.content,
            human_agent=await self._tagged(draft, now),
            reply_to=replied,
            origin=Origin.AGENT if by.is_person else Origin.AUTOMATION,
            sent_by=by.user,
            now=now,
            details=None if draft.persona is None else {"persona_id": draft.persona},
        )
        message = in_parts(showing(message, draft.content, files), pieces, self.ids.new)
        await self.outbox.put(message, draft.content, replied.meta_message_id if replied else None, once)
        return or_refused(await self.dispatch(message))

    def _pieces(self, draft: Draft, surface: Surface) -> tuple[Piece, ...]:
        """In which parts the content goes; none when it goes as it is. ContentRefused."""
        content = draft.content
        if isinstance(content, CommentReply):
            raise ContentRefused("an answer to a comment names its comment", code="not_supported_here")
        if draft.persona is not None:
            require_persona(draft.persona, surface)
        if draft.split and isinstance(content, TextContent):
            return pieces_of(content.text, CAPABILITIES[surface], self.graphemes)
        require_sendable(content, surface, http_hosts=self.http_hosts)
        return ()

    async def _files(self, draft: Draft, sender: Account) -> dict[UploadId, Upload]:
        """What was uploaded before to be sent now. NotFound, ContentRefused."""
        named = {id_ for _, id_ in uploads_in(draft.content)}
        found = {id_: await self.uploads.get(draft.by.tenant, id_) for id_ in named}
        require_files(draft.content, found, sender.surface)
        return found

    async def _tagged(self, draft: Draft, now: datetime) -> bool:
        """Whether it must carry the human-agent tag. WindowClosed."""
        if opens_itself(draft.content):
            return False
        conversation = await self.conversations.find(draft.by.tenant, draft.account, draft.contact)
        return conversation.require_open(now, draft.by.kind, human_agent=draft.human_agent)

    async def _replied_to(self, draft: Draft) -> ReplyTo | None:
        if draft.reply_to is None:
            return None
        answered = await self.conversations.message(
            draft.by.tenant, draft.account, draft.contact, draft.reply_to
        )
        return replied_to(answered)


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
