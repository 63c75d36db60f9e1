"""HTTP to Meta. Nothing else here imports the HTTP library, so that another can take its place.

A call ends at its deadline whatever the other side does: the library's own timeouts start anew with
every byte. No proxy of the environment is obeyed, no redirect followed, no compressed body taken.
"""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Self

import httpx

from meta_inbox.adapters.meta_graph.exchange import BODY_LIMIT, Answer, Lost, NotSent, Request
from meta_inbox.adapters.meta_graph.multipart_body import encode

_CONNECT = 5.0
_WAIT_FOR_CONNECTION = 2.0
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

for _name in ("httpx", "httpcore"):  # they log every address, with its query, at INFO
    logging.getLogger(_name).setLevel(logging.WARNING)


class HttpTransport:
    """One pool of connections for every call to Meta; ``close`` ends it."""

    def __init__(self, *, verify: ssl.SSLContext | bool = True) -> None:
        self._client = httpx.AsyncClient(
            verify=verify,
            trust_env=False,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", "Accept": "application/json", "User-Agent": "meta-inbox"},
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncGenerator[Self]:
        """A transport for as long as the block lasts."""
        transport = cls()
        try:
            yield transport
        finally:
            await transport.close()

    async def close(self) -> None:
        """Closes every connection."""
        await self._client.aclose()

    async def call(self, request: Request) -> Answer:
        """The answer. NotSent or Lost; neither carries the address or a header."""
        progress = _Progress()
        try:
            async with asyncio.timeout(request.deadline):
                return await self._call(request, progress)
        except _NEVER_LEFT as error:
            failure: NotSent | Lost = NotSent(type(error).__name__)
        except (httpx.HTTPError, TimeoutError) as error:
            kind = NotSent if progress.still_connecting else Lost
            failure = kind(type(error).__name__)
        raise failure  # out here it does not drag the library's error along, which holds the request

    async def _call(self, request: Request, progress: "_Progress") -> Answer:
        waits = httpx.Timeout(request.deadline, connect=_CONNECT, pool=_WAIT_FOR_CONNECTION)
        kind, content = _content(request)
        headers: dict[str, str] = {} if kind is None else {"Content-Type": kind}
        if request.token is not None:
            headers["Authorization"] = f"Bearer {request.token.reveal()}"
        async with self._client.stream(
            request.method,
            request.url,
            params=request.query or None,
            data=request.form if content is None else None,
            content=content,
            headers=headers,
            timeout=waits,
            extensions={"trace": progress.note},
        ) as response:
            return Answer(
                status=response.status_code, headers=dict(response.headers), body=await _body(response)
            )


class _Progress:
    """How far a call came; only what is positively known counts as not sent."""

    def __init__(self) -> None:
        self._latest = ""

    async def note(self, event: str, _details: object) -> None:
        """Takes note of the latest step, as the HTTP library names it."""
        self._latest = event

    @property
    def still_connecting(self) -> bool:
        """Whether the connection, or its TLS, was still being made."""
        return self._latest.startswith("connection.")


def _content(request: Request) -> tuple[str | None, str | bytes | None]:
    """The body with its type, where it is no plain form."""
    if request.file is not None:
        return encode(request.form or {}, request.file)
    return (None, None) if request.json is None else ("application/json", json.dumps(request.json))


async def _body(response: httpx.Response) -> bytes | None:
    if response.headers.get("content-encoding", "identity") != "identity":
        return None
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)
