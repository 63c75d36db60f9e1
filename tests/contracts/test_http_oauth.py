"""Connecting over HTTP: the app's calls, the browser's way, and the page at its end."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from meta_inbox.domain.errors import ConnectFailed, StorageUnavailable
from tests.contracts.http_stage import CRM, HttpStage, outage

START = "/api/meta/oauth/start"
CALLBACK = "/api/meta/oauth/callback"


@pytest.fixture
def stage() -> HttpStage:
    return HttpStage()


def handed_over(page: httpx.Response) -> dict[str, Any]:
    """What the page's script gives to the opener, and to which origins."""
    found = re.search(r'<script type="application/json" id="handover">(.*?)</script>', page.text, re.DOTALL)
    assert found is not None
    given: dict[str, Any] = json.loads(found[1])
    return given


async def test_two_clicks_connect_an_account_and_name_what_could_not_be(stage: HttpStage) -> None:
    async with stage.client() as caller:
        completion = await stage.logs_in(caller, return_to="/connections?tab=meta")
        offered = await caller.post("/api/meta/oauth/completions", json={"completion": completion})
        done = await caller.post("/api/meta/oauth/complete", json={"completion": completion})
        listed = await caller.get("/api/meta/accounts")
    assert [c["key"] for c in offered.json()["candidates"] if c["connectable"]] == ["messenger:1001"]
    assert offered.headers["cache-control"] == "no-store"
    [account] = done.json()["connected"]
    assert (account["facebook_page_name"], account["status"]) == ("Casa Verde", "active")
    assert done.json()["refused"] == [
        {
            "key": "instagram:page:1002",
            "code": "no_instagram_account",
            "detail": "the Page has no Instagram account",
        }
    ]
    assert listed.json() == {"accounts": [account]}


async def test_start_answers_with_this_services_own_address_and_when_it_expires(stage: HttpStage) -> None:
    async with stage.client() as caller:
        begun = await caller.get(START)
    assert begun.json()["authorization_url"].startswith(f"{stage.options.base_url}/oauth/authorize?ticket=")
    assert begun.json()["expires_at"] == (stage.clock.now() + timedelta(seconds=60)).isoformat().replace(
        "+00:00", "Z"
    )


async def test_the_other_login_is_not_available_unless_it_is_configured(stage: HttpStage) -> None:
    async with stage.client() as caller:
        answer = await caller.get(START, params={"login": "instagram"})
    assert (answer.status_code, answer.json()["code"]) == (422, "login_not_available")


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "x"},
        {"platform": ""},
        {"return_to": "//evil.example"},
        {"return_to": "/\\evil.example"},
        {"return_to": "https://evil.example"},
        {"return_to": "javascript:alert(1)"},
        {"return_to": ""},
        {"return_to": "/a\r\nSet-Cookie: x=1"},
        {"return_to": "/" + "a" * 2048},
        {"unknown": "1"},
    ],
)
async def test_start_refuses_what_it_does_not_know(stage: HttpStage, wrong: dict[str, str]) -> None:
    async with stage.client() as caller:
        answer = await caller.get(START, params=wrong)
    assert answer.status_code == 400
    assert "evil" not in answer.text


