"""The CRM's own table, in the database that the inbox has its schema in."""

from typing import Any

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from meta_inbox import MessageReceived

Pool = AsyncConnectionPool[Any]


class Lead(BaseModel):
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


async def keep(pool: Pool, received: MessageReceived) -> None:
    """Makes a lead of a message, once however often it is told: the event's id is the same each time.

    The block ends with the commit; the event is acknowledged behind it. If the process dies between the
    two, the event comes again and finds its lead.
    """
    async with pool.connection() as connection:
        await connection.execute(
            """
            insert into leads (event_id, account_id, contact_id, name, text)
            values (%(event)s, %(account)s, %(contact)s, %(name)s, %(text)s)
            on conflict (event_id) do nothing
            """,
            {
                "event": received.id,
                "account": received.account.id,
                "contact": received.contact.id,
                "name": received.contact.name,
                "text": received.message.text,
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
