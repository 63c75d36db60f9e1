"""An account's health: each fault named, each with its fix."""

import pytest

from meta_inbox.domain.errors import GraphUnavailable, NotFound, RefusedByMeta, ScopeMissing
from meta_inbox.domain.model.account import Account, Login, StatusReason
from meta_inbox.domain.model.health import HealthCheck, TokenFacts
from meta_inbox.domain.model.history import PastConversation, PastPage
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.use_cases.check_health import CheckHealth
from tests.contracts.scene import CASA, instagram_candidate, past
from tests.unit.doubles import AGENT, STRANGER, World


async def checks(world: World, account: Account) -> dict[str, HealthCheck]:
    """The checks by their names; whatever is wrong has a fix, and nothing else has."""
    found = await health(world)(by=AGENT, account=account.id)
    assert all(check.ok == (check.fix is None) for check in found)
    return {check.name: check for check in found}


def health(world: World) -> CheckHealth:
    """The use case."""
    return CheckHealth(
        accounts=world.accounts, histories=world.histories, graph=world.graph, clock=world.clock
    )


async def test_a_sound_account_passes_every_check(world: World) -> None:
    found = await checks(world, await world.scene.connected())
    assert list(found) == ["status", "access_token", "webhooks", "history"]
    assert all(check.ok for check in found.values())


async def test_an_account_that_soon_expires_says_so(world: World) -> None:
    account = await world.scene.connected()
    world.later(days=80)
    assert not (await checks(world, account))["status"].ok


async def test_an_account_that_needs_a_login_says_what_meta_said(world: World) -> None:
    account = await world.scene.connected()
    await world.accounts.needs_login(
        CASA, account.id, StatusReason(code="x", detail="the session ended"), as_of=account.connected_at
    )
    found = (await checks(world, account))["status"]
    assert (found.ok, found.detail) == (False, "the session ended")


async def test_of_a_disconnected_account_meta_is_not_asked(world: World) -> None:
    account = await world.scene.connected()
    await world.accounts.disconnect(CASA, account.id)
    assert list(await checks(world, account)) == ["status"]
    assert world.graph.calls == []


async def test_a_missing_token_is_found(world: World) -> None:
    account = await world.scene.connected()
    row = world.store.accounts[CASA, account.id]
    row.page_token = row.user_token = None
    found = await checks(world, account)
    assert list(found) == ["status", "access_token"]
    assert not found["access_token"].ok


@pytest.mark.parametrize(
    ("facts", "detail"),
    [
        (TokenFacts(valid=False, ours=True), "no longer accepts"),
        (TokenFacts(valid=True, ours=False), "another Meta app"),
    ],
)
async def test_a_token_that_does_not_serve_is_found(world: World, facts: TokenFacts, detail: str) -> None:
    world.graph.facts = facts
    found = (await checks(world, await world.scene.connected()))["access_token"]
    assert not found.ok
    assert detail in found.detail


@pytest.mark.parametrize("fields", [frozenset[str](), frozenset({"messaging_postbacks"})])
async def test_a_page_that_sends_no_messages_is_found(world: World, fields: frozenset[str]) -> None:
    world.graph.fields = fields
    assert not (await checks(world, await world.scene.connected()))["webhooks"].ok


async def test_an_account_with_its_own_login_is_asked_itself(world: World) -> None:
    account = await world.scene.connects(
        candidate=instagram_candidate("9001", None), login=Login.INSTAGRAM, token=None
    )
    assert account is not None
    assert (await checks(world, account))["webhooks"].ok
    assert ("subscribed_fields", "9001") in world.graph.calls
    world.graph.fields = frozenset()
    found = (await checks(world, account))["webhooks"]
    assert (found.ok, found.detail) == (False, "the account sends us nothing")


async def test_meta_being_down_is_said_and_not_raised(world: World) -> None:
    account = await world.scene.connected()
    world.graph.trouble = GraphUnavailable("no answer")
    found = await checks(world, account)
    assert [check.ok for check in found.values()] == [True, False, False, True]
    assert found["webhooks"].detail == "no answer"


async def test_metas_refusal_of_the_fields_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> frozenset[str]:
        raise RefusedByMeta("the permission is missing")

    account = await world.scene.connected()
    monkeypatch.setattr(type(world.graph), "subscribed_fields", refuse)
    assert (await checks(world, account))["webhooks"].detail == "the permission is missing"


async def test_only_the_tenants_managers_may_ask(world: World) -> None:
    account = await world.scene.connected()
    with pytest.raises(NotFound):
        await health(world)(by=STRANGER, account=account.id)
    with pytest.raises(ScopeMissing):
        await health(world)(by=Principal(CASA, "b", frozenset({Scope.MESSAGES_READ})), account=account.id)


async def repaired(world: World, account: Account, *found: PastConversation) -> HealthCheck:
    """The check after an import, and after a repair that found this."""
    await world.sync()
    world.later(minutes=11)
    world.graph.pages = {None: PastPage(conversations=found)}
    await world.sync()
    return (await checks(world, account))["history"]


async def test_while_webhooks_bring_everything_the_history_is_sound(world: World) -> None:
    found = await repaired(world, await world.scene.connected())
    assert (found.ok, found.detail) == (True, "0 messages found by poll in the last repair")


async def test_messages_that_no_webhook_brought_are_a_fault(world: World) -> None:
    account = await world.scene.connected()
    found = await repaired(world, account, past(world.scene, "m-1", "m-2"))
    assert not found.ok
    assert found.detail.startswith("2 messages found by poll in the last repair")
    assert "live" in (found.fix or "")


async def test_before_any_repair_there_is_nothing_to_say(world: World) -> None:
    account = await world.scene.connected()
    assert (await checks(world, account))["history"].detail == "earlier conversations are being imported"
    await world.sync()
    assert (await checks(world, account))["history"].detail == "no repair has ended yet"


async def test_a_history_that_cannot_be_read_says_why(world: World) -> None:
    account = await world.scene.connected()
    world.graph.pages = {None: RefusedByMeta("a permission is missing")}
    await world.sync()
    found = (await checks(world, account))["history"]
    assert not found.ok
    assert "a permission is missing" in found.detail
