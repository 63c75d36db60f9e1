"""What is left when a process dies or freezes while it sends: told truly, settled by echoes, sent once."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from tests.faults.meta import post
from tests.harness.business import CASA_VERDE, CASAVERDE, Business, bearer, business, until
from tests.harness.service import SECRET, new_database
from tests.harness.webhooks import body_of, request_of

pytestmark = pytest.mark.real

KILLED, FROZEN, UNHEARD = 1, 2, 3
"""The processes by what becomes of them; the first one lives. The last cannot reach Meta."""


@dataclass(kw_only=True)
class Aftermath:
    """The messages by what became of the process that sent them; each has one that waits behind it."""

    house: Business
    sent: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    behind: list[str] = field(default_factory=list[str])

    def told(self, number: int) -> dict[str, tuple[str, str | None]]:
        """What is told of the messages of this process."""
        return self.house.statuses(self.sent[number])

    def at_meta(self, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """What Meta accepted of these."""
        ledger = self.house.meta.ledger()
        return {id_: [sent for sent in ledger if sent["metadata"] == id_] for id_ in ids}


class _Deaf:
    """A place that takes no connection: whoever calls waits before the first byte."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._callers = [socket.socket() for _ in range(4)]
        for caller in self._callers:
            caller.setblocking(False)
            with suppress(BlockingIOError):
                caller.connect(self._socket.getsockname())

    def close(self) -> None:
        """Lets everybody go."""
        for one in (self._socket, *self._callers):
            one.close()


async def _post(house: Business, number: int, contact: str, text: str) -> None:
    account = CASAVERDE if contact in _instagram(house) else CASA_VERDE
    body = {"account_id": house.accounts()[account], "recipient_id": contact}
    async with httpx.AsyncClient(trust_env=False, timeout=60, headers=bearer()) as client:
        with suppress(httpx.TransportError):
            await client.post(
                house.base(number) + "/send-message", json=body | {"message": {"type": "text", "text": text}}
            )


def _instagram(house: Business) -> set[str]:
    return {str(one["id"]) for one in house.meta.play("GET", f"contacts?account_id={CASAVERDE}")}


def _ids(house: Business, text: str) -> list[str]:
    query = "select id::text from meta_inbox.messages where text = %s order by created_at"
    return [str(id_) for (id_,) in house.rows(query, text)]


def _sending(house: Business, text: str, count: int) -> bool:
    query = "select count(*) from meta_inbox.messages where text = %s and status = 'sending'"
    return house.rows(query, text) == [(count,)]


@pytest.fixture(scope="module")
def aftermath(postgres: EmbeddedPostgres) -> Generator[Aftermath]:
    """Three processes are sending when one is killed, one freezes and one is killed before its first byte.

    The echoes are withheld, the leases run out, and the frozen one goes on where it was.
    """
    deaf = _Deaf()
    with business(new_database(postgres, "aftermath"), "--no-jobs", processes=3) as house:
        try:
            house.another("--no-jobs", META_GRAPH_BASE_URL=deaf.url)
            yield asyncio.run(_trouble(house))
        finally:
            deaf.close()


async def _trouble(house: Business) -> Aftermath:
    await house.connect()
    people = await house.contacts(CASA_VERDE, 9) + await house.contacts(CASAVERDE, 9)
    after, posting = Aftermath(house=house), list[asyncio.Task[None]]()
    house.meta.falls_silent()
    house.meta.fault("accept_then_hang", count=6)
    for number in (KILLED, FROZEN, UNHEARD):
        if number == FROZEN:
            house.meta.fault("answer_late", seconds=4, count=6)
        theirs = people[number - 1 :: 3]
        posting += [asyncio.create_task(_post(house, number, one, f"by {number}")) for one in theirs]
        await until(lambda name=f"by {number}": _sending(house, name, 6), within=10, every=0.02)
        if number != UNHEARD:
            await until(lambda so_far=6 * number: len(house.meta.ledger()) == so_far, within=5, every=0.02)
        os.kill(house.services[number].process.pid, signal.SIGSTOP if number == FROZEN else signal.SIGKILL)
        after.sent[number] = _ids(house, f"by {number}")
    for contact in people:
        await _post(house, 0, contact, "behind")
    after.behind = _ids(house, "behind")
    await asyncio.to_thread(house.another)
    unknown = "select count(*) from meta_inbox.messages where status = 'unknown'"
    await until(lambda: house.rows(unknown) == [(18,)], within=40)
    await until(lambda: all(len(found) == 1 for found in after.at_meta(after.behind).values()), within=10)
    os.kill(house.services[FROZEN].process.pid, signal.SIGCONT)
    await asyncio.gather(*posting)
    await asyncio.sleep(1)
    return after


async def test_the_one_behind_goes_when_the_doubt_has_lasted_long_enough(aftermath: Aftermath) -> None:
    assert all(len(found) == 1 for found in aftermath.at_meta(aftermath.behind).values())
    assert {status for status, _ in aftermath.house.statuses(aftermath.behind).values()} == {"sent"}


async def test_who_was_killed_before_the_first_byte_leaves_doubt_and_no_message(aftermath: Aftermath) -> None:
    assert set(aftermath.told(UNHEARD).values()) == {("unknown", None)}
    assert all(found == [] for found in aftermath.at_meta(aftermath.sent[UNHEARD]).values())


async def test_who_was_frozen_beyond_its_lease_sends_nothing_again_and_tells_nothing_wrong(
    aftermath: Aftermath,
) -> None:
    at_meta = aftermath.at_meta(aftermath.sent[FROZEN])
    assert all(len(found) == 1 for found in at_meta.values())
    for id_, (status, mid) in aftermath.told(FROZEN).items():
        assert (status, mid) in (("unknown", None), ("sent", at_meta[id_][0]["mid"]))


async def test_an_echo_settles_what_a_killed_process_had_sent(aftermath: Aftermath) -> None:
    at_meta = aftermath.at_meta(aftermath.sent[KILLED])
    assert all(len(found) == 1 for found in at_meta.values())
    assert set(aftermath.told(KILLED).values()) == {("unknown", None)}
    for (sent,) in at_meta.values():
        assert await post(aftermath.house.services[0].port, _echo(sent)) == 200
    true = {id_: ("sent", found[0]["mid"]) for id_, found in at_meta.items()}
    await until(lambda: aftermath.told(KILLED) == true, within=5)
    foreign = "select count(*) from meta_inbox.messages where origin in ('native_app', 'other_app')"
    assert aftermath.house.rows(foreign) == [(0,)]


def _echo(sent: dict[str, Any]) -> bytes:
    """As Meta tells of it: on Instagram without our token."""
    message = {"is_echo": True, "mid": sent["mid"], "text": sent["message"]["text"]}
    if sent["surface"] == "page":
        message |= {"app_id": 102030405060, "metadata": sent["metadata"]}
    between = {"sender": {"id": sent["account_id"]}, "recipient": {"id": sent["recipient_id"]}}
    event = between | {"timestamp": int(time.time() * 1000), "message": message}
    body = body_of([event], page=sent["account_id"])
    if sent["surface"] == "instagram":
        body = body.replace(b'"object":"page"', b'"object":"instagram"')
    return request_of(body, SECRET)
