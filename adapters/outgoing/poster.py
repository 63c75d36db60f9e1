"""The way to receivers whose addresses tenants chose: checked, signed, and over in time.

The connection goes to exactly the address that was checked, with the name told to TLS and HTTP, so that
a name that resolves differently a moment later leads nowhere else. No redirect is followed: the answer is
taken as it is. Of what a receiver says, its status alone counts.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Self

import httpx

from meta_inbox.adapters.addresses.client import plain_client
from meta_inbox.adapters.addresses.guard import AddressGuard, Target
from meta_inbox.adapters.outgoing.retry_after import retry_after
from meta_inbox.adapters.outgoing.signing import signed_headers
from meta_inbox.domain.errors import LinkBarred, TooManyAtOnce, Unavailable
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_delivery import Posted
from meta_inbox.domain.ports import Clock

DEADLINE = 15.0
CONNECTIONS = 64
"""More than deliveries and tests that are under way at a time."""
MOST_READ = 64 * 1024
_ROOM_WITHIN = 1.0
READ_WITHIN = 1.0
"""Seconds in which a receiver may say more than its status, which nobody reads."""


class HttpWebhookPoster:
    """One client for all receivers; ``close`` ends it. ``deadline`` is for an attempt as a whole."""

    def __init__(
        self,
        guard: AddressGuard,
        clock: Clock,
        *,
        verify: ssl.SSLContext | bool = True,
        carrier: httpx.AsyncBaseTransport | None = None,
        deadline: float = DEADLINE,
        connections: int = CONNECTIONS,
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._deadline = deadline
        self._client = plain_client(connections, verify=verify, carrier=carrier)

    @classmethod
    @asynccontextmanager
    async def open(cls, guard: AddressGuard, clock: Clock) -> AsyncGenerator[Self]:
        """A poster for as long as the block lasts."""
        poster = cls(guard, clock)
        try:
            yield poster
        finally:
            await poster.close()

    async def close(self) -> None:
        """Closes every connection."""
        await self._client.aclose()

    def require_allowed(self, url: str) -> None:
        """Raises LinkBarred for an address that nothing may ever be posted to, without asking anybody."""
        self._guard.look(url)

    async def post(self, url: str, secrets: Sequence[Secret], id_: str, body: bytes) -> Posted:
        """One attempt, signed with each secret. TooManyAtOnce."""
        heard: list[Posted] = []
        try:
            async with asyncio.timeout(self._deadline):
                target = await self._guard.check(url)
                _require_safe(target)
                headers = signed_headers(secrets, id_, body, self._clock.now())
                await self._ask(target, headers, body, heard.append)
        except (LinkBarred, TimeoutError, httpx.HTTPError, httpx.InvalidURL, Unavailable) as error:
            if not heard:  # else the receiver has had its say, whatever came of the rest
                return _failed(error)
        return heard[0]

    async def _ask(
        self, target: Target, headers: dict[str, str], body: bytes, hear: Callable[[Posted], None]
    ) -> None:
        async with self._client.stream(
            "POST",
            target.url,
            content=body,
            headers={"Host": target.authority, "Content-Type": "application/json", **headers},
            timeout=httpx.Timeout(self._deadline, connect=5.0, pool=_ROOM_WITHIN),
            extensions={"sni_hostname": target.host},
        ) as response:
            again = retry_after(response.headers.get("retry-after"), self._clock.now())
            hear(Posted(status=response.status_code, retry_after=again))
            await _pass_over(response)


def _failed(error: Exception) -> Posted:
    if isinstance(error, httpx.PoolTimeout):
        raise TooManyAtOnce("every connection is in use") from error
    if isinstance(error, TooManyAtOnce):
        raise error
    if isinstance(error, LinkBarred):
        return Posted(error="address_barred")
    late = isinstance(error, TimeoutError | httpx.TimeoutException)
    return Posted(error="timeout" if late else "unreachable")


async def _pass_over(response: httpx.Response) -> None:
    """Lets a receiver say its say, within bounds: whoever is cut off may take that for a failure."""
    read = 0
    async with asyncio.timeout(READ_WITHIN):
        async for piece in response.aiter_raw():
            read += len(piece)
            if read >= MOST_READ:
                return


def _require_safe(target: Target) -> None:
    """Raises LinkBarred for plain http to another machine, also where the deployment names it."""
    if target.scheme != "https" and not ip_address(target.address).is_loopback:
        raise LinkBarred("events leave this machine by https alone")
