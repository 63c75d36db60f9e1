"""The live connection over ASGI: who may open it, what comes over it, and how it ends."""

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from meta_inbox.adapters.http import live_connection, live_feed
from meta_inbox.adapters.http.event_wire import event_frame
from meta_inbox.adapters.http.live import OF_ONE_USER
from meta_inbox.domain.errors import StorageUnavailable
from meta_inbox.domain.model.event import Event, EventType, LogPage
from meta_inbox.domain.model.ids import AccountId, TenantId
from meta_inbox.domain.model.principal import Principal
from tests.contracts.http_stage import CRM, HttpStage
from tests.contracts.live_socket import Socket, dialled, opened

CASA, RIVAL = TenantId("casa-verde"), TenantId("rival")


async def ticket(stage: HttpStage, **claims: Any) -> str:
    """A ticket, by default Bea's."""
    async with stage.client(stage.token(**claims)) as caller:
        answer = await caller.post("/api/meta/live/tickets")
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["ticket"]
        return found


async def connected(**options: Any) -> tuple[HttpStage, str]:
    """A stage with one account, which was told of."""
    stage = HttpStage(**options)
    return stage, await stage.connects()


async def denied(stage: HttpStage, **asked: Any) -> tuple[int, str]:
    """How the client is refused before the connection opens."""
    async with dialled(stage.app, **asked) as socket:
        begun, body = await socket.event(), await socket.event()
        assert begun["type"] == "websocket.http.response.start", begun
        problem = json.loads(body["body"])
        assert (b"content-type", b"application/problem+json") in begun["headers"]
        return begun["status"], problem["code"]


# --- tickets ---------------------------------------------------------------------------------------------


async def test_a_ticket_says_for_how_long_it_is_good() -> None:
    stage = HttpStage()
    async with stage.client() as caller:
        answer = (await caller.post("/api/meta/live/tickets")).json()
    assert answer["expires_at"] == (stage.clock.now() + timedelta(seconds=30)).isoformat().replace(
        "+00:00", "Z"
    )
    assert len(answer["ticket"]) == 43


async def test_a_ticket_needs_the_right_to_read() -> None:
    stage = HttpStage()
    async with stage.client(stage.token(scope="messages:send accounts:manage")) as caller:
        answer = await caller.post("/api/meta/live/tickets")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_nobody_gets_a_ticket_without_credentials() -> None:
    async with HttpStage().client(anonymous=True) as caller:
        assert (await caller.post("/api/meta/live/tickets")).status_code == 401


@pytest.mark.parametrize("asked", [{}, {"ticket": ""}, {"ticket": "made-up"}, {"ticket": "é"}])
async def test_without_a_ticket_nobody_comes_in(asked: dict[str, str]) -> None:
    assert await denied(HttpStage(), **asked) == (403, "ticket_invalid")


async def test_a_ticket_is_good_for_one_connection() -> None:
    stage, _ = await connected()
    given = await ticket(stage)
    async with opened(stage.app, ticket=given):
        assert await denied(stage, ticket=given) == (403, "ticket_invalid")


async def test_an_expired_ticket_opens_nothing() -> None:
    stage, _ = await connected()
    given = await ticket(stage)
    stage.passes(seconds=31)
    assert await denied(stage, ticket=given) == (403, "ticket_invalid")


async def test_a_query_that_is_not_understood_opens_nothing() -> None:
    stage, _ = await connected()
    assert await denied(stage, ticket=await ticket(stage), tenant="rival") == (400, "invalid_request")


async def test_a_foreign_page_is_refused_and_its_ticket_is_still_good() -> None:
    stage, _ = await connected()
    given = await ticket(stage)
    assert await denied(stage, ticket=given, origin="https://evil.example") == (403, "origin_not_allowed")
    async with opened(stage.app, ticket=given, origin=CRM) as socket:
        assert (await socket.frame())["type"] == "ready"


async def test_where_the_server_knows_no_words_it_says_403_all_the_same() -> None:
    async with dialled(HttpStage().app, denial=False) as socket:
        assert (await socket.event())["type"] == "websocket.close"


