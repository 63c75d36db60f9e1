"""An agent uploads a file, to send it."""

from dataclasses import dataclass

from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.upload import Upload, UploadId, harmless_name, require_takeable
from meta_inbox.domain.ports import Blobs, Clock, FileKinds, Ids, Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadMedia:
    """Kept for a day, and then for as long as a message shows it; its type is what its bytes say."""

    uploads: Uploads
    blobs: Blobs
    kinds: FileKinds
    clock: Clock
    ids: Ids

    async def __call__(self, *, by: Principal, content: bytes, name: str | None = None) -> Upload:
        """The upload, whose id is a ``media_id``. ContentRefused for what cannot be sent; Unavailable."""
        by.require(Scope.MESSAGES_SEND)
        file = await self.kinds.of(content)
        require_takeable(file)
        upload = Upload(
            id=UploadId(self.ids.new()),
            tenant_id=by.tenant,
            content_type=file.content_type,
            size=len(content),
            width=file.width,
            height=file.height,
            name=harmless_name(name),
            blob=self.ids.new(),
            uploaded_by=by.user,
            created_at=self.clock.now(),
        )
        await self.uploads.add(upload)
        await self.blobs.put(upload.blob, content)
        await self.uploads.ready(upload)
        return upload
