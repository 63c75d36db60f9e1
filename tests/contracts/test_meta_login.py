"""Connecting at Meta: the dialog and what comes of its code, in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meta_inbox.adapters.meta_graph.calls import MetaApp
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_values import InstagramAccount, Page, Person, Role
from meta_inbox.domain.errors import ConnectFailed, GraphUnavailable
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.oauth_state import Candidate, CandidateReason, Grant, Wanted
from meta_inbox.domain.model.secret import Secret
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, PADARIA_SOL, REDIRECT, Stage, account, opened


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


def by_key(grant: Grant) -> dict[str, Candidate]:
    return {candidate.key: candidate for candidate in grant.candidates}


def without(*missing: str) -> tuple[str, ...]:
    everything = ("pages_show_list", "pages_manage_metadata", "pages_messaging", "instagram_basic")
    return tuple(name for name in (*everything, "instagram_manage_messages") if name not in missing)


async def failure(stage: Stage, **ticked: Any) -> ConnectFailed:
    with pytest.raises(ConnectFailed) as failed:
        await stage.redeem(**ticked)
    return failed.value


def test_the_dialog_asks_for_everything_at_once(stage: Stage) -> None:
    url = urlsplit(stage.login.dialog_url(Secret("the-state"), Wanted.INSTAGRAM))
    assert (url.scheme, url.hostname, url.path) == ("https", "www.facebook.com", "/v26.0/dialog/oauth")
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert query["state"] == "the-state"
    assert query["client_id"] == stage.meta.app.id
    assert query["redirect_uri"] == REDIRECT
    assert query["response_type"] == "code"
    assert "instagram_manage_messages,business_management" in query["scope"]
    assert stage.meta.app.secret.reveal() not in url.query


def test_a_configuration_takes_the_place_of_scopes(stage: Stage) -> None:
    login = replace(stage.login, config_id="900100", dialog_base_url="http://127.0.0.1:8001/")
    url = login.dialog_url(Secret("s"), Wanted.ALL)
    assert url.startswith("http://127.0.0.1:8001/v26.0/dialog/oauth?")
    assert "config_id=900100" in url
    assert "scope" not in url


async def test_a_login_gives_every_page_to_the_end_of_the_list(stage: Stage) -> None:
    assert stage.world.quirks.page_size == 2
    stage.world.faults.plan("page", Fault(kind=FaultKind.REFUSE, code=100, subcode=33, status=400), None)
    grant = await stage.redeem()
    assert grant.meta_user_id == "218471"
    assert set(grant.page_tokens) == {"1001", "1002", "1003"}
    assert set(by_key(grant)) == {
        "messenger:1001",
        "instagram:17841400000000001",
        "messenger:1002",
        "instagram:page:1002",
        "messenger:1003",
        "instagram:17841400000000003",
    }


async def test_a_linked_instagram_account_can_be_connected(stage: Stage) -> None:
    found = by_key(await stage.redeem())[f"instagram:{CASAVERDE}"]
    assert found.connectable
    assert (found.platform, found.external_id) == (Platform.INSTAGRAM, CASAVERDE)
    assert (found.name, found.username) == ("Casa Verde Plantas", "casaverde")
    assert (found.page_id, found.page_name) == (CASA_VERDE, "Casa Verde")
    assert found.profile_picture_url


async def test_a_page_can_be_connected(stage: Stage) -> None:
    found = by_key(await stage.redeem())["messenger:1001"]
    assert found.connectable
    assert (found.platform, found.external_id, found.name) == (Platform.MESSENGER, CASA_VERDE, "Casa Verde")


async def test_a_page_without_instagram_says_so(stage: Stage) -> None:
    found = by_key(await stage.redeem())["instagram:page:1002"]
    assert (found.external_id, found.connectable) == (None, False)
    assert found.reason is CandidateReason.NO_INSTAGRAM_ACCOUNT
    assert found.detail == "no professional Instagram account is linked to the Page Padaria Sol"
    assert found.page_id == PADARIA_SOL


async def test_a_role_that_is_too_small_is_named(stage: Stage) -> None:
    for key in ("messenger:1003", "instagram:17841400000000003"):
        found = by_key(await stage.redeem())[key]
        assert found.reason is CandidateReason.TASK_MISSING
        assert found.detail is not None
        assert "MESSAGING" in found.detail


@pytest.mark.parametrize("permission", ["instagram_basic", "instagram_manage_messages", "pages_messaging"])
async def test_a_permission_that_was_unticked_is_named(stage: Stage, permission: str) -> None:
    grant = await stage.redeem(permissions=without(permission))
    reasons = {
        candidate.key: candidate.reason for candidate in grant.candidates if candidate.page_id == CASA_VERDE
    }
    instagram = (
        f"instagram:page:{CASA_VERDE}" if permission == "instagram_basic" else f"instagram:{CASAVERDE}"
    )
    messenger = CandidateReason.PERMISSION_MISSING if permission == "pages_messaging" else None
    assert reasons == {"messenger:1001": messenger, instagram: CandidateReason.PERMISSION_MISSING}
    assert permission in (by_key(grant)[instagram].detail or "")


@pytest.mark.parametrize(("wanted", "kinds"), [("instagram", {"instagram"}), ("messenger", {"messenger"})])
async def test_only_what_is_wanted_is_offered(stage: Stage, wanted: str, kinds: set[str]) -> None:
    grant = await stage.redeem(Wanted(wanted))
    assert {candidate.platform.value for candidate in grant.candidates} == kinds


async def test_a_page_that_was_unticked_is_not_there(stage: Stage) -> None:
    grant = await stage.redeem(page_ids=[PADARIA_SOL])
    assert set(grant.page_tokens) == {PADARIA_SOL}


async def test_a_page_of_a_business_portfolio_is_found(stage: Stage) -> None:
    page = Page(id="2001", name="Portfólio", instagram_id="17841400000000009")
    tasks = ("MESSAGING", "MODERATE")
    stage.world.ground.state.people = {}
    stage.world.add(
        Person(id="300", name="Rui", roles=(Role(page_id="2001", tasks=tasks, portfolio_only=True),)),
        [page],
        [InstagramAccount(id="17841400000000009", username="portfolio", name="Portfólio")],
    )
    found = by_key(await stage.redeem(permissions=without("business_management")))
    assert found["messenger:2001"].connectable
    assert found["instagram:17841400000000009"].connectable


async def test_a_name_that_no_database_holds_is_mended(stage: Stage) -> None:
    page = Page(id="2002", name="Casa\0Azul", instagram_id="17841400000000010")
    stage.world.ground.state.people = {}
    stage.world.add(
        Person(id="301", name="Bia", roles=(Role(page_id="2002", tasks=("MESSAGING", "MODERATE")),)),
        [page],
        [InstagramAccount(id="17841400000000010", username="azul", name="Azul\ud83d")],
    )
    found = by_key(await stage.redeem())
    assert found["messenger:2002"].name == "Casa\ufffdAzul"
    assert found["instagram:17841400000000010"].name == "Azul\ufffd"


async def test_a_login_without_pages_is_told(stage: Stage) -> None:
    failed = await failure(stage, page_ids=[])
    assert (failed.code, failed.by_meta) == ("no_accounts", False)


async def test_a_login_that_may_not_list_pages_is_told(stage: Stage) -> None:
    failed = await failure(stage, permissions=without("pages_show_list"), page_ids=[])
    assert failed.code == "no_accounts"
    assert "pages_show_list" in failed.detail


async def test_page_tokens_have_no_end_and_the_login_has_one(stage: Stage) -> None:
    grant = await stage.redeem()
    assert grant.page_token_expires_at is None
    assert grant.user_token_expires_at is not None
    assert timedelta(days=59) < grant.user_token_expires_at - datetime.now(UTC) < timedelta(days=61)
    assert grant.data_access_expires_at is not None
    assert timedelta(days=89) < grant.data_access_expires_at - datetime.now(UTC) < timedelta(days=91)
    facts = await stage.api.inspect(account(), grant.page_tokens[CASA_VERDE])
    assert (facts.valid, facts.ours, facts.expires_at) == (True, True, None)


async def test_a_missing_end_is_looked_up_and_never_taken_for_now(stage: Stage) -> None:
    stage.world.quirks = replace(stage.world.quirks, expires_in_given=False)
    grant = await stage.redeem()
    assert grant.user_token_expires_at is not None
    assert grant.user_token_expires_at > datetime.now(UTC) + timedelta(days=59)


async def test_a_code_is_good_once(stage: Stage) -> None:
    code = stage.approve()
    await stage.login.redeem(code, Wanted.ALL)
    with pytest.raises(ConnectFailed, match="begin again") as failed:
        await stage.login.redeem(code, Wanted.ALL)
    assert failed.value.code == "code_invalid"


async def test_a_made_up_code_is_refused(stage: Stage) -> None:
    with pytest.raises(ConnectFailed) as failed:
        await stage.login.redeem(Secret("made-up"), Wanted.ALL)
    assert failed.value.code == "code_invalid"


async def test_a_code_of_another_address_is_refused(stage: Stage) -> None:
    elsewhere = replace(stage.login, redirect_uri="https://other.example/oauth/callback")
    with pytest.raises(ConnectFailed) as failed:
        await elsewhere.redeem(stage.approve(), Wanted.ALL)
    assert failed.value.code == "code_invalid"


async def test_a_token_of_another_app_is_refused(stage: Stage) -> None:
    stage.world.quirks = replace(stage.world.quirks, debug_token_app_id="999")
    failed = await failure(stage)
    assert failed.code == "wrong_app"


async def test_a_wrong_app_secret_is_metas_refusal_and_not_an_outage(stage: Stage) -> None:
    stage.calls = replace(stage.calls, app=MetaApp(id=stage.meta.app.id, secret=Secret("sandbox-wrong")))
    failed = await failure(stage)
    assert (failed.code, failed.by_meta) == ("meta_refused", True)
    assert "META_APP_SECRET" in failed.detail


ENDPOINTS = ["oauth_access_token", "debug_token", "me_permissions", "me_accounts"]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.DROP),
        Fault(kind=FaultKind.HTML_503),
        Fault(kind=FaultKind.BAD_JSON),
        Fault(kind=FaultKind.THROTTLE, seconds=60),
        Fault(kind=FaultKind.REFUSE, code=2, status=500),
        Fault(kind=FaultKind.REDIRECT),
    ],
    ids=lambda fault: fault.kind.value,
)
async def test_an_outage_anywhere_is_graph_unavailable(stage: Stage, endpoint: str, fault: Fault) -> None:
    stage.world.faults.plan(endpoint, fault)
    with pytest.raises(GraphUnavailable):
        await stage.redeem()


@pytest.mark.parametrize("endpoint", ENDPOINTS[1:])
async def test_a_refusal_of_a_look_up_ends_the_login(stage: Stage, endpoint: str) -> None:
    stage.world.faults.plan(endpoint, Fault(kind=FaultKind.REFUSE, code=200, status=403))
    failed = await failure(stage)
    assert (failed.code, failed.by_meta) == ("meta_refused", True)


async def test_silence_ends_at_the_deadline(stage: Stage) -> None:
    stage.world.faults.plan("oauth_access_token", Fault(kind=FaultKind.ACCEPT_THEN_HANG))
    stage.hurry()
    begun = datetime.now(UTC)
    with pytest.raises(GraphUnavailable):
        await stage.redeem()
    assert datetime.now(UTC) - begun < timedelta(seconds=3)


async def test_no_secret_stands_in_an_error(stage: Stage) -> None:
    code = stage.approve()
    stage.world.faults.plan("oauth_access_token", Fault(kind=FaultKind.REFUSE, code=100, status=400))
    with pytest.raises(ConnectFailed) as failed:
        await stage.login.redeem(code, Wanted.ALL)
    shown = repr(failed.value) + str(failed.value) + repr(stage.login) + repr(vars(failed.value))
    assert code.reveal() not in shown
    assert stage.meta.app.secret.reveal() not in shown
