"""Sends that Meta is not known to have, on Postgres: looked for, settled by what is found, forgotten.

A claim touches nothing but its outbox row; whatever settles a send locks the message first, as everywhere.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, LiteralString

import psycopg

from meta_inbox.adapters.persistence.database import Connection, Contention, Database
from meta_inbox.adapters.persistence.postgres_content import content_of
from meta_inbox.adapters.persistence.postgres_echoes import settle_by
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_resending import put_back
from meta_inbox.adapters.persistence.postgres_rows import (
    ACCOUNT,
    ANSWERED,
    MESSAGE,
    MESSAGE_ALONE,
    MESSAGE_WIDTH,
    account_of,
    is_id,
    message_of,
)
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.contact import COMMENTS
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.ids import MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.outcome import (
    AT_ONCE,
    HELD_BACK_ENDS,
    KEPT_FOR,
    LOOK_LEASE,
    LOOKS_END,
    Doubt,
    found_at_meta,
)
from meta_inbox.domain.model.webhook import WebhookItem

_TRIES = 3

_CLAIM: LiteralString = f"""
    with due as materialized (
      select o.tenant_id, o.message_id, o.look_at,
             row_number() over (partition by o.tenant_id, o.account_id
                                order by o.look_at, o.message_id) as turn
      from meta_inbox.outbox o
      join meta_inbox.accounts a on a.tenant_id = o.tenant_id and a.id = o.account_id and a.status = 'active'
      where o.look_at <= now() and o.state = 'unknown'
    ), mine as materialized (
      select o.tenant_id, o.message_id
      from due join meta_inbox.outbox o using (tenant_id, message_id)
      where due.turn <= %(at_once)s and o.look_at <= now() and o.state = 'unknown'
      order by due.look_at limit %(limit)s for update of o skip locked
    ), taken as (
      update meta_inbox.outbox o set looks = o.looks + 1, look_at = now() + %(lease)s
      from mine where o.tenant_id = mine.tenant_id and o.message_id = mine.message_id
      returning o.*
    )
    select {MESSAGE}, {ACCOUNT}, o.looks
    from taken o
    join meta_inbox.messages m on m.tenant_id = o.tenant_id and m.id = o.message_id
    join meta_inbox.accounts a on a.tenant_id = o.tenant_id and a.id = o.account_id {ANSWERED}
"""
_LOOK_AGAIN: LiteralString = """
    update meta_inbox.outbox
    set look_at = case
          when now() + %(after)s <= case when %(held_back)s then ended_at + %(held_back_ends)s
                                         else looks_end_at end
          then now() + %(after)s end,
        looks_end_at = case when %(held_back)s then now() + %(after)s + %(looks_end)s else looks_end_at end
    where tenant_id = %(tenant)s and message_id = %(id)s and state = 'unknown' and look_at is not null
      and looks = %(look)s
"""
_NEAR: LiteralString = f"""
    select {MESSAGE_ALONE} from meta_inbox.messages m
    where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = any(%(contacts)s)
      and m.status in ('queued', 'sending', 'unknown')
    order by m.id for update of m
"""
_OWN: LiteralString = f"""
    select {MESSAGE} from meta_inbox.messages m {ANSWERED}
    where m.tenant_id = %(tenant)s and m.id = %(id)s
"""
_KNOWN: LiteralString = """
    select meta_message_id from meta_inbox.messages
    where tenant_id = %(tenant)s and account_id = %(account)s and meta_message_id = any(%(mids)s)
"""
_CONTENT: LiteralString = """
    select content from meta_inbox.outbox where tenant_id = %(tenant)s and message_id = %(id)s
"""
_FORGET: LiteralString = """
    with gone as (
      delete from meta_inbox.outbox
      where state in ('unknown', 'failed') and ended_at < now() - %(kept_for)s
      returning 1
    )
    select count(*) from gone
