"""Fetching files from a server that does not mean well, over real sockets and real TLS."""

import asyncio
import datetime
import gzip
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.adapters.meta_graph.media_fetch import MediaFetcher
from meta_inbox.domain.errors import GraphUnavailable, LinkBarred, LinkDead
from meta_inbox.domain.model.media_rules import MediaHosts

Answer = Callable[[asyncio.StreamWriter], object]
LIMIT = 100_000


@asynccontextmanager
async def server(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """Answers every request in this way; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            found = answer(writer)
            if asyncio.iscoroutine(found):
                await found
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


def saying(head: str, body: bytes = b"") -> Answer:
    return lambda writer: writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)


def fetcher(port: int, *, deadline: float = 2.0) -> MediaFetcher:
    guard = AddressGuard(hosts=MediaHosts((f"127.0.0.1:{port}",)))
    return MediaFetcher(guard, deadline=deadline, max_bytes=LIMIT)


async def fetched(answer: Answer, *, deadline: float = 2.0) -> bytes:
    async with server(answer) as port:
        return await fetcher(port, deadline=deadline).fetch(f"http://127.0.0.1:{port}/a.jpg")


async def test_a_file_is_fetched_whole() -> None:
    body = bytes(range(256)) * 300
    assert await fetched(saying(f"HTTP/1.1 200 OK\nContent-Length: {len(body)}", body)) == body


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_link_that_is_refused_is_dead(status: int) -> None:
    with pytest.raises(LinkDead):
        await fetched(saying(f"HTTP/1.1 {status} No\nContent-Length: 0"))


@pytest.mark.parametrize("status", [204, 206, 408, 425, 429, 500, 502, 503])
async def test_trouble_of_the_server_is_trouble(status: int) -> None:
    with pytest.raises(GraphUnavailable):
        await fetched(saying(f"HTTP/1.1 {status} Hm\nContent-Length: 0"))


async def test_a_file_that_says_it_is_too_large_is_not_read() -> None:
    sent = 0

    async def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {LIMIT + 1}\r\n\r\n".encode())
        for _ in range(100):
            writer.write(b"x" * 100_000)
            await writer.drain()
            sent += 1

    with pytest.raises(LinkBarred):
        await fetched(answer)
    assert sent < 100


@pytest.mark.parametrize("declared", ["Content-Length: 10", "Transfer-Encoding: chunked", "X-Nothing: 1"])
async def test_a_file_that_is_larger_than_it_says_is_cut_off(declared: str) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\n{declared}\r\n\r\n".encode())
        while True:
            piece = b"x" * 50_000
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if "chunked" in declared else piece)
            await writer.drain()

    if declared.startswith("Content-Length"):
        # The client stops at the declared length: ten bytes are all there is of it.
        assert await fetched(answer) == b"x" * 10
    else:
        with pytest.raises(LinkBarred):
            await fetched(answer)


async def test_a_body_that_ends_early_is_trouble() -> None:
    with pytest.raises(GraphUnavailable):
        await fetched(saying("HTTP/1.1 200 OK\nContent-Length: 1000", b"x"))


async def test_an_empty_body_is_trouble() -> None:
    with pytest.raises(GraphUnavailable):
        await fetched(saying("HTTP/1.1 200 OK\nContent-Length: 0"))


async def test_a_compressed_body_is_never_inflated() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    head = f"HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: {len(bomb)}"
    with pytest.raises(LinkBarred):
        await fetched(saying(head, bomb))


@pytest.mark.parametrize("silent", [True, False])
async def test_it_ends_in_time_whether_the_server_drips_or_is_silent(*, silent: bool) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            if not silent:
                writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    began = time.monotonic()
    with pytest.raises(GraphUnavailable):
        await fetched(answer, deadline=0.4)
    assert time.monotonic() - began < 2


async def test_three_redirects_are_followed_and_no_more() -> None:
    turns = 0

    def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal turns
        turns += 1
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(LinkBarred):
        await fetched(answer)
    assert turns == 4
    turns = 0

    def ends(writer: asyncio.StreamWriter) -> None:
        nonlocal turns
        turns += 1
        if turns < 4:
            writer.write(b"HTTP/1.1 307 Found\r\nLocation: next?a=1\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    assert await fetched(ends) == b"ok"


async def test_nobody_there_is_trouble() -> None:
    async with server(saying("HTTP/1.1 200 OK")) as port:
        pass
    with pytest.raises(GraphUnavailable):
        await fetcher(port).fetch(f"http://127.0.0.1:{port}/a.jpg")


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The contexts of a server whose certificate is for this name, and of a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    return serving, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


async def local(_host: str, _port: int) -> Sequence[str]:
    return ("127.0.0.1",)


@pytest.mark.parametrize(("shown", "good"), [("files.example", True), ("other.example", False)])
async def test_tls_is_of_the_name_though_the_connection_is_to_the_address(
    tmp_path: Path, shown: str, *, good: bool
) -> None:
    serving, believing = certificate(tmp_path, shown)
    names: list[str | None] = []
    serving.sni_callback = lambda _socket, name, _context: names.append(name)
    async with server(saying("HTTP/1.1 200 OK\nContent-Length: 2", b"ok"), serving) as port:
        guard = AddressGuard(hosts=MediaHosts((f"files.example:{port}",)), resolve=local)
        fetching = MediaFetcher(guard, verify=believing, deadline=3).fetch(f"https://files.example:{port}/a")
        if good:
            assert await fetching == b"ok"
        else:
            with pytest.raises(GraphUnavailable):
                await fetching
    assert names == ["files.example"]


async def test_no_refusal_shows_the_address() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    async with server(answer) as port:
        with pytest.raises(GraphUnavailable) as trouble:
            await fetcher(port, deadline=0.2).fetch(f"http://127.0.0.1:{port}/a?signature=canary")
    assert "canary" not in f"{trouble.value!r}{trouble.value.__cause__!r}{trouble.value.__context__!r}"
