"""Clients of the live connection that mean harm, or are broken: each is ended, and nobody else notices."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import psutil
import pytest

from tests.faults.test_live_survives import TENANT, insist, services, until
from tests.harness.live import Follower, Reader, connected, following, ticket
from tests.harness.service import SECRET, Service
from tests.harness.webhooks import webhooks

pytestmark = [pytest.mark.real, pytest.mark.alone]

ENDS_WITHIN = 18.0
"""Seconds: 10 that a frame may wait, and two looks at each connection, 2.5 apart."""


@dataclass
class House:
    """A running service and a client to ask it with."""

    service: Service
    client: httpx.AsyncClient

    def sockets(self) -> int:
        """How many connections it holds."""
        found = psutil.Process(self.service.process.pid).net_connections(kind="tcp")
        return sum(one.status != psutil.CONN_LISTEN for one in found)

    async def ticket(self) -> str:
        """One for Ana."""
        return await ticket(self.client, self.service, TENANT)

    async def still_serves(self) -> None:
        """Somebody else notices nothing."""
        reader = Reader()
        async with following(self.service, await self.ticket(), reader.take):
            (webhook,) = webhooks(f"fine-{time.monotonic_ns()}", 1, secret=SECRET)
            await insist(self.service, webhook)
            await until(lambda: webhook.mids[0] in reader.at, 3)


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    """One process."""
    limits = httpx.Limits(max_keepalive_connections=0)
    async with services(database, 1) as (service,), httpx.AsyncClient(limits=limits) as client:
        yield House(service, client)


def ignore(payload: bytes, at: float) -> None:
    """Nobody looks."""
    del payload, at


async def gone(house: House, before: int) -> None:
    """The connection is no longer held."""
    await until(lambda: house.sockets() <= before, ENDS_WITHIN)


async def upgraded(stack: AsyncExitStack, house: House) -> Follower:
    """A connection with little room that was let in, and reads nothing from now on."""
    given = await house.ticket()
    follower = await stack.enter_async_context(following(house.service, given, ignore, room=4096))
    assert follower.status == 101
    follower.transport.pause_reading()
    return follower


@pytest.mark.parametrize(
    "line", [f"Cookie: {'x' * 9000}", "X-Odd: \x01", "Sec-WebSocket-Version: 12"], ids=["long", "odd", "old"]
)
async def test_a_request_that_cannot_be_read_is_refused_and_gone(house: House, line: str) -> None:
    before = house.sockets()
    reader, writer = await asyncio.open_connection("127.0.0.1", house.service.port)
    head = [
        "GET /api/meta/live?ticket=x HTTP/1.1",
        "Host: live",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    writer.write("\r\n".join([*head, line, "", ""]).encode())
    answer = await asyncio.wait_for(reader.read(), ENDS_WITHIN)
    writer.close()
    assert answer[9:12] in {b"400", b"426", b"431"}
    await gone(house, before)
    await house.still_serves()


async def test_a_service_ends_in_order_whatever_its_connections_are_in_the_middle_of(house: House) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(3):
            follower = await upgraded(stack, house)
            follower.transport.write(b"\x88\x80\x00\x00\x00\x00")
        reader, writer = await asyncio.open_connection("127.0.0.1", house.service.port)
        writer.write(b"GET /api/meta/live HTTP/1.1\r\nHost: live\r\nUpgrade: websocket\r\nConn")
        assert await asyncio.to_thread(house.service.stop) == 0
        writer.close()
        del reader


async def test_a_client_that_closes_without_having_read_is_let_go(house: House) -> None:
    before = house.sockets()
    async with AsyncExitStack() as stack:
        follower = await upgraded(stack, house)
        for number in range(20):
            (webhook,) = webhooks(f"much-{number}", 1, secret=SECRET, per_post=50)
            await insist(house.service, webhook)
        await asyncio.sleep(0.5)
        follower.transport.write(b"\x88\x80\x00\x00\x00\x00")
        await gone(house, before)
    await house.still_serves()


async def test_a_flood_of_pings_costs_no_memory(house: House) -> None:
    before = house.service.memory_mb()
    ping = (b"\x89\xfd" + b"\x00" * 4 + b"x" * 125) * 8000
    async with AsyncExitStack() as stack:
        follower = await upgraded(stack, house)
        for _ in range(40):
            follower.transport.write(ping)
            await asyncio.sleep(0.02)
            if follower.transport.is_closing():
                break
        assert house.service.memory_mb() - before < 32
        await until(lambda: follower.transport.is_closing() or follower.gone.done(), ENDS_WITHIN)
    await house.still_serves()


async def test_who_does_not_read_is_closed_with_1013_and_the_others_hear_everything(house: House) -> None:
    before = house.sockets()
    reader = Reader()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(following(house.service, await house.ticket(), reader.take))
        await upgraded(stack, house)
        for number in range(40):
            (webhook,) = webhooks(f"much-{number}", 1, secret=SECRET, per_post=50)
            await insist(house.service, webhook)
        await until(lambda: reader.place == 2000, 30)
        await gone(house, before + 1)
        metrics = (await house.client.get(f"http://127.0.0.1:{house.service.port}/metrics")).text
        assert 'meta_inbox_live_ended_total{code="1013"} 1.0' in metrics
    assert reader.seen == list(range(1, 2001))


async def test_a_huge_frame_closes_with_1009(house: House) -> None:
    async with connected(
        house.service.port, f"/api/meta/live?ticket={await house.ticket()}", ignore
    ) as follower:
        size = 65_537
        follower.transport.write(b"\x82\xff" + size.to_bytes(8, "big") + b"\x00" * 4 + os.urandom(size))
        await asyncio.wait_for(follower.gone, ENDS_WITHIN)
        assert follower.code == 1009
