"""The one private answer of a comment, under the lock of its row."""

from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_rows import ANSWERED, MESSAGE, message_of
from meta_inbox.domain.model.comment_reply import require_unused

_LOCK: LiteralString = """
    select from meta_inbox.messages
    where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = %(contact)s
      and id = %(reply_to_id)s for update
"""
# A statement of its own: one joined to the lock would show what there was before it was waited for.
_EARLIER: LiteralString = f"""
    select {MESSAGE} from meta_inbox.messages m {ANSWERED}
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = %(contact)s
      and m.reply_to_meta_id = %(reply_to_meta_id)s and m.details ->> 'reply' = 'private'
"""


async def require_first(connection: Connection, values: dict[str, Any]) -> None:
    """PrivateReplyUsed unless this is the comment's first private answer; others wait until it is kept."""
    await connection.execute(_LOCK, values)
    earlier = await (await connection.execute(_EARLIER, values)).fetchall()
    require_unused(map(message_of, earlier))
