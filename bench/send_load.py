"""Answers over keep-alive connections: as many as the other side takes, or at a steady pace."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Post:
    """One prepared request; ``name`` tells it from the others."""

    request: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Answered:
    """When it was begun, by the clock on the wall, how long it took, and what came back."""

    name: str
    began: float
    seconds: float
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Sends:
    """What one turn gave."""

    seconds: float
    answers: tuple[Answered, ...]

    @property
    def rate(self) -> float:
        """Accepted a second."""
        return sum(answer.status in (200, 201) for answer in self.answers) / self.seconds

    def statuses(self) -> dict[int, int]:
        """How often each status came."""
        found = [answer.status for answer in self.answers]
        return {status: found.count(status) for status in sorted(set(found))}


class _Line:
    """One connection, for one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "_Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, post: Post) -> Answered:
        began, wall = time.perf_counter(), time.time()
        self._writer.write(post.request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        body = await self._reader.readexactly(_length(head))
        return Answered(post.name, wall, time.perf_counter() - began, int(head[9:12]), body)

    def close(self) -> None:
        self._writer.close()


def _length(head: bytes) -> int:
    low = head.lower()
    at = low.find(b"content-length:")
    return 0 if at < 0 else int(low[at + 15 :].split(b"\r\n", 1)[0])


async def flat_out(port: int, posts: Sequence[Post], *, connections: int = 32) -> Sends:
    """Each connection sends the next as soon as the last was answered."""
    waiting, answers = deque(posts), list[Answered]()

    async def work() -> None:
        line = await _Line.to(port)
        while waiting:
            answers.append(await line.ask(waiting.popleft()))
        line.close()

    began = time.perf_counter()
    async with asyncio.timeout(300):
        await asyncio.gather(*(work() for _ in range(connections)))
    return Sends(time.perf_counter() - began, tuple(answers))


async def at_pace(port: int, posts: Sequence[Post], per_second: float) -> Sends:
    """One after the other at this pace, whether or not the earlier ones were answered."""
    lines: list[_Line] = [await _Line.to(port) for _ in range(8)]
    loop, began = asyncio.get_running_loop(), time.perf_counter()

    async def one(post: Post) -> Answered:
        line = lines.pop() if lines else await _Line.to(port)
        answered = await line.ask(post)
        lines.append(line)
        return answered

    tasks: list[asyncio.Task[Answered]] = []
    start = loop.time()
    for number, post in enumerate(posts):
        await asyncio.sleep(max(0.0, start + number / per_second - loop.time()))
        tasks.append(loop.create_task(one(post)))
    answers = await asyncio.wait_for(asyncio.gather(*tasks), 120)
    for line in lines:
        line.close()
    return Sends(time.perf_counter() - began, tuple(answers))
