"""Files that agents send, on Postgres, and the copies of them that Meta was given."""

from typing import Any, LiteralString

import msgspec

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_rows import as_json, is_id, is_storable
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.content import Content, MediaKind, media_of
from meta_inbox.domain.model.ids import AccountId, TenantId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.upload import COPY_LIVES, Upload, UploadId

_UPLOAD: dict[str, LiteralString] = {
    "id": "id::text",
    "tenant_id": "tenant_id",
    "content_type": "content_type",
    "size": "size",
    "width": "width",
    "height": "height",
    "name": "name",
    "blob": "blob",
    "uploaded_by": "uploaded_by",
    "created_at": "created_at",
}
_COLUMNS: LiteralString = ", ".join(_UPLOAD.values())
_ADD: LiteralString = """
    insert into meta_inbox.uploads (tenant_id, id, content_type, size, width, height, name, blob, uploaded_by)
    values (%(tenant_id)s, %(id)s, %(content_type)s, %(size)s, %(width)s, %(height)s, %(name)s, %(blob)s,
            %(uploaded_by)s)
"""
_READY: LiteralString = (
    "update meta_inbox.uploads set ready = true where tenant_id = %(tenant)s and id = %(id)s"
)
_GET: LiteralString = (
    "select " + _COLUMNS + " from meta_inbox.uploads where tenant_id = %(tenant)s and id = %(id)s and ready"
)
_THIS_COPY: LiteralString = """
    where tenant_id = %(tenant)s and upload_id = %(id)s and account_id = %(account)s and kind = %(kind)s
"""
_COPY: LiteralString = (
    "select attachment_id from meta_inbox.upload_copies " + _THIS_COPY + " and copied_at > now() - %(lives)s"
)
_KEEP_COPY: LiteralString = """
    insert into meta_inbox.upload_copies (tenant_id, upload_id, account_id, kind, attachment_id)
    select tenant_id, id, %(account)s, %(kind)s, %(attachment)s from meta_inbox.uploads
    where tenant_id = %(tenant)s and id = %(id)s
    on conflict (tenant_id, upload_id, account_id, kind) do update
    set attachment_id = excluded.attachment_id, copied_at = now()
"""
_FORGET_COPY: LiteralString = (
    "delete from meta_inbox.upload_copies " + _THIS_COPY + " and attachment_id = %(attachment)s"
)
# A statement each: a message that was put meanwhile held the upload, and is seen by a later statement alone.
_DUE: LiteralString = """
    select id from meta_inbox.uploads
    where due_at <= now() order by due_at limit %(limit)s for update skip locked
"""
_PUT_OFF: LiteralString = """
    update meta_inbox.uploads u set due_at = now() + interval '30 days'
    where u.id = any(%(ids)s) and u.due_at <= now()
      and exists (select from meta_inbox.media f where f.tenant_id = u.tenant_id and f.blob = u.blob)
"""
_DISCARD: LiteralString = """
    delete from meta_inbox.uploads where id = any(%(ids)s) and due_at <= now() returning 1
"""
# Held against being discarded until the message that shows it is committed.
_SHOW: LiteralString = """
    with held as materialized (
      select * from meta_inbox.uploads
      where tenant_id = %(tenant)s and id = any(%(uploads)s::uuid[]) and ready order by id for share
    )
    insert into meta_inbox.media (tenant_id, id, account_id, contact_id, message_id, position, type, name,
                                  source_url, keep, state, content_type, size, width, height, blob)
    select u.tenant_id, f.id, %(account)s, %(contact)s, %(message)s, f.position, f.type, u.name,
           '', false, 'stored', u.content_type, u.size, u.width, u.height, u.blob
    from json_to_recordset(%(files)s::json) as f (id uuid, position int, type text, upload uuid)
    join held u on u.id = f.upload
    returning 1
"""


