"""Hundreds of live connections, some of which read nothing: the others notice nothing, and memory is flat."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

import httpx
import psutil
import pytest

from tests.faults.test_live_survives import TENANT, insist, services
from tests.harness.live import Follower, following, ticket
from tests.harness.service import SECRET, Service
from tests.harness.webhooks import Webhook, webhooks

pytestmark = [pytest.mark.real, pytest.mark.alone]

_AHEAD = b'"message_id":"'


class Crowd:
    """When each message first came to a connection, and how late it was there."""

    def __init__(self) -> None:
        self.sent_at: dict[bytes, float] = {}
        self.late: list[float] = []

    def take(self, payload: bytes, at: float) -> None:
        """One frame of any of them."""
        place = payload.find(_AHEAD)
        if place >= 0:
            begin = place + len(_AHEAD)
            self.late.append(at - self.sent_at[payload[begin : payload.index(b'"', begin)]])

    def percentile(self, share: float) -> float:
        """The delay that this share of all frames stayed under, in seconds."""
        ordered = sorted(self.late)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def _join(
    stack: AsyncExitStack,
    client: httpx.AsyncClient,
    service: Service,
    crowd: Crowd,
    count: int,
    *,
    room: int | None = None,
) -> list[Follower]:
    joined: list[Follower] = []
    for number in range(count):
        given = await ticket(client, service, TENANT, f"user-{number}")
        joined.append(await stack.enter_async_context(following(service, given, crowd.take, room=room)))
    return joined


async def _writes(service: Service, crowd: Crowd, sent: Sequence[Webhook], every: float) -> None:
    begun = time.perf_counter()
    for number, webhook in enumerate(sent):
        await asyncio.sleep(max(begun + number * every - time.perf_counter(), 0))
        crowd.sent_at[webhook.mids[0].encode()] = time.perf_counter()
        await insist(service, webhook)


async def _crowded(
    database: str, *, sockets: int, deaf: int, messages: int, every: float, text: str
) -> httpx.Response:
    async with services(database, 1) as (service,), AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient())
        crowd, unheard = Crowd(), Crowd()
        reading = await _join(stack, client, service, crowd, sockets - deaf)
        stuck = await _join(stack, client, service, unheard, deaf, room=4096)
        for each in stuck:
            each.transport.pause_reading()
        unheard.sent_at = crowd.sent_at
        await _writes(service, crowd, webhooks("warm", 20, secret=SECRET), every)
        before = psutil.Process(service.process.pid).memory_info().rss
        await _writes(service, crowd, webhooks("crowd", messages, secret=SECRET, text=text), every)
        await asyncio.sleep(1)
        grown = psutil.Process(service.process.pid).memory_info().rss - before
        assert len(crowd.late) == len(reading) * (messages + 20)
        assert crowd.percentile(0.99) < 0.3
        assert grown < 64 * 2**20
        assert all(each.code is None for each in reading)
        return await client.get(f"http://127.0.0.1:{service.port}/metrics")
    raise AssertionError("unreachable")


async def test_readers_who_do_not_read_harm_nobody(database: str) -> None:
    await _crowded(database, sockets=150, deaf=20, messages=200, every=0.05, text="Oi!")


@pytest.mark.soak
async def test_five_hundred_connections_of_which_fifty_do_not_read(database: str) -> None:
    # Long texts, so that more is said than a socket takes of which nobody reads.
    text = "Vocês entregam em São Paulo? " * 60
    told = await _crowded(database, sockets=500, deaf=50, messages=1200, every=0.05, text=text)
    assert 'meta_inbox_live_ended_total{code="1013"} 50.0' in told.text
