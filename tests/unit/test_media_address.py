"""Attacks on the fetching of files: a listener on this machine that must never be reached counts."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from meta_inbox.adapters.addresses.guard import AddressGuard, is_private_or_public, is_public
from meta_inbox.adapters.meta_graph.media_fetch import MediaFetcher
from meta_inbox.domain.errors import GraphUnavailable, LinkBarred
from meta_inbox.domain.model.media_rules import META_HOSTS, MediaHosts

SOMEWHERE = "157.240.0.35"
NAME = "scontent.xx.fbcdn.net"


@dataclass
class Canary:
    """Listens on loopback, by both families where there are two; ``reached`` counts connections."""

    port: int = 0
    reached: int = 0
    answers: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"
    _servers: list[asyncio.Server] = field(default_factory=list[asyncio.Server])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reached += 1
        await reader.readline()
        writer.write(self.answers)
        await writer.drain()
        writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator["Canary"]:
        """For the length of a test."""
        first = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = first.sockets[0].getsockname()[1]
        self._servers.append(first)
        if socket.has_ipv6:
            with contextlib.suppress(OSError):  # a machine without IPv6
                self._servers.append(await asyncio.start_server(self._serve, "::1", self.port))
        try:
            yield self
        finally:
            for server in self._servers:
                server.close()
                await server.wait_closed()


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    async with Canary().listening() as listening:
        yield listening


def answering(*addresses: str) -> "Resolver":
    return Resolver([list(addresses)])


@dataclass
class Resolver:
    """A name server of the attacker's: each question gets the next answer, the last one for ever."""

    turns: list[list[str]]
    asked: int = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.turns[min(self.asked, len(self.turns)) - 1]


