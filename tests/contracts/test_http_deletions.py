"""Deleting a contact over HTTP."""

import httpx
import pytest

from meta_inbox.domain.model.ids import ContactId
from tests.contracts.http_stage import HttpStage

UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


@pytest.fixture
async def account(stage: HttpStage) -> str:
    account = await stage.connects()
    await stage.contact_writes()
    return account


async def ask(stage: HttpStage, method: str, path: str, **claims: str) -> httpx.Response:
    async with stage.client(stage.token(**claims)) as caller:
        return await caller.request(method, f"/api/meta{path}")


async def test_it_is_202_and_so_it_is_again(stage: HttpStage, account: str) -> None:
    for contact in ("7001", "7001", "comments:7001", "7009"):
        answer = await ask(stage, "DELETE", f"/conversations/{account}/{contact}")
        assert (answer.status_code, answer.content) == (202, b"")
    assert (await ask(stage, "GET", f"/conversations/{account}")).json()["conversations"] == []
    conversation = (await ask(stage, "GET", f"/conversations/{account}/7001")).json()
    assert (conversation["last_message"], conversation["contact"]["name"]) == (None, None)
    assert await stage.inbox.upkeep.finish_deletions() == 2
    assert (await ask(stage, "GET", f"/messages/{account}/7001")).json()["messages"] == []


@pytest.mark.parametrize("account_id", [UNKNOWN_ID, "malformed"])
async def test_an_account_that_is_not_ones_own_is_404(stage: HttpStage, account_id: str) -> None:
    assert (await ask(stage, "DELETE", f"/conversations/{account_id}/7001")).status_code == 404


async def test_another_tenants_account_is_404_and_stays_as_it_is(stage: HttpStage, account: str) -> None:
    answer = await ask(stage, "DELETE", f"/conversations/{account}/7001", tenant="rival")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len((await ask(stage, "GET", f"/conversations/{account}")).json()["conversations"]) == 1


async def test_who_only_reads_and_answers_may_not(stage: HttpStage, account: str) -> None:
    for scope in ("messages:read messages:send", "automation:manage", ""):
        answer = await ask(stage, "DELETE", f"/conversations/{account}/7001", scope=scope)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert stage.store.deletions == {}
    answer = await ask(stage, "DELETE", f"/conversations/{account}/7001", scope="accounts:manage")
    assert answer.status_code == 202
    (row,) = stage.store.deletions.values()
    assert row.contact_id == ContactId("7001")
