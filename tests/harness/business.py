"""A business at work: processes of the service on one database, Meta beside them, accounts and contacts."""

import asyncio
import re
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import psycopg

from tests.harness.played_meta import PlayedMeta, played_meta
from tests.harness.service import JWT_SECRET, Service, free_port, meta_inbox

TENANT = "t1"
CASA_VERDE, PADARIA_SOL, CASAVERDE = "1001", "1002", "17841400000000001"
_SHARED = (
    "META_INBOX_ENCRYPTION_KEYS",
    "META_WEBHOOK_VERIFY_TOKEN",
    "META_OAUTH_REDIRECT_URI",
    "META_GRAPH_BASE_URL",
    "META_DIALOG_BASE_URL",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """``services[0]`` is where Meta's webhooks and the browser go."""

    database: str
    meta: PlayedMeta
    services: list[Service]

    def another(self, *arguments: str, **variables: str) -> Service:
        """One more process beside the first, for the same app and with the same keys."""
        same = {name: self.services[0].variable(name) for name in _SHARED}
        self.services.append(meta_inbox(self.database, *arguments, **same | variables))
        return self.services[-1].start()

    def base(self, number: int = 0) -> str:
        """The API of one of its processes."""
        return f"http://127.0.0.1:{self.services[number].port}/api/meta"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(query.encode(), values or None).fetchall()

    def accounts(self) -> dict[str, str]:
        """Our ids of the accounts, by Meta's."""
        return dict(self.rows("select external_id, id::text from meta_inbox.accounts"))

    def statuses(self, ids: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        """Status and Meta's id of these messages, by our ids."""
        query = "select id::text, status, meta_message_id from meta_inbox.messages where id::text = any(%s)"
        return {id_: (status, mid) for id_, status, mid in self.rows(query, list(ids))}

    async def connect(self) -> None:
        """Marina logs in at Meta and connects everything; also again after a token died."""
        async with httpx.AsyncClient(trust_env=False, timeout=20, headers=bearer()) as client:
            start = (await client.get(self.base() + "/oauth/start")).raise_for_status().json()
            dialog = (await client.get(start["authorization_url"])).headers["Location"]
            agreed = await client.post(dialog, data={"action": "approve"})
            page = await client.get(agreed.headers["Location"])
            found = re.search(r"#completion=([A-Za-z0-9_-]+)", page.text)
            assert found is not None
            done = await client.post(self.base() + "/oauth/complete", json={"completion": found[1]})
            done.raise_for_status()

    async def contacts(self, account: str, count: int) -> list[str]:
        """So many people who wrote to the account, known here too."""
        ids = await asyncio.to_thread(self.meta.contacts, account, count)
        query = "select count(*) from meta_inbox.conversations where contact_id = any(%s)"
        await until(lambda: self.rows(query, ids) == [(count,)], within=60)
        return ids


def bearer() -> dict[str, str]:
    """What an agent's requests carry."""
    claims = {"sub": "u1", "tenant_id": TENANT, "exp": int(time.time()) + 7200}
    return {"Authorization": "Bearer " + jwt.encode(claims, JWT_SECRET, "HS256")}


@contextmanager
def business(database: str, *arguments: str, processes: int = 2, **variables: str) -> Generator[Business]:
    """Starts all of it on an empty database, and ends it."""
    port = free_port()
    meta = {"META_GRAPH_BASE_URL": f"http://127.0.0.1:{port}"}
    meta["META_DIALOG_BASE_URL"] = meta["META_GRAPH_BASE_URL"]
    first = meta_inbox(database, *arguments, **meta, **variables)
    with played_meta(port, first.variables) as played:
        house = Business(database=database, meta=played, services=[first])
        try:
            first.start()
            for _ in range(processes - 1):
                house.another(*arguments, **variables)
            yield house
        finally:
            for service in house.services:
                service.end()


async def until(holds: Any, *, within: float, every: float = 0.1) -> None:
    """Waits for it; AssertionError when it takes too long."""
    ends = time.monotonic() + within
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < ends, "it took too long"
        await asyncio.sleep(every)
