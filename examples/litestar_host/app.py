"""A CRM on Litestar with the inbox inside: mounted, read for leads, and answered from one of its routes."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request, Response, asgi, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.types import Receive, Scope, Send
from psycopg_pool import AsyncConnectionPool

from litestar_host import leads
from litestar_host.login import log_in, logged_in, sessions, who_is_it
from meta_inbox import Principal, Settings, open_inbox
from meta_inbox.domain.errors import Refused
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import AccountId, ContactId


@dataclass
class Answer:
    """What the agent says to the person behind a lead."""

    text: str


@get("/leads")
async def list_leads(state: State) -> list[leads.Lead]:
    """Who wrote, oldest first."""
    return await leads.all_of_them(state.pool)


@post("/leads/{lead:int}/answer", status_code=200)
async def answer(
    lead: int, data: Answer, state: State, request: Request[Principal, Any, Any]
) -> dict[str, str]:
    """Answers in the conversation that the lead came from."""
    found = await leads.one(state.pool, lead)
    if found is None:
        raise NotFoundException
    sent = await state.inbox.send_message(
        by=request.user,
        account=AccountId(found.account_id),
        contact=ContactId(found.contact_id),
        content=TextContent(text=data.text),
    )
    return {"id": sent.id, "status": sent.status}


@asgi("/inbox", is_mount=True, copy_scope=True)
async def inbox_api(scope: Scope, receive: Receive, send: Send) -> None:
    """Everything below ``/inbox``, WebSockets as well. It has its own gate, so the CRM's is not before it."""
    await scope["litestar_app"].state.inbox_api(scope, receive, send)


@asynccontextmanager
async def opened(app: Litestar) -> AsyncGenerator[None]:
    """The CRM's pool, and the inbox with one of its own; while both are open, leads are collected."""
    async with (
        AsyncConnectionPool[Any](os.environ["DATABASE_URL"], open=False) as pool,
        open_inbox(Settings.from_env()) as inbox,
        asyncio.TaskGroup() as tasks,
    ):
        await leads.create_table(pool)
        app.state.update({"pool": pool, "inbox": inbox, "inbox_api": inbox.asgi(identity=who_is_it)})
        collecting = tasks.create_task(leads.collect(inbox, pool))
        yield
        collecting.cancel()


def refused(_request: Request[Any, Any, Any], refusal: Refused) -> Response[dict[str, str]]:
    """The window is closed, the person blocked the business, and so on."""
    return Response({"code": refusal.code, "detail": str(refusal)}, status_code=409)


app = Litestar(
    [log_in, list_leads, answer, inbox_api],
    lifespan=[opened],
    middleware=[sessions.middleware, logged_in],
    exception_handlers={Refused: refused},
)