async def test_an_ordinary_request_is_told_what_this_address_is() -> None:
    async with HttpStage().client(anonymous=True) as caller:
        answer = await caller.get("/api/meta/live")
    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")


async def test_nothing_else_is_a_websocket() -> None:
    async with dialled(HttpStage().app, path="/api/meta/conversations") as socket:
        assert (await socket.event())["type"] == "websocket.close"


async def test_while_tickets_cannot_be_looked_up_it_is_503() -> None:
    stage, _ = await connected()

    async def enter(*_: object) -> None:
        raise StorageUnavailable("gone")

    stage.replace_use_cases(open_live=_other(stage.inbox.open_live, enter=enter))
    assert await denied(stage, ticket="x" * 43) == (503, "storage_unavailable")


async def test_one_user_cannot_take_every_place() -> None:
    stage, _ = await connected()
    sockets = [opened(stage.app, ticket=await ticket(stage)) for _ in range(OF_ONE_USER)]
    for each in sockets:
        await each.__aenter__()
    assert await denied(stage, ticket=await ticket(stage)) == (429, "rate_limited")
    async with opened(stage.app, ticket=await ticket(stage, user="rui")):
        pass
    await sockets[0].__aexit__(None, None, None)
    async with opened(stage.app, ticket=await ticket(stage)):
        pass
    for each in sockets[1:]:
        await each.__aexit__(None, None, None)


# --- what comes ------------------------------------------------------------------------------------------


async def test_a_message_comes_with_its_conversation_as_the_lists_show_them() -> None:
    stage, account = await connected()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        assert await socket.frame() == {"type": "ready", "cursor": "1"}
        await stage.contact_writes("Vocês entregam?")
        frame = await socket.frame()
        async with stage.client() as caller:
            messages = (await caller.get(f"/api/meta/messages/{account}/7001")).json()["messages"]
            talks = (await caller.get(f"/api/meta/conversations/{account}")).json()["conversations"]
    assert (frame["cursor"], frame["type"]) == ("2", "message.created")
    assert frame["data"] == {"message": messages[0], "conversation": talks[0]}


async def test_a_read_mark_comes_with_the_conversation_and_an_account_with_itself() -> None:
    stage, account = await connected()
    await stage.contact_writes()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        async with stage.client() as caller:
            await caller.post(f"/api/meta/conversations/{account}/7001/read")
            read = await socket.frame()
            await caller.delete(f"/api/meta/accounts/{account}")
            ended = await socket.frame()
    assert read["type"] == "conversation.updated"
    assert (list(read["data"]), read["data"]["conversation"]["unread_count"]) == (["conversation"], 0)
    assert ended["type"] == "account.updated"
    assert (list(ended["data"]), ended["data"]["account"]["status"]) == (["account"], "disconnected")


async def test_an_own_answer_comes_as_created_and_then_as_updated() -> None:
    stage, account = await connected()
    await stage.contact_writes()
    body = {"account_id": account, "recipient_id": "7001", "message": {"type": "text", "text": "Sim!"}}
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        async with stage.client() as caller:
            await caller.post("/api/meta/send-message", json=body)
        created, updated = await socket.frame(), await socket.frame()
    assert [created["type"], updated["type"]] == ["message.created", "message.updated"]
    assert list(updated["data"]) == ["message"]
    assert updated["data"]["message"]["status"] in {"sending", "sent"}


async def test_nothing_of_another_tenant_comes() -> None:
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage, tenant="rival")) as socket:
        assert await socket.frame() == {"type": "ready", "cursor": "0"}
        await stage.contact_writes()
        async with opened(stage.app, ticket=await ticket(stage)) as own:
            await own.frame()
            await stage.contact_writes(mid="m_2")
            await own.frame()
        assert socket.quiet


