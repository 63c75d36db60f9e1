"""Posting events to receivers of every kind, over real sockets: signed, checked, and over in time."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.adapters.outgoing.poster import CONNECTIONS, HttpWebhookPoster
from meta_inbox.adapters.outgoing.retry_after import retry_after
from meta_inbox.adapters.persistence.time_and_ids import SystemClock
from meta_inbox.domain.errors import LinkBarred, TooManyAtOnce
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_delivery import Posted
from meta_inbox.domain.model.webhook_endpoint import new_signing_secret
from meta_inbox.domain.model.webhook_hosts import WebhookHosts
from meta_inbox.domain.use_cases import tell_endpoints, try_webhook_endpoint
from tests.contracts.receivers import OK, Answer, Receiver, saying

ID = "0199d2a0-6c1e-5b6f-9a5b-3f1f5d0c7e11"
BODY = '{"type":"message.created","data":{"text":"Olá, é hoje? 🎂"}}'.encode()
SOMEWHERE = "157.240.0.35"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def answering(*turns: str) -> Any:
    """A name server of the attacker's: each question gets the next answer, the last one for ever."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [turns[min(len(asked), len(turns)) - 1]]

    return resolve


def poster(*named: str, deadline: float = 2.0, **more: Any) -> HttpWebhookPoster:
    resolve = more.pop("resolve", answering("127.0.0.1"))
    guard = AddressGuard(hosts=WebhookHosts(named), resolve=resolve)
    return HttpWebhookPoster(guard, SystemClock(), deadline=deadline, **more)


async def posted(answer: Answer, *secrets: Secret, deadline: float = 2.0) -> tuple[Posted, Receiver]:
    async with Receiver([answer]).listening() as receiver:
        found = await poster(f"127.0.0.1:{receiver.port}", deadline=deadline).post(
            receiver.url, secrets or [new_signing_secret()], ID, BODY
        )
        return found, receiver


async def test_a_receiver_checks_the_signature_with_the_library() -> None:
    secret = new_signing_secret()
    found, receiver = await posted(OK, secret)
    assert (found, found.arrived) == (Posted(status=204), True)
    (seen,) = receiver.seen
    assert seen.line == "POST /hooks HTTP/1.1"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["webhook-id"] == ID
    assert Webhook(secret.reveal()).verify(seen.body, seen.headers)["type"] == "message.created"
    for wrong, body in ((new_signing_secret(), seen.body), (secret, seen.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(wrong.reveal()).verify(body, seen.headers)


async def test_two_secrets_sign_so_that_either_is_enough() -> None:
    new, former = new_signing_secret(), new_signing_secret()
    _, receiver = await posted(OK, new, former)
    (seen,) = receiver.seen
    assert len(seen.headers["webhook-signature"].split(" ")) == 2
    for secret in (new, former):
        Webhook(secret.reveal()).verify(seen.body, seen.headers)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_is_taken_for_having_arrived(status: int) -> None:
    assert (await posted(saying(f"{status} Fine")))[0].arrived


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410, 418, 429, 500, 503])
async def test_whatever_else_is_not(status: int) -> None:
    found, _ = await posted(saying(f"{status} Hm"))
    assert (found.status, found.arrived) == (status, False)


async def test_no_redirect_is_followed() -> None:
    async with Receiver([OK]).listening() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            found, receiver = await posted(saying(f"{status} There\nLocation: {elsewhere.url}"))
            assert (found.status, len(receiver.seen)) == (status, 1)
        assert elsewhere.seen == []


