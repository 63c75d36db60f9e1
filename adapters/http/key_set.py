"""The issuer's public keys, fetched from its address and kept for five minutes."""

import asyncio
import time
import urllib.request
from collections.abc import Awaitable, Callable
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

import jwt
import msgspec

from meta_inbox.domain.errors import Unavailable

ALGORITHMS = ("RS256", "ES256")
KEPT = 300.0
REFRESH_AFTER = 10.0
RETRY_AFTER = 1.0
DEADLINE = 5.0
_MAX_BYTES = 1_048_576
_MAX_KEYS = 100
_MIN_RSA_BITS = 2048
_PUBLIC_MEMBERS = ("kty", "kid", "alg", "use", "n", "e", "crv", "x", "y")

Fetch = Callable[[], Awaitable[bytes]]


class KeySetUnavailable(Unavailable):
    """The issuer's keys cannot be fetched now."""


class _Published(msgspec.Struct):
    keys: list[dict[str, Any]]


class KeySet:
    """Finds the key that a token names; one fetch at a time, however many ask."""

    def __init__(self, fetch: Fetch, now: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._now = now
        self._keys: tuple[jwt.PyJWK, ...] = ()
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, algorithm: str, kid: str | None) -> jwt.PyJWK | None:
        """The key for this algorithm and id, None when the issuer has no such key. KeySetUnavailable."""
        if not self._is_fresh():
            await self._refresh(RETRY_AFTER)
        found = self._known(algorithm, kid)
        if found is None and kid is not None and self._age() >= REFRESH_AFTER:
            await self._refresh(REFRESH_AFTER)
            found = self._known(algorithm, kid)
        return found

    def _is_fresh(self) -> bool:
        return self._age() < KEPT

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._now() - self._fetched_at

    def _known(self, algorithm: str, kid: str | None) -> jwt.PyJWK | None:
        fitting = [key for key in self._keys if key.algorithm_name == algorithm]
        if kid is not None:
            return next((key for key in fitting if key.key_id == kid), None)
        return fitting[0] if len(fitting) == 1 else None

    async def _refresh(self, at_most_every: float) -> None:
        if self._fetching is None or self._fetching.done():
            now = self._now()
            if self._tried_at is not None and now - self._tried_at < at_most_every:
                if self._is_fresh():
                    return
                raise KeySetUnavailable("the issuer's keys could not be fetched")
            self._tried_at = now
            self._fetching = asyncio.ensure_future(self._load())
        task = self._fetching
        done, _ = await asyncio.wait({task}, timeout=DEADLINE)
        if not done or task.exception() is not None:
            raise KeySetUnavailable("the issuer's keys could not be fetched")

    async def _load(self) -> None:
        self._keys = parse_key_set(await self._fetch())
        self._fetched_at = self._now()


def parse_key_set(body: bytes) -> tuple[jwt.PyJWK, ...]:
    """The public signing keys of a JWK set; ValueError when it is none. Other keys in it are passed over."""
    try:
        keys = msgspec.json.decode(body, type=_Published).keys
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("this is no key set") from error
    return tuple(key for key in map(_signing_key, keys[:_MAX_KEYS]) if key is not None)


def _signing_key(found: dict[str, Any]) -> jwt.PyJWK | None:
    if found.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK({name: found[name] for name in _PUBLIC_MEMBERS if name in found})
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if key.algorithm_name not in ALGORITHMS:
        return None
    too_short = key.algorithm_name == "RS256" and key.key.key_size < _MIN_RSA_BITS
    return None if too_short else key


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """The configured address is the only one that is asked."""


def fetch_from(url: str) -> Fetch:
    """Fetches from this address, in a thread, without a proxy and without following redirects."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("the key set's address must be an http address")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def read() -> bytes:
        asked = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 - checked above
        try:
            answer: IO[bytes] = opener.open(asked, timeout=DEADLINE)
            with answer:
                body = answer.read(_MAX_BYTES + 1)
        except (OSError, HTTPException, ValueError) as error:
            raise KeySetUnavailable("the issuer's keys could not be fetched") from error
        if len(body) > _MAX_BYTES:
            raise KeySetUnavailable("the issuer's key set is too large")
        return body

    async def fetch() -> bytes:
        return await asyncio.to_thread(read)

    return fetch
