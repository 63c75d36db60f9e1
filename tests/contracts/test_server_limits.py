"""What the server itself refuses, how long it waits, and how it ends: over real sockets, as a process."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

import pytest
import pytest_asyncio

from meta_inbox.adapters.http.protocol import Limits
from meta_inbox.adapters.http.server import Patience
from tests.contracts.server_client import Raw, Served, end, get, hang_up, launch, post, serving

QUICK = {"request_seconds": 0.5, "keep_alive_seconds": 0.5, "write_seconds": 1.0, "connections": 40}
HASTY = {"requests": 0.6, "stop": 1.0, "process": 1.6, "workers": 2.2, "insisted": 0.3}
CHUNKED = "Transfer-Encoding: chunked"
T = TypeVar("T")


@pytest.fixture
async def server() -> AsyncIterator[Served]:
    """A server whose waits are short."""
    async with serving(limits=QUICK) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting() -> AsyncIterator[Served]:
    """The same for all tests that only connect to it."""
    async with serving(limits=QUICK) as served:
        yield served


# --- the head of a request -------------------------------------------------------------------------------


async def test_sixty_four_header_fields_are_served_and_one_more_is_not(lasting: Served) -> None:
    fields = [f"x-{number}: 1" for number in range(64)]
    assert (await lasting.ask(get("/", *fields[:63]))).status == 200
    refused = await lasting.ask(get("/", *fields))
    assert (refused.status, refused.code) == (431, "header_too_large")


@pytest.mark.parametrize(
    "fields",
    [[f"x-{number}: 1" for number in range(5000)], ["x: " + "a" * 100_000], ["x: " + "a" * 16_384]],
    ids=["5000 fields", "100 kB in one field", "16 kB in one field"],
)
async def test_a_head_that_is_too_large_is_431(lasting: Served, fields: list[str]) -> None:
    assert (await lasting.ask(get("/", *fields))).code == "header_too_large"


async def test_a_head_just_within_the_limit_is_served(lasting: Served) -> None:
    assert (await lasting.ask(get("/", "x: " + "a" * 16_300))).status == 200


async def test_an_address_without_end_is_431(lasting: Served) -> None:
    assert (await lasting.ask(get("/" + "a" * 20_000))).code == "header_too_large"


async def test_the_head_of_a_pipelined_request_has_the_same_limit(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(
            post("/read", "Content-Length: 9000", body=b"x" * 9000) + get("/", "x: " + "a" * 17_000)
        )
        assert (await raw.answer()).body == b"9000"
        assert (await raw.answer()).code == "header_too_large"


@pytest.mark.parametrize(
    "opening",
    [
        get("/", "x: ")[:-4],
        post("/read", CHUNKED, body=b"1;ext="),
        post("/read", CHUNKED, body=b"1\r\na\r\n0\r\ntrailer: "),
    ],
    ids=["header field", "chunk extension", "trailer"],
)
async def test_what_never_ends_is_431_before_it_fills_the_memory(lasting: Served, opening: bytes) -> None:
    async with lasting.connected() as raw:
        await raw.write(opening)
        for _ in range(18):
            await raw.write(b"a" * 1000)
            await asyncio.sleep(0.005)
        assert (await raw.answer()).code == "header_too_large"


@pytest.mark.parametrize(
    "request_",
    [
        post("/read", "Content-Length: 5", CHUNKED, body=b"0\r\n\r\n"),
        post("/read", CHUNKED, "Content-Length: 5", body=b"0\r\n\r\n"),
        post("/read", "Content-Length: 5", "Content-Length: 6", body=b"hello"),
        post("/read", "Content-Length: 5, 6", body=b"hello"),
        post("/read", "Content-Length: +5", body=b"hello"),
        post("/read", "Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
        post("/read", "Transfer-Encoding: identity", body=b"hello"),
        post("/read", CHUNKED, body=b"0\r\n\r\n").replace(b"HTTP/1.1", b"HTTP/1.0"),
        post("/read", CHUNKED, body=b"zz\r\n"),
        get("/", "Host: other"),
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : cellar\r\n\r\n",
        b"GET / HTTP/1.1\nHost: cellar\n\n",
        get("/", "x: a\r\n folded"),
        get("/", "x: \0"),
        "GET /\u00e9 HTTP/1.1\r\nHost: cellar\r\n\r\n".encode(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_a_request_that_can_be_read_in_two_ways_or_in_none_is_400(
    lasting: Served, request_: bytes
) -> None:
    refused = await lasting.ask(request_)
    assert (refused.status, refused.code) == (400, "malformed_request")


async def test_trace_and_connect_are_405_and_say_what_is_served(lasting: Served) -> None:
    for request in (get().replace(b"GET", b"TRACE"), b"CONNECT cellar:443 HTTP/1.1\r\nHost: cellar\r\n\r\n"):
        refused = await lasting.ask(request)
        assert (refused.status, refused.code) == (405, "method_not_allowed")
        assert "post" in refused.headers["allow"]


async def test_other_versions_of_http_are_505(lasting: Served) -> None:
    assert (await lasting.ask(get().replace(b"HTTP/1.1", b"HTTP/2.0"))).status == 505


async def test_the_connection_ends_after_a_refusal(lasting: Served) -> None:
    async with lasting.connected() as raw:
        assert (await raw.ask(b"nonsense\r\n\r\n")).status == 400
        assert await raw.closed(within=0.5) == b""


async def test_a_client_that_is_still_sending_reads_why_it_was_refused(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(post("/read", "Content-Length: 400000", "Host: other"))
        for _ in range(4):
            await asyncio.sleep(0.05)
            await raw.write(b"x" * 100_000)
        assert (await raw.answer()).code == "malformed_request"


async def test_trailers_do_not_become_headers(lasting: Served) -> None:
    body = b"3\r\nabc\r\n0\r\nx-hub-signature-256: forged\r\n\r\n"
    assert b"forged" not in (await lasting.ask(post("/fields", CHUNKED, body=body))).body


async def test_answers_do_not_name_the_software(lasting: Served) -> None:
    for request in (get(), b"nonsense\r\n\r\n"):
        headers = (await lasting.ask(request)).headers
        assert "server" not in headers
        assert "date" in headers


async def test_nothing_of_a_request_is_logged() -> None:
    async with serving(logs="DEBUG") as server:
        for request in (get("/?code=canary"), get("/?code=canary", "Host: other"), b"canary canary\r\n\r\n"):
            await server.ask(request)
        await server.stopped()
        out, err = await server.process.communicate()
        assert b"refused a request" in err
        assert b"canary" not in out + err


# --- time ------------------------------------------------------------------------------------------------


async def test_half_a_head_is_408(lasting: Served) -> None:
    refused, seconds = await timed(lasting.ask(get()[:-6]))
    assert (refused.status, refused.code) == (408, "request_timeout")
    assert 0.4 < seconds < 1.0


async def test_half_a_body_is_408_and_the_application_is_told(server: Served) -> None:
    async with server.connected() as raw:
        refused, seconds = await timed(raw.ask(post("/read", "Content-Length: 5", body=b"he")))
        assert (refused.status, refused.code) == (408, "request_timeout")
        assert 0.4 < seconds < 1.0
        assert (await timed(server.hears("disconnected")))[1] < 0.5


@pytest.mark.parametrize("request_", [get("/", "x: " + "a" * 200), post("/read", CHUNKED)])
async def test_dripping_buys_no_time(lasting: Served, request_: bytes) -> None:
    async with lasting.connected() as raw:
        began = time.monotonic()
        answered = asyncio.create_task(raw.answer())
        for letter in request_ + b"1\r\na\r\n" * 40:
            if answered.done():
                break
            await raw.write(bytes([letter]))
            await asyncio.sleep(0.01)
        assert (await answered).code == "request_timeout"
        assert time.monotonic() - began < 1.0


async def test_a_body_that_comes_fast_enough_has_the_time_it_needs(lasting: Served) -> None:
    piece, pieces = bytes(16 * 1024), 8
    async with lasting.connected() as raw:
        await raw.write(post("/read", f"Content-Length: {len(piece) * pieces}"))
        for _ in range(pieces):
            await raw.write(piece)
            await asyncio.sleep(0.3)
        assert (await raw.answer()).body == b"131072"


async def test_what_comes_after_the_answer_buys_no_time(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(post("/", f"Content-Length: {10**9}"))
        assert (await raw.answer()).body == b"/"

        async def goes_on() -> None:
            while True:
                raw.writer.write(bytes(64 * 1024))
                await raw.writer.drain()
                await asyncio.sleep(0.05)

        with pytest.raises(ConnectionError):
            await asyncio.wait_for(goes_on(), 5)


async def test_a_connection_that_never_says_a_word_is_closed_without_one(lasting: Served) -> None:
    async with lasting.connected() as raw:
        silence, seconds = await timed(raw.closed())
        assert silence == b""
        assert 0.4 < seconds < 1.0


async def test_empty_lines_are_not_a_word(lasting: Served) -> None:
    async with lasting.connected() as raw:
        ended = asyncio.create_task(raw.closed())
        for _ in range(15):
            await raw.write(b"\r\n")
            await asyncio.sleep(0.05)
        assert ended.done()


async def test_an_idle_connection_is_kept_for_a_while_and_then_closed(lasting: Served) -> None:
    async with lasting.connected() as raw:
        assert (await raw.ask(get("/one"))).body == b"/one"
        await asyncio.sleep(0.3)
        assert (await raw.ask(get("/two"))).body == b"/two"
        silence, seconds = await timed(raw.closed())
        assert silence == b""
        assert 0.4 < seconds < 2.0


async def test_the_application_may_take_longer_than_a_request_may_take_to_arrive(lasting: Served) -> None:
    assert (await lasting.ask(get("/slow/1.2"))).body == b"slow"


async def test_a_stream_outlives_every_deadline_of_requests(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(get("/endless"))
        await raw.answer()
        assert await raw.reader.readuntil(b"first\r\n")
        with pytest.raises(TimeoutError):
            await raw.closed(within=1.5)


async def test_a_reader_who_stops_reading_is_cut(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(get("/large"))
        await asyncio.sleep(3.2)
        assert len(await raw.closed()) < 30_000_000


async def test_a_slow_reader_gets_everything(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(get("/large", "Connection: close"))
        await raw.answer(head_only=True)
        got = 0
        for _ in range(6):
            await asyncio.sleep(0.4)
            got += len(await raw.reader.readexactly(2_000_000))
        assert got + len(await raw.closed()) == 30_000_000


# --- several requests on a connection --------------------------------------------------------------------


async def test_pipelined_requests_are_answered_in_order(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(get("/slow/0.2") + post("/read", "Content-Length: 3", body=b"abc") + get("/last"))
        assert [(await raw.answer()).body for _ in range(3)] == [b"slow", b"3", b"/last"]


async def test_a_broken_request_does_not_spoil_the_answer_before_it(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(get("/slow/0.3") + b"nonsense\r\n\r\n")
        assert (await raw.answer()).body == b"slow"
        assert (await raw.answer()).code == "malformed_request"
        assert await raw.closed() == b""


async def test_a_request_that_waits_for_the_one_before_it_has_its_full_time(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(get("/slow/0.9") + post("/read", "Content-Length: 5", body=b"he"))
        assert (await raw.answer()).body == b"slow"
        await raw.write(b"llo")
        assert (await raw.answer()).body == b"5"


async def test_thousands_of_pipelined_requests_are_not_taken_in(lasting: Served) -> None:
    async with lasting.connected() as raw:
        await raw.write(get("/slow/0.2") + get() * 2000)
        answers = [await raw.answer() for _ in range(34)]
        assert [answer.status for answer in answers] == [200] * 33 + [429]


@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "tomorrow"])
async def test_a_protocol_that_is_not_spoken_is_declined_and_the_body_is_read(
    lasting: Served, upgrade: str
) -> None:
    fields = ("Connection: Upgrade, HTTP2-Settings", f"Upgrade: {upgrade}", "HTTP2-Settings: AA")
    async with lasting.connected() as raw:
        asked = post("/read", *fields, "Content-Length: 16", body=get()[:16])
        await raw.write(asked[:-6])
        await asyncio.sleep(0.05)
        await raw.write(asked[-6:] + get("/next"))
        assert [(await raw.answer()).body for _ in range(2)] == [b"16", b"/next"]


async def test_a_web_socket_upgrade_is_handed_over_and_knows_no_deadline() -> None:
    async with serving(limits=QUICK, upgrades=True) as server, server.connected() as raw:
        fields = ("Connection: Upgrade", "Upgrade: websocket")
        answer = await raw.ask(get("/socket", *fields))
        assert (answer.status, answer.headers["x-saw"]) == (101, "get /socket http/1.1")
        await asyncio.sleep(1.2)
        await raw.write(b"still here")
        assert await raw.reader.readexactly(10) == b"still here"
        crowded = await server.ask(get("/", *fields, *[f"x-{number}: 1" for number in range(62)]))
        assert crowded.status == 431


# --- many connections ------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def crowd(server: Served, count: int, opening: bytes) -> AsyncGenerator[list[Raw]]:
    """So many connections that have sent this and wait."""
    found = [await server.connect() for _ in range(count)]
    try:
        for raw in found:
            await raw.write(opening)
        yield found
    finally:
        await asyncio.gather(*(hang_up(raw) for raw in found))


@pytest.mark.parametrize("opening", [b"", get()[:-4], post("/read", "Content-Length: 9"), get()])
async def test_stalled_connections_do_not_keep_honest_ones_out(opening: bytes) -> None:
    slow = {"request_seconds": 30, "keep_alive_seconds": 30, "connections": 40}
    async with serving(limits=slow) as server, crowd(server, 100, opening):
        for _ in range(50):
            answer, seconds = await timed(server.ask(get("/honest")))
            assert answer.body == b"/honest"
            assert seconds < 0.5


async def test_an_answer_under_way_is_not_cut_for_a_newcomer(server: Served) -> None:
    async with crowd(server, 40, get("/slow/1")) as busy:
        await asyncio.sleep(0.2)
        refused = await server.ask(get())
        assert (refused.status, refused.code) == (503, "too_many_connections")
        assert {(await raw.answer()).body for raw in busy} == {b"slow"}


# --- the end ---------------------------------------------------------------------------------------------


def test_the_time_for_ending_is_less_than_ten_seconds() -> None:
    given = Patience()
    assert given.requests < given.stop < given.process < given.workers < given.parent < 10
    assert Limits().request_seconds == 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_the_running_request_finish_and_exits_0(
    server: Served, number: signal.Signals
) -> None:
    asked = asyncio.create_task(server.ask(get("/slow/1")))
    await server.hears("began")
    code, seconds = await server.stopped(number)
    assert code == 0
    assert 0.6 < seconds < 1.6
    answer = await asked
    assert (answer.status, answer.headers["connection"]) == (200, "close")


async def test_an_idle_server_ends_at_once(server: Served) -> None:
    async with server.connected() as raw:
        await raw.ask(get())
        code, seconds = await server.stopped()
        assert code == 0
        assert seconds < 1.0


async def test_no_request_is_lost_under_load(server: Served) -> None:
    async def keep_asking() -> int:
        async with server.connected() as raw:
            for count in range(100_000):
                if (await raw.ask(get())).headers.get("connection") == "close":
                    return count
        return 0

    asking = [asyncio.create_task(keep_asking()) for _ in range(16)]
    await asyncio.sleep(0.5)
    assert (await server.stopped())[0] == 0
    assert min(await asyncio.gather(*asking)) > 0


async def test_streams_are_told_to_close_before_the_application_stops(server: Served) -> None:
    async with server.connected() as raw:
        await raw.write(get("/stream"))
        await raw.answer()
        await raw.reader.readuntil(b"first\r\n")
        code, seconds = await server.stopped()
        assert code == 0
        assert seconds < 1.0
        assert await raw.closed() == b"4\r\nlast\r\n0\r\n\r\n"
        assert await server.rest() == ["stream ended", "stopping"]


async def test_a_stream_that_hangs_is_cut_in_time_and_cleans_up_first() -> None:
    async with serving(patience=HASTY) as server, server.connected() as raw:
        await raw.write(get("/endless"))
        await raw.answer()
        code, seconds = await server.stopped()
        assert code == 0
        assert 0.5 < seconds < 1.3
        assert await server.rest() == ["stream ended", "stopping"]


async def test_a_request_that_lasts_too_long_is_told_so() -> None:
    async with serving(patience=HASTY) as server:
        asked = asyncio.create_task(server.ask(get("/slow/30")))
        await server.hears("began")
        assert (await server.stopped())[0] == 0
        answer = await asked
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "stopping", "1")


async def test_a_second_signal_ends_at_once(server: Served) -> None:
    async with server.connected() as raw:
        await raw.write(get("/endless"))
        await raw.answer()
        server.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.3)
        code, seconds = await server.stopped()
        assert code == 0
        assert seconds < 1.0
        assert await server.rest() == ["stream ended", "stopping"]


@pytest.mark.parametrize("options", [{"stop": "hangs"}, {"path": "/block"}], ids=["its stop", "the loop"])
async def test_an_application_that_hangs_does_not_keep_the_process(options: dict[str, str]) -> None:
    async with serving(patience=HASTY, **options) as server, server.connected() as raw:
        await raw.write(get(options.get("path", "/")))
        await asyncio.sleep(0.2)
        code, seconds = await server.stopped()
        assert code == 0
        assert seconds < 2.5


async def test_a_signal_ends_a_start_that_hangs() -> None:
    server = await launch(start="hangs")
    try:
        await server.hears("starting")
        code, seconds = await server.stopped()
        assert code == 0
        assert seconds < 1.0
    finally:
        await end(server)


# --- the start -------------------------------------------------------------------------------------------


async def test_a_port_in_use_is_one_clear_line(server: Served) -> None:
    second = await launch(port=server.port)
    _, err = await second.process.communicate()
    assert second.process.returncode == 1
    assert err.decode() == f"cannot listen on 127.0.0.1:{server.port}: Address already in use\n"


@pytest.mark.parametrize("workers", [1, 2])
async def test_an_application_that_does_not_start_ends_the_process(workers: int) -> None:
    failed = await launch(start="fails", workers=workers)
    _, err = await failed.process.communicate()
    assert failed.process.returncode == 1
    assert b"the cellar is flooded\n" in err
    assert b"Traceback" not in err


async def test_a_name_is_served_on_all_its_addresses() -> None:
    async with serving(host="localhost") as server:
        assert (await server.ask(get("/named"))).body == b"/named"


# --- several processes -----------------------------------------------------------------------------------


async def pids(server: Served) -> set[int]:
    """The processes that answer."""
    return {int((await server.ask(get("/pid"))).body) for _ in range(40)}


async def until(found: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    async with asyncio.timeout(10):
        while not wanted(value := await found()):  # noqa: ASYNC110  # another process, no event
            await asyncio.sleep(0.05)
        return value


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(processes: set[int]) -> bool:
    return not any(alive(pid) for pid in processes)


async def test_several_processes_share_the_port_and_end_together() -> None:
    async with serving(workers=2) as server:
        both = await until(lambda: pids(server), lambda found: len(found) == 2)
        code, seconds = await server.stopped()
        assert code == 0
        assert seconds < 2.0
        assert await gone(both)


async def test_a_process_that_dies_is_replaced() -> None:
    async with serving(workers=2) as server:
        before = await until(lambda: pids(server), lambda found: len(found) == 2)
        os.kill(min(before), signal.SIGKILL)
        after = await until(lambda: pids(server), lambda found: len(found) == 2 and found != before)
        assert max(before) in after


async def test_no_process_outlives_its_parent() -> None:
    async with serving(workers=2) as server:
        both = await until(lambda: pids(server), lambda found: len(found) == 2)
        server.process.kill()
        await server.process.wait()
        await until(lambda: gone(both), bool)


@pytest.mark.parametrize("parent_first", [True, False])
async def test_a_signal_to_all_of_them_is_still_one_signal(parent_first: bool) -> None:
    async with serving(workers=2) as server:
        both = await until(lambda: pids(server), lambda found: len(found) == 2)
        asked = asyncio.create_task(server.ask(get("/slow/1")))
        await server.hears("began")
        signalled = [server.process.pid, *both] if parent_first else [*both, server.process.pid]
        for pid in signalled:
            with contextlib.suppress(ProcessLookupError):  # the one without a request may be gone by now
                os.kill(pid, signal.SIGTERM)
            await asyncio.sleep(0.1)
        assert await server.process.wait() == 0
        assert (await asked).body == b"slow"


async def test_a_process_that_hangs_is_killed_in_time() -> None:
    async with serving(workers=2, patience=HASTY | {"process": 30.0}) as server, server.connected() as raw:
        await raw.write(get("/block"))
        await asyncio.sleep(0.2)
        code, seconds = await server.stopped()
        assert code == 0
        assert seconds < 3.0


async def timed(work: Awaitable[T]) -> tuple[T, float]:
    """What it gives, and the seconds it took."""
    began = time.monotonic()
    return await work, time.monotonic() - began
