"""The Postgres adapters under the contracts: one real database a session, emptied for each test."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo

from meta_inbox.adapters.persistence.database import Database, Pool, open_pool
from meta_inbox.adapters.persistence.embedded_login import DATABASE, LOGIN, ensure_login
from meta_inbox.adapters.persistence.migrate import migrate
from meta_inbox.adapters.persistence.postgres_account_care import PostgresAccountCare
from meta_inbox.adapters.persistence.postgres_account_pictures import PostgresAccountPictures
from meta_inbox.adapters.persistence.postgres_accounts import PostgresAccounts
from meta_inbox.adapters.persistence.postgres_canned_replies import PostgresCannedReplies
from meta_inbox.adapters.persistence.postgres_consumers import PostgresConsumers
from meta_inbox.adapters.persistence.postgres_conversations import PostgresConversations
from meta_inbox.adapters.persistence.postgres_dead_letters import PostgresDeadLetters
from meta_inbox.adapters.persistence.postgres_deletions import PostgresDeletions
from meta_inbox.adapters.persistence.postgres_event_log import PostgresEventLog
from meta_inbox.adapters.persistence.postgres_histories import PostgresHistories
from meta_inbox.adapters.persistence.postgres_journal import PostgresJournal
from meta_inbox.adapters.persistence.postgres_live_tickets import PostgresLiveTickets
from meta_inbox.adapters.persistence.postgres_media import PostgresMedia
from meta_inbox.adapters.persistence.postgres_outbox import PostgresOutbox
from meta_inbox.adapters.persistence.postgres_outcomes import PostgresOutcomes
from meta_inbox.adapters.persistence.postgres_states import PostgresOAuthStates
from meta_inbox.adapters.persistence.postgres_uploads import PostgresUploads
from meta_inbox.adapters.persistence.postgres_webhook_deliveries import PostgresWebhookDeliveries
from meta_inbox.adapters.persistence.postgres_webhook_endpoints import PostgresWebhookEndpoints
from meta_inbox.adapters.persistence.postgres_webhook_queue import PostgresWebhookQueue
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.adapters.persistence.time_and_ids import SystemClock, UuidV7Ids
from meta_inbox.entrypoints.wakeups import ProcessWakeups
from tests.contracts.backstage import Stores
from tests.contracts.postgres_backstage import PostgresBackstage
from tests.harness.service import common_server

# Emptied and not made anew: a database of its own for each test costs a third of a second.
_EMPTY: LiteralString = """
    drop trigger if exists refuse_broken on meta_inbox.messages;
    drop table if exists public.broken;
    set session_replication_role = replica;
    do $empty$
    declare t record;
    begin
      for t in
        select c.relname from pg_class c
        where c.relnamespace = 'meta_inbox'::regnamespace and c.relkind in ('r', 'p')
          and not c.relispartition and c.relname <> 'schema_migrations'
      loop
        execute format('delete from meta_inbox.%I', t.relname);
      end loop;
    end
    $empty$;
    reset session_replication_role;
"""


@cache
def database() -> str:
    """The superuser's DSN of a migrated database."""
    superuser = common_server().start()
    migrate(ensure_login(superuser).migrations)
    return make_conninfo(superuser, dbname=DATABASE)


@dataclass(frozen=True, slots=True)
class Opened:
    """An empty database: as the service's login reaches it, and as the superuser does."""

    db: Database
    pool: Pool
    superuser: AsyncConnection[tuple[Any, ...]]


@asynccontextmanager
async def emptied() -> AsyncGenerator[Opened]:
    """Reached by a login that owns nothing and inherits nothing."""
    dsn = await asyncio.to_thread(database)
    async with (
        await AsyncConnection.connect(dsn, autocommit=True) as superuser,
        open_pool(make_conninfo(dsn, user=LOGIN)) as pool,
    ):
        await superuser.execute(_EMPTY)
        yield Opened(Database(pool), pool, superuser)


@asynccontextmanager
async def postgres_stores() -> AsyncGenerator[Stores]:
    """Empty ones."""
    async with emptied() as opened:
        yield stores_on(opened, KeyRing.parse(KeyRing.generate("k1")))


def stores_on(opened: Opened, keys: KeyRing) -> Stores:
    """The adapters on that database."""
    clock, ids, db = SystemClock(), UuidV7Ids(), opened.db
    return Stores(
        states=PostgresOAuthStates(db, keys),
        accounts=PostgresAccounts(db, keys, ids),
        account_care=PostgresAccountCare(db, keys),
        account_pictures=PostgresAccountPictures(db),
        journal=PostgresJournal(db, ids, ProcessWakeups()),
        conversations=PostgresConversations(db),
        outbox=PostgresOutbox(db),
        outcomes=PostgresOutcomes(db),
        media=PostgresMedia(db),
        uploads=PostgresUploads(db),
        histories=PostgresHistories(db, ids),
        deletions=PostgresDeletions(db, ids, ProcessWakeups()),
        events=PostgresEventLog(db),
        live_tickets=PostgresLiveTickets(db),
        consumers=PostgresConsumers(db),
        dead_letters=PostgresDeadLetters(db),
        canned_replies=PostgresCannedReplies(db),
        endpoints=PostgresWebhookEndpoints(db, keys),
        deliveries=PostgresWebhookDeliveries(db),
        queue=PostgresWebhookQueue(db, keys),
        clock=clock,
        ids=ids,
        backstage=PostgresBackstage(opened.superuser, db),
    )
