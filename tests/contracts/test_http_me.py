"""Whose session it is, over HTTP."""

from datetime import UTC, datetime

import pytest

from meta_inbox.domain.model.principal import Principal
from tests.contracts.http_stage import HttpStage

ME = "/api/meta/me"
ALL = ["accounts:manage", "analytics:read", "automation:manage", "messages:read", "messages:send"]


async def test_a_token_without_scope_may_do_everything() -> None:
    stage = HttpStage()
    async with stage.client(stage.token(name="Bea", exp=4_000_000_000)) as caller:
        answer = await caller.get(ME)
    assert answer.status_code == 200
    assert answer.json() == {
        "tenant_id": "casa-verde",
        "user_id": "bea",
        "name": "Bea",
        "scopes": ALL,
        "logins": ["facebook"],
        "expires_at": "2096-10-02T07:06:40Z",
    }


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [("", []), ("messages:send messages:read", ["messages:read", "messages:send"]), ("nonsense", [])],
)
async def test_what_a_token_may_do_is_told_even_when_that_is_nothing(scope: str, scopes: list[str]) -> None:
    stage = HttpStage()
    async with stage.client(stage.token(scope=scope)) as caller:
        answer = await caller.get(ME)
    assert (answer.status_code, answer.json()["scopes"]) == (200, scopes)


async def test_a_hosts_own_identity_need_have_no_name_and_no_end() -> None:
    async def identity(request: object) -> Principal | None:
        del request
        return Principal("t", "u")

    async with HttpStage(identity=identity).client(anonymous=True) as caller:
        found = (await caller.get(ME)).json()
    assert (found["tenant_id"], found["user_id"]) == ("t", "u")
    assert (found["name"], found["expires_at"]) == (None, None)


async def test_the_end_of_a_hosts_session_is_told_in_utc() -> None:
    async def identity(request: object) -> Principal | None:
        del request
        return Principal("t", "u", expires_at=datetime(2026, 11, 28, 12, 0, tzinfo=UTC))

    async with HttpStage(identity=identity).client(anonymous=True) as caller:
        assert (await caller.get(ME)).json()["expires_at"] == "2026-11-28T12:00:00Z"


async def test_nobody_is_401() -> None:
    async with HttpStage().client(anonymous=True) as caller:
        assert (await caller.get(ME)).status_code == 401
