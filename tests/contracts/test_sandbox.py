"""The sandbox answers over HTTP what Meta documents: login, Pages, sending, reading back."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from tests.contracts.sandbox_stage import (
    APP_ID,
    CASA_VERDE,
    CASAVERDE,
    PADARIA_SOL,
    REDIRECT,
    SECRET,
    Stage,
    staged,
)


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with staged() as opened:
        yield opened


def error_of(answer: httpx.Response) -> tuple[int, int | None]:
    error = answer.json()["error"]
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"]
    return error["code"], error.get("error_subcode")


async def test_the_dialog_is_a_plain_form_in_portuguese_with_an_english_switch(stage: Stage) -> None:
    page = await stage.http.get(stage.dialog_url())
    assert "Conectar suas Páginas" in page.text
    assert "<script" not in page.text
    assert 'name="page" value="1001"' in page.text
    assert "form-action 'self' https://inbox.example" in page.headers["content-security-policy"]
    assert "Connect your Pages" in (await stage.http.get(stage.dialog_url(locale="en_US"))).text


async def test_the_dialog_escapes_what_it_is_given(stage: Stage) -> None:
    page = await stage.http.get(stage.dialog_url(state='"><script>alert(1)</script>'))
    assert "<script" not in page.text


async def test_the_dialog_does_not_lead_to_an_unregistered_address(stage: Stage) -> None:
    url = stage.dialog_url(redirect_uri="https://evil.example/")
    assert (await stage.http.get(url)).status_code == 400
    assert (await stage.http.post(url, data={"action": "approve"})).status_code == 400


async def test_cancelling_comes_back_with_the_state_and_without_a_code(stage: Stage) -> None:
    answer = await stage.http.post(stage.dialog_url(), data={"action": "cancel"})
    location = httpx.URL(answer.headers["location"])
    assert location.params["error"] == "access_denied"
    assert location.params["state"] == "s-1"
    assert "code" not in location.params


async def test_what_is_unticked_is_not_granted(stage: Stage) -> None:
    ticked = {"chosen": "1", "page": [PADARIA_SOL], "permission": ["pages_show_list", "pages_messaging"]}
    code = (await stage.approve(**ticked))["code"]
    token = (await stage.token(code=code, redirect_uri=REDIRECT)).json()["access_token"]
    pages = (await stage.call("GET", "me/accounts", token, fields="id")).json()["data"]
    assert pages == [{"id": PADARIA_SOL}]
    permissions = (await stage.call("GET", "me/permissions", token)).json()["data"]
    assert {"permission": "instagram_basic", "status": "declined"} in permissions


async def test_a_code_is_exchanged_once(stage: Stage) -> None:
    code = (await stage.approve())["code"]
    first = await stage.token(code=code, redirect_uri=REDIRECT)
    assert first.json().keys() == {"access_token", "token_type", "expires_in"}
    assert error_of(await stage.token(code=code, redirect_uri=REDIRECT)) == (100, 36009)


async def test_paths_work_with_and_without_a_version(stage: Stage) -> None:
    token = await stage.user_token()
    proof = stage.world.access.proof(token)
    for path in ("me", "v26.0/me"):
        answer = await stage.http.get(
            f"{stage.url}/{path}",
            params={"appsecret_proof": proof},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.json() == {"id": "218471", "name": "Marina Souza"}


async def test_a_secret_in_a_url_is_refused_unless_it_is_switched_off(stage: Stage) -> None:
    code = (await stage.approve())["code"]
    params = {"client_id": APP_ID, "client_secret": SECRET, "code": code, "redirect_uri": REDIRECT}
    url = f"{stage.url}/v26.0/oauth/access_token"
    refused = await stage.http.get(url, params=params)
    assert refused.status_code == 400
    assert SECRET not in refused.text
    assert (await stage.play("PATCH", "quirks", {"refuse_secrets_in_urls": False})).is_success
    assert "access_token" in (await stage.http.get(url, params=params)).json()


async def test_debug_token_takes_its_input_in_the_url(stage: Stage) -> None:
    token = await stage.user_token()
    facts = await stage.call("GET", "debug_token", f"{APP_ID}|{SECRET}", input_token=token)
    assert facts.json()["data"]["is_valid"] is True
    assert facts.json()["data"]["app_id"] == APP_ID


async def test_pages_are_followed_to_the_last_page(stage: Stage) -> None:
    token = await stage.user_token()
    names: list[str] = []
    after = ""
    while True:
        more = {"after": after} if after else {}
        body = (await stage.call("GET", "me/accounts", token, fields="name", limit="100", **more)).json()
        names += [page["name"] for page in body["data"]]
        if "next" not in body["paging"]:
            break
        assert "access_token" not in body["paging"]["next"]
        after = body["paging"]["cursors"]["after"]
    assert names == ["Casa Verde", "Padaria Sol", "Ateliê Lua"]


async def test_a_call_without_a_proof_or_with_a_dead_token_is_refused(stage: Stage) -> None:
    token = await stage.page_token()
    bare = await stage.http.get(f"{stage.url}/me", headers={"Authorization": f"Bearer {token}"})
    assert error_of(bare) == (100, None)
    revoked = await stage.play("POST", "tokens/revoke", {"page_id": CASA_VERDE, "subcode": 460})
    assert revoked.json() == {"revoked": 1}
    answer = await stage.call("GET", "me", token)
    assert error_of(answer) == (190, 460)
    assert answer.headers["www-authenticate"].startswith("OAuth")


async def test_subscriptions_are_set_read_and_ended(stage: Stage) -> None:
    token, path = await stage.page_token(), f"{CASA_VERDE}/subscribed_apps"
    (app,) = (await stage.call("GET", path, token)).json()["data"]
    assert app["subscribed_fields"] == ["messages", "message_echoes", "messaging_postbacks"]
    assert (await stage.call("DELETE", path, token)).json() == {"success": True}
    assert (await stage.call("GET", path, token)).json() == {"data": []}
    as_json = await stage.call("POST", path, token, json={"subscribed_fields": ["messages"]})
    assert as_json.json() == {"success": True}


@pytest.mark.parametrize("account", [CASA_VERDE, CASAVERDE], ids=["messenger", "instagram"])
async def test_an_answer_reaches_the_contact_and_the_ledger(stage: Stage, account: str) -> None:
    token, contact = await stage.page_token(), await stage.contact(account)
    answer = (await stage.send(token, contact, "Sim! 🌿")).json()
    assert answer["recipient_id"] == contact
    thread = (await stage.play("GET", f"contacts/{contact}/thread")).json()
    assert [(one["by_contact"], one["text"]) for one in thread] == [(True, "Oi!"), (False, "Sim! 🌿")]
    (sent,) = (await stage.play("GET", "ledger")).json()
    assert (sent["mid"], sent["metadata"]) == (answer["message_id"], "own-1")


async def test_a_send_may_be_a_form_with_json_in_it(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact()
    form = {
        "recipient": f'{{"id":"{contact}"}}',
        "messaging_type": "RESPONSE",
        "message": '{"text":"Olá"}',
        "appsecret_proof": stage.world.access.proof(token),
        "access_token": token,
    }
    answer = await stage.http.post(f"{stage.url}/me/messages", data=form)
    assert answer.json()["recipient_id"] == contact


async def test_the_window_closes_when_time_passes(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact()
    await stage.play("POST", "clock", {"advance_seconds": 25 * 3600})
    answer = await stage.send(token, contact)
    assert answer.status_code == 403
    assert error_of(answer) == (10, 2018278)
    await stage.play("DELETE", "clock")
    assert (await stage.send(token, contact)).is_success


async def test_a_contact_may_have_written_yesterday(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact(text=None)
    writing = {"text": "Oi", "ago_seconds": 25 * 3600}
    assert (await stage.play("POST", f"contacts/{contact}/messages", writing)).is_success
    assert error_of(await stage.send(token, contact)) == (10, 2018278)


async def test_profiles_and_conversations_can_be_read_back(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact(CASAVERDE)
    profile = await stage.call("GET", contact, token, fields="name,username,profile_pic")
    assert profile.json()["username"] == "analima"
    picture = profile.json()["profile_pic"].replace("http://meta.test", stage.url)
    assert (await stage.http.get(picture)).headers["content-type"] == "image/png"
    path = f"{CASA_VERDE}/conversations"
    threads = await stage.call("GET", path, token, platform="instagram", fields="messages{message}")
    assert threads.json()["data"][0]["messages"]["data"][0]["message"] == "Oi!"


async def test_an_app_subscription_needs_a_callback_that_answers_the_handshake(stage: Stage) -> None:
    app, path = f"{APP_ID}|{SECRET}", f"{APP_ID}/subscriptions"
    wanted = {"object": "page", "fields": "messages", "callback_url": stage.callback_url}
    refused = await stage.call("POST", path, app, json=wanted | {"verify_token": "wrong"})
    assert error_of(refused) == (2200, None)
    taken = await stage.call("POST", path, app, json=wanted | {"verify_token": "verify-me"})
    assert taken.json() == {"success": True}
    listed = (await stage.call("GET", path, app)).json()["data"]
    assert listed[0]["callback_url"] == stage.callback_url
    assert listed[0]["fields"] == [{"name": "messages", "version": "v26.0"}]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("nobody/knows/this", b"", 2500),
        ("me/messages", b'{"a":', 100),
        ("me/messages", b"[1]", 100),
        ("me/messages", b'{"a":"\\ud800"}', 100),
        ("me/messages", b'{"a":' * 9999, 100),
    ],
)
async def test_what_is_not_a_call_is_refused_in_metas_shape(
    stage: Stage, path: str, body: bytes, code: int
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await stage.http.post(f"{stage.url}/{path}", content=body, headers=headers)
    assert error_of(answer)[0] == code


async def test_a_comment_is_answered_and_hidden_over_http(stage: Stage) -> None:
    token, ana = await stage.page_token(), await stage.contact(CASAVERDE, None)
    comment = (await stage.play("POST", f"contacts/{ana}/comments", {"text": "Quanto custa?"})).json()["mid"]
    body = {"recipient": {"comment_id": comment}, "message": {"text": "R$ 40 para você"}}
    sent = await stage.call("POST", f"{CASA_VERDE}/messages", token, json=body)
    again = await stage.call("POST", f"{CASA_VERDE}/messages", token, json=body)
    assert sent.json().keys() == {"recipient_id", "message_id"}
    assert (again.status_code, error_of(again)) == (500, (-1, 2534023))
    answered = await stage.call("POST", f"{comment}/replies", token, message="R$ 40")
    assert (await stage.call("POST", comment, token, hide="true")).json() == {"success": True}
    said = (await stage.play("GET", "comments")).json()
    assert [(one["id"], one["text"], one["hidden"]) for one in said] == [
        (comment, "Quanto custa?", True),
        (answered.json()["id"], "R$ 40", False),
    ]


async def test_what_is_no_comment_cannot_be_answered_or_hidden(stage: Stage) -> None:
    token = await stage.page_token()
    for path in ("404/replies", "404/comments", "404"):
        assert error_of(await stage.call("POST", path, token, message="40", hide="true")) == (100, 33)
    body = {"recipient": {"id": "1", "comment_id": "2"}, "message": {"text": "Oi"}}
    assert error_of(await stage.call("POST", f"{CASA_VERDE}/messages", token, json=body)) == (100, None)


async def test_a_thread_has_one_owner_over_http(stage: Stage) -> None:
    token, ana = await stage.page_token(), await stage.contact()
    owner = f"{CASA_VERDE}/thread_owner"
    assert (await stage.call("GET", owner, token, recipient=ana)).json() == {"data": []}
    body = {"recipient": {"id": ana}, "target_app_id": "263902037430900"}
    passed = await stage.call("POST", f"{CASA_VERDE}/pass_thread_control", token, json=body)
    assert passed.json() == {"success": True}
    found = (await stage.call("GET", owner, token, recipient=ana)).json()
    assert found == {"data": [{"thread_owner": {"app_id": "263902037430900"}}]}
    assert error_of(await stage.send(token, ana)) == (2018300, None)
    wrong = await stage.call("POST", f"{CASA_VERDE}/take_thread_control", token, json={"recipient": "ana"})
    assert error_of(wrong) == (100, None)


async def test_a_profile_is_set_and_taken_away_over_http(stage: Stage) -> None:
    token, path = await stage.page_token(), "me/messenger_profile"
    asked = {"locale": "default", "call_to_actions": [{"question": "Onde?", "payload": "W"}]}
    assert (await stage.call("POST", path, token, json={"ice_breakers": [asked]})).json() == {
        "result": "success"
    }
    found = await stage.call("GET", path, token, fields="ice_breakers,greeting")
    assert found.json() == {"data": [{"ice_breakers": [asked]}]}
    gone = await stage.call("DELETE", path, token, json={"fields": ["ice_breakers"]})
    assert gone.json() == {"result": "success"}
    assert (await stage.call("GET", path, token, fields="ice_breakers")).json() == {"data": []}
    wrong: list[Any] = [{"ice_breakers": 7}, {"ice_breakers": [{}]}, {}, {"greeting": [{"text": ""}]}]
    for body in wrong:
        assert error_of(await stage.call("POST", path, token, json=body)) == (100, None)


async def test_an_account_that_logged_in_itself_has_a_host_of_its_own(stage: Stage) -> None:
    made = await stage.play("POST", "tokens/instagram", {"instagram_id": CASAVERDE})
    headers = {"Authorization": f"Bearer {made.json()['access_token']}"}
    own = f"{stage.url}/instagram/v26.0"
    me = await stage.http.get(f"{own}/me", params={"fields": "user_id,username"}, headers=headers)
    assert me.json() == {"id": "9000000001", "user_id": CASAVERDE, "username": "casaverde"}
    body = {"recipient": {"id": "404"}, "message": {"text": "Oi"}}
    strange = await stage.http.post(f"{own}/me/messages", json=body, headers=headers)
    refused = strange.json()["error"]
    assert (refused["type"], refused["code"], refused["error_subcode"]) == ("IGApiException", 100, 2534014)
    elsewhere = await stage.http.get(f"{stage.url}/v26.0/me", headers=headers)
    assert error_of(elsewhere) == (190, None)
    nobody = await stage.play("POST", "tokens/instagram", {"instagram_id": "404"})
    assert nobody.status_code == 404
