"""Meta's callbacks: a person takes the app's access back, or asks for their data to be deleted."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from meta_inbox.adapters.meta_graph.signature import sign_request
from meta_inbox.domain.model.secret import Secret
from tests.contracts.http_stage import APP_SECRET, HttpStage

ROUTES = ["/api/meta/deauthorize", "/api/meta/data-deletion"]
PERSON = "42"
UNKNOWN = "43"


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


def signed(payload: Any, secret: Secret = APP_SECRET) -> str:
    """What Meta sends of this payload."""
    encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=")
    digest = hmac.digest(secret.reveal().encode(), encoded, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() + "." + encoded.decode()


async def call(stage: HttpStage, route: str, request: str) -> httpx.Response:
    async with stage.client(anonymous=True) as meta:
        return await meta.post(route, data={"signed_request": request})


async def accounts(stage: HttpStage) -> list[dict[str, Any]]:
    async with stage.client() as caller:
        found: list[dict[str, Any]] = (await caller.get("/api/meta/accounts")).json()["accounts"]
        return found


@pytest.mark.parametrize("route", ROUTES)
async def test_the_persons_accounts_are_disconnected_and_the_conversations_stay(
    stage: HttpStage, route: str
) -> None:
    account = await stage.connects()
    await stage.contact_writes()
    person = stage.store.accounts["casa-verde", account].account.connected_by_meta_id  # type: ignore[index]
    assert person is not None
    request = sign_request(person, APP_SECRET, issued_at=int(stage.clock.now().timestamp()))
    answers = [await call(stage, route, request) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert [each["status"] for each in await accounts(stage)] == ["disconnected"]
    (row,) = stage.store.accounts.values()
    assert (row.user_token, row.page_token, row.account.connected_by_meta_id) == (None, None, None)
    assert stage.store.unsubscriptions == {}
    assert len(stage.store.messages) == 1


@pytest.mark.parametrize("route", ROUTES)
async def test_somebody_unknown_is_200_and_nothing_changes(stage: HttpStage, route: str) -> None:
    await stage.connects()
    answer = await call(stage, route, signed({"algorithm": "hmac-sha256", "user_id": UNKNOWN}))
    assert answer.status_code == 200
    assert [each["status"] for each in await accounts(stage)] == ["active"]


FORGED = [
    signed({"algorithm": "HMAC-SHA256", "user_id": PERSON}, Secret("another")),
    signed({"algorithm": "none", "user_id": PERSON}),
    signed({"algorithm": "HMAC-SHA1", "user_id": PERSON}),
    signed({"user_id": PERSON}),
    signed({"algorithm": "HMAC-SHA256"}),
    signed({"algorithm": "HMAC-SHA256", "user_id": ["42"]}),
    signed(["HMAC-SHA256"]),
    "." + signed({"algorithm": "HMAC-SHA256", "user_id": PERSON}).partition(".")[2],
    signed({"algorithm": "HMAC-SHA256", "user_id": PERSON}) + ".x",
    "no-dot",
    "é.é",
    "",
]


@pytest.mark.parametrize("request_", FORGED)
@pytest.mark.parametrize("route", ROUTES)
async def test_what_meta_did_not_sign_is_400(stage: HttpStage, route: str, request_: str) -> None:
    await stage.connects()
    answer = await call(stage, route, request_)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("signature_invalid", "invalid_request")
    assert [each["status"] for each in await accounts(stage)] == ["active"]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"signed_request=a&signed_request=b", b"x=1"])
async def test_another_form_is_400(stage: HttpStage, body: bytes) -> None:
    async with stage.client(anonymous=True) as meta:
        for route in ROUTES:
            assert (await meta.post(route, content=body)).status_code == 400


async def test_the_page_says_in_both_languages_that_it_is_done(stage: HttpStage) -> None:
    answer = (await call(stage, ROUTES[1], signed({"algorithm": "HMAC-SHA256", "user_id": UNKNOWN}))).json()
    code, address = str(answer["confirmation_code"]), str(answer["url"])
    assert answer == {
        "url": f"http://127.0.0.1:8000/api/meta/data-deletion/{code}",
        "confirmation_code": code,
    }
    async with stage.client(anonymous=True) as person:
        for language, word in (("pt-BR", "apagados"), ("en", "deleted")):
            page = await person.get(urlsplit(address).path, headers={"Accept-Language": language})
            assert (page.status_code, word in page.text, code in page.text) == (200, True, True)
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            assert f'lang="{language}"' in page.text
        for other in (code[:-1] + ("0" if code[-1] != "0" else "1"), "f" * 96, "7f3a"):
            assert (await person.get(f"/api/meta/data-deletion/{other}")).status_code == 404


async def test_padding_changes_nothing_but_what_was_signed(stage: HttpStage) -> None:
    signature, _, encoded = signed({"algorithm": "HMAC-SHA256", "user_id": UNKNOWN}).partition(".")
    assert (await call(stage, ROUTES[0], f"{signature}=.{encoded}")).status_code == 200
    assert (await call(stage, ROUTES[0], f"{signature}.{encoded}=")).status_code == 400
