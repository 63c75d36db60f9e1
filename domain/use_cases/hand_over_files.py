"""Meta gets each file of a message before the message names it."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.content import Content, MediaKind
from meta_inbox.domain.model.message import Origin, SendError
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import (
    HELD_UP,
    LEASE,
    UPLOAD_LEASE,
    Claim,
    Copied,
    Failed,
    Later,
    Unsent,
    is_stale,
)
from meta_inbox.domain.model.upload import Upload, UploadId, uploads_in, with_copies
from meta_inbox.domain.ports import Blobs, GraphApi, Outbox, Uploads
from meta_inbox.domain.use_cases.file_turns import FileTurns

_LOST = Later(
    error=SendError(code="lease_lost", detail="giving Meta the file took too long; nothing was sent"),
    after=timedelta(0),
)
_BUSY = Later(
    error=SendError(code="busy", detail="other files are on their way to Meta"),
    after=timedelta(seconds=2),
    backs_off=False,
)
_GONE = Failed(error=SendError(code="media_expired", detail="the file is no longer kept here"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverFiles:
    """Once for each account and file, until Meta forgets it; handing over is not sending."""

    uploads: Uploads
    blobs: Blobs
    graph: GraphApi
    outbox: Outbox
    turns: FileTurns = field(default_factory=FileTurns, repr=False)

    async def __call__(self, claim: Claim, token: Secret, *, fresh: bool = False) -> Content | Unsent:
        """The content with Meta's ids of its files, held to be sent now; else why it is not sent.

        ``fresh`` = the copies that Meta was given before are of no use. Unavailable.
        """
        copies: dict[tuple[MediaKind, str], str] = {}
        for kind, id_ in uploads_in(claim.content):
            if (kind, id_) in copies:
                continue
            found = await self._copy(claim, token, kind, id_, fresh=fresh)
            if not isinstance(found, Copied):
                return found
            copies[kind, id_] = found.attachment_id
        since = time.monotonic() if copies else claim.since
        if copies and not await self.outbox.hold(claim, LEASE):
            return _LOST
        return HELD_UP if is_stale(since, time.monotonic()) else with_copies(claim.content, copies)

    async def _copy(
        self, claim: Claim, token: Secret, kind: MediaKind, id_: UploadId, *, fresh: bool
    ) -> Copied | Unsent:
        try:
            upload = await self.uploads.get(claim.message.tenant_id, id_)
        except NotFound:
            return _GONE
        known = await self.uploads.copy(upload, claim.account.id, kind)
        if known is not None and fresh:
            await self.uploads.forget_copy(upload, claim.account.id, kind, known)
        elif known is not None:
            return Copied(attachment_id=known)
        found = await self._in_turn(claim, token, kind, upload)
        if isinstance(found, Copied):
            await self.uploads.keep_copy(upload, claim.account.id, kind, found.attachment_id)
        return found

    async def _in_turn(self, claim: Claim, token: Secret, kind: MediaKind, upload: Upload) -> Copied | Unsent:
        async with self.turns.turn(claim.account.id) as came:
            return await self._given(claim, token, kind, upload) if came else _BUSY

    async def _given(self, claim: Claim, token: Secret, kind: MediaKind, upload: Upload) -> Copied | Unsent:
        known = await self.uploads.copy(upload, claim.account.id, kind)
        if known is not None:  # another message was given it meanwhile
            return Copied(attachment_id=known)
        if not await self.outbox.hold(claim, UPLOAD_LEASE, handing_over=True):
            return _LOST
        try:
            content = await self._bytes(upload)
        except NotFound:
            return _GONE
        automated = claim.message.origin is Origin.AUTOMATION
        return await self.graph.upload(claim.account, token, kind, upload, content, automated=automated)

    async def _bytes(self, upload: Upload) -> bytes:
        pieces = await self.blobs.read(upload.blob, 0, upload.size - 1)
        return b"".join([piece async for piece in pieces])
