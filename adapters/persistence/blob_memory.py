"""Blobs in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from meta_inbox.adapters.persistence.blob_keys import checked
from meta_inbox.domain.errors import NotFound


@dataclass(slots=True)
class MemoryBlobs:
    """Gone with the process."""

    kept: dict[str, bytes] = field(default_factory=dict[str, bytes])

    async def put(self, key: str, content: bytes) -> None:
        """Keeps the bytes."""
        self.kept[checked(key)] = content

    async def read(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        """The bytes from ``first`` to ``last``. NotFound."""
        if checked(key) not in self.kept:
            raise NotFound("no such blob")
        return _pieces(self.kept[key][first : last + 1])

    async def delete(self, key: str) -> None:
        """Nothing is there any more."""
        self.kept.pop(checked(key), None)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content
