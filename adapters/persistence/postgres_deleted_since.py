"""What is about something that was deleted with its contact would wait for it for good, so it goes, too."""

from typing import LiteralString

from meta_inbox.adapters.persistence.postgres_changes import Where
from meta_inbox.domain.model.deletion import digest_of, gone_as, person_of
from meta_inbox.domain.model.ids import MetaMessageId

# Their webhook is in the journal, so the deletion is worked at once more.
_OF_THEM: LiteralString = """
    update meta_inbox.contact_deletions
    set contact_id = %(person)s, passes = 0, due_at = now(), lease_until = null, fence = null
    where tenant_id = %(tenant)s and account_id = %(account)s and digest = decode(%(digest)s, 'hex')
      and deleted_at >= %(at)s
    returning 1
"""
_UNDER_THEIRS: LiteralString = """
    with found as (
      select from meta_inbox.contact_deletions
      where tenant_id = %(tenant)s and account_id = %(account)s
        and message_ids && array[%(awaited)s, %(gone)s] limit 1
    )
    insert into meta_inbox.redactions (platform, external_id, meta_message_id)
    select %(platform)s, %(external_id)s, %(mid)s from found
    on conflict (platform, external_id, meta_message_id) do update set due_at = now(), passes = 0
    returning 1
"""


async def went_with_its_contact(where: Where, awaited: MetaMessageId | None) -> bool:
    """Whether what the item is about was deleted; then its body is to be rewritten, too."""
    item = where.item
    values = where.values() | {"at": where.at, "awaited": awaited}
    if item.contact_id is not None:
        person = person_of(item.contact_id)
        values |= {"person": person, "digest": digest_of(where.account, person)}
        return await (await where.connection.execute(_OF_THEM, values)).fetchone() is not None
    if awaited is None or item.meta_message_id is None:
        return False
    values |= {
        "gone": gone_as(where.account, awaited),
        "platform": item.platform,
        "external_id": item.external_id,
        "mid": item.meta_message_id,
    }
    return await (await where.connection.execute(_UNDER_THEIRS, values)).fetchone() is not None
