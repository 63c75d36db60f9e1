"""Behind the Postgres adapters, as the superuser: rows are aged, since a database has the clock it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import class_row

from meta_inbox.adapters.persistence.database import Database
from meta_inbox.adapters.persistence.postgres_media_rows import purge_media
from meta_inbox.domain.model.event import EventType, LoggedEvent
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.oauth_state import digest
from meta_inbox.domain.model.secret import Secret
from tests.contracts.backstage import WaitingItem

_BREAKABLE: LiteralString = """
    create table if not exists public.broken (mid text primary key);
    create or replace function public.refuse_broken() returns trigger language plpgsql
      security definer set search_path = pg_catalog as $refuse$
    begin
      if exists (select from public.broken where mid = new.meta_message_id) then
        raise exception 'this message was declared broken';
      end if;
      return new;
    end
    $refuse$;
    create or replace trigger refuse_broken before insert on meta_inbox.messages
      for each row execute function public.refuse_broken();
"""


@dataclass(frozen=True, slots=True)
class PostgresBackstage:
    """Speaks SQL past every adapter."""

    connection: AsyncConnection[tuple[Any, ...]]
    db: Database

    async def age_ticket(self, ticket: Secret, by: timedelta) -> None:
        """As if the ticket had been given out that much earlier."""
        await self._do(
            "update meta_inbox.oauth_states set ticket_expires_at = ticket_expires_at - %s,"
            " created_at = created_at - %s where ticket_hash = %s",
            [by, by, digest(ticket)],
        )

    async def age_state(self, state: Secret, by: timedelta) -> None:
        """As if the ticket had been exchanged for the state that much earlier."""
        await self._do(
            "update meta_inbox.oauth_states set expires_at = expires_at - %s where state_hash = %s",
            [by, digest(state)],
        )

    async def age_live_tickets(self, by: timedelta) -> None:
        """As if every ticket for a live connection had been given out that much earlier."""
        await self._do("update meta_inbox.live_tickets set expires_at = expires_at - %s", [by])

    async def age_completion(self, completion: Secret, by: timedelta) -> None:
        """As if the completion had been given out that much earlier."""
        await self._do(
            "update meta_inbox.oauth_completions set expires_at = expires_at - %s where completion_hash = %s",
            [by, digest(completion)],
        )

    async def age_message(self, message: Message, by: timedelta) -> None:
        """As if all about it and its sending had happened earlier."""
        key = [message.tenant_id, message.id]
        await self._do(
            "update meta_inbox.messages set created_at = created_at - %s, ordered_at = ordered_at - %s,"
            " next_attempt_at = next_attempt_at - %s, attempted_at = attempted_at - %s"
            " where tenant_id = %s and id = %s",
            [by, by, by, by, *key],
        )
        await self._do(
            "update meta_inbox.outbox set created_at = created_at - %s, started_at = started_at - %s,"
            " lease_until = lease_until - %s, next_attempt_at = next_attempt_at - %s, look_at = look_at - %s,"
            " looks_end_at = looks_end_at - %s, ended_at = ended_at - %s,"
            " window_asked_at = window_asked_at - %s"
            " where tenant_id = %s and message_id = %s",
            [*[by] * 8, *key],
        )

    async def age_pauses(self, by: timedelta) -> None:
        """As if every account had been paused, and had tried again, that much earlier."""
        await self._do(
            "update meta_inbox.send_pauses set resume_at = resume_at - %s, next_call_at = next_call_at - %s",
            [by, by],
        )

    async def woken(self) -> set[str]:
        """What workers were told of since this was last asked."""
        await self.connection.execute("listen meta_inbox")
        return {note.payload async for note in self.connection.notifies(timeout=0.1)}

    async def age_key(self, tenant: TenantId, key: str, by: timedelta) -> None:
        """As if the idempotency key had been used that much earlier."""
        await self._do(
            "update meta_inbox.idempotency_keys set created_at = created_at - %s"
            " where tenant_id = %s and key = %s",
            [by, tenant, key],
        )

    async def age_items(self, by: timedelta) -> None:
        """As if every waiting item had come, been claimed and been tried that much earlier."""
        await self._do(
            "update meta_inbox.journal_items set created_at = created_at - %s, due_at = due_at - %s,"
            " lease_until = lease_until - %s",
            [by, by, by],
        )
        await self._do("update meta_inbox.journal set received_at = received_at - %s", [by])

    async def age_tries(self, by: timedelta) -> None:
        """The same for tries and claims of subscriptions, unsubscriptions, profiles, pictures and care."""
        await self._do(
            "update meta_inbox.accounts set subscription_due_at = subscription_due_at - %s,"
            " picture_due_at = picture_due_at - %s, care_due_at = care_due_at - %s",
            [by] * 3,
        )
        await self._do("update meta_inbox.unsubscriptions set due_at = due_at - %s", [by])
        await self._do("update meta_inbox.contacts set profile_due_at = profile_due_at - %s", [by])

    async def age_profiles(self, by: timedelta) -> None:
        """As if every profile had been fetched, and every picture been told, that much earlier."""
        await self._do("update meta_inbox.contacts set profile_fetched_at = profile_fetched_at - %s", [by])
        await self._do("update meta_inbox.accounts set picture_fetched_at = picture_fetched_at - %s", [by])

    async def age_consumers(self, by: timedelta) -> None:
        """As if every log had been claimed and put off that much earlier."""
        await self._do(
            "update meta_inbox.consumers set due_at = due_at - %s, lease_until = lease_until - %s", [by, by]
        )

    async def age_webhooks(self, by: timedelta) -> None:
        """As if all about endpoints and deliveries had been that much earlier."""
        await self._do(
            "update meta_inbox.webhook_endpoints set failing_since = failing_since - %s,"
            " former_until = former_until - %s",
            [by, by],
        )
        await self._do(
            "update meta_inbox.webhook_deliveries set due_at = due_at - %s, lease_until = lease_until - %s,"
            " created_at = created_at - %s, settled_at = settled_at - %s",
            [by] * 4,
        )

    async def age_media(self, by: timedelta) -> None:
        """As if every file had come, been claimed, been tried and been discarded that much earlier."""
        await self._do(
            "update meta_inbox.media set created_at = created_at - %s, due_at = due_at - %s,"
            " lease_until = lease_until - %s",
            [by, by, by],
        )
        await self._do("update meta_inbox.media_discarded set due_at = due_at - %s", [by])

    async def age_uploads(self, by: timedelta) -> None:
        """As if every file had been uploaded, and every copy been given to Meta, that much earlier."""
        await self._do(
            "update meta_inbox.uploads set created_at = created_at - %s, due_at = due_at - %s", [by, by]
        )
        await self._do("update meta_inbox.upload_copies set copied_at = copied_at - %s", [by])

    async def purge(self, message: Message) -> None:
        """Forgets the message's files, in a transaction of its own."""
        await self.db.as_tenant(
            message.tenant_id, lambda connection: purge_media(connection, message.tenant_id, message.id)
        )

    async def age_histories(self, by: timedelta) -> None:
        """As if every run of a history, its lease and the last sign of life had been that much earlier."""
        await self._do("update meta_inbox.heartbeats set at = at - %s", [by])
        await self._do(
            "update meta_inbox.history_runs set started_at = started_at - %s, finished_at = finished_at - %s,"
            " due_at = due_at - %s, asked_at = asked_at - %s, lease_until = lease_until - %s,"
            " told_at = told_at - %s, complete_as_of = complete_as_of - %s",
            [by] * 7,
        )

    async def age_deletions(self, by: timedelta) -> None:
        """As if every deletion of a contact had been claimed and put off that much earlier."""
        await self._do(
            "update meta_inbox.contact_deletions set due_at = due_at - %s, lease_until = lease_until - %s",
            [by] * 2,
        )

    async def events(self, tenant: TenantId) -> list[LoggedEvent]:
        """The tenant's log, by ``seq``."""
        rows = await self._ask(
            "select seq, type, at, account_id::text, contact_id, message_id::text from meta_inbox.events"
            " where tenant_id = %s order by seq",
            [tenant],
        )
        return [
            LoggedEvent(
                tenant_id=tenant,
                seq=seq,
                type=EventType(kind),
                at=at,
                account_id=None if account is None else AccountId(account),
                contact_id=None if contact is None else ContactId(contact),
                message_id=None if message is None else MessageId(message),
            )
            for seq, kind, at, account, contact, message in rows
        ]

    async def forget_events(self, tenant: TenantId, up_to: int, since: int = 1) -> None:
        """As if these, the oldest of the tenant's log, were past the retention."""
        await self._do(
            "delete from meta_inbox.events where tenant_id = %s and seq between %s and %s",
            [tenant, since, up_to],
        )

    async def log_tomorrow(self, tenant: TenantId, since: int) -> None:
        """As if these of the tenant's log had been written a moment later, just after midnight."""
        await self._do(
            "update meta_inbox.events set day = (now() at time zone 'utc')::date + 1"
            " where tenant_id = %s and seq >= %s",
            [tenant, since],
        )

    async def renew_kind(self, tenant: TenantId, seq: int) -> None:
        """As if a newer version, which knows more kinds, had logged this event and changed the endpoints."""
        await self._do(
            "update meta_inbox.webhook_deliveries set type = 'order.created'"
            " where tenant_id = %s and seq = %s",
            [tenant, seq],
        )
        await self._do(
            "update meta_inbox.webhook_endpoints set types = types || '{order.created}' where tenant_id = %s",
            [tenant],
        )

    async def items(self) -> list[WaitingItem]:
        """Every item that is not projected, in order of arrival."""
        cursor = self.connection.cursor(row_factory=class_row(WaitingItem))
        await cursor.execute("select state, reason, item as index from meta_inbox.journal_items order by id")
        return await cursor.fetchall()

    async def unreadable(self) -> list[str]:
        """Why each body that is not understood as a whole is not."""
        rows = await self._ask(
            "select problem from meta_inbox.journal where problem is not null order by id", []
        )
        return [problem for (problem,) in rows]

    async def bodies(self) -> list[bytes]:
        """Every journalled body, in order of arrival."""
        return [
            bytes(body) for (body,) in await self._ask("select body from meta_inbox.journal order by id", [])
        ]

    async def kept_of(self, message: Message) -> str:
        """All that is kept of it in its row."""
        ((kept,),) = await self._ask(
            "select row_to_json(m)::text from meta_inbox.messages m where id = %s", [message.id]
        )
        return str(kept)

    async def key_of(self, tenant: TenantId, key: str) -> str:
        """All that is kept of the idempotency key in its row."""
        ((kept,),) = await self._ask(
            "select row_to_json(k)::text from meta_inbox.idempotency_keys k"
            " where tenant_id = %s and key = %s",
            [tenant, key],
        )
        return str(kept)

    async def count_messages(self, tenant: TenantId) -> int:
        """How many messages the tenant has."""
        ((count,),) = await self._ask(
            "select count(*) from meta_inbox.messages where tenant_id = %s", [tenant]
        )
        return int(count)

    async def break_projection(self, mid: MetaMessageId) -> None:
        """From now on, projecting a message with this id of Meta's fails."""
        await self.connection.execute(_BREAKABLE)
        await self._do("insert into public.broken (mid) values (%s) on conflict do nothing", [mid])

    async def mend_projection(self, mid: MetaMessageId) -> None:
        """It no longer fails."""
        await self._do("delete from public.broken where mid = %s", [mid])

    async def _do(self, query: LiteralString, values: Sequence[Any]) -> None:
        await self.connection.execute(query, values)

    async def _ask(self, query: LiteralString, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return await (await self.connection.execute(query, values)).fetchall()
