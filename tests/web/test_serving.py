"""The web app's page in a real browser: its policy, its addresses, and its tie to the login's window."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.web.accessibility import axe
from tests.web.host_page import host_page
from tests.web.stack import Stack
from tests.web.watch import Watch

ADDRESSES = ["/", "/connections", "/inbox", "/canned-replies"]
CONNECTS = """
async ([base, token]) => {
  const headers = { Authorization: "Bearer " + token };
  const answer = await fetch(base + "/api/meta/oauth/start", { headers });
  const told = new Promise((resolve) => addEventListener("message", (event) => resolve(event.data)));
  globalThis.told = told;
  globalThis.open((await answer.json()).authorization_url, "login", "width=600,height=700");
}
"""
INJECTS = """
() => {
  const script = document.createElement("script");
  script.textContent = "globalThis.injected = true";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", "<p style='color: red' id='styled'>red</p>");
}
"""


def test_the_session_leaves_the_address_and_lasts_through_a_reload(stack: Stack, page: Page) -> None:
    page.goto(stack.session_url("/connections"))
    expect(page).to_have_url(f"{stack.url}/connections")
    expect(page.get_by_role("navigation")).to_be_visible()
    page.reload()
    expect(page.get_by_role("navigation")).to_be_visible()
    assert page.evaluate("history.length") <= 2, "the address with the token is not one step back"


def test_every_address_opens_where_it_says(stack: Stack, page: Page) -> None:
    page.goto(stack.session_url())
    for address in ADDRESSES:
        answer = page.goto(stack.url + address)
        assert answer is not None
        assert answer.status == 200
        expect(page.get_by_role("navigation")).to_be_visible()


def test_without_a_session_one_is_asked_for(stack: Stack, page: Page) -> None:
    page.goto(stack.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    axe(page)


def test_what_is_slipped_into_the_page_does_not_run(stack: Stack, page: Page, watch: Watch) -> None:
    page.goto(stack.session_url())
    with watch.expecting(
        "policy: (script-src-elem|style-src-attr) refused inline", "console error: .* inline"
    ):
        page.evaluate(INJECTS)
        watch.require(page, "policy: script-src-elem refused inline")
        watch.require(page, "policy: style-src-attr refused inline")
    assert page.evaluate("globalThis.injected") is None
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).color") != "rgb(255, 0, 0)"


def test_the_logins_window_tells_the_page_that_opened_it(stack: Stack, page: Page) -> None:
    page.goto(stack.session_url("/connections"))
    with page.expect_popup() as opened:
        page.evaluate(CONNECTS, [stack.url, stack.token()])
    dialog = opened.value
    dialog.wait_for_url(f"{stack.meta_url}/**")
    with dialog.expect_event("close"):
        dialog.locator("button[value=approve]").first.click()
    told: dict[str, Any] = page.evaluate("told")
    assert told["type"] == "oauth.authorized"
    assert len(told["completion"]) > 20


def test_another_sites_page_cannot_frame_it(stack: Stack, page: Page, watch: Watch) -> None:
    with host_page(f'<link rel="icon" href="data:,"><iframe src="{stack.url}/"></iframe>') as elsewhere:
        refused = "frame-ancestors|ERR_BLOCKED_BY_(CSP|RESPONSE)"
        with watch.expecting(refused):
            page.goto(elsewhere)
            watch.require(page, refused)
            assert page.frames[1].locator("#root").count() == 0
