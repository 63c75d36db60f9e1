"""Brings the world's webhooks to the app, in order of time, and tries again when they are not taken."""

import asyncio
import heapq
import logging
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import httpx

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_webhooks import Webhook

_log = logging.getLogger("meta_inbox.sandbox")

PATIENCE = 5.0
PAUSES = (0.3, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 60.0, 60.0)
REMEMBERED = 200
OK = 200
CHALLENGE = "1158201444"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How it went with one webhook so far; ``outcome`` is a status, or in words why there was none."""

    number: int
    object: str
    at: datetime
    tries: int = 0
    outcome: str = "waiting"
    done: bool = False


@dataclass(order=True, slots=True)
class _Parcel:
    due: float
    number: int
    webhook: Webhook = field(compare=False)
    tries: int = field(compare=False, default=0)


class Courier:
    """One webhook at a time, each given up after as many tries as there are ``pauses``.

    ``deliver_to`` None = only where an app-level subscription names a callback; without any, webhooks
    count as undelivered at once.
    """

    def __init__(self, world: World, deliver_to: str | None, *, pauses: tuple[float, ...] = PAUSES) -> None:
        self._world = world
        self._deliver_to = deliver_to
        self._pauses = pauses
        self._parcels: list[_Parcel] = []
        self._count = 0
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._deliveries: deque[Delivery] = deque(maxlen=REMEMBERED)

    def take(self, webhook: Webhook) -> None:
        """Accepts a webhook; it leaves as soon as its turn comes."""
        self._count += 1
        self._deliveries.append(Delivery(number=self._count, object=webhook.object, at=webhook.at))
        heapq.heappush(self._parcels, _Parcel(asyncio.get_running_loop().time(), self._count, webhook))
        self._idle.clear()
        self._news.set()

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The latest webhooks, oldest first."""
        return tuple(self._deliveries)

    async def idle(self) -> None:
        """Returns when nothing waits: everything was taken or given up."""
        await self._idle.wait()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Delivers inside."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        async with _client() as client:
            while True:
                wait = self._until_due()
                if wait == 0.0:
                    await self._deliver(client, heapq.heappop(self._parcels))
                    continue
                self._news.clear()
                try:
                    async with asyncio.timeout(wait):
                        await self._news.wait()
                except TimeoutError:
                    continue

    def _until_due(self) -> float | None:
        """Seconds until the next parcel's turn; None without any."""
        if not self._parcels:
            self._idle.set()
            return None
        return max(0.0, self._parcels[0].due - asyncio.get_running_loop().time())

    async def _deliver(self, client: httpx.AsyncClient, parcel: _Parcel) -> None:
        url = self._callback(parcel.webhook.object)
        outcome = await _post(client, url, parcel.webhook) if url else "no callback"
        parcel.tries += 1
        taken = outcome == str(OK)
        given_up = not taken and (url is None or parcel.tries > len(self._pauses))
        self._note(parcel, outcome, done=taken or given_up)
        if given_up:
            _log.warning("webhook %d was given up after %d tries: %s", parcel.number, parcel.tries, outcome)
        elif not taken:
            parcel.due = asyncio.get_running_loop().time() + self._pauses[parcel.tries - 1]
            heapq.heappush(self._parcels, parcel)

    def _callback(self, object_: str) -> str | None:
        subscription = self._world.ground.state.app_subscriptions.get(object_)
        return (subscription.callback_url if subscription else None) or self._deliver_to

    def _note(self, parcel: _Parcel, outcome: str, *, done: bool) -> None:
        for index, delivery in enumerate(self._deliveries):
            if delivery.number == parcel.number:
                self._deliveries[index] = replace(delivery, tries=parcel.tries, outcome=outcome, done=done)

    @staticmethod
    async def handshake(url: str, verify_token: str) -> bool:
        """Whether the callback answers Meta's verify handshake."""
        query = {"hub.mode": "subscribe", "hub.challenge": CHALLENGE, "hub.verify_token": verify_token}
        own = dict(parse_qsl(urlsplit(url).query))
        try:
            async with _client() as client, asyncio.timeout(PATIENCE):
                answer = await client.get(url, params=own | query)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return False
        return answer.status_code == OK and answer.text.strip() == CHALLENGE


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=PATIENCE)


async def _post(client: httpx.AsyncClient, url: str, webhook: Webhook) -> str:
    try:
        async with (
            asyncio.timeout(PATIENCE),
            client.stream("POST", url, content=webhook.body, headers=dict(webhook.headers)) as answer,
        ):
            return str(answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        return type(error).__name__
