"""Blobs in an object store that speaks S3, by obstore, which only ``meta-inbox[s3]`` brings.

Its blocking calls run in threads: they release the interpreter, and nothing of theirs outlives the loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, TypeVar

from meta_inbox.adapters.persistence.blob_keys import checked
from meta_inbox.domain.errors import NotFound, StorageUnavailable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

_PIECE = 1024 * 1024
_WITHIN = "15s"


class ObjectBlobs:
    """Under the prefix of a bucket; credentials and endpoint are the environment's ``AWS_…``."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    @classmethod
    def at(cls, url: str, *, allow_http: bool = False) -> "ObjectBlobs":
        """The bucket and prefix of an ``s3://`` address. ImportError without obstore, ValueError."""
        from obstore.exceptions import BaseError  # noqa: PLC0415  # an optional package
        from obstore.store import from_url  # noqa: PLC0415  # an optional package

        try:
            store = from_url(
                url,
                config={"disable_bulk_delete": True},  # not every store that speaks S3 has that call
                client_options={"timeout": _WITHIN, "connect_timeout": "5s", "allow_http": allow_http},
                retry_config={"max_retries": 1},
            )
        except BaseError as error:
            raise ValueError("the object store cannot be set up") from error
        return cls(store)

    async def put(self, key: str, content: bytes) -> None:
        """Keeps the bytes. StorageUnavailable."""
        import obstore  # noqa: PLC0415  # an optional package

        name = checked(key)
        await _in_thread(lambda: obstore.put(self._store, name, content, use_multipart=False))

    async def read(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        """The bytes from ``first`` to ``last``, piece by piece. NotFound, StorageUnavailable."""
        name = checked(key)
        begun = await self._piece(name, first, last)
        return self._pieces(name, begun, first + len(begun), last)

    async def _pieces(self, name: str, begun: bytes, first: int, last: int) -> AsyncIterator[bytes]:
        piece = begun
        while piece:
            yield piece
            piece = await self._piece(name, first, last) if first <= last else b""
            first += len(piece)

    async def _piece(self, name: str, first: int, last: int) -> bytes:
        import obstore  # noqa: PLC0415  # an optional package

        end = min(last + 1, first + _PIECE)
        return bytes(await _in_thread(lambda: obstore.get_range(self._store, name, start=first, end=end)))

    async def delete(self, key: str) -> None:
        """Nothing is there any more. StorageUnavailable."""
        import obstore  # noqa: PLC0415  # an optional package

        name = checked(key)
        try:
            await _in_thread(lambda: obstore.delete(self._store, name))
        except NotFound:
            return


async def _in_thread(work: Callable[[], T]) -> T:
    from obstore.exceptions import BaseError  # noqa: PLC0415  # an optional package

    try:
        return await asyncio.to_thread(work)
    except FileNotFoundError as error:
        raise NotFound("no such blob") from error
    except (BaseError, OSError) as error:
        raise StorageUnavailable("the media store cannot be used") from error
