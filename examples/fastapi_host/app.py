"""A CRM on FastAPI with the inbox inside: mounted, read for leads, and answered from one of its routes."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel
from starlette.middleware.sessions import SessionMiddleware

from fastapi_host import leads
from fastapi_host.login import agent, router, who_is_it
from meta_inbox import MessageReceived, Principal, Settings, open_inbox
from meta_inbox.domain.errors import Refused
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.entrypoints.plugin import OpenInbox


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """One pool for the CRM and the inbox; every message that comes becomes a lead."""
    async with (
        AsyncConnectionPool[Any](os.environ["DATABASE_URL"], max_size=20, open=False) as pool,
        open_inbox(Settings.from_env(), pool=pool) as inbox,
    ):
        await leads.create_table(pool)
        app.state.pool, app.state.inbox = pool, inbox
        app.mount("/inbox", cast("Any", inbox.asgi(identity=who_is_it)))
        inbox.on(MessageReceived, partial(leads.keep, pool), consumer="crm-leads")
        yield


app = FastAPI(lifespan=lifespan)
app.add_middleware(SessionMiddleware, secret_key=os.environ["CRM_SECRET_KEY"])
app.include_router(router)

Agent = Annotated[Principal, Depends(agent)]


class Answer(BaseModel):
    """What the agent says to the person behind a lead."""

    text: str


@app.get("/leads")
async def list_leads(request: Request, _by: Agent) -> list[leads.Lead]:
    """Who wrote, oldest first."""
    return await leads.all_of_them(request.app.state.pool)


@app.post("/leads/{lead}/answer")
async def answer(lead: int, given: Answer, request: Request, by: Agent) -> dict[str, str]:
    """Answers in the conversation that the lead came from."""
    found = await leads.one(request.app.state.pool, lead)
    if found is None:
        raise HTTPException(404)
    inbox: OpenInbox = request.app.state.inbox
    sent = await inbox.send_message(
        by=by,
        account=AccountId(found.account_id),
        contact=ContactId(found.contact_id),
        content=TextContent(text=given.text),
    )
    return {"id": sent.id, "status": sent.status}


@app.exception_handler(Refused)
async def refused(_request: Request, refusal: Exception) -> JSONResponse:
    """The window is closed, the person blocked the business, and so on."""
    return JSONResponse({"code": cast("Refused", refusal).code, "detail": str(refusal)}, status_code=409)
