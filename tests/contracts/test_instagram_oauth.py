"""Instagram Login, from the dialog to webhooks: in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from meta_inbox.adapters.meta_graph.exchange import Answer, Request
from meta_inbox.adapters.meta_graph.wire import Complaint, read_answer
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import AccessRevoked, ConnectFailed, GraphUnavailable
from meta_inbox.domain.model.account import Login, Platform
from meta_inbox.domain.model.oauth_state import CandidateReason, Grant, Wanted
from meta_inbox.domain.model.secret import Secret
from tests.contracts.meta_stage import (
    BY_LOGIN,
    CASAVERDE,
    INSTAGRAM_REDIRECT,
    Stage,
    account,
    code_of,
    opened,
)

OWNER = account(CASAVERDE, Login.INSTAGRAM)
STATE = Secret("state")
BASIC, MESSAGES = "instagram_business_basic", "instagram_business_manage_messages"


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


def approved(stage: Stage, *permissions: str) -> Secret:
    """The account agrees, to these permissions or to all; the code that the browser brings back."""
    dialog = stage.instagram_login.dialog_url(STATE, Wanted.ALL)
    return code_of(stage.meta.approve(dialog, permissions=permissions or None))


async def redeemed(stage: Stage, *permissions: str) -> Grant:
    return await stage.instagram_login.redeem(approved(stage, *permissions), Wanted.ALL)


async def test_the_dialog_asks_anew_who_logs_in(stage: Stage) -> None:
    url = urlsplit(stage.instagram_login.dialog_url(STATE, Wanted.INSTAGRAM))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.path.endswith("/oauth/authorize")
    assert (query["force_reauth"], query["response_type"], query["state"]) == ("true", "code", "state")
    assert (query["client_id"], query["redirect_uri"]) == (stage.meta.instagram_app.id, INSTAGRAM_REDIRECT)
    assert {BASIC, MESSAGES} <= set(query["scope"].split(","))


@pytest.mark.parametrize("wrapped", [False, True])
async def test_both_shapes_give_the_account_and_both_its_ids(stage: Stage, *, wrapped: bool) -> None:
    stage.world.quirks = replace(stage.world.quirks, instagram_wrapped=wrapped)
    grant = await redeemed(stage)
    (candidate,) = grant.candidates
    assert candidate.connectable
    assert (candidate.platform, candidate.external_id) == (Platform.INSTAGRAM, CASAVERDE)
    assert (candidate.username, candidate.name) == ("casaverde", "Casa Verde Plantas")
    assert candidate.page_id is None
    assert grant.meta_user_id not in ("", CASAVERDE)
    assert grant.page_tokens == {}


async def test_the_token_lives_for_sixty_days(stage: Stage) -> None:
    grant = await redeemed(stage)
    assert grant.user_token_expires_at is not None
    life = grant.user_token_expires_at - datetime.now(UTC)
    assert timedelta(days=59) < life <= timedelta(days=60)
    assert (await stage.api.inspect(OWNER, grant.user_token)).valid
    stage.world.advance(timedelta(days=60))
    assert not (await stage.api.inspect(OWNER, grant.user_token)).valid


async def test_an_id_beyond_what_a_float_holds_stays_exact(stage: Stage) -> None:
    exact = "17841400000000003"
    assert int(float(exact)) != int(exact)
    dialog = stage.instagram_login.dialog_url(STATE, Wanted.ALL)
    code = code_of(stage.meta.approve(dialog, account="atelielua", permissions=[MESSAGES]))
    grant = await stage.instagram_login.redeem(code, Wanted.ALL)
    assert grant.meta_user_id == exact


async def test_what_instagram_appends_to_the_code_is_no_part_of_it(stage: Stage) -> None:
    code = Secret(approved(stage).reveal() + "#_")
    assert (await stage.instagram_login.redeem(code, Wanted.ALL)).candidates[0].connectable


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize(("left", "missing", "known"), [(BASIC, MESSAGES, True), (MESSAGES, BASIC, False)])
async def test_a_permission_that_was_unticked_is_named(
    stage: Stage, left: str, missing: str, *, known: bool, wrapped: bool
) -> None:
    stage.world.quirks = replace(stage.world.quirks, instagram_wrapped=wrapped)
    grant = await redeemed(stage, left)
    (candidate,) = grant.candidates
    assert (candidate.connectable, candidate.reason) == (False, CandidateReason.PERMISSION_MISSING)
    assert missing in (candidate.detail or "")
    assert left not in (candidate.detail or "")
    assert (candidate.external_id is not None) is known


async def test_a_code_works_once_and_for_this_login_alone(stage: Stage) -> None:
    code, of_pages = approved(stage), stage.approve()
    await stage.instagram_login.redeem(code, Wanted.ALL)
    for spent in (code, of_pages, Secret("made-up")):
        with pytest.raises(ConnectFailed) as failed:
            await stage.instagram_login.redeem(spent, Wanted.ALL)
        assert (failed.value.code, failed.value.by_meta) == ("code_invalid", False)
    with pytest.raises(ConnectFailed):
        await stage.login.redeem(approved(stage), Wanted.ALL)


async def test_an_old_code_is_refused(stage: Stage) -> None:
    code = approved(stage)
    stage.world.advance(timedelta(hours=1, seconds=1))
    with pytest.raises(ConnectFailed, match="begin again"):
        await stage.instagram_login.redeem(code, Wanted.ALL)


async def test_a_wrong_secret_is_refused_without_being_told(stage: Stage) -> None:
    code = approved(stage)
    wrong = replace(stage.instagram_login, app=replace(stage.meta.instagram_app, secret=Secret("not-this")))
    with pytest.raises(ConnectFailed, match="META_INSTAGRAM_APP_SECRET") as failed:
        await wrong.redeem(code, Wanted.ALL)
    assert "not-this" not in str(failed.value)


@pytest.mark.parametrize("endpoint", ["oauth_access_token", "access_token", "me"])
@pytest.mark.parametrize(
    "fault", [Fault(kind=FaultKind.HTML_503), Fault(kind=FaultKind.THROTTLE), Fault(kind=FaultKind.BAD_JSON)]
)
async def test_an_outage_is_an_outage_wherever_it_comes(stage: Stage, endpoint: str, fault: Fault) -> None:
    code = approved(stage)
    stage.world.faults.plan(endpoint, fault)
    with pytest.raises(GraphUnavailable):
        await stage.instagram_login.redeem(code, Wanted.ALL)


async def test_the_account_is_subscribed_by_itself_and_says_so(stage: Stage) -> None:
    token = (await redeemed(stage)).user_token
    assert await stage.api.subscribed_fields(BY_LOGIN, token) == frozenset()
    await stage.api.subscribe(BY_LOGIN, token)
    assert {"messages", "messaging_seen"} <= await stage.api.subscribed_fields(BY_LOGIN, token)
    await stage.api.unsubscribe(BY_LOGIN, token)
    assert await stage.api.subscribed_fields(BY_LOGIN, token) == frozenset()
    stage.world.access.revoke(458, person_id=CASAVERDE)
    with pytest.raises(AccessRevoked):
        await stage.api.subscribe(BY_LOGIN, token)


async def test_a_token_is_renewed_once_it_is_a_day_old(stage: Stage) -> None:
    token = (await redeemed(stage)).user_token

    async def refreshed() -> dict[str, object] | Complaint:
        query = {"grant_type": "ig_refresh_token", "access_token": token.reveal()}
        url = f"{stage.calls.instagram_base_url}/refresh_access_token"
        return await stage.calls.bare(Request(method="GET", url=url, query=query))

    assert isinstance(await refreshed(), Complaint)
    stage.world.advance(timedelta(hours=24))
    found = await refreshed()
    assert isinstance(found, dict)
    assert timedelta(seconds=int(str(found["expires_in"]))) > timedelta(days=59)
    stage.world.advance(timedelta(days=60))
    dead = await refreshed()
    assert isinstance(dead, Complaint)
    assert (dead.code, dead.subcode) == (190, 463)


def test_the_other_envelope_of_errors_is_read() -> None:
    body = b'{"error_type":"OAuthException","code":400,"error_message":"Matching code was not found"}'
    found = read_answer(Answer(status=400, headers={}, body=body))
    assert isinstance(found, Complaint)
    assert (found.code, found.detail) == (400, "Meta refused it: Matching code was not found")