class PostgresUploads:
    """Found once they are ready; forgotten a day later unless a message shows them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, upload: Upload) -> None:
        """Notes a file before its bytes are put anywhere."""
        values: dict[str, Any] = msgspec.to_builtins(upload)
        if not is_storable(upload.name or ""):
            values |= {"name": None}
        await self._do(upload.tenant_id, _ADD, values)

    async def ready(self, upload: Upload) -> None:
        """Its bytes are in the blob store."""
        await self._do(upload.tenant_id, _READY, {"tenant": upload.tenant_id, "id": upload.id})

    async def get(self, tenant: TenantId, upload: UploadId) -> Upload:
        """The file. NotFound."""
        found = await self._one(tenant, _GET, {"tenant": tenant, "id": upload}) if is_id(upload) else None
        if found is None:
            raise NotFound("no such upload")
        return msgspec.convert(dict(zip(_UPLOAD, found, strict=True)), Upload)

    async def copy(self, upload: Upload, account: AccountId, kind: MediaKind) -> str | None:
        """Meta's id of its copy, unless it is too old."""
        values = _place(upload, account, kind) | {"lives": COPY_LIVES}
        found = await self._one(upload.tenant_id, _COPY, values)
        return None if found is None else str(found[0])

    async def keep_copy(
        self, upload: Upload, account: AccountId, kind: MediaKind, attachment_id: str
    ) -> None:
        """Meta has this copy now."""
        values = _place(upload, account, kind) | {"attachment": attachment_id}
        await self._do(upload.tenant_id, _KEEP_COPY, values)

    async def forget_copy(
        self, upload: Upload, account: AccountId, kind: MediaKind, attachment_id: str
    ) -> None:
        """Meta no longer has this copy; another one stays known."""
        values = _place(upload, account, kind) | {"attachment": attachment_id}
        await self._do(upload.tenant_id, _FORGET_COPY, values)

    async def discard_unsent(self, limit: int) -> int:
        """Forgets files from more than a day ago that no message shows; how many."""

        async def work(connection: Connection) -> int:
            found = await (await connection.execute(_DUE, {"limit": limit})).fetchall()
            due = {"ids": [id_ for (id_,) in found]}
            await connection.execute(_PUT_OFF, due)
            gone = await connection.execute(_DISCARD, due)
            return len(await gone.fetchall())

        return await self._db.as_system(work)

    async def _do(self, tenant: TenantId, query: LiteralString, values: dict[str, Any]) -> None:
        async def work(connection: Connection) -> None:
            await connection.execute(query, values)

        await self._db.as_tenant(tenant, work)

    async def _one(
        self, tenant: TenantId, query: LiteralString, values: dict[str, Any]
    ) -> tuple[Any, ...] | None:
        async def work(connection: Connection) -> tuple[Any, ...] | None:
            return await (await connection.execute(query, values, prepare=True)).fetchone()

        return await self._db.as_tenant(tenant, work)


async def show_uploads(connection: Connection, message: Message, content: Content) -> None:
    """Makes the rows of a new message's uploaded files. NotFound when an upload is gone."""
    parts = zip(message.attachments, media_of(content), strict=False)
    files: list[dict[str, Any]] = [
        {"id": part.id, "position": position, "type": part.type, "upload": source.media_id}
        for position, (part, (_, source)) in enumerate(parts)
        if source.media_id is not None
    ]
    if not files:
        return
    if not all(is_id(each["upload"]) for each in files):
        raise NotFound("no such upload")
    values = {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "contact": message.contact_id,
        "message": message.id,
        "uploads": sorted({each["upload"] for each in files}),
        "files": as_json(files),
    }
    made = await (await connection.execute(_SHOW, values)).fetchall()
    if len(made) != len(files):
        raise NotFound("no such upload")


def _place(upload: Upload, account: AccountId, kind: MediaKind) -> dict[str, Any]:
    return {"tenant": upload.tenant_id, "id": upload.id, "account": account, "kind": kind}
