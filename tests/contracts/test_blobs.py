"""Stores of bytes: files, memory, and an object store by the adapter that serves S3."""

import asyncio
import os
import stat
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from meta_inbox.adapters.persistence.blob_files import FileBlobs
from meta_inbox.adapters.persistence.blob_memory import MemoryBlobs
from meta_inbox.adapters.persistence.blob_objects import ObjectBlobs
from meta_inbox.domain.errors import NotFound, StorageUnavailable
from meta_inbox.domain.ports import Blobs
from tests.contracts.s3_server import s3_server

KEY = "0192f0a0-0000-7000-8000-00000000abCD"
LARGE = os.urandom(3 * 1024 * 1024 + 7)

Kind = Callable[[Path], AbstractContextManager[Blobs]]


@contextmanager
def over_http(_: Path) -> Generator[Blobs]:
    """The adapter as a deployment has it, with a bucket, a prefix and the environment's variables."""
    with s3_server() as (url, asked), pytest.MonkeyPatch.context() as patched:
        in_the_environment(patched, url)
        yield ObjectBlobs.at("s3://bucket/some/prefix", allow_http=True)
        assert all(" /bucket/some/prefix/" in call for call in asked)


def in_the_environment(patched: pytest.MonkeyPatch, url: str) -> None:
    patched.setenv("AWS_ENDPOINT_URL", url)
    patched.setenv("AWS_ACCESS_KEY_ID", "a")
    patched.setenv("AWS_SECRET_ACCESS_KEY", "b")
    patched.setenv("AWS_REGION", "eu-1")


def of(make: Callable[[Path], Blobs]) -> Kind:
    return lambda place: nullcontext(make(place))


KINDS: dict[str, Kind] = {
    "files": of(lambda place: FileBlobs(place / "media")),
    "memory": of(lambda _: MemoryBlobs()),
    "objects in memory": of(lambda _: ObjectBlobs(MemoryStore())),
    "objects in files": of(lambda place: ObjectBlobs(LocalStore(place))),
    "objects over http": over_http,
}


@pytest.fixture(params=KINDS.values(), ids=list(KINDS))
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    """An empty store."""
    make: Kind = request.param
    with make(tmp_path) as made:
        yield made


async def read(blobs: Blobs, first: int, last: int, key: str = KEY) -> bytes:
    found: AsyncIterator[bytes] = await blobs.read(key, first, last)
    return b"".join([piece async for piece in found])


async def test_what_was_put_is_there_whole_and_in_parts(blobs: Blobs) -> None:
    await blobs.put(KEY, LARGE)
    assert await read(blobs, 0, len(LARGE) - 1) == LARGE
    assert await read(blobs, 0, 0) == LARGE[:1]
    assert await read(blobs, 1_000_000, 2_500_000) == LARGE[1_000_000:2_500_001]
    assert await read(blobs, len(LARGE) - 5, len(LARGE) - 1) == LARGE[-5:]


async def test_putting_again_replaces(blobs: Blobs) -> None:
    await blobs.put(KEY, LARGE)
    await blobs.put(KEY, b"short")
    assert await read(blobs, 0, 4) == b"short"


async def test_what_is_not_there_is_not_found_before_the_first_byte(blobs: Blobs) -> None:
    with pytest.raises(NotFound):
        await blobs.read(KEY, 0, 9)


async def test_what_was_deleted_is_gone_and_may_be_deleted_again(blobs: Blobs) -> None:
    await blobs.put(KEY, b"secret")
    await blobs.delete(KEY)
    await blobs.delete(KEY)
    with pytest.raises(NotFound):
        await blobs.read(KEY, 0, 5)


async def test_many_are_put_and_read_at_once(blobs: Blobs) -> None:
    keys = {f"{number:08}-key": bytes([number]) * 1000 for number in range(40)}
    await asyncio.gather(*(blobs.put(key, content) for key, content in keys.items()))
    found = await asyncio.gather(*(read(blobs, 0, 999, key) for key in keys))
    assert dict(zip(keys, found, strict=True)) == keys


@pytest.mark.parametrize(
    "key",
    [
        "",
        "short",
        "../../../etc/passwd",
        "/etc/passwd1",
        "a/b/c/d/e/f",
        "a" * 65,
        "..........",
        "with space",
        "with.dot.s",
        "nul\0nul\0",
        "ünïcode-key",
    ],
)
async def test_a_key_that_is_not_of_our_making_is_refused(blobs: Blobs, key: str) -> None:
    for act in (blobs.put(key, b"x"), blobs.read(key, 0, 1), blobs.delete(key)):
        with pytest.raises(ValueError, match="key"):
            await act


async def test_files_are_for_their_owner_alone_and_nothing_is_left_aside(tmp_path: Path) -> None:
    place = tmp_path / "media"
    await FileBlobs(place).put(KEY, b"x")
    kept = [path for path in place.rglob("*") if path.is_file()]
    assert [path.name for path in kept] == [KEY]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert all(stat.S_IMODE(p.stat().st_mode) & 0o077 == 0 for p in kept[0].parents if place in p.parents)


async def test_a_write_that_fails_leaves_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FileBlobs(tmp_path)
    await blobs.put(KEY, b"former")

    def full(_descriptor: int) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageUnavailable):
        await blobs.put(KEY, b"new")
    assert await read(blobs, 0, 5) == b"former"
    assert list((tmp_path / ".aside").iterdir()) == []


async def test_what_a_dead_process_left_aside_is_removed(tmp_path: Path) -> None:
    aside = tmp_path / ".aside"
    aside.mkdir()
    old, new = aside / "old", aside / "new"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    await FileBlobs(tmp_path).put(KEY, b"x")
    assert (old.exists(), new.exists()) == (False, True)


async def test_an_object_store_that_cannot_be_reached_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_environment(monkeypatch, "http://127.0.0.1:9")
    blobs = ObjectBlobs.at("s3://bucket/prefix", allow_http=True)
    for act in (blobs.put(KEY, b"x"), blobs.read(KEY, 0, 1), blobs.delete(KEY)):
        with pytest.raises(StorageUnavailable):
            await act
