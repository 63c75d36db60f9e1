"""The CRM's own table, in the database that the inbox has its schema in, and what fills it."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from meta_inbox import DeliveredEvent, EventType
from meta_inbox.domain.model.message import Direction
from meta_inbox.entrypoints.plugin import OpenInbox

Pool = AsyncConnectionPool[Any]
log = logging.getLogger(__name__)


@dataclass
class Lead:
    """Somebody wrote, and somebody of the CRM should care."""

    id: int
    account_id: str
    contact_id: str
    name: str | None
    text: str | None


async def create_table(pool: Pool) -> None:
    """A CRM of yours has migrations for this."""
    async with pool.connection() as connection:
        await connection.execute("""
            create table if not exists leads (
              id bigint generated always as identity primary key,
              event_id uuid not null unique,
              account_id text not null,
              contact_id text not null,
              name text,
              text text
            )
        """)


async def collect(inbox: OpenInbox, pool: Pool) -> None:
    """Makes a lead of each message that comes, until the inbox is closed.

    The lead is committed, then the event acknowledged. If the process dies between the two, or the database
    is away, the event comes again, and finds its lead if there is one.
    """
    while True:
        try:
            async for event in inbox.events(consumer="crm-leads"):
                if event.type is EventType.MESSAGE_CREATED:
                    await _keep(event, pool)
                await event.ack()
        except psycopg.Error as error:
            log.warning("leads wait: %s", error)
            await asyncio.sleep(1)
        else:
            return


async def _keep(event: DeliveredEvent, pool: Pool) -> None:
    message, conversation = event.data.message, event.data.conversation
    if message is None or conversation is None or message.direction is not Direction.INBOUND:
        return
    async with pool.connection() as connection:
        await connection.execute(
            """
            insert into leads (event_id, account_id, contact_id, name, text)
            values (%(event)s, %(account)s, %(contact)s, %(name)s, %(text)s)
            on conflict (event_id) do nothing
            """,
            {
                "event": event.id,
                "account": event.data.account.id,
                "contact": conversation.contact.id,
                "name": conversation.contact.name,
                "text": message.text,
            },
        )


async def all_of_them(pool: Pool) -> list[Lead]:
    """Oldest first."""
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Lead)) as cursor:
        await cursor.execute("select id, account_id, contact_id, name, text from leads order by id")
        return await cursor.fetchall()


async def one(pool: Pool, lead: int) -> Lead | None:
    """The one of this id."""
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Lead)) as cursor:
        await cursor.execute("select id, account_id, contact_id, name, text from leads where id = %s", [lead])
        return await cursor.fetchone()
