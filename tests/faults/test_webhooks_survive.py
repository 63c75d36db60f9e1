"""What was logged is told to endpoints, at least once and under one id, whatever dies meanwhile."""

import asyncio
import random
import time
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from standardwebhooks.webhooks import Webhook

from tests.contracts.receivers import OK, Receiver
from tests.faults.meta import deliver
from tests.harness.service import JWT_SECRET, SECRET, Service, connect_page, meta_inbox
from tests.harness.webhooks import PAGE, webhooks

pytestmark = pytest.mark.real

TENANT = "bench"


def _service(database: str) -> Service:
    return meta_inbox(database, META_INBOX_WEBHOOK_HOSTS="127.0.0.1").start()


async def _endpoint(service: Service, receiver: Receiver) -> str:
    """Has new messages posted to the receiver; the secret."""
    claims = {"sub": "bea", "tenant_id": TENANT, "exp": int(time.time()) + 300}
    headers = {"Authorization": "Bearer " + jwt.encode(claims, JWT_SECRET, "HS256")}
    base = f"http://127.0.0.1:{service.port}/api/meta"
    async with httpx.AsyncClient(trust_env=False, headers=headers) as caller:
        body = {"url": receiver.url, "types": ["message.created"]}
        made = await caller.post(f"{base}/webhook-endpoints", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["secret"])


def _ask(database: str, query: Any) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


async def _eventually(database: str, query: str, wanted: int, *, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while (found := await asyncio.to_thread(_ask, database, query)) != wanted:
        assert time.monotonic() < deadline, f"{found} instead of {wanted}: {query}"
        await asyncio.sleep(0.1)


DELIVERED = "select count(*) from meta_inbox.webhook_deliveries where state = 'delivered'"


async def test_a_kill_between_posting_and_noting_tells_twice_under_one_id(database: str) -> None:
    noted = asyncio.Event()

    async def takes_it_but_the_power_goes(writer: asyncio.StreamWriter) -> None:
        noted.set()
        await asyncio.sleep(30)

    async with Receiver([takes_it_but_the_power_goes, OK]).listening() as receiver:
        service = await asyncio.to_thread(_service, database)
        try:
            connect_page(database, PAGE)
            secret = await _endpoint(service, receiver)
            await deliver(service.port, webhooks("one", 1, secret=SECRET))
            await asyncio.wait_for(noted.wait(), 15)
            await asyncio.to_thread(service.kill)
            assert _ask(database, DELIVERED) == 0
            with psycopg.connect(database) as connection:
                connection.execute("update meta_inbox.webhook_deliveries set lease_until = now()")
            await asyncio.to_thread(service.start)
            await _eventually(database, DELIVERED, 1)
        finally:
            await asyncio.to_thread(service.stop)
        first, second = receiver.seen
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        for request in (first, second):
            Webhook(secret).verify(request.body, request.headers)


async def test_nothing_is_lost_and_each_event_has_one_id_through_kills(database: str) -> None:
    count, kills = 240, 3
    async with Receiver([OK]).listening() as receiver:
        service = await asyncio.to_thread(_service, database)
        helper = await asyncio.to_thread(_service, database)
        try:
            connect_page(database, PAGE)
            await _endpoint(service, receiver)
            for number in range(kills):
                await deliver(service.port, webhooks(f"kill{number}", count // kills, secret=SECRET))
                await asyncio.sleep(random.uniform(0.02, 0.3))
                victim = (service, helper)[number % 2]
                await asyncio.to_thread(victim.kill)
                await asyncio.to_thread(victim.start)
            with psycopg.connect(database) as connection:
                connection.execute("update meta_inbox.webhook_deliveries set lease_until = now()")
            await _eventually(database, DELIVERED, count)
        finally:
            await asyncio.to_thread(service.stop)
            await asyncio.to_thread(helper.stop)
        told = [request.headers["webhook-id"] for request in receiver.seen]
        assert len(set(told)) == count
        assert len(told) <= count + 4 * kills * 2
        assert _ask(database, "select count(*) from meta_inbox.webhook_deliveries") == count