async def hangs(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def drips_its_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def says_for_ever_that_it_goes_on(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("answer", [hangs, drips_its_head, says_for_ever_that_it_goes_on])
async def test_a_receiver_that_does_not_answer_in_time_is_left(answer: Answer) -> None:
    began = time.monotonic()
    found, _ = await posted(answer, deadline=0.5)
    assert found == Posted(error="timeout")
    assert time.monotonic() - began < 2


async def drips_its_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def test_waiting_for_a_connection_is_no_fault_of_the_receivers() -> None:
    async with Receiver([hangs]).listening() as receiver:
        narrow = poster(f"127.0.0.1:{receiver.port}", connections=1)
        first = asyncio.create_task(narrow.post(receiver.url, [new_signing_secret()], ID, BODY))
        await asyncio.sleep(0)
        with pytest.raises(TooManyAtOnce):
            await narrow.post(receiver.url, [new_signing_secret()], ID, BODY)
        assert await first == Posted(error="timeout")


def test_there_are_connections_for_all_that_is_under_way() -> None:
    assert CONNECTIONS > tell_endpoints.AT_ONCE + try_webhook_endpoint.AT_ONCE


async def test_a_body_that_drips_takes_nothing_back() -> None:
    began = time.monotonic()
    assert (await posted(drips_its_body))[0].arrived
    assert time.monotonic() - began < 1.9


async def test_a_status_that_came_in_time_counts_though_the_time_is_up_meanwhile() -> None:
    found, _ = await posted(drips_its_body, deadline=0.4)
    assert found == Posted(status=200)


async def breaks_off(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx")


async def test_a_body_that_breaks_off_takes_nothing_back() -> None:
    assert (await posted(breaks_off))[0] == Posted(status=200)


async def test_a_body_without_end_is_cut_off() -> None:
    sent = 0

    async def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        while sent < 1024:
            writer.write(bytes(1024 * 1024))
            await writer.drain()
            sent += 1

    found, _ = await posted(answer)
    assert found.arrived
    assert sent < 100


async def test_whoever_hangs_up_is_not_reached() -> None:
    assert (await posted(lambda writer: writer.close()))[0] == Posted(error="unreachable")


@pytest.mark.parametrize("junk", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100])
async def test_what_is_no_answer_is_none(junk: bytes) -> None:
    assert (await posted(lambda writer: writer.write(junk)))[0] == Posted(error="unreachable")


async def test_nobody_there_is_not_reached() -> None:
    found = await poster("127.0.0.1:9").post("http://127.0.0.1:9/", [new_signing_secret()], ID, BODY)
    assert found == Posted(error="unreachable")


BARRED = [
    "https://127.0.0.1:{port}/", "https://[::1]:{port}/", "http://127.0.0.1:{port}/",
    "https://169.254.169.254/latest/meta-data/", "http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/",
    "https://192.168.1.1/", "https://172.16.0.1/", "https://[fd00:ec2::254]/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://user:word@crm.example:{port}/", "https://127.0.0.1:{port}@crm.example/", "ftp://crm.example/",
    "http://crm.example:{port}/", "https://crm.example:0/", "https:///hooks", "", "crm.example",
    "https://a b/", "https://crm.example\r\nHost: a/",
]  # fmt: skip


BY_NAME = [
    "https://localhost:{port}/", "https://2130706433:{port}/", "https://0x7f000001:{port}/",
    "https://127.1:{port}/", "https://crm.example:{port}/hooks",
]  # fmt: skip


@pytest.mark.parametrize("address", [*BARRED, *BY_NAME])
async def test_no_address_leads_to_this_machine_or_its_network(address: str) -> None:
    async with Receiver([OK]).listening() as canary:
        url = address.replace("{port}", str(canary.port))
        found = await poster().post(url, [new_signing_secret()], ID, BODY)
        assert found == Posted(error="address_barred")
        assert canary.seen == []


@pytest.mark.parametrize("address", BARRED)
def test_most_are_told_before_anybody_is_asked(address: str) -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise AssertionError("a name was asked for")

    with pytest.raises(LinkBarred):
        poster(resolve=nobody).require_allowed(address.replace("{port}", "8443"))


@pytest.mark.parametrize(
    "url", ["https://crm.example/hooks?a=b", "https://8.8.8.8/", "https://[2a03:2880::1]/"]
)
def test_public_ones_are_let_through(url: str) -> None:
    poster().require_allowed(url)


async def test_a_host_that_is_named_is_spoken_to_in_plain_on_this_machine_alone() -> None:
    named = poster("hooks.internal:8080", resolve=answering("10.0.0.7"))
    named.require_allowed("http://hooks.internal:8080/")
    found = await named.post("http://hooks.internal:8080/", [new_signing_secret()], ID, BODY)
    assert found == Posted(error="address_barred")


class Noting(httpx.AsyncBaseTransport):
    """Carries nothing anywhere: notes what was asked, and of which address."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(204, stream=httpx.ByteStream(b""))


async def test_a_name_is_resolved_once_and_that_very_address_is_connected_to() -> None:
    carrier = Noting()
    rebinding = poster(carrier=carrier, resolve=answering(SOMEWHERE, "127.0.0.1"))
    secrets = [new_signing_secret()]
    assert (await rebinding.post("https://crm.example/hooks?a=1", secrets, ID, BODY)).arrived
    assert (
        await rebinding.post("https://crm.example/hooks?a=1", secrets, ID, BODY)
    ).error == "address_barred"
    (asked,) = carrier.asked
    assert (asked.url.host, asked.url.raw_path) == (SOMEWHERE, b"/hooks?a=1")
    assert asked.headers["host"] == "crm.example"
    assert asked.extensions["sni_hostname"] == "crm.example"
    assert not {"authorization", "cookie", "referer"} & asked.headers.keys()
    assert asked.headers["accept-encoding"] == "identity"


async def test_a_name_that_does_not_resolve_is_not_reached() -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    found = await poster(resolve=nobody).post("https://crm.example/", [new_signing_secret()], ID, BODY)
    assert found == Posted(error="unreachable")


async def test_that_there_is_no_room_to_ask_for_a_name_is_no_fault_of_the_receivers() -> None:
    async def no_room(host: str, port: int) -> Sequence[str]:
        raise TooManyAtOnce("too many names")

    with pytest.raises(TooManyAtOnce):
        await poster(resolve=no_room).post("https://crm.example/", [new_signing_secret()], ID, BODY)


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Receiver([OK]).listening() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await posted(OK))[0].arrived
        assert proxy.seen == []


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("0", 0), ("120", 120), (" 7 ", 7), (None, None), ("", None), ("soon", None), ("-1", None),
        ("1.5", None),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0), ("9" * 400, None),
        ("Sun, 01 Mar 2026 12:00:30", 30), ("Sun, 99 Mar 2026 12:00:30 GMT", None),
    ],
)  # fmt: skip
def test_when_to_come_back_is_read_however_it_is_said(said: str | None, wait: int | None) -> None:
    assert retry_after(said, NOW) == (None if wait is None else timedelta(seconds=wait))


async def test_a_receiver_may_say_when_to_come_back() -> None:
    found, _ = await posted(saying("503 Later\nRetry-After: 90"))
    assert found == Posted(status=503, retry_after=timedelta(seconds=90))