async def test_a_client_goes_on_where_it_was() -> None:
    stage, _ = await connected()
    for number in range(5):
        await stage.contact_writes(str(number), mid=f"m_{number}")
    async with opened(stage.app, ticket=await ticket(stage), after="3") as socket:
        assert await socket.frame() == {"type": "ready", "cursor": "3"}
        seen = [await socket.frame() for _ in range(3)]
        await stage.contact_writes("live", mid="m_live")
        seen.append(await socket.frame())
    assert [(each["cursor"], each["data"]["message"]["text"]) for each in seen] == [
        ("4", "2"),
        ("5", "3"),
        ("6", "4"),
        ("7", "live"),
    ]


async def test_much_that_was_missed_comes_in_order_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meta_inbox.adapters.http.live_hub.PAGE", 3)
    stage, _ = await connected()
    for number in range(20):
        await stage.contact_writes(mid=f"m_{number}")
    async with opened(stage.app, ticket=await ticket(stage), after="1") as socket:
        await socket.frame()
        for number in range(20, 25):
            await stage.contact_writes(mid=f"m_{number}")
        assert [(await socket.frame())["cursor"] for _ in range(25)] == [str(n) for n in range(2, 27)]


async def test_whoever_was_away_too_long_is_told_to_read_anew() -> None:
    stage, _ = await connected()
    for number in range(3):
        await stage.contact_writes(mid=f"m_{number}")
    del stage.store.events[CASA][:3]
    async with opened(stage.app, ticket=await ticket(stage), after="1") as socket:
        assert await socket.frame() == {"type": "resync", "cursor": "4"}
        await stage.contact_writes(mid="m_new")
        assert (await socket.frame())["cursor"] == "5"


async def test_a_cursor_from_before_the_database_was_put_back_is_told_so_too() -> None:
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage), after="77") as socket:
        assert await socket.frame() == {"type": "resync", "cursor": "1"}


@pytest.mark.parametrize("cursor", ["", "x", "-1", "1.5", "9" * 19, "٣"])
async def test_a_cursor_that_is_none_closes_with_4400(cursor: str) -> None:
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage), after=cursor) as socket:
        assert await socket.closed() == 4400


async def test_a_change_of_which_no_hint_came_is_seen_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meta_inbox.adapters.http.live_hub.LOOKED_EVERY", timedelta(milliseconds=50))
    stage, _ = await connected()
    stage.store.told = lambda: None
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        await stage.contact_writes()
        assert (await socket.frame())["type"] == "message.created"


async def test_while_the_log_cannot_be_read_connections_wait() -> None:
    stage, _ = await connected()
    log, failures = stage.log, [StorageUnavailable("gone"), RuntimeError("a bug")]

    async def read(tenant: TenantId, after: int | None, limit: int) -> LogPage:
        if failures:
            raise failures.pop()
        return await log.read(tenant, after, limit)

    _with_log(stage, read=read)
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        await stage.contact_writes()
        assert (await socket.frame())["type"] == "message.created"
    assert failures == []


async def test_a_burst_larger_than_what_is_kept_reaches_whoever_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_feed, "KEPT", 5)
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        for number in range(40):
            await stage.contact_writes(mid=f"m_{number}")
        assert [(await socket.frame())["cursor"] for _ in range(40)] == [str(n) for n in range(2, 42)]


async def test_what_was_told_a_while_ago_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_feed, "FRESH", 0.05)
    stage, account = await connected()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        await stage.contact_writes("Meu CPF é 123")
        told = await socket.frame()
        message = stage.store.messages[CASA, told["data"]["message"]["id"]]
        stage.store.messages[CASA, message.id] = replace(message, text=None, type="deleted")
        await asyncio.sleep(0.1)
        async with opened(stage.app, ticket=await ticket(stage), after="1") as late:
            await late.frame()
            assert (await late.frame())["data"]["message"]["text"] is None
    assert account == message.account_id


