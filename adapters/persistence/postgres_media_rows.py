"""Rows of files beside their messages: made with them, given to another message, gone with them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, LiteralString

import msgspec

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_rows import as_json
from meta_inbox.domain.model.ids import MessageId, TenantId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Attachment, Message

MEDIA_COLUMNS: LiteralString = (
    "id uuid, position int, type text, name text, source_url text, story boolean, keep boolean"
)
"""What ``NewMedia`` is as the columns of ``json_to_recordset``."""
_ADD: LiteralString = (
    """
    insert into meta_inbox.media (tenant_id, id, account_id, contact_id, message_id, position, type, name,
                                  source_url, story, keep, due_at)
    select %(tenant)s, f.id, %(account)s, %(contact)s, %(message)s, f.position, f.type, f.name, f.source_url,
           f.story, f.keep, case when f.keep then now() end
    from json_to_recordset(%(files)s::json) as f ("""
    + MEDIA_COLUMNS
    + ") on conflict do nothing"
)
_ADD_ALL: LiteralString = (
    """
    insert into meta_inbox.media (tenant_id, id, account_id, contact_id, message_id, position, type, name,
                                  source_url, story, keep, due_at)
    select m.tenant_id, f.id, m.account_id, m.contact_id, m.id, f.position, f.type, f.name, f.source_url,
           f.story, f.keep, case when f.keep then now() end
    from json_to_recordset(%(files)s::json) as f (message uuid, """
    + MEDIA_COLUMNS
    + """)
    join meta_inbox.messages m on m.tenant_id = %(tenant)s and m.id = f.message
    on conflict do nothing"""
)
_SHOW: LiteralString = """
    update meta_inbox.messages set attachments = %(attachments)s::jsonb
    where tenant_id = %(tenant)s and id = %(message)s
"""
_PURGE: LiteralString = (
    "delete from meta_inbox.media where tenant_id = %(tenant)s and message_id = %(message)s returning 1"
)
_WAKE: LiteralString = "select pg_notify('meta_inbox', 'media')"


async def add_media(connection: Connection, message: Message, rules: MediaRules) -> None:
    """Makes the rows of a new message's files, which its attachments were marked for."""
    files = rules.files(message.attachments, message.story)
    if files:
        await connection.execute(_ADD, {**_place(message), "files": as_json(files)})
        await connection.execute(_WAKE)


async def add_all_media(connection: Connection, messages: Sequence[Message], rules: MediaRules) -> None:
    """The same for many messages of one account, those of them that were really added."""
    files = [
        {**msgspec.to_builtins(file), "message": each.id}
        for each in messages
        for file in rules.files(each.attachments, each.story)
    ]
    if files:
        await connection.execute(_ADD_ALL, {**_place(messages[0]), "files": as_json(files)})
        await connection.execute(_WAKE)


async def adopt_media(
    connection: Connection, own: Message, echoed: Sequence[Attachment], rules: MediaRules
) -> Message:
    """The own message with the files that its echo shows, so that they can be looked at here."""
    adopted = replace(own, attachments=rules.adopted(own.attachments, echoed))
    if adopted.attachments != own.attachments:
        values = {**_place(own), "attachments": as_json(adopted.attachments)}
        await connection.execute(_SHOW, values)
        await add_media(connection, replace(adopted, story=None), rules)
    return adopted


async def purge_media(connection: Connection, tenant: TenantId, message: MessageId) -> None:
    """Forgets the files of a message whose row the caller has locked; their blobs are deleted soon after.

    Until then nothing serves them; a fetch that is under way keeps nothing.
    """
    found = await connection.execute(_PURGE, {"tenant": tenant, "message": message})
    if await found.fetchone() is not None:
        await connection.execute(_WAKE)


def _place(message: Message) -> dict[str, Any]:
    return {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "contact": message.contact_id,
        "message": message.id,
    }
