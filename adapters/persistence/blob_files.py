"""Blobs as files under one directory, written aside, made durable, then renamed into place."""

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from meta_inbox.adapters.persistence.blob_keys import checked
from meta_inbox.domain.errors import NotFound, StorageUnavailable

T = TypeVar("T")

_PIECE = 64 * 1024
_LEFT_BEHIND = 3600.0
"""Seconds after which a file that is still aside is of a process that died."""


class FileBlobs:
    """Two folders deep, by the ends of keys, which are random; nothing else names a file here."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._aside = root / ".aside"
        self._swept = False

    async def put(self, key: str, content: bytes) -> None:
        """Keeps the bytes, whole or not at all. StorageUnavailable."""
        path = self._path(key)
        await _in_thread(lambda: self._write(path, content))

    async def read(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        """The bytes from ``first`` to ``last``. NotFound, StorageUnavailable."""
        path = self._path(key)
        file = await _in_thread(lambda: _opened(path, first))
        return _pieces(file, last - first + 1)

    async def delete(self, key: str) -> None:
        """Nothing is there any more. StorageUnavailable."""
        path = self._path(key)
        await _in_thread(lambda: path.unlink(missing_ok=True))

    def _path(self, key: str) -> Path:
        name = checked(key)
        return self._root / name[-2:].lower() / name[-4:-2].lower() / name

    def _write(self, path: Path, content: bytes) -> None:
        for folder in (self._root, self._aside, path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        aside = self._aside / secrets.token_hex(16)
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        for folder in (path.parent, path.parent.parent, self._root):
            _make_durable(folder)

    def _sweep(self) -> None:
        """Once a process, removes what died while it was written."""
        if self._swept:
            return
        self._swept = True
        for left in self._aside.iterdir():
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                    left.unlink()


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path, first: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(first)
    return file


async def _pieces(file: BinaryIO, size: int) -> AsyncIterator[bytes]:
    try:
        while size > 0:
            wanted = min(size, _PIECE)
            piece = await _in_thread(partial(file.read, wanted))
            if not piece:
                return
            size -= len(piece)
            yield piece
    finally:
        file.close()


async def _in_thread(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except FileNotFoundError as error:
        raise NotFound("no such blob") from error
    except OSError as error:
        raise StorageUnavailable("the media store cannot be used") from error