async def test_one_tenants_slow_log_keeps_no_other_waiting() -> None:
    stage, _ = await connected()
    log, stuck = stage.log, asyncio.Event()

    async def read(tenant: TenantId, after: int | None, limit: int) -> LogPage:
        if tenant == RIVAL:
            await stuck.wait()
        return await log.read(tenant, after, limit)

    _with_log(stage, read=read)
    async with (
        opened(stage.app, ticket=await ticket(stage, tenant=RIVAL)) as rival,
        opened(stage.app, ticket=await ticket(stage)) as socket,
    ):
        await rival.frame()
        await socket.frame()
        stage.store.log(EventType.ACCOUNT_UPDATED, RIVAL, AccountId("gone"))
        await asyncio.sleep(0.05)
        await stage.contact_writes()
        assert (await socket.frame())["type"] == "message.created"
        stuck.set()


async def test_a_client_that_heard_sooner_than_this_process_waits_without_asking() -> None:
    stage, _ = await connected()
    log, asked, late = stage.log, list[int | None](), [True]

    async def read(tenant: TenantId, after: int | None, limit: int) -> LogPage:
        asked.append(after)
        return await log.read(tenant, after, limit)

    async def heads(tenants: Any) -> dict[TenantId, int]:
        return {tenant: 1 if late else end for tenant, end in (await log.heads(tenants)).items()}

    _with_log(stage, read=read, heads=heads)
    await stage.contact_writes()
    async with opened(stage.app, ticket=await ticket(stage), after="2") as socket:
        assert await socket.frame() == {"type": "ready", "cursor": "2"}
        await asyncio.sleep(0.2)
        assert len(asked) <= 2
        late.clear()
        await stage.contact_writes(mid="m_2")
        assert (await socket.frame())["cursor"] == "3"


async def test_one_tenants_catching_up_takes_few_turns() -> None:
    stage, _ = await connected()
    for number in range(3):
        await stage.contact_writes(mid=f"m_{number}")
    log, now, most = stage.log, 0, 0

    async def read(tenant: TenantId, after: int | None, limit: int) -> LogPage:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return await log.read(tenant, after, limit)

    _with_log(stage, read=read)
    async with AsyncExitStack() as stack:
        sockets: list[Socket] = []
        for number in range(10):
            given = await ticket(stage, user=f"user-{number}")
            sockets.append(await stack.enter_async_context(opened(stage.app, ticket=given, after="1")))
        for socket in sockets:
            assert [(await socket.frame())["cursor"] for _ in range(4)] == ["1", "2", "3", "4"]
    assert most == live_feed.PAGES_AT_ONCE


async def test_an_event_about_what_is_gone_is_passed_over() -> None:
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        stage.store.log(EventType.MESSAGE_CREATED, CASA, AccountId("gone"))
        await stage.contact_writes()
        assert (await socket.frame())["cursor"] == "3"


async def test_an_event_that_cannot_be_written_down_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def frame(event: Event, now: datetime, links: Any) -> bytes:
        if event.seq == 2:
            raise ValueError("a bug")
        return event_frame(event, now, links)

    monkeypatch.setattr("meta_inbox.adapters.http.app.event_frame", frame)
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        await stage.contact_writes(mid="m_1")
        await stage.contact_writes(mid="m_2")
        assert (await socket.frame())["cursor"] == "3"


# --- how it ends -----------------------------------------------------------------------------------------


async def test_when_the_credential_ends_so_does_the_connection() -> None:
    async def identity(_: object) -> Principal:
        return Principal("casa-verde", "bea", expires_at=stage.clock.now() + timedelta(seconds=0.2))

    stage = HttpStage(identity=identity)
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        assert await socket.closed() == 4401


async def test_a_ticket_outlives_no_credential() -> None:
    async def identity(_: object) -> Principal:
        return Principal("casa-verde", "bea", expires_at=stage.clock.now() + timedelta(seconds=5))

    stage = HttpStage(identity=identity)
    given = await ticket(stage)
    stage.passes(seconds=6)
    assert await denied(stage, ticket=given) == (403, "ticket_invalid")


