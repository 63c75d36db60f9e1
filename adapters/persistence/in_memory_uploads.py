"""Files that agents send, in memory, and the copies of them that Meta was given."""

from dataclasses import dataclass
from datetime import datetime

from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.adapters.persistence.in_memory_media_rows import MediaRow
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.content import Content, MediaKind, media_of
from meta_inbox.domain.model.ids import AccountId, TenantId
from meta_inbox.domain.model.media import Media, MediaId
from meta_inbox.domain.model.message import Attachment, Message
from meta_inbox.domain.model.upload import COPY_LIVES, UNSENT_LIVES, Upload, UploadId, uploads_in


@dataclass(frozen=True, slots=True)
class InMemoryUploads:
    """Found once they are ready; forgotten a day later unless a message shows them."""

    store: InMemoryStore

    async def add(self, upload: Upload) -> None:
        """Notes a file before its bytes are put anywhere."""
        self.store.media.uploads[upload.tenant_id, upload.id] = upload

    async def ready(self, upload: Upload) -> None:
        """Its bytes are in the blob store."""
        self.store.media.ready.add((upload.tenant_id, upload.id))

    async def get(self, tenant: TenantId, upload: UploadId) -> Upload:
        """The file. NotFound."""
        return _found(self.store, tenant, upload)

    async def copy(self, upload: Upload, account: AccountId, kind: MediaKind) -> str | None:
        """Meta's id of its copy, unless it is too old."""
        found = self.store.media.copies.get((upload.tenant_id, upload.id, account, kind))
        if found is None or self.store.clock.now() - found[1] >= COPY_LIVES:
            return None
        return found[0]

    async def keep_copy(
        self, upload: Upload, account: AccountId, kind: MediaKind, attachment_id: str
    ) -> None:
        """Meta has this copy now."""
        key = (upload.tenant_id, upload.id, account, kind)
        self.store.media.copies[key] = (attachment_id, self.store.clock.now())

    async def forget_copy(
        self, upload: Upload, account: AccountId, kind: MediaKind, attachment_id: str
    ) -> None:
        """Meta no longer has this copy; another one stays known."""
        key = (upload.tenant_id, upload.id, account, kind)
        found = self.store.media.copies.get(key)
        if found is not None and found[0] == attachment_id:
            del self.store.media.copies[key]

    async def discard_unsent(self, limit: int) -> int:
        """Forgets files from more than a day ago that no message shows; how many."""
        media, now = self.store.media, self.store.clock.now()
        old = [key for key, upload in media.uploads.items() if now - upload.created_at >= UNSENT_LIVES]
        unsent = [key for key in old if not media.is_shown(key[0], media.uploads[key].blob)][:limit]
        for key in unsent:
            media.discarded[key[0], media.uploads.pop(key).blob] = now
            media.ready.discard(key)
        return len(unsent)


def require_uploads(store: InMemoryStore, tenant: TenantId, content: Content) -> None:
    """NotFound when one of the uploads that the content names is not there."""
    for _, id_ in uploads_in(content):
        _found(store, tenant, id_)


def show_uploads(store: InMemoryStore, message: Message, content: Content) -> None:
    """Makes the rows of a new message's uploaded files, which share their bytes with the uploads."""
    now = store.clock.now()
    for position, (part, (_, source)) in enumerate(zip(message.attachments, media_of(content), strict=False)):
        if source.media_id is not None:
            upload = _found(store, message.tenant_id, UploadId(source.media_id))
            media = _media(message, part, position, upload, now)
            store.media.rows[message.tenant_id, media.id] = MediaRow(media=media, due_at=None)


def _found(store: InMemoryStore, tenant: TenantId, upload: UploadId) -> Upload:
    if (tenant, upload) not in store.media.ready:
        raise NotFound("no such upload")
    return store.media.uploads[tenant, upload]


def _media(message: Message, part: Attachment, position: int, upload: Upload, now: datetime) -> Media:
    return Media(
        id=MediaId(part.id),
        tenant_id=message.tenant_id,
        account_id=message.account_id,
        contact_id=message.contact_id,
        message_id=message.id,
        meta_message_id=None,
        position=position,
        type=part.type,
        name=upload.name,
        source_url="",
        story=False,
        state="stored",
        fetched_on_arrival=False,
        content_type=upload.content_type,
        size=upload.size,
        width=upload.width,
        height=upload.height,
        blob=upload.blob,
        created_at=now,
    )
