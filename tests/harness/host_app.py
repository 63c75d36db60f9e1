"""A host application as a process of its own: it makes a lead of each message, once, whatever becomes of it.

The lead is committed by the event's id before the event is acknowledged; a while lies between the two, in
which tests may kill or freeze the process.
"""

import asyncio
import os
import signal
import sys

from psycopg import AsyncConnection

from meta_inbox import MessageReceived, Settings, open_inbox

LEADS = "crm-leads"
TABLES = """
    create table public.leads (event_id text primary key, text text not null);
    create table public.handled (event_id text not null, pid int not null, at timestamptz default now())
"""
_MAKE = "insert into public.leads (event_id, text) values (%s, %s) on conflict do nothing"
_NOTE = "insert into public.handled (event_id, pid) values (%s, %s)"


async def main(seconds: float) -> None:
    """Runs until it is killed; ``seconds`` lie between its own commit and the acknowledgement."""
    async with (
        await AsyncConnection.connect(os.environ["DATABASE_URL"]) as own,
        open_inbox(Settings.from_env(), jobs=False) as inbox,
    ):
        async for event in inbox.events(consumer=LEADS):
            if event.data.message is not None:
                await own.execute(_MAKE, (event.id, event.data.message.text))
                await own.execute(_NOTE, (event.id, os.getpid()))
                await own.commit()
                await asyncio.sleep(seconds)


async def main_with_handler(deadly: str) -> None:
    """The same by a handler, which takes the whole process with it over a message with this text."""
    async with (
        await AsyncConnection.connect(os.environ["DATABASE_URL"]) as own,
        open_inbox(Settings.from_env(), jobs=False) as inbox,
    ):

        async def handle(event: MessageReceived) -> None:
            await own.execute(_NOTE, (event.id, os.getpid()))
            await own.commit()
            if event.message.text == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            await own.execute(_MAKE, (event.id, event.message.text))
            await own.commit()

        inbox.on(MessageReceived, handle, LEADS)
        await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        asyncio.run(main_with_handler(sys.argv[2]))
    else:
        asyncio.run(main(float(sys.argv[1])))
