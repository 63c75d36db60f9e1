"""The outbox on Postgres: committed before anything leaves, claimed under a lease, settled once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, LiteralString

import psycopg

from meta_inbox.adapters.persistence import postgres_idempotency as keys
from meta_inbox.adapters.persistence.database import Connection, Contention, Database
from meta_inbox.adapters.persistence.postgres_claims import claim_due, claim_one, expire, hold
from meta_inbox.adapters.persistence.postgres_comments import require_first
from meta_inbox.adapters.persistence.postgres_content import require_storable
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_parts import put_parts
from meta_inbox.adapters.persistence.postgres_rows import as_json, is_id
from meta_inbox.adapters.persistence.postgres_settling import settle
from meta_inbox.adapters.persistence.postgres_uploads import show_uploads
from meta_inbox.adapters.persistence.postgres_waiting import claim_waiting, give_up
from meta_inbox.domain.errors import AccountNotSendable, NotFound
from meta_inbox.domain.model.content import Content, PrivateReplyContent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Message, SendError
from meta_inbox.domain.model.parts import AT_REST
from meta_inbox.domain.model.sending import Claim, Once, Outcome, Waiting
from meta_inbox.domain.ports import RefusedAnswer

_TRIES = 3

# Shared with other sends, but not with a disconnecting, which fails what it finds queued.
_ACCOUNT: LiteralString = """
    select status from meta_inbox.accounts where tenant_id = %(tenant)s and id = %(account)s for share
"""
_MESSAGE: LiteralString = """
    insert into meta_inbox.messages (
      tenant_id, account_id, contact_id, id, direction, type, text, attachments, buttons, reply_to_id,
      reply_to_meta_id, details, status, in_parts, origin, sent_by, human_agent, from_id, from_username,
      to_id, to_username, ordered_at, created_at)
    select a.tenant_id, a.id, %(contact)s::text, %(id)s::uuid, 'outbound', %(type)s, %(text)s,
           %(attachments)s::jsonb, %(buttons)s::jsonb, %(reply_to_id)s::uuid, %(reply_to_meta_id)s,
           %(details)s::jsonb, %(status)s, %(in_parts)s, %(origin)s, %(sent_by)s, %(human_agent)s,
           a.external_id, a.instagram_username, %(contact)s::text, p.username, %(at)s, %(at)s
    from meta_inbox.accounts a
    left join meta_inbox.contacts p
      on p.tenant_id = a.tenant_id and p.account_id = a.id and p.id = %(contact)s
    where a.tenant_id = %(tenant)s and a.id = %(account)s
"""
_PERSON: LiteralString = """
    insert into meta_inbox.contacts (tenant_id, account_id, id, profile_due_at)
    values (%(tenant)s, %(account)s, %(contact)s, now()) on conflict do nothing
"""
# Whoever answers has read what is there, but not what was written before and comes after.
_TALK: LiteralString = """
    insert into meta_inbox.conversations as c (
      tenant_id, account_id, contact_id, last_message_id, last_message_at)
    values (%(tenant)s, %(account)s, %(contact)s, %(id)s, %(at)s)
    on conflict (tenant_id, account_id, contact_id) do update set
      last_message_id = case
        when (excluded.last_message_at, excluded.last_message_id) > (c.last_message_at, c.last_message_id)
        then excluded.last_message_id else c.last_message_id end,
      last_message_at = greatest(c.last_message_at, excluded.last_message_at),
      read_up_to = greatest(c.read_up_to, c.last_message_at),
      unread_count = 0
"""
_QUEUE: LiteralString = """
    insert into meta_inbox.outbox (
      tenant_id, message_id, account_id, contact_id, content, reply_to_meta_id, automated)
    values (%(tenant)s, %(id)s, %(account)s, %(contact)s, %(content)s, %(reply_to)s,
            %(origin)s = 'automation')
