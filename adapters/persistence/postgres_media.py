"""The files of messages on Postgres: claimed from their rows, settled with the message that shows them."""

import uuid
from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_rows import Row, as_json, is_id
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId
from meta_inbox.domain.model.media import (
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

_MEDIA: dict[str, LiteralString] = {
    "id": "f.id::text",
    "tenant_id": "f.tenant_id",
    "account_id": "f.account_id::text",
    "contact_id": "f.contact_id",
    "message_id": "f.message_id::text",
    "meta_message_id": "m.meta_message_id",
    "position": "f.position",
    "type": "f.type",
    "name": "f.name",
    "source_url": "f.source_url",
    "story": "f.story",
    "state": "f.state",
    "fetched_on_arrival": "f.keep",
    "content_type": "f.content_type",
    "size": "f.size",
    "width": "f.width",
    "height": "f.height",
    "blob": "f.blob",
    "attempts": "f.attempts",
    "created_at": "f.created_at",
}
_COLUMNS: LiteralString = ", ".join(_MEDIA.values())
_OF_MESSAGE: LiteralString = "join meta_inbox.messages m on m.tenant_id = f.tenant_id and m.id = f.message_id"
_GET: LiteralString = (
    "select " + _COLUMNS + " from meta_inbox.media f " + _OF_MESSAGE
    + " where f.tenant_id = %(tenant)s and f.id = %(id)s"
)  # fmt: skip
_PICTURE: LiteralString = """
    select p.account_id::text, p.id, p.profile_picture_url, p.created_at from meta_inbox.contacts p
    where p.tenant_id = %(tenant)s and p.picture_id = %(id)s and p.profile_picture_url is not null
    union all
    select a.id::text, null, a.profile_picture_url, a.created_at from meta_inbox.accounts a
    where a.tenant_id = %(tenant)s and a.picture_id = %(id)s and a.profile_picture_url is not null
"""
# Its address lives for days: the profile has a new one.
_ASK_FOR_PROFILE: LiteralString = """
    update meta_inbox.contacts set profile_due_at = now(), profile_fetched_at = null
    where tenant_id = %(tenant)s and picture_id = %(id)s
      and profile_fetched_at < now() - interval '1 hour'
"""
_ASK_FOR_PICTURE: LiteralString = """
    update meta_inbox.accounts set picture_due_at = now(), picture_fetched_at = null
    where tenant_id = %(tenant)s and picture_id = %(id)s and picture_fetched_at < now() - interval '1 hour'
"""
_CLAIM: LiteralString = (
    """
    with due as materialized (
      select f.tenant_id, f.id from meta_inbox.media f
      where f.due_at <= now() and (f.lease_until is null or f.lease_until < now())
      order by f.due_at, f.id limit %(limit)s for update of f skip locked
    ), taken as (
      update meta_inbox.media f
      set fence = %(fence)s, lease_until = now() + interval '60 s', attempts = f.attempts + 1,
          blob = f.id::text
      from due where f.tenant_id = due.tenant_id and f.id = due.id
      returning f.*
    )
    select """
    + _COLUMNS
    + " from taken f "
    + _OF_MESSAGE
)
_LOCK_MESSAGE: LiteralString = """
    select 1 from meta_inbox.messages where tenant_id = %(tenant)s and id = %(message)s for update
"""
_MINE: LiteralString = """
    where tenant_id = %(tenant)s and id = %(id)s and state = 'pending'
      and (%(fence)s::uuid is null or fence = %(fence)s::uuid)
"""
_MOVED: LiteralString = "update meta_inbox.media set source_url = %(source_url)s " + _MINE
_LATER: LiteralString = (
    "update meta_inbox.media set due_at = now() + %(after)s, lease_until = null, fence = null " + _MINE
)
_SETTLE: LiteralString = (
    """
    update meta_inbox.media
    set state = %(state)s, content_type = %(content_type)s, size = %(size)s, width = %(width)s,
        height = %(height)s, due_at = null, lease_until = null, fence = null
    """
    + _MINE
    + " returning 1"
)
_SHOW: LiteralString = """
    update meta_inbox.messages m
    set attachments = coalesce((
          select jsonb_agg(case when part.value ->> 'id' = %(id)s then part.value || %(shown)s::jsonb
                           else part.value end order by part.n)
          from jsonb_array_elements(m.attachments) with ordinality as part (value, n)), '[]'),
        story = case when m.story ->> 'media_id' = %(id)s and %(state)s = 'expired'
                     then m.story || '{"expired": true}' else m.story end
    where m.tenant_id = %(tenant)s and m.id = %(message)s
"""
# A statement each: whether anything still has the bytes is asked when nobody can change the answer any more.
_DUE_DISCARDED: LiteralString = """
    select blob from meta_inbox.media_discarded
    where due_at <= now() order by due_at limit %(limit)s for update skip locked
"""
# An upload that a message no longer shows is looked at soon, unless that is being done.
_LOOK_AT_UPLOADS: LiteralString = """
    with theirs as materialized (
      select tenant_id, id from meta_inbox.uploads
      where blob = any(%(blobs)s) order by tenant_id, id for update skip locked
    )
    update meta_inbox.uploads u set due_at = greatest(now(), u.created_at + interval '24 hours')
    from theirs where u.tenant_id = theirs.tenant_id and u.id = theirs.id
"""
_STILL_NAMED: LiteralString = """
    delete from meta_inbox.media_discarded d
    where d.blob = any(%(blobs)s) and (
      exists (select from meta_inbox.media f where f.tenant_id = d.tenant_id and f.blob = d.blob)
      or exists (select from meta_inbox.uploads u where u.tenant_id = d.tenant_id and u.blob = d.blob))
"""
_CLAIM_DISCARDED: LiteralString = """
    update meta_inbox.media_discarded d set due_at = now() + interval '15 s', attempts = d.attempts + 1
    where d.blob = any(%(blobs)s) and d.due_at <= now()
    returning d.tenant_id, d.blob
"""
# The row went while its file was fetched, by somebody whose lease may have ended before the bytes were put.
_DISCARD: LiteralString = """
    insert into meta_inbox.media_discarded (tenant_id, blob)
    select %(tenant)s, %(blob)s
    where not exists (select from meta_inbox.media where tenant_id = %(tenant)s and id = %(id)s)
    on conflict do nothing
"""
_FORGET: LiteralString = (
    "delete from meta_inbox.media_discarded where tenant_id = %(tenant)s and blob = %(blob)s"
)


class PostgresMedia:
    """Messages are locked before their files, as everywhere."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, tenant: TenantId, media: MediaId) -> Media:
        """The file. NotFound."""
        if not is_id(media):
            raise NotFound("no such file")

        values = {"tenant": tenant, "id": media}

        async def work(connection: Connection) -> Media | None:
            row = await (await connection.execute(_GET, values, prepare=True)).fetchone()
            if row is not None:
                return _media_of(row)
            row = await (await connection.execute(_PICTURE, values, prepare=True)).fetchone()
            return None if row is None else _picture_of(tenant, media, row)

        found = await self._db.as_tenant(tenant, work)
        if found is None:
            raise NotFound("no such file")
        return found

    async def claim_due(self, limit: int) -> Sequence[MediaClaim]:
        """Claims files for a minute, which is longer than fetching one may take."""
        fence = str(uuid.uuid4())

        async def work(connection: Connection) -> list[Row]:
            found = await connection.execute(_CLAIM, {"limit": limit, "fence": fence})
            return list(await found.fetchall())

        return [MediaClaim(media=_media_of(row), fence=fence) for row in await self._db.as_system(work)]

    async def settle(self, media: Media, outcome: MediaOutcome, fence: str | None = None) -> None:
        """Records what came of a try; what ends it is shown and told in the same transaction."""
        values: dict[str, Any] = {
            "tenant": media.tenant_id,
            "id": media.id,
            "message": media.message_id,
            "fence": fence,
        }

        async def work(connection: Connection) -> bool:
            if media.is_picture:
                if isinstance(outcome, Expired):
                    ask = _ASK_FOR_PROFILE if media.contact_id else _ASK_FOR_PICTURE
                    await connection.execute(ask, values)
                return True
            match outcome:
                case Moved(source_url=url):
                    await connection.execute(_MOVED, values | {"source_url": url})
                case TryLater(after=after):
                    await connection.execute(_LATER, values | {"after": after})
                case _:
                    return await _end(connection, media, outcome, values)
            return True

        async def discard(connection: Connection) -> None:
            await connection.execute(_DISCARD, values | {"blob": media.key})

        settled = await self._db.as_tenant(media.tenant_id, work)
        if not settled and isinstance(outcome, Stored):
            await self._db.as_system(discard)

    async def claim_discarded(self, limit: int) -> Sequence[Discarded]:
        """Claims blobs of files that are gone, for a minute each."""

        async def work(connection: Connection) -> list[Discarded]:
            due = await (await connection.execute(_DUE_DISCARDED, {"limit": limit})).fetchall()
            blobs = {"blobs": [blob for (blob,) in due]}
            await connection.execute(_LOOK_AT_UPLOADS, blobs)
            await connection.execute(_STILL_NAMED, blobs)
            found = await connection.execute(_CLAIM_DISCARDED, blobs)
            return [Discarded(tenant_id=TenantId(row[0]), blob=row[1]) for row in await found.fetchall()]

        return await self._db.as_system(work)

    async def forget_discarded(self, discarded: Discarded) -> None:
        """The blob is deleted."""

        async def work(connection: Connection) -> None:
            await connection.execute(_FORGET, {"tenant": discarded.tenant_id, "blob": discarded.blob})

        await self._db.as_system(work)


async def _end(connection: Connection, media: Media, outcome: MediaOutcome, values: dict[str, Any]) -> bool:
    """Whether it was this outcome that ended it."""
    shown = shown_as(outcome)
    await connection.execute(_LOCK_MESSAGE, values)
    if await (await connection.execute(_SETTLE, values | shown)).fetchone() is None:
        return False
    await connection.execute(_SHOW, values | {"state": shown["state"], "shown": as_json(shown)})
    change = Change(EventType.MESSAGE_UPDATED, media.account_id, media.contact_id, media.message_id)
    await log(connection, media.tenant_id, [change])
    return True


def _picture_of(tenant: TenantId, media: MediaId, row: Row) -> Media:
    account, contact, source_url, at = row
    return Media.picture(
        id_=media,
        tenant=tenant,
        account=AccountId(account),
        contact=None if contact is None else ContactId(contact),
        source_url=source_url,
        at=at,
    )


def _media_of(row: Row) -> Media:
    return msgspec.convert(dict(zip(_MEDIA, row, strict=True)), Media)
