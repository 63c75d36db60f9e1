"""The rows of files in memory: made with their messages, gone with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from meta_inbox.domain.model.content import MediaKind
from meta_inbox.domain.model.ids import AccountId, MessageId, TenantId
from meta_inbox.domain.model.media import Media, MediaId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Attachment, Message
from meta_inbox.domain.model.upload import Upload, UploadId

MediaKey = tuple[TenantId, MediaId]
UploadKey = tuple[TenantId, UploadId]
CopyKey = tuple[TenantId, UploadId, AccountId, MediaKind]


@dataclass(slots=True, kw_only=True)
class MediaRow:
    """A file, and when to try it next; None = not again, or only when somebody looks."""

    media: Media
    due_at: datetime | None
    lease_until: datetime | None = None
    fence: str | None = None


@dataclass(slots=True, kw_only=True)
class MediaTable:
    """All files, uploads with Meta's copies, and the blobs to be deleted with the time for each."""

    rules: MediaRules = field(default_factory=MediaRules)
    rows: dict[MediaKey, MediaRow] = field(default_factory=dict[MediaKey, MediaRow])
    discarded: dict[tuple[TenantId, str], datetime] = field(
        default_factory=dict[tuple[TenantId, str], datetime]
    )
    uploads: dict[UploadKey, Upload] = field(default_factory=dict[UploadKey, Upload])
    ready: set[UploadKey] = field(default_factory=set[UploadKey])
    copies: dict[CopyKey, tuple[str, datetime]] = field(default_factory=dict[CopyKey, tuple[str, datetime]])

    def is_shown(self, tenant: TenantId, blob: str) -> bool:
        """Whether a message's file has these bytes."""
        return any(key[0] == tenant and row.media.blob == blob for key, row in self.rows.items())

    def is_named(self, tenant: TenantId, blob: str) -> bool:
        """Whether anything has these bytes."""
        uploads = ((key[0], upload.blob) for key, upload in self.uploads.items())
        return (tenant, blob) in uploads or self.is_shown(tenant, blob)

    def add(self, message: Message, now: datetime) -> None:
        """Makes the rows of a marked message's files."""
        for file in self.rules.files(message.attachments, message.story):
            media = Media(
                id=MediaId(file.id),
                tenant_id=message.tenant_id,
                account_id=message.account_id,
                contact_id=message.contact_id,
                message_id=message.id,
                meta_message_id=message.meta_message_id,
                position=file.position,
                type=file.type,
                name=file.name,
                source_url=file.source_url,
                story=file.story,
                state="pending",
                fetched_on_arrival=file.keep,
                created_at=now,
            )
            row = MediaRow(media=media, due_at=now if file.keep else None)
            self.rows.setdefault((message.tenant_id, media.id), row)

    def adopt(self, own: Message, echoed: Sequence[Attachment], now: datetime) -> Message:
        """The own message with the files that its echo shows."""
        adopted = replace(own, attachments=self.rules.adopted(own.attachments, echoed))
        if adopted.attachments != own.attachments:
            self.add(replace(adopted, story=None), now)
        return adopted

    def purge(self, tenant: TenantId, message: MessageId, now: datetime) -> None:
        """Forgets the files of a message; their blobs are deleted soon after."""
        gone = [key for key, row in self.rows.items() if (key[0], row.media.message_id) == (tenant, message)]
        for key in gone:
            row = self.rows.pop(key)
            if row.media.blob is not None:
                self.discarded[tenant, row.media.blob] = max(now, row.lease_until or now)
