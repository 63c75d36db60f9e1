"""What was done at Meta from here, noted under the lock of the row it is about."""

from datetime import datetime
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_changes import OWN
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_mids import changed
from meta_inbox.adapters.persistence.postgres_rows import MESSAGE_ALONE, message_of
from meta_inbox.adapters.persistence.postgres_written import write
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.changes import MessageChange
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.folding import folded

_MESSAGE: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(contact)s
      and m.id = %(id)s for update of m
"""
_OWNER: LiteralString = """
    select thread_owner from meta_inbox.conversations
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s for update
"""


async def note(connection: Connection, values: dict[str, Any], change: MessageChange, at: datetime) -> None:
    """Folds the change into the message and tells of it. NotFound."""
    row = await (await connection.execute(_MESSAGE, values)).fetchone()
    if row is None:
        raise NotFound("no such message")
    message = message_of(row)
    after = folded(message, change, at)
    if after is not message:
        await write(connection, after)
        await log(connection, message.tenant_id, [changed(after)])


async def hand_over(connection: Connection, values: dict[str, Any]) -> None:
    """Notes the owner, unless a later one is known, and tells of another than before. NotFound."""
    row = await (await connection.execute(_OWNER, values)).fetchone()
    if row is None:
        raise NotFound("no such conversation")
    owned = await (await connection.execute(OWN, values)).fetchone()
    if owned is not None and row[0] != values["owner"]:
        about = Change(EventType.CONVERSATION_UPDATED, values["account"], values["contact"])
        await log(connection, values["tenant"], [about])
