"""Fetching a file from Meta's CDN: only from where it may come, no more than fits, and in time.

The connection goes to exactly the address that was checked, with the name told to TLS and HTTP, so that
a name that resolves differently a moment later leads nowhere else. No access token is ever sent.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urljoin

import httpx

from meta_inbox.adapters.addresses.client import plain_client
from meta_inbox.adapters.addresses.guard import AddressGuard, Target
from meta_inbox.domain.errors import GraphUnavailable, LinkBarred, LinkDead
from meta_inbox.domain.model.media import MAX_BYTES

_CONNECTIONS = 16
DEADLINE = 15.0
MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 425, 429})


class MediaFetcher:
    """One pool of connections for all files; ``close`` ends it. ``deadline`` is for a file as a whole."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        verify: ssl.SSLContext | bool = True,
        carrier: httpx.AsyncBaseTransport | None = None,
        deadline: float = DEADLINE,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._guard = guard
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._client = plain_client(_CONNECTIONS, verify=verify, carrier=carrier)

    @classmethod
    @asynccontextmanager
    async def open(cls, guard: AddressGuard) -> AsyncGenerator[Self]:
        """A fetcher for as long as the block lasts."""
        fetcher = cls(guard)
        try:
            yield fetcher
        finally:
            await fetcher.close()

    async def close(self) -> None:
        """Closes every connection."""
        await self._client.aclose()

    async def fetch(self, url: str) -> bytes:
        """The file's bytes. LinkDead, LinkBarred, GraphUnavailable; none of them carries the address."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(url)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            cause = type(error).__name__
        raise GraphUnavailable(f"a file could not be fetched ({cause})")

    async def _follow(self, url: str) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            target = await self._guard.check(url)
            found = await self._ask(target)
            if isinstance(found, bytes):
                return found
            url = urljoin(f"{target.scheme}://{target.authority}{target.path}", found)
        raise LinkBarred("the address redirects too often")

    async def _ask(self, target: Target) -> bytes | str:
        """The bytes, or where they are instead."""
        waits = httpx.Timeout(self._deadline, connect=5.0)
        async with self._client.stream(
            "GET",
            target.url,
            headers={"Host": target.authority},
            timeout=waits,
            extensions={"sni_hostname": target.host},
        ) as response:
            status = response.status_code
            if status in _REDIRECTS:
                return str(response.headers.get("location", ""))
            if status == 200:
                return await self._body(response)
            if status in _LATER or status >= 500 or status < 400:
                raise GraphUnavailable(f"a media host answered {status}")
            raise LinkDead(f"a media host answered {status}")

    async def _body(self, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise LinkBarred("the file came compressed, though that was not asked for")
        declared = response.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > self._max_bytes:
            raise LinkBarred("the file is too large")
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > self._max_bytes:
                raise LinkBarred("the file is too large")
        if not body:
            raise GraphUnavailable("a media host answered nothing")
        return bytes(body)