"""


class PostgresOutcomes:
    """Several processes look for each send once."""

    def __init__(self, db: Database, media: MediaRules | None = None) -> None:
        self._db = db
        self._media = media or MediaRules()

    async def claim_due(self, limit: int) -> Sequence[Doubt]:
        """Claims unknown sends that are to be looked for at Meta, with a lease."""
        values = {"limit": limit, "at_once": AT_ONCE, "lease": LOOK_LEASE}

        async def work(connection: Connection) -> list[Doubt]:
            rows = await (await connection.execute(_CLAIM, values, prepare=True)).fetchall()
            return [
                Doubt(
                    message=message_of(row[:MESSAGE_WIDTH]),
                    account=account_of(row[MESSAGE_WIDTH:-1]),
                    look=row[-1],
                )
                for row in rows
            ]

        return await self._db.as_system(work)

    async def look_again(self, doubt: Doubt, after: timedelta | None, *, held_back: bool = False) -> None:
        """Gives the send back; None = it is not looked for by itself any more."""
        values = _key(doubt.message) | {
            "after": after,
            "look": doubt.look,
            "held_back": held_back,
            "held_back_ends": HELD_BACK_ENDS,
            "looks_end": LOOKS_END,
        }

        async def work(connection: Connection) -> None:
            await connection.execute(_LOOK_AGAIN, values)

        await self._db.as_tenant(doubt.message.tenant_id, work)

    async def settle(self, message: Message, found: Sequence[WebhookItem]) -> Message:
        """Settles the send if it must be one of these; the message as it now is. NotFound."""
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._db.as_tenant(
                    message.tenant_id, lambda connection: self._settle(connection, message, found)
                )
            except psycopg.errors.UniqueViolation as error:  # its echo was committed at this moment
                if attempt == _TRIES:
                    raise Contention("the database could not settle a conflict") from error
        raise AssertionError("unreachable")

    async def _settle(
        self, connection: Connection, message: Message, found: Sequence[WebhookItem]
    ) -> Message:
        values = _key(message) | {
            "contacts": [message.contact_id, f"{COMMENTS}{message.contact_id}"],
            "mids": [item.meta_message_id for item in found],
        }
        rows = await (await connection.execute(_NEAR, values)).fetchall()
        near = {each.id: each for each in map(message_of, rows)}
        mids = await (await connection.execute(_KNOWN, values)).fetchall()
        own, known = near.get(message.id), {MetaMessageId(mid) for (mid,) in mids}
        item = None if own is None else found_at_meta(own, found, known, near.values())
        changes: list[Change] = []
        if own is not None and item is not None:
            ((now,),) = await (await connection.execute("select now()")).fetchall()
            changes = await settle_by(connection, own, item, now, self._media)
        row = await (await connection.execute(_OWN, values)).fetchone()
        if row is None:
            raise NotFound("no such message")
        await log(connection, message.tenant_id, changes)
        return message_of(row)

    async def content_of(self, tenant: TenantId, message: MessageId) -> Content | None:
        """What was to be sent, as long as it is kept."""
        values = {"tenant": tenant, "id": message}

        async def work(connection: Connection) -> Content | None:
            row = await (await connection.execute(_CONTENT, values)).fetchone()
            return None if row is None else content_of(row[0])

        return await self._db.as_tenant(tenant, work) if is_id(message) else None

    async def put_back(
        self, tenant: TenantId, messages: Sequence[MessageId], *, human_agent: bool
    ) -> Sequence[Message]:
        """Queues unknown or failed sends once more, all or none. NotFound, CannotResend, PrivateReplyUsed."""
        return await self._db.as_tenant(
            tenant, lambda connection: put_back(connection, tenant, messages, human_agent=human_agent)
        )

    async def forget(self) -> int:
        """Forgets what was to be sent, a week after it failed or became unknown; how many."""

        async def work(connection: Connection) -> int:
            row = await (await connection.execute(_FORGET, {"kept_for": KEPT_FOR})).fetchone()
            return 0 if row is None else int(row[0])

        return await self._db.as_system(work)


def _key(message: Message) -> dict[str, Any]:
    return {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "id": message.id,
    }
