"""The files of messages, in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_media_rows import MediaRow
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.contact import Contact
from meta_inbox.domain.model.ids import MessageId, TenantId
from meta_inbox.domain.model.media import (
    LEASE,
    Discarded,
    Expired,
    Media,
    MediaClaim,
    MediaId,
    MediaOutcome,
    Moved,
    Stored,
    TryLater,
    shown_as,
)
from meta_inbox.domain.model.media_rules import marked
from meta_inbox.domain.model.message import Message

_CLAIM = timedelta(seconds=15)
_TRUSTED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class InMemoryMedia:
    """Claimed with a lease and a fence, settled with the message that shows them."""

    store: InMemoryStore

    async def get(self, tenant: TenantId, media: MediaId) -> Media:
        """The file. NotFound."""
        row = self.store.media.rows.get((tenant, media))
        if row is not None:
            return self._shown(row.media)
        for owner in self._owners():
            if (owner.tenant_id, owner.picture_id) == (tenant, media):
                return _picture(owner, media, self.store.clock.now())
        raise NotFound("no such file")

    def _owners(self) -> Iterator[Contact | Account]:
        yield from (row.contact for row in self.store.contacts.values())
        yield from (row.account for row in self.store.accounts.values())

    def _shown(self, media: Media) -> Media:
        mid = self.store.messages[media.tenant_id, media.message_id].meta_message_id
        return replace(media, meta_message_id=mid)

    async def claim_due(self, limit: int) -> Sequence[MediaClaim]:
        """Claims files for a minute."""
        due = [row for row in self.store.media.rows.values() if self._is_due(row)]
        return [self._claim(row) for row in sorted(due, key=_age)[:limit]]

    def _is_due(self, row: MediaRow) -> bool:
        return self.store.is_due(row.due_at) and (
            row.lease_until is None or self.store.is_due(row.lease_until)
        )

    def _claim(self, row: MediaRow) -> MediaClaim:
        row.fence = self.store.ids.new()
        row.lease_until = self.store.clock.now() + LEASE
        row.media = replace(row.media, attempts=row.media.attempts + 1, blob=row.media.id)
        return MediaClaim(media=self._shown(row.media), fence=row.fence)

    async def settle(self, media: Media, outcome: MediaOutcome, fence: str | None = None) -> None:
        """Records what came of a try; what ends it is shown and told."""
        now = self.store.clock.now()
        if media.is_picture:
            if isinstance(outcome, Expired):
                self._ask_for_profile(media, now)
            return
        row = self.store.media.rows.get((media.tenant_id, media.id))
        if row is None:
            if isinstance(outcome, Stored):
                self.store.media.discarded.setdefault((media.tenant_id, media.key), now)
            return
        if row.media.state != "pending" or fence not in (None, row.fence):
            return
        match outcome:
            case Moved(source_url=url):
                row.media = replace(row.media, source_url=url)
            case TryLater(after=after):
                row.due_at, row.lease_until, row.fence = now + after, None, None
            case _:
                row.due_at = row.lease_until = row.fence = None
                self._end(row, outcome)

    def _ask_for_profile(self, media: Media, now: datetime) -> None:
        """A picture's address lives for days: the profile has a new one."""
        if not media.contact_id:
            account = self.store.accounts[media.tenant_id, media.account_id]
            if account.picture_fetched_at is not None and account.picture_fetched_at < now - _TRUSTED:
                account.picture_due_at, account.picture_fetched_at = now, None
            return
        row = self.store.contacts[media.tenant_id, media.account_id, media.contact_id]
        if row.fetched_at is not None and row.fetched_at < now - _TRUSTED:
            row.profile_due_at, row.fetched_at = now, None

    def _end(self, row: MediaRow, outcome: MediaOutcome) -> None:
        shown = shown_as(outcome)
        row.media = replace(row.media, **shown)
        message = self.store.messages[row.media.tenant_id, row.media.message_id]
        attachments = tuple(
            replace(part, **shown) if part.id == row.media.id else part for part in message.attachments
        )
        story = message.story
        if story is not None and story.get("media_id") == row.media.id and row.media.state == "expired":
            story = {**story, "expired": True}
        self.store.updated(replace(message, attachments=attachments, story=story))

    async def claim_discarded(self, limit: int) -> Sequence[Discarded]:
        """Claims blobs of files that are gone, for a quarter of a minute each."""
        media = self.store.media
        due = [key for key, at in media.discarded.items() if self.store.is_due(at)][:limit]
        named = [key for key in due if media.is_named(*key)]
        for key in named:  # it is discarded again once the last that has it is gone
            del media.discarded[key]
        left = [key for key in due if key not in named]
        for key in left:
            media.discarded[key] = self.store.clock.now() + _CLAIM
        return [Discarded(tenant_id=tenant, blob=blob) for tenant, blob in left]

    async def forget_discarded(self, discarded: Discarded) -> None:
        """The blob is deleted."""
        self.store.media.discarded.pop((discarded.tenant_id, discarded.blob), None)


def _picture(of: Contact | Account, media: MediaId, at: datetime) -> Media:
    account, contact = (of.id, None) if isinstance(of, Account) else (of.account_id, of.id)
    return Media.picture(
        id_=media,
        tenant=of.tenant_id,
        account=account,
        contact=contact,
        source_url=of.profile_picture_url or "",
        at=at,
    )


def purge_media(store: InMemoryStore, tenant: TenantId, message: MessageId) -> None:
    """Forgets the files of a message; their blobs are deleted soon after."""
    store.media.purge(tenant, message, store.clock.now())


def with_files(store: InMemoryStore, message: Message) -> Message:
    """A new message, marked for its files, whose rows are made."""
    made = marked(message, store.media.rules, store.ids.new)
    store.media.add(made, store.clock.now())
    store.wake("media")
    return made


def _age(row: MediaRow) -> tuple[object, str]:
    return row.due_at, row.media.id
