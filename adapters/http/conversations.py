"""The conversations of an account and their messages, newest first."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import MediaType, delete, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from meta_inbox.adapters.http.cursors import (
    CONVERSATION_CURSOR,
    MESSAGE_CURSOR,
    conversation_cursor,
    conversation_place,
    message_cursor,
    message_place,
)
from meta_inbox.adapters.http.given import By, Core, Links, Lists, Now
from meta_inbox.adapters.http.media_urls import MediaLinks
from meta_inbox.adapters.http.message_wire import MessageWire, ReferralWire
from meta_inbox.adapters.http.request import account_id, contact_id, query
from meta_inbox.adapters.http.wire import utc_or_none
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.contact import Contact
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.window import Window

CONVERSATION = "/conversations/{account:str}/{contact:str}"
Limit = Annotated[int, QueryParameter(ge=1, le=100, description="How many rows at most.")]


class FactsWire(msgspec.Struct, kw_only=True):
    """What Instagram tells of followers; null where it does not."""

    follower_count: int | None = None
    is_user_follow_business: bool | None = None
    is_business_follow_user: bool | None = None
    is_verified_user: bool | None = None


class ContactWire(msgspec.Struct, kw_only=True):
    """Who writes; ``profile_picture_url`` is ours, signed for at most an hour."""

    name: str | None
    username: str | None
    profile_picture_url: str | None
    facts: FactsWire | None

    @classmethod
    def of(cls, contact: Contact, links: MediaLinks | None = None) -> "ContactWire":
        """The contact, without Meta's own address of the picture."""
        picture = contact.picture_id
        return cls(
            name=contact.name,
            username=contact.username,
            profile_picture_url=links.of(contact.tenant_id, picture) if links and picture else None,
            facts=None if contact.facts is None else msgspec.convert(contact.facts, FactsWire),
        )


class WindowWire(msgspec.Struct, kw_only=True):
    """Whether the contact may be answered now, and until when."""

    open: bool
    closes_at: datetime | None
    human_agent_until: datetime | None
    reason: Literal["never_opened", "expired", "account"] | None

    @classmethod
    def of(cls, window: Window) -> "WindowWire":
        """The window as it stands."""
        return cls(
            open=window.open,
            closes_at=utc_or_none(window.closes_at),
            human_agent_until=utc_or_none(window.human_agent_until),
            reason=window.reason.value if window.reason else None,
        )


class ConversationWire(msgspec.Struct, kw_only=True):
    """The exchange with one contact; ``kind`` ``comments``: what somebody wrote in public."""

    account_id: str
    contact_id: str
    contact: ContactWire
    last_message: MessageWire | None
    last_message_at: datetime | None
    unread_count: int
    window: WindowWire
    thread_owner: str | None
    referral: ReferralWire | None
    kind: Literal["direct", "comments"]

    @classmethod
    def of(
        cls, conversation: Conversation, account: Account, now: datetime, links: MediaLinks | None = None
    ) -> "ConversationWire":
        """The conversation as it is now."""
        last = conversation.last_message
        return cls(
            account_id=conversation.account_id,
            contact_id=conversation.contact_id,
            contact=ContactWire.of(conversation.contact, links),
            last_message=MessageWire.of(last, links) if last else None,
            last_message_at=utc_or_none(conversation.last_message_at),
            unread_count=conversation.unread_count,
            window=WindowWire.of(conversation.window(now, account)),
            thread_owner=conversation.thread_owner,
            referral=ReferralWire.of(conversation.referral),
            kind=conversation.kind,
        )


class Conversations(msgspec.Struct, kw_only=True):
    """A page of conversations; ``next_cursor`` is null at the end."""

    conversations: list[ConversationWire]
    next_cursor: str | None


class Messages(msgspec.Struct, kw_only=True):
    """A page of messages; ``next_cursor`` is null at the end."""

    messages: list[MessageWire]
    next_cursor: str | None


@get("/conversations/{account:str}", opt=query("limit", "cursor", "q", "unread"))
async def list_conversations(
    *,
    account: FromPath[str],
    given: Lists,
    limit: Limit = 50,
    cursor: Annotated[str | None, QueryParameter(schema_extra={"pattern": CONVERSATION_CURSOR})] = None,
    q: FromQuery[str | None] = None,
    unread: FromQuery[Literal["true", "false"] | None] = None,
) -> Conversations:
    """Newest first; ``q`` is a part of the contact's name or username, in any case, accents apart."""
    owner, page = await given.inbox.list_conversations(
        by=given.by,
        account=account_id(account),
        limit=limit,
        after=None if cursor is None else conversation_place(cursor),
        query=q or None,
        unread=None if unread is None else unread == "true",
    )
    return Conversations(
        conversations=[ConversationWire.of(each, owner, given.now, given.links) for each in page.items],
        next_cursor=conversation_cursor(page.next),
    )


@get(CONVERSATION)
async def get_conversation(
    *, account: FromPath[str], contact: FromPath[str], by: By, inbox: Core, clock: Now, links: Links
) -> ConversationWire:
    """One conversation; with somebody who never wrote, an empty one."""
    owner, found = await inbox.get_conversation(
        by=by, account=account_id(account), contact=contact_id(contact)
    )
    return ConversationWire.of(found, owner, clock.now(), links)


@get("/messages/{account:str}/{contact:str}", opt=query("limit", "cursor"))
async def list_messages(
    *,
    account: FromPath[str],
    contact: FromPath[str],
    given: Lists,
    limit: Limit = 50,
    cursor: Annotated[str | None, QueryParameter(schema_extra={"pattern": MESSAGE_CURSOR})] = None,
) -> Messages:
    """Newest first; somebody who never wrote has none."""
    page = await given.inbox.list_messages(
        by=given.by,
        account=account_id(account),
        contact=contact_id(contact),
        limit=limit,
        after=None if cursor is None else message_place(cursor),
    )
    return Messages(
        messages=[MessageWire.of(message, given.links) for message in page.items],
        next_cursor=message_cursor(page.next),
    )


@post("/conversations/{account:str}/{contact:str}/read", status_code=204)
async def mark_read(account: FromPath[str], contact: FromPath[str], by: By, inbox: Core) -> None:
    """Marks the conversation read, here and at Meta."""
    await inbox.mark_read(by=by, account=account_id(account), contact=contact_id(contact))


@delete(CONVERSATION, status_code=202, media_type=MediaType.TEXT)
async def delete_contact(account: FromPath[str], contact: FromPath[str], by: By, inbox: Core) -> None:
    """Deletes the contact with both conversations and every copy of what they wrote, within a minute.

    Gone from every list at once; again: the same. It takes the scope ``accounts:manage``.
    """
    await inbox.delete_contact(by=by, account=account_id(account), contact=contact_id(contact))
