"""Which addresses may be connected to: the name first, then every address it resolves to."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Protocol
from urllib.parse import urlsplit

from meta_inbox.domain.errors import GraphUnavailable, LinkBarred

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""All addresses of a name, as text."""

_URL = re.compile(r"[!-~]{1,8192}")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_LONGEST_NAME = 253
_PORTS = {"https": 443, "http": 80}
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0:0/96"), IPv6Network("::/96"))
"""Whose last 32 bits are an IPv4 address."""
_GLOBAL_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "240.0.0.0/4",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
        ),
    )
)
_PRIVATE = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)


class Hosts(Protocol):
    """What a deployment lets through by name."""

    def allow(self, host: str, port: int) -> bool:
        """Whether the host may be spoken to, by https and at public addresses."""
        ...

    def trust(self, host: str, port: int) -> bool:
        """Whether it may also have a private address, and speak plain http."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to go: the checked ``address`` is connected to, ``host`` is what TLS and HTTP are told."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def url(self) -> str:
        """The address with the path, to connect to."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{shown}:{self.port}{self.path}"

    @property
    def authority(self) -> str:
        """The ``Host`` of the request."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _PORTS[self.scheme] else f"{shown}:{self.port}"


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses that the system knows for the name. OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressGuard:
    """Lets through what the deployment names, at public addresses; resolves a name once."""

    hosts: Hosts
    resolve: Resolve = resolve

    async def check(self, url: str) -> Target:
        """The target. LinkBarred; GraphUnavailable when the name does not resolve."""
        scheme, host, port, path = self.look(url)
        addresses = await self._addresses(host, port)
        self._require(host, port, addresses)
        return Target(scheme=scheme, host=host, port=port, path=path, address=addresses[0])

    def look(self, url: str) -> tuple[str, str, int, str]:
        """Scheme, host, port and path of an address that may be good; LinkBarred when none can make it so."""
        scheme, host, port, path = _taken_apart(url)
        if not self.hosts.allow(host, port) or (scheme != "https" and not self.hosts.trust(host, port)):
            raise LinkBarred("this host is not spoken to")
        if _literal(host) is not None:
            self._require(host, port, [host])
        return scheme, host, port, path

    def _require(self, host: str, port: int, addresses: Sequence[str]) -> None:
        allowed = is_private_or_public if self.hosts.trust(host, port) else is_public
        if not all(map(allowed, addresses)):
            raise LinkBarred("the host has an address that is not public")

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        literal = _literal(host)
        if literal is not None:
            return [str(literal)]
        try:
            found = await self.resolve(host, port)
        except (OSError, UnicodeError):
            found = ()
        if not found:
            raise GraphUnavailable("the name of a host does not resolve")
        return found


def _taken_apart(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with query. LinkBarred for whatever two readers might read differently."""
    barred = LinkBarred("this is no address to go to")
    if not _URL.fullmatch(url) or "\\" in url:
        raise barred
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise barred from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in _PORTS or "@" in parts.netloc or "%" in parts.netloc or port == 0:
        raise barred
    if len(host) > _LONGEST_NAME or not (_HOST.fullmatch(host) or _literal(host)):
        raise barred
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or _PORTS[parts.scheme], path


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: str) -> bool:
    """Whether it is an address of the public internet; one that holds another is judged by that."""
    found = _literal(address)
    if found is None:
        return False
    if isinstance(found, IPv6Address):
        inner = _inner(found)
        if inner is not None:
            return is_public(str(inner))
        if found.scope_id is not None or found not in _GLOBAL_V6:
            return False
    special = found.is_multicast or found.is_reserved or found.is_unspecified or found.is_loopback
    listed = any(found in network for network in _NOT_PUBLIC if network.version == found.version)
    return found.is_global and not special and not found.is_link_local and not listed


def is_private_or_public(address: str) -> bool:
    """The same, and loopback and private networks; never link-local, where clouds keep their secrets."""
    found = _literal(address)
    own = found is not None and any(found in network for network in _PRIVATE)
    return own or is_public(address)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, translated (NAT64) or 6to4."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if int(address) > 1 and any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
