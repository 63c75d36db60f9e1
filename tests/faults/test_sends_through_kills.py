"""No answer reaches a contact twice, and none is told otherwise than it went, whatever dies meanwhile.

The sizes of the release gate run with ``make soak``; the same in small runs with ``make test``.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain

import httpx
import pytest

from tests.harness.agents import Agents, Answer, talks
from tests.harness.books import THEIRS, Books
from tests.harness.business import CASA_VERDE, CASAVERDE, PADARIA_SOL, Business, business, until

pytestmark = pytest.mark.real

_WAITING = "select count(*) from meta_inbox.messages where status in ('queued', 'sending')"
_UNKNOWN = "select id::text from meta_inbox.messages where status = 'unknown'"
_DEAD = "select count(*) from meta_inbox.accounts where status = 'reauth_required'"


@dataclass(kw_only=True)
class Run:
    """One run: what is asked for, and what was seen meanwhile."""

    house: Business
    agents: Agents
    kills: int
    answers: list[Answer] = field(default_factory=list[Answer])
    ever_unknown: set[str] = field(default_factory=set[str])
    logins: int = 0

    async def load(self, contacts: int, each: int) -> None:
        """Agents answer, Meta goes wrong, processes die, dead tokens are renewed."""
        conversations = await self._conversations(contacts, each)
        self.answers = list(chain(*conversations))
        chaos = {"rate": 0.08, "seed": 11}
        self.house.meta.play("POST", "chaos", chaos)
        watching = [asyncio.create_task(one) for one in (self._renew(), self._watch())]
        try:
            writing = asyncio.create_task(self.agents.write(conversations))
            await self._kill()
            await writing
            await until(self._is_quiet, within=600, every=0.5)
            self.house.meta.play("DELETE", "chaos")
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)

    async def _conversations(self, contacts: int, each: int) -> list[list[Answer]]:
        await self.house.connect()
        accounts, found = self.house.accounts(), list[list[Answer]]()
        for external_id in (CASA_VERDE, CASAVERDE, PADARIA_SOL):
            people = await self.house.contacts(external_id, contacts // 3)
            found += talks(external_id, accounts[external_id], people, lambda place: each - place % 2)
        return found

    async def _kill(self) -> None:
        """Spread over the load, each at a moment when sends are on their way."""
        dice = random.Random(5)
        for number in range(self.kills):
            share = len(self.answers) * (number + 0.5) / (self.kills + 1)
            await until(lambda least=share: self.agents.done >= least, within=600, every=0.02)
            await asyncio.sleep(dice.uniform(0, 0.3))
            assert self.agents.done < len(self.answers)
            if number % 10 == 1:
                self.house.meta.fault("token_dies")
            victim = dice.choice(self.house.services)
            await asyncio.to_thread(victim.kill)
            await asyncio.sleep(dice.uniform(0, 0.5))
            await asyncio.to_thread(victim.start)

    async def _renew(self) -> None:
        """Marina logs in again whenever an account needs it."""
        while True:
            if await asyncio.to_thread(self.house.rows, _DEAD) != [(0,)]:
                try:
                    await self.house.connect()
                    self.logins += 1
                except (httpx.HTTPError, KeyError, AssertionError):
                    pass  # the process was killed meanwhile
            await asyncio.sleep(0.5)

    async def _watch(self) -> None:
        while True:
            self.ever_unknown |= {str(id_) for (id_,) in await asyncio.to_thread(self.house.rows, _UNKNOWN)}
            await asyncio.sleep(0.5)

    def _is_quiet(self) -> bool:
        return self.house.rows(_WAITING) == [(0,)]

    def tell(self, counts: Counter[str], seconds: float) -> None:
        """Says what happened (shown by ``pytest -rP``, or when something is wrong)."""
        statuses = self.house.statuses(list(self.ever_unknown))
        settled = sum(status in THEIRS for status, _ in statuses.values())
        met = self.house.meta.play("GET", "chaos")["met"]
        lines = (
            f"{len(self.answers)} answers, {self.kills} kills, {self.logins} logins, {seconds:.0f} s",
            f"  became   {dict(counts)}; {len(self.ever_unknown)} were unknown, {settled} of them settled",
            f"  Meta     {len(self.house.meta.ledger())} accepted; {sum(met.values())} faults: {met}",
            f"  clients  {dict(self.agents.met)}",
        )
        sys.stdout.write("\n".join(("", *lines, "")))


async def _run(database: str, contacts: int, each: int, kills: int) -> None:
    with business(database) as house:
        run = Run(house=house, agents=Agents(bases=[house.base(0), house.base(1)]), kills=kills)
        began = time.monotonic()
        await run.load(contacts, each)
        assert run.agents.odd == []
        counts = Books(house=house, answers=run.answers).compare()
        run.tell(counts, time.monotonic() - began)
        assert counts["failed"] == 0
        assert sum(counts[status] for status in (*THEIRS, "unknown")) == len(run.answers)


async def test_no_answer_is_sent_twice_or_told_wrongly_through_kills_and_faults(database: str) -> None:
    await _run(database, 120, 3, 3)


@pytest.mark.soak
async def test_10000_answers_through_forty_kills(database: str) -> None:
    await _run(database, 804, 13, 40)