"""


class PostgresOutbox:
    """One message of a conversation at a time, in their order, and in turns between accounts."""

    def __init__(self, db: Database, media: MediaRules | None = None) -> None:
        self._db = db
        self._media = media or MediaRules()

    async def put(
        self, message: Message, content: Content, reply_to: MetaMessageId | None, once: Once | None
    ) -> None:
        """Commits the message as queued. InFlight or KeyReused for a key, PrivateReplyUsed, NotFound."""
        require_storable(content, message.contact_id)
        values = _values(message) | {"content": as_json(content), "reply_to": reply_to}

        async def work(connection: Connection) -> None:
            if once is not None:
                await keys.take(connection, message, once)
            await _require_connected(connection, values)
            if isinstance(content, PrivateReplyContent):
                await require_first(connection, values)
            await connection.execute(_MESSAGE, values, prepare=True)
            await show_uploads(connection, message, content)
            for statement in (_PERSON, _TALK):
                await connection.execute(statement, values, prepare=True)
            if message.parts:
                await put_parts(connection, message, values)
            else:
                await connection.execute(_QUEUE, values, prepare=True)
            change = Change(EventType.MESSAGE_CREATED, message.account_id, message.contact_id, message.id)
            await log(connection, message.tenant_id, [change])

        await self._db.as_tenant(message.tenant_id, work)

    async def answer_of(self, tenant: TenantId, once: Once) -> Message | None:
        """The answer this key already has; the stored Refused again, KeyReused or InFlight."""
        return await self._db.as_tenant(tenant, lambda connection: keys.answer_of(connection, tenant, once))

    async def remember(self, tenant: TenantId, once: Once, answer: Message | RefusedAnswer) -> None:
        """Keeps the first answer for 24 hours."""
        await self._db.as_tenant(tenant, lambda connection: keys.remember(connection, tenant, once, answer))

    async def forget_keys(self, limit: int) -> int:
        """Forgets keys of all tenants that are older than 24 hours; how many."""
        return await self._db.as_system(lambda connection: keys.forget_old(connection, limit))

    async def claim(self, tenant: TenantId, message: MessageId) -> Claim | None:
        """Claims this message, committed as sending; None while it is not its turn or not queued."""
        if not is_id(message):
            return None
        return await self._db.as_tenant(tenant, lambda connection: claim_one(connection, tenant, message))

    async def claim_due(self, limit: int) -> Sequence[Claim]:
        """Claims due messages of all tenants: in order within a conversation, fair between accounts."""
        return await self._db.as_system(lambda connection: claim_due(connection, limit))

    async def hold(self, claim: Claim, lasting: timedelta, *, handing_over: bool = False) -> bool:
        """Has the lease last this long from now; False = the claim was lost."""
        return await self._db.as_tenant(
            claim.message.tenant_id,
            lambda connection: hold(connection, claim, lasting, handing_over=handing_over),
        )

    async def settle(self, claim: Claim, outcome: Outcome) -> Message:
        """Records what came of it and returns the message as it now is. NotFound."""
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._db.as_tenant(
                    claim.message.tenant_id,
                    lambda connection: settle(connection, claim, outcome, self._media),
                )
            except psycopg.errors.UniqueViolation as error:  # its echo was committed at this moment
                if attempt == _TRIES:
                    raise Contention("the database could not settle a conflict") from error
        raise AssertionError("unreachable")

    async def claim_waiting(self, limit: int) -> Sequence[Waiting]:
        """What waits on accounts that cannot send and is to be asked now whether it is too late."""
        return await self._db.as_system(lambda connection: claim_waiting(connection, limit))

    async def give_up(self, message: Message, error: SendError) -> None:
        """It is not sent any more, unless it has left, or was queued anew by a person, meanwhile."""
        if is_id(message.id):
            await self._db.as_tenant(
                message.tenant_id, lambda connection: give_up(connection, message, error)
            )

    async def expire_leases(self) -> int:
        """Ends ``sending`` of dead processes: ``unknown``, or ``queued`` if nothing was sent; how many."""
        return await self._db.as_system(expire)


async def _require_connected(connection: Connection, values: dict[str, Any]) -> None:
    row = await (await connection.execute(_ACCOUNT, values, prepare=True)).fetchone()
    if row is None:
        raise NotFound("no such account")
    if row[0] == "disconnected":
        raise AccountNotSendable("the account is disconnected; connect it again to answer")


def _values(message: Message) -> dict[str, Any]:
    answered = message.reply_to
    return {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "contact": message.contact_id,
        "id": message.id,
        "type": message.type,
        "text": None if message.parts else message.text,
        "status": (AT_REST if message.parts else message.status).value,
        "in_parts": bool(message.parts),
        "attachments": as_json(message.attachments),
        "buttons": as_json(message.buttons),
        "reply_to_id": None if answered is None else answered.id,
        "reply_to_meta_id": None if answered is None else answered.meta_message_id,
        "details": None if message.details is None else as_json(message.details),
        "origin": message.origin.value,
        "sent_by": message.sent_by,
        "human_agent": message.human_agent,
        "at": message.created_at,
    }
