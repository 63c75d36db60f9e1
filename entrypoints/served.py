"""The inbox as a server process holds it: opened and closed with the server."""

import asyncio
import gc

from meta_inbox.adapters.http.asgi import Receive, Scope, Send
from meta_inbox.adapters.http.front import Front
from meta_inbox.adapters.http.web_build import built_app
from meta_inbox.adapters.http.webhook_lane import WebhookLane
from meta_inbox.adapters.logs.log import log_named
from meta_inbox.entrypoints.plugin import OpenInbox, open_inbox
from meta_inbox.entrypoints.settings import Settings

_log = log_named("meta_inbox")


def settle_memory() -> None:
    """Takes what stays out of the garbage collector's rounds, and makes them rarer.

    A webhook makes a few dozen objects that reference counting frees; looking for cycles every 700 of
    them costs the ingest path more than its signature does.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class ServedInbox:
    """An ASGI app with a lifespan and the web app; ``closing`` is set when the server is told to stop."""

    def __init__(self, settings: Settings, *, jobs: bool, closing: asyncio.Event) -> None:
        self._settings = settings
        self._jobs = jobs
        self._closing = closing
        self._app: Front | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection, or the lifespan."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)

    def open_lane(self) -> WebhookLane | None:
        """The short way for webhooks, once started."""
        return None if self._app is None else self._app.webhook

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with open_inbox(self._settings, jobs=self._jobs) as inbox:
            web = built_app()
            if not web:
                _log.warning("web_app_not_built", detail="/ says how to build it; the API is served")
            self._app = inbox.asgi(web=web)
            settle_memory()
            retiring = asyncio.create_task(self._retire(inbox))
            await send({"type": "lifespan.startup.complete"})
            await receive()
            retiring.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _retire(self, inbox: OpenInbox) -> None:
        # While the last answers are given no job begins anything, which leaves time for what is on its way.
        await self._closing.wait()
        inbox.retire()
