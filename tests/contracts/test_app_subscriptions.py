"""The app's own webhook subscriptions, over HTTP to the sandbox, which asks the callback as Meta does."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest

from meta_inbox.adapters.meta_graph.app_subscriptions import AppSubscriptions
from meta_inbox.adapters.meta_graph.calls import GraphCalls, MetaApp
from meta_inbox.adapters.meta_graph.exchange import Answer, Request
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.adapters.meta_graph.webhook_fields import APP_FIELDS, INSTAGRAM_FIELDS
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.secret import Secret
from tests.contracts.sandbox_stage import APP_ID, SECRET, staged
from tests.contracts.sandbox_stage import Stage as SandboxStage

RIGHT = Secret("verify-me")


@dataclass(kw_only=True)
class Watched:
    """Carries every call, and keeps its address."""

    transport: HttpTransport
    addresses: list[str] = field(default_factory=list[str])

    async def call(self, request: Request) -> Answer:
        self.addresses.append(f"{request.url}?{dict(request.query)}")
        return await self.transport.call(request)


@dataclass(kw_only=True)
class Stage:
    """The sandbox, and what is tested against it."""

    sandbox: SandboxStage
    watched: Watched

    def app(self, secret: str = SECRET) -> AppSubscriptions:
        app = MetaApp(id=APP_ID, secret=Secret(secret))
        calls = GraphCalls(transport=self.watched, app=app, base_url=self.sandbox.url, read_deadline=2)
        return AppSubscriptions(graph=calls)

    async def subscribe(self, object_: str = "page", token: Secret = RIGHT) -> frozenset[str]:
        fields, url = APP_FIELDS[object_], self.sandbox.callback_url
        return await self.app().subscribe(object_, fields, url, token)

    def fault(self, fault: Fault) -> None:
        self.sandbox.world.faults.plan("subscriptions", fault)


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with staged() as sandbox, HttpTransport.open() as transport:
        sandbox.world.ground.state.app_subscriptions.clear()
        yield Stage(sandbox=sandbox, watched=Watched(transport=transport))


@pytest.mark.parametrize(
    ("object_", "fields"), [("page", APP_FIELDS["page"]), ("instagram", INSTAGRAM_FIELDS)]
)
async def test_what_is_subscribed_is_read_back(stage: Stage, object_: str, fields: tuple[str, ...]) -> None:
    assert await stage.app().all() == {}
    assert await stage.subscribe(object_) == frozenset()
    (found,) = (await stage.app().all()).items()
    assert found[0] == object_
    assert (found[1].callback_url, found[1].active) == (stage.sandbox.callback_url, True)
    assert found[1].fields == frozenset(fields)


async def test_a_fresh_sandbox_delivers_everything_where_it_was_told_to() -> None:
    async with staged() as sandbox, HttpTransport.open() as transport:
        stage = Stage(sandbox=sandbox, watched=Watched(transport=transport))
        found = await stage.app().all()
    assert {name: each.callback_url for name, each in found.items()} == dict.fromkeys(
        APP_FIELDS, sandbox.callback_url
    )
    assert all(each.fields >= set(APP_FIELDS[name]) for name, each in found.items())


async def test_another_verify_token_than_the_services_is_refused(stage: Stage) -> None:
    with pytest.raises(RefusedByMeta, match="Callback verification failed") as refused:
        await stage.subscribe(token=Secret("somebody-elses"))
    assert "somebody-elses" not in str(refused.value)
    assert await stage.app().all() == {}


async def test_a_field_that_meta_no_longer_offers_is_left_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"page": ("messages", "message_echoes")}
    monkeypatch.setattr("meta_inbox.adapters.meta_graph.world_subscriptions.FIELDS", known)
    assert await stage.subscribe() == frozenset(APP_FIELDS["page"]) - set(known["page"])
    assert (await stage.app().all())["page"].fields == set(known["page"])


async def test_without_messages_it_is_not_subscribed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "meta_inbox.adapters.meta_graph.world_subscriptions.FIELDS", {"page": APP_FIELDS["page"][1:]}
    )
    with pytest.raises(RefusedByMeta):
        await stage.subscribe()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.REFUSE, code=190, status=400),
        Fault(kind=FaultKind.REFUSE, code=104, status=400),
    ],
    ids=["token", "proof"],
)
async def test_a_secret_that_is_not_the_apps_is_named(stage: Stage, fault: Fault) -> None:
    stage.fault(fault)
    with pytest.raises(RefusedByMeta, match="META_APP_SECRET") as refused:
        await stage.app().all()
    assert "connect" not in str(refused.value)


async def test_the_sandbox_takes_no_other_secret_either(stage: Stage) -> None:
    with pytest.raises(RefusedByMeta) as refused:
        await stage.app("f" * 32).all()
    assert "f" * 32 not in str(refused.value)


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.HTML_503, FaultKind.BAD_JSON])
async def test_an_outage_is_graph_unavailable(stage: Stage, kind: FaultKind) -> None:
    stage.fault(Fault(kind=kind))
    with pytest.raises(GraphUnavailable):
        await stage.app().all()


async def test_no_secret_stands_in_an_address(stage: Stage) -> None:
    await stage.subscribe()
    await stage.app().all()
    assert len(stage.watched.addresses) == 2
    assert not [text for text in stage.watched.addresses if SECRET in text or RIGHT.reveal() in text]