async def test_authorize_binds_the_browser_and_goes_to_the_dialog(stage: HttpStage) -> None:
    async with stage.client() as caller:
        begun = await caller.get(START)
    async with stage.client(anonymous=True) as browser:
        gone = await browser.get(begun.json()["authorization_url"])
    assert gone.status_code == 302
    dialog = urlsplit(gone.headers["location"])
    assert dialog.netloc == "www.facebook.com"
    assert len(parse_qs(dialog.query)["state"][0]) == 43
    cookie = gone.headers["set-cookie"]
    assert cookie.startswith("meta_inbox_browser=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "cross-origin-opener-policy" not in gone.headers


async def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    stage = HttpStage(base_url="https://crm.example/api/meta")
    async with stage.client() as caller:
        begun = await caller.get(START)
        path = begun.json()["authorization_url"].removeprefix("https://crm.example")
        cookie = (await caller.get(path)).headers["set-cookie"]
    assert cookie.startswith("__Host-meta_inbox_browser=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


async def test_two_tabs_of_one_browser_both_work(stage: HttpStage) -> None:
    async with stage.client() as caller:
        browser = await stage.leaves(caller)
        first = stage.login.state
        begun = await caller.get(START)
        await browser.get(begun.json()["authorization_url"])
        second = await stage.returns(browser)
        stage.login.state = first
        earlier = await stage.returns(browser)
    assert (second.status_code, earlier.status_code) == (200, 200)


@pytest.mark.parametrize("cookie", ["", "short", "x" * 42, "x" * 44, "x" * 42 + "="])
async def test_a_browser_cookie_that_is_not_ours_is_replaced(stage: HttpStage, cookie: str) -> None:
    async with stage.client() as caller:
        begun = await caller.get(START)
        gone = await caller.get(
            begun.json()["authorization_url"], headers={"Cookie": f"meta_inbox_browser={cookie}"}
        )
    given = gone.headers["set-cookie"].split(";")[0].partition("=")[2]
    assert len(given) == 43
    assert given != cookie


async def test_a_ticket_works_once_and_for_a_minute(stage: HttpStage) -> None:
    async with stage.client() as caller:
        url = (await caller.get(START)).json()["authorization_url"]
        late = (await caller.get(START)).json()["authorization_url"]
        first, again = await caller.get(url), await caller.get(url)
        stage.passes(seconds=61)
        expired = await caller.get(late)
    assert [page.status_code for page in (first, again, expired)] == [302, 400, 400]
    assert handed_over(again)["message"]["code"] == "ticket_invalid"
    assert "set-cookie" not in again.headers


async def test_the_page_hands_the_completion_to_the_kept_origin_and_to_no_other(stage: HttpStage) -> None:
    async with stage.client() as caller:
        caller.headers["Origin"] = CRM
        page = await stage.returns(await stage.leaves(caller, return_to="/connections"))
    given = handed_over(page)
    assert given["origins"] == [CRM]
    assert given["message"].keys() == {"source", "type", "completion"}
    assert (given["message"]["source"], given["message"]["type"]) == ("meta-inbox", "oauth.authorized")
    assert f'href="{CRM}/connections#completion={given["message"]["completion"]}"' in page.text
    assert "page-token-canary" not in page.text


async def test_the_origin_that_began_is_the_one_that_is_answered() -> None:
    stage = HttpStage(frontend_origins=(CRM, "https://second.example"))
    async with stage.client() as caller:
        caller.headers["Origin"] = "https://second.example"
        page = await stage.returns(await stage.leaves(caller))
    assert handed_over(page)["origins"] == ["https://second.example"]


async def test_a_failure_is_told_to_the_origin_that_began_and_to_no_other() -> None:
    stage = HttpStage(frontend_origins=(CRM, "https://second.example"))
    stage.login.failure = outage()
    async with stage.client() as caller:
        caller.headers["Origin"] = "https://second.example"
        page = await stage.returns(await stage.leaves(caller))
    assert handed_over(page)["origins"] == ["https://second.example"]


async def test_a_code_beside_an_error_is_not_redeemed(stage: HttpStage) -> None:
    async with stage.client() as caller:
        page = await stage.returns(await stage.leaves(caller), error="server_error")
    assert (page.status_code, handed_over(page)["message"]["code"]) == (400, "consent_failed")
    assert stage.login.redeemed == []


async def test_without_an_origin_the_first_allowed_one_is_answered(stage: HttpStage) -> None:
    async with stage.client() as caller:
        page = await stage.returns(await stage.leaves(caller))
    assert handed_over(page)["origins"] == [CRM]


async def test_a_foreign_origin_may_not_begin(stage: HttpStage) -> None:
    async with stage.client() as caller:
        answer = await caller.get(START, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")


async def test_the_page_runs_no_script_but_its_own_file_and_keeps_its_opener(stage: HttpStage) -> None:
    async with stage.client() as caller:
        page = await stage.returns(await stage.leaves(caller))
        script = await caller.get(f"{CALLBACK}.js")
        style = await caller.get(f"{CALLBACK}.css")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "cross-origin-opener-policy" not in page.headers
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    inline = re.findall(r"<script(?![^>]*src=)(?![^>]*application/json)", page.text)
    assert inline == []
    assert not re.search(r"\son\w+=", page.text)
    assert script.headers["content-type"].startswith("text/javascript")
    assert style.headers["content-type"].startswith("text/css")
    assert '"*"' not in script.text


async def test_the_page_speaks_the_readers_language(stage: HttpStage) -> None:
    async with stage.client(anonymous=True) as browser:
        english = await browser.get(CALLBACK, headers={"Accept-Language": "en"})
        portuguese = await browser.get(CALLBACK, headers={"Accept-Language": "pt-BR"})
    assert '<html lang="en">' in english.text
    assert "Nothing was connected" in english.text
    assert '<html lang="pt-BR">' in portuguese.text
    assert "Nada foi conectado" in portuguese.text


async def test_a_cancelled_consent_is_a_readable_page_and_told_to_the_opener(stage: HttpStage) -> None:
    async with stage.client() as caller:
        browser = await stage.leaves(caller)
        page = await browser.get(
            CALLBACK,
            params={
                "error": "access_denied",
                "error_reason": "user_denied",
                "state": stage.login.state.reveal() if stage.login.state else "",
            },
        )
    given = handed_over(page)
    assert page.status_code == 400
    assert given["message"]["type"] == "oauth.failed"
    assert given["message"]["code"] == "consent_cancelled"
    assert given["origins"] == [CRM]
    assert stage.login.redeemed == []


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (outage(), 502, "meta_unavailable"),
        (ConnectFailed("the code is not valid", code="code_invalid"), 400, "code_invalid"),
        (ConnectFailed("<script>alert(1)</script>", code="strange"), 400, "strange"),
    ],
)
async def test_a_failed_exchange_is_a_readable_page_and_its_state_is_spent(
    stage: HttpStage, failure: ConnectFailed, status: int, code: str
) -> None:
    stage.login.failure = failure
    async with stage.client() as caller:
        browser = await stage.leaves(caller)
        page = await stage.returns(browser)
        stage.login.failure = None
        again = await stage.returns(browser)
    assert (page.status_code, handed_over(page)["message"]["code"]) == (status, code)
    assert "<script>alert" not in page.text
    assert (again.status_code, handed_over(again)["message"]["code"]) == (400, "state_invalid")
    assert len(stage.login.redeemed) == 1


async def test_a_database_that_does_not_answer_is_a_readable_page_too(stage: HttpStage) -> None:
    class Down:
        async def callback(self, **_: object) -> None:
            raise StorageUnavailable("no connection")

    stage.replace_use_cases(connect_account=Down())
    async with stage.client(anonymous=True) as browser:
        page = await browser.get(CALLBACK)
    assert page.status_code == 503
    assert page.headers["retry-after"] == "1"
    assert page.headers["content-type"].startswith("text/html")


async def test_a_link_that_was_sent_to_somebody_else_connects_nothing(stage: HttpStage) -> None:
    async with stage.client() as attacker, stage.client(anonymous=True) as victim:
        await stage.leaves(attacker)
        page = await stage.returns(victim)
    assert (page.status_code, handed_over(page)["message"]["code"]) == (400, "state_invalid")
    assert stage.login.redeemed == []


@pytest.mark.parametrize(
    "query", ["", "?code=a", "?state=x", "?state=%00&code=%ff", "?state=a&state=b&code=c"]
)
async def test_a_callback_that_nobody_began_is_a_400_page(stage: HttpStage, query: str) -> None:
    async with stage.client(anonymous=True) as browser:
        for path in (CALLBACK, f"{CALLBACK}/instagram"):
            page = await browser.get(path + query)
            assert page.status_code == 400
            assert page.headers["content-type"].startswith("text/html")


async def test_one_logins_code_is_refused_at_the_others_address(stage: HttpStage) -> None:
    async with stage.client() as caller:
        browser = await stage.leaves(caller)
        state = stage.login.state.reveal() if stage.login.state else ""
        page = await browser.get(f"{CALLBACK}/instagram", params={"state": state, "code": "c"})
    assert page.status_code == 400
    assert stage.login.redeemed == []


async def test_neither_code_nor_state_comes_back_in_a_page(stage: HttpStage) -> None:
    async with stage.client() as caller:
        browser = await stage.leaves(caller)
        state = stage.login.state.reveal() if stage.login.state else ""
        pages = [
            await stage.returns(browser, code="code-canary"),
            await browser.get(CALLBACK, params={"state": state, "code": "code-canary"}),
        ]
    for page in pages:
        assert "code-canary" not in page.text
        assert state not in page.text


async def test_only_who_began_may_complete_and_only_once(stage: HttpStage) -> None:
    async with stage.client() as bea, stage.client(stage.token(user="rui")) as rui:
        completion = await stage.logs_in(bea)
        body = {"completion": completion}
        for path in ("completions", "complete"):
            assert (await rui.post(f"/api/meta/oauth/{path}", json=body)).status_code == 404
        first = await bea.post("/api/meta/oauth/complete", json=body)
        again = await bea.post("/api/meta/oauth/complete", json=body)
    assert (first.status_code, again.status_code) == (200, 404)


async def test_only_the_chosen_keys_are_connected(stage: HttpStage) -> None:
    async with stage.client() as caller:
        none = await caller.post(
            "/api/meta/oauth/complete", json={"completion": await stage.logs_in(caller), "keys": []}
        )
        unknown = await caller.post(
            "/api/meta/oauth/complete",
            json={"completion": await stage.logs_in(caller), "keys": ["messenger:9"]},
        )
    assert none.json() == {"connected": [], "refused": []}
    assert [refused["code"] for refused in unknown.json()["refused"]] == ["unknown_key"]
