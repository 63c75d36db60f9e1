"""What keeps a connection alive at Meta: the token's health and renewal, and what is sent to us."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.adapters.meta_graph import world_subscriptions
from meta_inbox.adapters.meta_graph.webhook_fields import ACCOUNT_FIELDS, PAGE_FIELDS
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.secret import Secret
from tests.contracts.meta_stage import BY_LOGIN, BY_PAGE, CASA_VERDE, CASAVERDE, Stage, account, opened

OWNER = account(CASAVERDE, Login.INSTAGRAM)
DAY = timedelta(days=1)


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


async def test_a_token_of_a_day_is_renewed_for_sixty(stage: Stage) -> None:
    first = await stage.token_of(OWNER)
    with pytest.raises(RefusedByMeta):
        await stage.api.renew(OWNER, first)
    stage.world.advance(DAY)
    renewed = await stage.api.renew(OWNER, first)
    assert timedelta(days=59) < renewed.life <= timedelta(days=60)
    stage.world.advance(timedelta(days=59, hours=20))
    assert not (await stage.api.inspect(OWNER, first)).valid
    assert (await stage.api.inspect(OWNER, renewed.token)).valid


async def test_an_expired_token_cannot_be_renewed(stage: Stage) -> None:
    token = await stage.token_of(OWNER)
    stage.world.advance(timedelta(days=61))
    with pytest.raises(AccessRevoked) as revoked:
        await stage.api.renew(OWNER, token)
    assert (revoked.value.meta_code, revoked.value.meta_subcode) == (190, 463)


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.HTML_503, FaultKind.THROTTLE])
async def test_a_renewal_without_an_answer_is_tried_later(stage: Stage, kind: FaultKind) -> None:
    token = await stage.token_of(OWNER)
    stage.world.advance(DAY)
    stage.world.faults.plan("refresh_access_token", Fault(kind=kind))
    with pytest.raises(GraphUnavailable) as failed:
        await stage.api.renew(OWNER, token)
    shown = repr(failed.value) + repr(failed.value.__cause__) + repr(failed.value.__context__)
    assert token.reveal() not in shown


@pytest.mark.parametrize("owner", [account(CASA_VERDE), OWNER], ids=["page", "own login"])
@pytest.mark.parametrize("subcode", [458, 460, 463, 467])
async def test_why_a_token_is_dead_is_told(stage: Stage, owner: Account, subcode: int) -> None:
    token = await stage.token_of(owner)
    stage.world.access.revoke(subcode)
    facts = await stage.api.inspect(owner, token)
    assert not facts.valid
    assert facts.revoked is not None
    assert (facts.revoked.meta_code, facts.revoked.meta_subcode) == (190, subcode)
    assert bool(facts.revoked.fbtrace_id) == (owner.login is Login.INSTAGRAM)


async def test_of_its_own_token_meta_tells_no_end_so_that_the_known_one_stays(stage: Stage) -> None:
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    known = replace(OWNER, token_expires_at=ends, data_access_expires_at=ends)
    facts = await stage.api.inspect(known, await stage.token_of(OWNER))
    assert (facts.expires_at, facts.data_access_expires_at) == (ends, ends)


async def test_a_pages_token_has_no_end(stage: Stage) -> None:
    known = replace(account(), token_expires_at=datetime(2027, 1, 1, tzinfo=UTC))
    facts = await stage.api.inspect(known, await stage.page_token())
    assert facts.expires_at is None
    assert facts.data_access_expires_at is not None


async def test_a_page_that_sends_what_it_should_is_left_alone(stage: Stage) -> None:
    token = await stage.page_token()
    installed = stage.world.ground.state.installed
    installed[CASA_VERDE] = PAGE_FIELDS
    assert await stage.api.mend_subscription(BY_PAGE, token) == frozenset()
    assert installed[CASA_VERDE] == PAGE_FIELDS


async def test_what_a_page_no_longer_sends_comes_back(stage: Stage) -> None:
    token = await stage.page_token()
    await stage.api.subscribe(BY_PAGE, token)
    stage.world.ground.state.installed[CASA_VERDE] = tuple(PAGE_FIELDS[:3])
    assert await stage.api.mend_subscription(BY_PAGE, token) == frozenset(
        [*PAGE_FIELDS[3:], "feed", "mention"]
    )
    await stage.api.unsubscribe(BY_PAGE, token)
    assert "messages" in await stage.api.mend_subscription(BY_PAGE, token)


async def test_what_meta_refuses_is_no_news(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await stage.page_token()
    known = tuple(name for name in world_subscriptions.PAGE_FIELDS if name != "messaging_optins")
    monkeypatch.setattr(world_subscriptions, "PAGE_FIELDS", known)
    assert "messages" in await stage.api.mend_subscription(BY_PAGE, token)
    for _ in range(2):
        assert await stage.api.mend_subscription(BY_PAGE, token) == frozenset()


async def test_what_an_account_no_longer_sends_comes_back(stage: Stage) -> None:
    token: Secret = await stage.token_of(OWNER)
    assert await stage.api.mend_subscription(BY_LOGIN, token) >= frozenset(ACCOUNT_FIELDS)
    assert await stage.api.mend_subscription(BY_LOGIN, token) == frozenset()
