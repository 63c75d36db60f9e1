"""Every event reaches the host and is done once by its own key, whatever dies or freezes meanwhile."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.meta import deliver
from tests.harness.business import until
from tests.harness.host_app import TABLES
from tests.harness.service import SECRET, Service, connect_page, meta_inbox
from tests.harness.webhooks import PAGE, webhooks

pytestmark = pytest.mark.real

_ROOT = Path(__file__).parents[2]
_LEASE_RAN_OUT = "update meta_inbox.consumers set lease_until = lease_until - interval '1 minute'"
_PLACE = "select tenant_id, consumer, seq, attempt, lease_until, fence from meta_inbox.consumers"


@dataclass(kw_only=True)
class Crm:
    """Processes of a host on the service's database."""

    database: str
    variables: dict[str, str]
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list["subprocess.Popen[bytes]"])

    def start(self, seconds: float = 0.02, *, deadly: str | None = None) -> "subprocess.Popen[bytes]":
        """One more; ``deadly`` = the text that ends it."""
        command = [sys.executable, "-m", "tests.harness.host_app", str(seconds)]
        command += [] if deadly is None else [deadly]
        self.processes.append(subprocess.Popen(command, env=self.variables, cwd=_ROOT))
        return self.processes[-1]

    def ask(self, query: bytes | str) -> list[tuple[Any, ...]]:
        """What the database says."""
        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(query.encode() if isinstance(query, str) else query)
            return cursor.fetchall() if cursor.description else []

    def handled(self) -> Counter[str]:
        """How often the host did what each event asks for, before it said so."""
        return Counter(str(event) for (event,) in self.ask("select event_id from public.handled"))

    def last_pid(self) -> int:
        """Who did something last."""
        ((pid,),) = self.ask("select pid from public.handled order by at desc limit 1")
        return int(pid)

    def is_done(self, count: int) -> bool:
        """Whether so many leads are made, and everything is acknowledged."""
        behind = self.ask(
            "select 1 from meta_inbox.feeds f join meta_inbox.consumers c using (tenant_id)"
            " where c.seq is distinct from f.seq"
        )
        return self.ask("select count(*) from public.leads") == [(count,)] and not behind


@contextmanager
def _crm(database: str) -> Generator[tuple[Crm, Service]]:
    service = meta_inbox(database).start()
    connect_page(database, PAGE)
    crm = Crm(database=database, variables=service.variables)
    crm.ask(TABLES)
    try:
        yield crm, service
    finally:
        for process in crm.processes:
            process.kill()
            process.wait()
        service.stop()


async def _has_handled(crm: Crm, count: int) -> None:
    await until(lambda: sum(crm.handled().values()) >= count, within=30, every=0.02)


async def _freeze(crm: Crm, pid: int) -> None:
    """Outside of a transaction of its own, which would hold up everybody as long as it is frozen."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        if not crm.ask("select 1 from pg_stat_activity where state like 'idle in transaction%'"):
            return
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.005)


async def test_a_host_that_is_killed_before_it_acknowledges_misses_nothing_and_doubles_nothing(
    database: str,
) -> None:
    dice = random.Random(3)
    with _crm(database) as (crm, service):
        delivering = asyncio.create_task(
            deliver(service.port, webhooks("host", 120, secret=SECRET), give_up_after=60)
        )
        for _ in range(4):
            before = sum(crm.handled().values())
            victim = crm.start()
            await _has_handled(crm, before + dice.randint(5, 20))
            await asyncio.sleep(dice.uniform(0, 0.03))
            victim.kill()
            victim.wait()
            crm.ask(_LEASE_RAN_OUT)
        crm.start(0)
        assert set((await delivering).statuses) == {200}
        await until(lambda: crm.is_done(120), within=30)
        handled = crm.handled()
        assert len(handled) == 120
        assert 0 < sum(handled.values()) - 120 <= 4  # what was done and not acknowledged came again


async def test_a_host_that_freezes_beyond_its_lease_changes_nothing_when_it_thaws(database: str) -> None:
    with _crm(database) as (crm, service):
        crm.start()
        crm.start()
        await deliver(service.port, webhooks("frozen", 60, secret=SECRET))
        await _has_handled(crm, 10)
        frozen = crm.last_pid()
        await _freeze(crm, frozen)
        crm.ask(_LEASE_RAN_OUT)
        await until(lambda: crm.is_done(60), within=30)
        assert crm.last_pid() != frozen
        before, handled = crm.ask(_PLACE), crm.handled()
        os.kill(frozen, signal.SIGCONT)
        await asyncio.sleep(3)
        assert crm.ask(_PLACE) == before
        assert crm.handled() == handled
        assert sum(handled.values()) - 60 <= 1
        await deliver(service.port, webhooks("after", 20, secret=SECRET))
        await until(lambda: crm.is_done(80), within=30)


async def test_a_message_that_ends_every_process_is_set_aside_and_the_log_goes_on(database: str) -> None:
    with _crm(database) as (crm, service):
        await deliver(service.port, webhooks("deadly", 1, secret=SECRET, text="deadly"))
        await deliver(service.port, webhooks("behind", 10, secret=SECRET))
        for _ in range(5):
            assert await asyncio.to_thread(crm.start(deadly="deadly").wait, 30) == -signal.SIGKILL
            crm.ask(_LEASE_RAN_OUT)
        crm.start(deadly="deadly")
        await until(lambda: crm.is_done(10), within=30)
        assert sum(crm.handled().values()) == 15
        ((attempts, error),) = crm.ask("select attempts, error from meta_inbox.dead_letters")
        assert (attempts, error) == (5, "the process ended while it was handled")
