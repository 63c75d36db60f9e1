"""Contacts, conversations and messages, in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore, ThreadKey
from meta_inbox.adapters.persistence.in_memory_rows import ContactRow
from meta_inbox.adapters.persistence.plain_names import plain_name
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import AccountStatus
from meta_inbox.domain.model.changes import Hidden, Reacted
from meta_inbox.domain.model.contact import PROFILE_IS_FRESH, Contact, ContactProfile, asked_again
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.folding import folded
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, TenantId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.paging import After, Page

_CLAIM = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class InMemoryConversations:
    """Lists newest first, by keyset."""

    store: InMemoryStore

    async def find(self, tenant: TenantId, account: AccountId, contact: ContactId) -> Conversation:
        """The conversation; an empty one when the contact never wrote."""
        return self.store.conversation((tenant, account, contact))

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
        """Newest first; ``query`` is a case-insensitive part of the contact's name or username."""
        places = [
            (thread.last_at, key[2])
            for key, thread in self.store.threads.items()
            if key[:2] == (tenant, account)
            and thread.last_at is not None
            and (unread is None or unread == (thread.unread > 0))
            and (query is None or _is_called(self.store.contacts[key].contact, query))
        ]
        shown, end = _cut(places, limit, after)
        found = (self.store.conversation((tenant, account, ContactId(contact))) for _, contact in shown)
        return Page(items=tuple(found), next=end)

    async def messages(
        self, tenant: TenantId, account: AccountId, contact: ContactId, *, limit: int, after: After | None
    ) -> Page[Message]:
        """Newest first; nobody's messages are an empty page."""
        found = (each for each in self.store.messages_of((tenant, account, contact)) if each.part_of is None)
        shown, end = _cut([(each.ordered_at, each.id) for each in found], limit, after)
        rows = (self.store.messages[tenant, MessageId(message)] for _, message in shown)
        return Page(items=tuple(map(self.store.shown, rows)), next=end)

    async def message(
        self, tenant: TenantId, account: AccountId, contact: ContactId, message: MessageId
    ) -> Message:
        """One message; of a part, the whole. NotFound."""
        found = self.store.messages.get((tenant, message))
        if found is None or (found.account_id, found.contact_id) != (account, contact):
            raise NotFound("no such message")
        return self.store.shown(self.store.messages[tenant, found.shown_id])

    async def mark_read(self, tenant: TenantId, account: AccountId, contact: ContactId) -> bool:
        """Nothing is unread any more; whether anything was."""
        key = (tenant, account, contact)
        if key not in self.store.threads:
            raise NotFound("no such conversation")
        was_unread = self.store.threads[key].unread > 0
        self.store.threads[key].read()
        if was_unread:
            self.store.log(EventType.CONVERSATION_UPDATED, tenant, account, contact=contact)
        return was_unread

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
        found = self.store.messages.get((tenant, message))
        if found is None or (found.account_id, found.contact_id) != (account, contact):
            raise NotFound("no such message")
        after = folded(found, change, at)
        if after is not found:
            self.store.updated(after)

    async def hand_over(
        self, tenant: TenantId, account: AccountId, contact: ContactId, *, owner: str | None, at: datetime
    ) -> None:
        """Notes who has the thread, unless something later is known. NotFound."""
        thread = self.store.threads.get((tenant, account, contact))
        if thread is None:
            raise NotFound("no such conversation")
        former = thread.owner
        if thread.hand_over(owner, at) and former != owner:
            self.store.log(EventType.CONVERSATION_UPDATED, tenant, account, contact=contact)

    async def unreachable(self, tenant: TenantId, account: AccountId, contact: ContactId) -> None:
        """Notes that Meta says the contact cannot receive messages."""
        row = self.store.contacts.get((tenant, account, contact))
        if row is not None:
            row.unreachable_at = self.store.clock.now()

    async def due_profiles(self, limit: int) -> Sequence[Contact]:
        """Claims contacts whose profile is to be asked for, for a minute each."""
        now = self.store.clock.now()
        due = [(key, row) for key, row in self.store.contacts.items() if self._may_be_asked(key, row)]
        for key, row in due:
            if self._is_idle(key, row):
                row.profile_due_at = now + PROFILE_IS_FRESH
        asked = sorted((row for _, row in due if self.store.is_due(row.profile_due_at)), key=_turn)[:limit]
        for row in asked:
            row.profile_due_at = now + _CLAIM
        return [row.contact for row in asked]

    def _may_be_asked(self, key: ThreadKey, row: ContactRow) -> bool:
        owner = self.store.accounts.get(key[:2])
        active = owner is not None and owner.account.status is AccountStatus.ACTIVE
        return active and self.store.is_due(row.profile_due_at)

    def _is_idle(self, key: ThreadKey, row: ContactRow) -> bool:
        """Whether the profile is known and the contact did not write since."""
        thread = self.store.threads.get(key)
        opened_at = None if thread is None else thread.opened_at
        return row.fetched_at is not None and (opened_at is None or opened_at <= row.fetched_at)

    async def save_profile(self, contact: Contact, profile: ContactProfile | None) -> None:
        """Keeps the profile for a week; None = Meta does not give it, asked again ever more rarely."""
        key, now = (contact.tenant_id, contact.account_id, contact.id), self.store.clock.now()
        row = self.store.contacts.get(key)
        if row is None:
            return
        row.rank = 1
        if profile is None:
            row.profile_due_at = now + asked_again(row.refusals)
            row.refusals += 1
            return
        row.profile_due_at, row.fetched_at, row.refusals = now + PROFILE_IS_FRESH, now, 0
        picture = row.contact.picture_id or self.store.ids.new()
        row.contact = replace(
            row.contact,
            name=profile.name,
            username=profile.username,
            profile_picture_url=profile.profile_picture_url,
            picture_id=picture if profile.profile_picture_url is not None else None,
            facts=profile.facts,
        )
        self.store.log(EventType.CONTACT_UPDATED, contact.tenant_id, contact.account_id, contact=contact.id)


def _turn(row: ContactRow) -> tuple[int, datetime]:
    return row.rank, row.profile_due_at


def _is_called(contact: Contact, query: str) -> bool:
    wanted = plain_name(query)
    return any(wanted in plain_name(name) for name in (contact.name, contact.username) if name is not None)


def _cut(
    places: Iterable[tuple[datetime, str]], limit: int, after: After | None
) -> tuple[Sequence[tuple[datetime, str]], After | None]:
    """The places of one page, latest first, and where the next begins."""
    rest = [place for place in places if after is None or place < (after.at, after.id)]
    rest.sort(reverse=True)
    shown = rest[:limit]
    return shown, After(*shown[-1]) if len(rest) > limit else None
