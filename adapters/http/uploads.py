"""Files that agents upload, to send them."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from meta_inbox.adapters.http.given import By, Core
from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.adapters.http.protocol import too_slow
from meta_inbox.adapters.http.upload_body import read_upload, too_large
from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.principal import Scope

AT_ONCE = 6
OF_ONE_TENANT = 2
PATIENCE = 10.0
"""Seconds that an upload waits for its turn."""
READ_WITHIN = 120.0
"""Seconds in which a whole body comes; one that only trickles would keep its place for hours."""
_SOON = {"Retry-After": "2"}


class Uploaded(msgspec.Struct, kw_only=True):
    """An upload, to be sent as ``media_id``; ``content_type`` is by its bytes."""

    id: str
    content_type: str
    size: int


class UploadRoom:
    """How many uploads are read at the same time: each is held in memory whole."""

    def __init__(self, at_once: int = AT_ONCE, of_one_tenant: int = OF_ONE_TENANT) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most = of_one_tenant
        self._here: Counter[TenantId] = Counter()

    @asynccontextmanager
    async def taken(self, tenant: TenantId) -> AsyncGenerator[None]:
        """Room for one. Rejection 429 for a tenant that has enough, 503 when there is none for too long."""
        if self._here[tenant] >= self._most:
            raise Rejection(429, "rate_limited", "too many uploads at the same time", _SOON)
        self._here[tenant] += 1
        try:
            await self._turn()
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._here[tenant] -= 1
            if not self._here[tenant]:
                del self._here[tenant]

    async def _turn(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.acquire()
        except TimeoutError:
            raise Rejection(503, "unavailable", "too many uploads at the same time", _SOON) from None


async def _read_in_time(request: Request[Any, Any, Any]) -> tuple[str | None, bytes]:
    try:
        async with asyncio.timeout(READ_WITHIN):
            return await read_upload(request)
    except TimeoutError:
        raise too_slow() from None


@post("/media", status_code=201, request_max_body_size=None)
async def upload_media(
    request: Request[Any, Any, Any], by: By, inbox: Core, room: NamedDependency[SkipValidation[UploadRoom]]
) -> Uploaded:
    """Keeps a file of at most 25 MiB, to be sent within a day."""
    by.require(Scope.MESSAGES_SEND)
    async with room.taken(by.tenant):
        name, content = await _read_in_time(request)
        try:
            kept = await inbox.upload_media(by=by, content=content, name=name)
        except ContentRefused as refused:
            if refused.code == "media_too_large":
                raise too_large() from None
            raise Rejection(415, refused.code, refused.detail) from None
    return Uploaded(id=kept.id, content_type=kept.content_type, size=kept.size)
