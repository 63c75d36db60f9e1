"""Contacts, conversations and messages on Postgres: each list one query along an index, by keyset."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.plain_names import plain_name, sql_plain_name
from meta_inbox.adapters.persistence.postgres_contacts import PostgresContacts
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_noting import hand_over, note
from meta_inbox.adapters.persistence.postgres_rows import (
    ANSWERED,
    MESSAGE,
    TALK,
    Row,
    conversation_of,
    is_id,
    is_storable,
    message_of,
)
from meta_inbox.adapters.persistence.reading import Question
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.changes import Hidden, Reacted
from meta_inbox.domain.model.contact import Contact, ContactProfile
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.paging import After, Page

# The contact is looked up for each row: joined plainly, a prepared statement that is planned for any
# account reads all contacts of the account for each of them (measured: 7 ms instead of 0.5). Messages are
# joined to the page alone, or a search reads the last message of everybody whose name it passes over
# (measured: 177 ms instead of 70 for a name that none of 25,000 has).
_SELECT: LiteralString = "select " + TALK + ", " + MESSAGE + " from ("
_TALK_OF: LiteralString = """
      select c.*, p.name, p.username, p.profile_picture_url, p.picture_id, p.facts
      from meta_inbox.conversations c
      left join lateral (
        select p.name, p.username, p.profile_picture_url, p.picture_id, p.facts from meta_inbox.contacts p
        where p.tenant_id = c.tenant_id and p.account_id = c.account_id and p.id = c.contact_id
        offset 0) p on true
"""
_SHOWN: LiteralString = (
    """
    ) c
    cross join lateral (select c.name, c.username, c.profile_picture_url, c.picture_id, c.facts) p
    left join lateral (
      select m.* from meta_inbox.messages m where m.tenant_id = c.tenant_id and m.id = c.last_message_id
      offset 0) m on true
    """
    + ANSWERED
)
_TALKS: LiteralString = _SELECT + _TALK_OF + " where c.tenant_id = %(tenant)s and c.account_id = %(account)s"
_WITH: LiteralString = " and c.contact_id = %(contact)s"
_UNREAD: dict[bool | None, tuple[bytes, LiteralString]] = {
    None: (b"", ""),
    True: (b"_unread", " and c.unread_count > 0"),
    False: (b"_read", " and c.unread_count = 0"),
}
# Not LIKE: nothing in what people type is a pattern.
_CALLED: LiteralString = (
    " and (position(%(query)s in " + sql_plain_name("p.name") + ") > 0"
    " or position(%(query)s in " + sql_plain_name("p.username") + ") > 0)"
)
_TALKS_AFTER: LiteralString = " and (c.last_message_at, c.contact_id) < (%(at)s, %(id)s)"
_NEWEST: LiteralString = " order by c.last_message_at desc, c.contact_id desc"
_TALKS_END: LiteralString = _NEWEST + " limit %(limit)s" + _SHOWN + _NEWEST
TALKS_WITH: LiteralString = (
    _SELECT
    + _TALK_OF
    + """ where c.tenant_id = %(tenant)s and (c.account_id, c.contact_id) in (
            select * from unnest(%(accounts)s::uuid[], %(contacts)s::text[]))
    """
    + _SHOWN
)
"""The conversations with these contacts, ``accounts`` and ``contacts`` side by side, in no order."""

_MESSAGES: LiteralString = (
    "select " + MESSAGE + ", m.ordered_at from meta_inbox.messages m " + ANSWERED + " where "
    "m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(contact)s"
    " and m.part_of is null"
)
_ONE: LiteralString = """ and m.id = (
    select coalesce(q.part_of, q.id) from meta_inbox.messages q
    where q.tenant_id = %(tenant)s and q.id = %(id)s)
