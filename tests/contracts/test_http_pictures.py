"""Pictures of accounts over HTTP: by addresses of ours, wherever an account is shown."""

from dataclasses import replace
from typing import Any

import pytest

from meta_inbox.adapters.persistence.in_memory_account_pictures import InMemoryAccountPictures
from meta_inbox.domain.errors import LinkDead
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import AccountId, TenantId
from meta_inbox.domain.model.media import FetchedFile
from meta_inbox.domain.model.oauth_state import Grant, Wanted
from meta_inbox.domain.model.secret import Secret
from tests.contracts.http_stage import BASE, HttpStage, YesLogin
from tests.contracts.live_socket import opened

CASA = TenantId("casa-verde")
URL = "https://scontent.cdninstagram.com/v/casa.jpg?signature=canary"
PNG = FetchedFile(content=b"picture", content_type="image/png", width=1, height=1)


class LoginWithPictures(YesLogin):
    """Meta tells where each candidate's picture is."""

    async def redeem(self, code: Secret, wanted: Wanted) -> Grant:
        """The same grant, with pictures."""
        grant = await super().redeem(code, wanted)
        shown = tuple(replace(each, profile_picture_url=URL) for each in grant.candidates)
        return replace(grant, candidates=shown)


@pytest.fixture
def stage() -> HttpStage:
    stage = HttpStage()
    login = LoginWithPictures()
    stage.login = login
    stage.replace_use_cases(
        connect_account=replace(stage.inbox.connect_account, logins={Login.FACEBOOK: login})
    )
    stage.source.files[URL] = PNG
    return stage


async def accounts(stage: HttpStage) -> tuple[str, dict[str, Any]]:
    """All that is told of the only account, as text, and the account."""
    async with stage.client() as caller:
        listed = await caller.get("/api/meta/accounts")
        account: dict[str, Any] = listed.json()["accounts"][0]
        one = await caller.get(f"/api/meta/accounts/{account['id']}")
    assert one.json()["profile_picture_url"] == account["profile_picture_url"]
    return listed.text + one.text, account


async def test_the_picture_of_an_account_has_an_address_of_ours_that_opens_it(stage: HttpStage) -> None:
    await stage.connects()
    told, account = await accounts(stage)
    assert "cdninstagram" not in told
    assert account["profile_picture_url"].startswith(f"{BASE}/media/")
    async with stage.client(anonymous=True) as browser:
        found = await browser.get(account["profile_picture_url"])
        signature_of_another = account["profile_picture_url"].replace("sig=", "sig=AAAA")
        refused = await browser.get(signature_of_another)
    assert (found.status_code, found.content, found.headers["content-type"]) == (200, b"picture", "image/png")
    assert found.headers["cache-control"] == "private, max-age=600"
    assert refused.status_code == 401


async def test_what_connecting_answers_has_no_address_of_metas(stage: HttpStage) -> None:
    async with stage.client() as caller:
        completion = await stage.logs_in(caller)
        offered = await caller.post("/api/meta/oauth/completions", json={"completion": completion})
        done = await caller.post("/api/meta/oauth/complete", json={"completion": completion})
    assert {each["profile_picture_url"] for each in offered.json()["candidates"]} == {None}
    assert done.json()["connected"][0]["profile_picture_url"].startswith(f"{BASE}/media/")
    assert "cdninstagram" not in offered.text + done.text


async def test_an_account_without_a_picture_shows_none(stage: HttpStage) -> None:
    account = AccountId(await stage.connects())
    await InMemoryAccountPictures(stage.store).save(CASA, account, None)
    _, shown = await accounts(stage)
    assert shown["profile_picture_url"] is None


async def test_a_picture_that_meta_no_longer_has_is_404_and_asked_for_anew(stage: HttpStage) -> None:
    stage.source.files[URL] = LinkDead("gone")
    await stage.connects()
    stage.passes(hours=2)
    _, account = await accounts(stage)
    async with stage.client(anonymous=True) as browser:
        gone = await browser.get(account["profile_picture_url"])
    assert (gone.status_code, gone.json()["code"]) == (404, "media_expired")
    (row,) = stage.store.accounts.values()
    assert row.picture_due_at == stage.clock.now()


async def test_another_tenant_does_not_see_it(stage: HttpStage) -> None:
    await stage.connects()
    _, account = await accounts(stage)
    path = account["profile_picture_url"].partition("?")[0]
    async with stage.client(stage.token("rival")) as rival:
        assert (await rival.get(path)).status_code == 404
    async with stage.client() as caller:
        assert (await caller.get(path)).status_code == 200


async def test_an_event_shows_the_account_as_the_list_does(stage: HttpStage) -> None:
    account = AccountId(await stage.connects())
    async with stage.client() as caller:
        ticket = (await caller.post("/api/meta/live/tickets")).json()["ticket"]
    async with opened(stage.app, ticket=ticket) as socket:
        await socket.frame()
        await InMemoryAccountPictures(stage.store).save(CASA, account, None)
        gone = await socket.frame()
        await InMemoryAccountPictures(stage.store).save(CASA, account, URL)
        shown = await socket.frame()
    assert (gone["type"], gone["data"]["account"]["profile_picture_url"]) == ("account.updated", None)
    assert shown["data"]["account"] == (await accounts(stage))[1]
    assert shown["data"]["account"]["profile_picture_url"].startswith(f"{BASE}/media/")