def fetcher(resolver: Resolver, *named: str) -> MediaFetcher:
    """As the service has it, over real sockets."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the attacker has any certificate
    guard = AddressGuard(hosts=MediaHosts((*META_HOSTS, *named)), resolve=resolver)
    return MediaFetcher(guard, verify=context, deadline=3)


ADDRESSES = [
    # this machine, however it is written
    "https://127.0.0.1:{port}/", "https://127.1:{port}/", "https://127.0.1:{port}/", "https://2130706433:{port}/",
    "https://0x7f000001:{port}/", "https://0x7f.0.0.1:{port}/", "https://0177.0.0.1:{port}/",
    "https://017700000001:{port}/", "https://127.0.0.1.:{port}/", "https://0:{port}/", "https://0.0.0.0:{port}/",
    "https://localhost:{port}/", "https://LOCALHOST:{port}/", "https://localhost.:{port}/",
    "https://[::1]:{port}/", "https://[::]:{port}/", "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/", "https://[0:0:0:0:0:ffff:127.0.0.1]:{port}/", "https://[::1%25lo]:{port}/",
    "https://[::1%lo]:{port}/", "https://[::127.0.0.1]:{port}/", "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/", "https://①②⑦.⓪.⓪.①:{port}/", "https://127。0。0。1:{port}/",
    # another machine's secrets
    "https://169.254.169.254/latest/meta-data/", "http://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/latest/", "https://metadata.google.internal/", "https://10.0.0.1/",
    "https://192.168.1.1/", "https://172.16.0.1/", "https://100.64.0.1/", "https://2852039166/",
    # names that look like Meta's
    "https://evilfbcdn.net:{port}/", "https://fbcdn.net:{port}/", "https://fbcdn.net.evil.com:{port}/",
    "https://scontent.fbcdn.net.evil.com:{port}/", "https://scontent.fbcdn.net.:{port}/",
    "https://.fbcdn.net:{port}/", "https://a..fbcdn.net:{port}/", "https://scontent.fbcdn.net@127.0.0.1:{port}/",
    "https://scontent.fbcdn.net:pw@127.0.0.1:{port}/", "https://127.0.0.1:{port}@scontent.fbcdn.net/",
    "https://x@scontent.fbcdn.net:{port}/", "https://127.0.0.1:{port}#@scontent.fbcdn.net/",
    "https://127.0.0.1:{port}?@scontent.fbcdn.net/", "https://127.0.0.1:{port}\\@scontent.fbcdn.net/",
    "https://scontent.fbcdn.net\\@127.0.0.1:{port}/", "https://scontent.fbcdn.net%00.evil.com:{port}/",
    "https://127.0.0.1:{port}%2f.fbcdn.net/", "https://127.0.0.1%2f.fbcdn.net:{port}/",
    "https://127.0.0.1\t.fbcdn.net:{port}/", "https://scontent.fbcdn.net\r\nHost: a:{port}/",
    "https://127.0.0.1 .fbcdn.net:{port}/", "https:// scontent.fbcdn.net:{port}/", " https://scontent.fbcdn.net/",
    "https://xn--fbcdn-9za.net:{port}/", "https://scontent.fbcdn。net:{port}/", "https://\uff46bcdn.net:{port}/",
    "https://lookaside.fbsbx.com.:{port}/", "https://lookaside.fbsbx.com.evil.com:{port}/",
    # other ways to speak
    "http://scontent.fbcdn.net:{port}/", "ftp://scontent.fbcdn.net:{port}/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/", "data:text/plain,hi", "//127.0.0.1:{port}/", "https:127.0.0.1:{port}/",
    "https:///127.0.0.1:{port}/", "https://:{port}/", "https://", "", "javascript:alert(1)",
    "https://scontent.fbcdn.net:0/", "https://scontent.fbcdn.net:99999/", "https://scontent.fbcdn.net:-1/",
    "https://[127.0.0.1]:{port}/", "https://[scontent.fbcdn.net]:{port}/", "https://scontent.fbcdn.net:{port}:80/",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
async def test_such_an_address_is_barred_before_anybody_is_asked(canary: Canary, address: str) -> None:
    resolver = answering("127.0.0.1")
    with pytest.raises(LinkBarred):
        await fetcher(resolver).fetch(address.replace("{port}", str(canary.port)))
    assert (canary.reached, resolver.asked) == (0, 0)


NAMES = [
    ["127.0.0.1"], ["127.8.9.1"], ["0.0.0.1"], ["10.1.2.3"], ["172.31.255.255"], ["192.168.0.1"],
    ["169.254.169.254"], ["100.64.0.1"], ["100.127.255.255"], ["192.0.0.170"], ["192.0.2.1"], ["198.18.0.1"],
    ["198.51.100.1"], ["203.0.113.9"], ["224.0.0.1"], ["240.0.0.1"], ["255.255.255.255"], ["192.88.99.1"],
    ["::1"], ["::"], ["fe80::1"], ["fe80::1%lo"], ["fc00::1"], ["fd00:ec2::254"], ["ff02::1"],
    ["::ffff:127.0.0.1"], ["::ffff:10.0.0.1"], ["::127.0.0.1"], ["64:ff9b::7f00:1"], ["64:ff9b:1::7f00:1"],
    ["2002:7f00:1::1"], ["2002:a9fe:a9fe::"], ["2001:0:4136:e378:8000:63bf:80ff:fffe"], ["2001:db8::1"],
    ["::ffff:0:127.0.0.1"], ["100::1"], ["3fff::1"], ["5f00::1"], ["fec0::1"], ["2001:10::1"],
    [SOMEWHERE, "127.0.0.1"], ["127.0.0.1", SOMEWHERE], [SOMEWHERE, "2a03:2880::1", "::1"],
    [SOMEWHERE, "nonsense"], ["2130706433"], ["127.1"],
]  # fmt: skip


@pytest.mark.parametrize("addresses", NAMES, ids=",".join)
async def test_a_name_is_barred_when_any_of_its_addresses_is_not_public(
    canary: Canary, addresses: list[str]
) -> None:
    resolver = answering(*addresses)
    with pytest.raises(LinkBarred):
        await fetcher(resolver).fetch(f"https://{NAME}:{canary.port}/a.jpg")
    assert (canary.reached, resolver.asked) == (0, 1)


@pytest.mark.parametrize(
    "address", [SOMEWHERE, "8.8.8.8", "2a03:2880::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("127.0.0.1", True), ("10.0.0.9", True), ("::1", True), ("fd12::1", True), (SOMEWHERE, True),
        ("169.254.169.254", False), ("fe80::1", False), ("0.0.0.1", False), ("224.0.0.1", False),
        ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("255.255.255.255", False),
    ],
)  # fmt: skip
def test_a_host_named_exactly_may_be_private_and_never_link_local(address: str, *, allowed: bool) -> None:
    assert is_private_or_public(address) is allowed


async def test_a_host_named_exactly_is_fetched_from_by_plain_http(canary: Canary) -> None:
    named = f"127.0.0.1:{canary.port}"
    assert await fetcher(answering(), named).fetch(f"http://{named}/a") == b"secret"
    assert canary.reached == 1


async def test_naming_one_port_opens_no_other(canary: Canary) -> None:
    with pytest.raises(LinkBarred):
        await fetcher(answering(), f"127.0.0.1:{canary.port + 1}").fetch(f"http://127.0.0.1:{canary.port}/a")
    assert canary.reached == 0


async def test_a_suffix_named_by_the_operator_is_not_trusted_with_private_addresses(canary: Canary) -> None:
    with pytest.raises(LinkBarred):
        await fetcher(answering("127.0.0.1"), ".cdn.example").fetch(f"https://a.cdn.example:{canary.port}/")
    assert canary.reached == 0


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "//127.0.0.1:{port}/", "https://[::1]:{port}/",
     "http://127.0.0.1:{port}@{named}/", "https://" + NAME + ":{port}/", "http://{named}@127.0.0.1:{port}/",
     "file:///etc/passwd", "http://169.254.169.254/", "\\\\127.0.0.1:{port}\\", "http:\\\\127.0.0.1:{port}"],
)  # fmt: skip
async def test_a_redirect_goes_nowhere_that_an_address_may_not(canary: Canary, location: str) -> None:
    async with Canary().listening() as trusted:
        named = f"127.0.0.1:{trusted.port}"
        to = location.replace("{port}", str(canary.port)).replace("{named}", named)
        trusted.answers = f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()
        with pytest.raises((LinkBarred, GraphUnavailable)):
            await fetcher(answering("127.0.0.1"), named).fetch(f"http://{named}/a")
        assert trusted.reached <= 4
    assert canary.reached == 0


@dataclass
class Noting(httpx.AsyncBaseTransport):
    """Carries nothing anywhere: notes what was asked, and of which address."""

    answers: list[httpx.Response]
    asked: list[httpx.Request] = field(default_factory=list[httpx.Request])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers[len(self.asked) - 1]


async def test_a_name_is_resolved_once_and_that_very_address_is_connected_to() -> None:
    resolver = Resolver([[SOMEWHERE], ["127.0.0.1"]])
    carrier = Noting([httpx.Response(200, stream=httpx.ByteStream(b"file"))])
    guard = AddressGuard(hosts=MediaHosts(), resolve=resolver)
    assert await MediaFetcher(guard, carrier=carrier).fetch(f"https://{NAME}/a.jpg?x=1%2F2&y") == b"file"
    (asked,) = carrier.asked
    assert (resolver.asked, asked.url.host) == (1, SOMEWHERE)
    assert asked.headers["host"] == NAME
    assert asked.extensions["sni_hostname"] == NAME
    assert asked.url.raw_path == b"/a.jpg?x=1%2F2&y"
    assert not {"authorization", "cookie", "referer"} & asked.headers.keys()


async def test_each_redirect_is_resolved_and_checked_anew() -> None:
    resolver = Resolver([[SOMEWHERE], ["127.0.0.1"]])
    carrier = Noting([httpx.Response(302, headers={"Location": f"https://{NAME}/b.jpg"})])
    guard = AddressGuard(hosts=MediaHosts(), resolve=resolver)
    with pytest.raises(LinkBarred):
        await MediaFetcher(guard, carrier=carrier).fetch(f"https://{NAME}/a.jpg")
    assert (resolver.asked, len(carrier.asked)) == (2, 1)


async def test_a_proxy_of_the_environment_is_not_asked(
    canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    async with Canary(answers=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").listening() as trusted:
        named = f"127.0.0.1:{trusted.port}"
        assert await fetcher(answering(), named).fetch(f"http://{named}/a") == b"ok"
    assert canary.reached == 0


async def test_a_name_that_does_not_resolve_is_trouble_and_no_verdict() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("no such name")

    guard = AddressGuard(hosts=MediaHosts(), resolve=nobody)
    with pytest.raises(GraphUnavailable):
        await guard.check(f"https://{NAME}/a.jpg")