"""
_MESSAGES_AFTER: LiteralString = " and (m.ordered_at, m.id) < (%(at)s, %(id)s)"
_MESSAGES_ORDER: LiteralString = " order by m.ordered_at desc, m.id desc limit %(limit)s"

_TALK_WITH = Question.named(b"meta_inbox_talk", _TALKS + _WITH + _TALKS_END)
_MESSAGE = Question.named(b"meta_inbox_message", _MESSAGES + _ONE)
_NEWEST_MESSAGES = Question.named(b"meta_inbox_messages", _MESSAGES + _MESSAGES_ORDER)
_OLDER_MESSAGES = Question.named(b"meta_inbox_messages_after", _MESSAGES + _MESSAGES_AFTER + _MESSAGES_ORDER)


@cache
def _talks(unread: bool | None, *, called: bool, after: bool) -> Question:
    name, condition = _UNREAD[unread]
    statement = _TALKS + condition + (_CALLED if called else "") + (_TALKS_AFTER if after else "")
    name = b"meta_inbox_talks" + name + (b"_called" if called else b"") + (b"_after" if after else b"")
    return Question.named(name, statement + _TALKS_END)


_LOCK: LiteralString = """
    select unread_count from meta_inbox.conversations
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s for update
"""
_READ: LiteralString = """
    update meta_inbox.conversations
    set unread_count = 0, read_up_to = greatest(read_up_to, last_message_at)
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s
"""


class PostgresConversations:
    """Lists newest first; every query names the tenant although row security would too."""

    def __init__(self, db: Database, *, ad_windows: bool = True) -> None:
        self._db = db
        self._ad_windows = ad_windows
        self._contacts = PostgresContacts(db)

    async def find(self, tenant: TenantId, account: AccountId, contact: ContactId) -> Conversation:
        """The conversation; an empty one, which nothing opened, when the contact never wrote."""
        rows: Sequence[Row] = []
        if is_id(account) and is_storable(contact):
            values = {"tenant": tenant, "account": account, "contact": contact, "limit": "1"}
            rows = await self._db.read(tenant, _TALK_WITH, values)
        if not rows:
            nobody = Contact(tenant_id=tenant, account_id=account, id=contact)
            return Conversation(tenant_id=tenant, account_id=account, contact=nobody)
        return conversation_of(rows[0], ad_windows=self._ad_windows)

    async def list(
        self,
        tenant: TenantId,
        account: AccountId,
        *,
        limit: int,
        after: After | None,
        query: str | None,
        unread: bool | None,
    ) -> Page[Conversation]:
        """Newest first; ``query`` is a part of the contact's name or username, case and accents apart."""
        if not is_id(account) or not is_storable(query or "", after.id if after else ""):
            return Page(items=(), next=None)
        question = _talks(unread, called=bool(query), after=after is not None)
        values = {
            "tenant": tenant,
            "account": account,
            "query": plain_name(query or ""),
            **_place(limit, after),
        }
        rows = await self._db.read(tenant, question, values | _place(limit, after))
        found = tuple(conversation_of(row, ad_windows=self._ad_windows) for row in rows[:limit])
        if len(rows) <= limit or found[-1].last_message_at is None:
            return Page(items=found, next=None)
        return Page(items=found, next=After(found[-1].last_message_at, found[-1].contact_id))

    async def messages(
        self, tenant: TenantId, account: AccountId, contact: ContactId, *, limit: int, after: After | None
    ) -> Page[Message]:
        """Newest first; nobody's messages are an empty page."""
        if not is_id(account) or not is_storable(contact) or (after is not None and not is_id(after.id)):
            return Page(items=(), next=None)
        question = _NEWEST_MESSAGES if after is None else _OLDER_MESSAGES
        values = {"tenant": tenant, "account": account, "contact": contact, **_place(limit, after)}
        rows = await self._db.read(tenant, question, values)
        found = tuple(message_of(row[:-1]) for row in rows[:limit])
        if len(rows) <= limit:
            return Page(items=found, next=None)
        ordered_at: datetime = rows[limit - 1][-1]
        return Page(items=found, next=After(ordered_at, found[-1].id))

    async def message(
        self, tenant: TenantId, account: AccountId, contact: ContactId, message: MessageId
    ) -> Message:
        """One message; of a part, the whole. NotFound."""
        if is_id(account) and is_id(message) and is_storable(contact):
            values = {"tenant": tenant, "account": account, "contact": contact, "id": message}
            rows = await self._db.read(tenant, _MESSAGE, values)
            if rows:
                return message_of(rows[0][:-1])
        raise NotFound("no such message")

    async def mark_read(self, tenant: TenantId, account: AccountId, contact: ContactId) -> bool:
        """Nothing is unread any more; whether anything was. NotFound when the contact never wrote."""
        if not is_id(account) or not is_storable(contact):
            raise NotFound("no such conversation")
        values = {"tenant": tenant, "account": account, "contact": contact}

        async def work(connection: Connection) -> bool:
            row = await (await connection.execute(_LOCK, values)).fetchone()
            if row is None:
                raise NotFound("no such conversation")
            if row[0] == 0:
                return False
            await connection.execute(_READ, values)
            await log(connection, tenant, [Change(EventType.CONVERSATION_UPDATED, account, contact)])
            return True

        return await self._db.as_tenant(tenant, work)

    async def note(
        self,
        tenant: TenantId,
        account: AccountId,
        contact: ContactId,
        message: MessageId,
        *,
        change: Reacted | Hidden,
        at: datetime,
    ) -> None:
        """Folds in what was done at Meta from here. NotFound."""
        if not is_id(account) or not is_id(message) or not is_storable(contact):
            raise NotFound("no such message")
        values = {"tenant": tenant, "account": account, "contact": contact, "id": message}
        await self._db.as_tenant(tenant, lambda connection: note(connection, values, change, at))

    async def hand_over(
        self, tenant: TenantId, account: AccountId, contact: ContactId, *, owner: str | None, at: datetime
    ) -> None:
        """Notes who has the thread, unless something later is known. NotFound."""
        if not is_id(account) or not is_storable(contact):
            raise NotFound("no such conversation")
        values = {"tenant": tenant, "account": account, "contact": contact}
        owned = {**values, "owner": owner, "rank": owner or "", "at": at}
        await self._db.as_tenant(tenant, lambda connection: hand_over(connection, owned))

    async def unreachable(self, tenant: TenantId, account: AccountId, contact: ContactId) -> None:
        """Notes that Meta says the contact cannot receive messages."""
        await self._contacts.unreachable(tenant, account, contact)

    async def due_profiles(self, limit: int) -> Sequence[Contact]:
        """Claims contacts without a profile whose next try is due, for a minute each."""
        return await self._contacts.due_profiles(limit)

    async def save_profile(self, contact: Contact, profile: ContactProfile | None) -> None:
        """Keeps the profile; None = Meta does not give it, which is asked again after a day."""
        await self._contacts.save_profile(contact, profile)


def _place(limit: int, after: After | None) -> dict[str, str]:
    """The values of a page; one row more than it has tells whether another follows."""
    page = {"limit": str(limit + 1)}
    return page if after is None else page | {"at": after.at.isoformat(), "id": after.id}
