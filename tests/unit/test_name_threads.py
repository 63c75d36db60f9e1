"""Names that tenants chose are asked for apart from all else."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from meta_inbox.adapters.addresses.name_threads import NameThreads
from meta_inbox.domain.errors import TooManyAtOnce
from meta_inbox.domain.model.webhook_endpoint import MOST_ENDPOINTS
from tests.unit.doubles import eventually

FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]


@dataclass
class Zones:
    """Those under ``silent`` answer once ``answer`` is set, any other at once."""

    answer: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list[str])

    def getaddrinfo(self, host: str, port: int, *given: Any, **more: Any) -> list[Any]:
        self.asked.append(host)
        if host.startswith("silent"):
            assert self.answer.wait(10)
        return FOUND


@pytest.fixture
def zones(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zones]:
    found = Zones()
    monkeypatch.setattr(socket, "getaddrinfo", found.getaddrinfo)
    yield found
    found.answer.set()


async def test_silent_zones_hold_up_neither_other_names_nor_other_work(zones: Zones) -> None:
    async with NameThreads.open() as names:
        asking = [asyncio.create_task(names(f"silent-{each}", 443)) for each in range(MOST_ENDPOINTS)]
        await eventually(lambda: len(zones.asked) == MOST_ENDPOINTS)
        async with asyncio.timeout(2):
            assert await names("crm.example", 443) == ["8.8.8.8"]
            await asyncio.to_thread(time.sleep, 0)
        zones.answer.set()
        assert await asyncio.gather(*asking) == [["8.8.8.8"]] * MOST_ENDPOINTS


async def test_nobody_waits_for_a_thread_also_when_askers_gave_up(zones: Zones) -> None:
    names = NameThreads(2)
    for number in range(2):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await names(f"silent-{number}", 443)
    with pytest.raises(TooManyAtOnce):
        await names("crm.example", 443)
    zones.answer.set()
    async with asyncio.timeout(2):
        while True:
            try:
                assert await names("crm.example", 443) == ["8.8.8.8"]
                break
            except TooManyAtOnce:
                await asyncio.sleep(0.01)
    names.close()


async def test_closing_waits_for_nobody(zones: Zones) -> None:
    async with NameThreads.open() as names:
        asking = asyncio.create_task(names("silent", 443))
        await eventually(lambda: zones.asked == ["silent"])
    assert not asking.done()
    asking.cancel()
    zones.answer.set()


async def test_a_name_that_does_not_exist_is_an_oserror(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*given: Any, **more: Any) -> Any:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    async with NameThreads.open() as names:
        with pytest.raises(OSError, match="no such name"):
            await names("crm.example", 443)