async def test_a_bearer_token_ends_when_it_says() -> None:
    stage, _ = await connected()
    await ticket(stage, exp=4_000_000_000)
    await ticket(stage, exp=10**15)  # in milliseconds, by mistake: far away, and no error
    ends = sorted(str(lets_in.ends_at) for lets_in, _ in stage.store.live_tickets.values())
    assert ends == ["2096-10-02 07:06:40+00:00", "9999-12-31 00:00:00+00:00"]


async def test_what_clients_send_is_ignored() -> None:
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        socket.says(text='{"type":"subscribe","tenant":"rival"}')
        socket.says(bytes=b"\x00" * 64 * 1024)
        await stage.contact_writes()
        assert (await socket.frame())["type"] == "message.created"


@pytest.mark.parametrize("message", [{"bytes": b"x" * 65_537}, {"text": "é" * 40_000}])
async def test_a_huge_frame_closes_with_1009(message: dict[str, Any]) -> None:
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        socket.says(**message)
        assert await socket.closed() == 1009


async def test_a_client_that_takes_nothing_is_closed_with_1013(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_connection, "SENT_WITHIN", 0.2)
    stage, _ = await connected()
    async with (
        opened(stage.app, ticket=await ticket(stage)) as slow,
        opened(stage.app, ticket=await ticket(stage)) as other,
    ):
        await slow.frame()
        await other.frame()
        slow.stuck.set()
        await stage.contact_writes()
        assert (await other.frame())["type"] == "message.created"
        assert await slow.closed() == 1013


async def test_a_client_that_does_not_take_a_resync_hears_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_connection, "SENT_WITHIN", 0.1)
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage), after="77", stuck=True) as socket:
        await stage.contact_writes()
        assert await socket.closed() == 1013


async def test_before_its_credential_ends_a_connection_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meta_inbox.adapters.http.live._LONGEST_TIMER", 0.05)

    async def identity(_: object) -> Principal:
        return Principal("casa-verde", "bea", expires_at=ends[0])

    stage = HttpStage(identity=identity)
    ends: list[datetime | None] = [None, stage.clock.now() + timedelta(seconds=60)]
    while ends:
        async with opened(stage.app, ticket=await ticket(stage)) as socket:
            await socket.frame()
            await asyncio.sleep(0.15)
            assert socket.quiet
        ends.pop(0)


async def test_when_the_service_leaves_clients_are_told() -> None:
    stage, _ = await connected()
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        leaving = asyncio.create_task(stage.app.live.close())
        assert await socket.closed() == 1012
        await leaving
        assert await denied(stage, ticket=await ticket(stage)) == (503, "stopping")


async def test_open_connections_are_counted() -> None:
    stage, _ = await connected()

    async def count() -> list[str]:
        async with stage.client(anonymous=True) as caller:
            lines = (await caller.get("/metrics")).text.splitlines()
        return [
            line
            for line in lines
            if line.startswith(("meta_inbox_live_connections ", "meta_inbox_live_ended_total"))
        ]

    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
        assert await count() == ["meta_inbox_live_connections 1.0"]
    assert await count() == [
        "meta_inbox_live_connections 0.0",
        'meta_inbox_live_ended_total{code="client"} 1.0',
    ]


async def test_a_tenant_that_nobody_follows_any_more_is_not_read() -> None:
    stage, _ = await connected()
    asked: list[object] = []
    log = stage.log

    async def heads(tenants: Any) -> Any:
        asked.append(tenants)
        return await log.heads(tenants)

    _with_log(stage, heads=heads)
    async with opened(stage.app, ticket=await ticket(stage)) as socket:
        await socket.frame()
    await stage.contact_writes()
    await asyncio.sleep(0.05)
    asked.clear()
    await stage.contact_writes(mid="m_2")
    await asyncio.sleep(0.05)
    assert asked == []


def _other(one: Any, **methods: Any) -> Any:
    """The same with some methods of another kind."""

    class Other:
        def __getattr__(self, name: str) -> Any:
            return methods.get(name) or getattr(one, name)

    return Other()


def _with_log(stage: HttpStage, **methods: Any) -> None:
    """The same app on a log with some methods of another kind."""
    stage.log = _other(stage.log, **methods)
    stage.replace_use_cases()
