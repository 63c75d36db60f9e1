"""Of signing in, and of the connections."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from tests.web.scene import Scene
from tests.web.states import state

NOBODYS = "shop-of-nobody"
NAME = "Casa Verde Plantas"


@state("sign-in")
def sign_in(scene: Scene) -> None:
    scene.page.goto(scene.shop.stack.url)
    scene.says("common:signIn.text")


@state("sign-in-fault")
def sign_in_fault(scene: Scene) -> None:
    sign_in(scene)
    scene.page.get_by_label(scene.word("common:signIn.token")).fill("senha123")
    scene.button("common:signIn.open").click()
    scene.says("common:signIn.fault")


@state("sign-in-over", "status of 401")
def sign_in_over(scene: Scene) -> None:
    scene.page.goto(f"{scene.shop.stack.url}/inbox#token=a.b.c")
    scene.says("common:signIn.over")


@state("connections-none")
def no_account(scene: Scene) -> None:
    scene.open("/connections", tenant=NOBODYS)
    scene.says("connections:firstRun.title")


@state("connections")
def accounts(scene: Scene) -> None:
    """Everything that can be said of an account, each of one."""
    scene.changes("/accounts", lambda answer: _every_status(answer, scene))
    scene.answers("/accounts/01a2226a-0000-[^/]+", {"history": None})
    scene.open("/connections")
    scene.says("connections:status.disconnected")


def _every_status(answer: Any, scene: Scene) -> Any:
    own, page = _split(answer["accounts"])
    began = scene.shop.began
    reason = {
        "code": "oauth_190_460",
        "meta_code": 190,
        "meta_subcode": 460,
        "trace_id": "AqB3xYz",
        "at": _iso(began),
    }
    meta = "Error validating access token: the session has been invalidated."
    soon = _iso(began + timedelta(days=3))
    told = {"action": "warning", "reason": "Spam", "at": _iso(began)}
    return {
        "accounts": [
            own,
            _of(page, "Padaria Sol", status="expiring", token_expires_at=soon),
            _of(own, "Ateliê Lua", status="reauth_required", status_reason=reason | {"message": meta}),
            _of(page, "Floricultura do Largo", status="active", policy=told),
            _of(own, "Viveiro Antigo", status="disconnected"),
        ]
    }


def _split(found: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    own = next(one for one in found if one["platform"] == "instagram")
    return own, next(one for one in found if one["platform"] != "instagram")


def _of(account: dict[str, Any], name: str, **over: Any) -> dict[str, Any]:
    other = deepcopy(account) | {"id": f"01a2226a-0000-7000-8000-{len(name):012}"} | over
    return other | {
        "facebook_page_name": name,
        "instagram_name": account["instagram_name"] and name,
        "instagram_username": account["instagram_username"] and name.lower().replace(" ", ""),
        "profile_picture_url": None,
    }


def _iso(at: Any) -> str:
    return str(at.isoformat().replace("+00:00", "Z"))


@state("connections-menu")
def account_menu(scene: Scene) -> None:
    scene.open("/connections")
    scene.button("connections:actions.more", name=NAME).click()
    expect(scene.item("connections:actions.disconnect")).to_be_visible()


@state("connections-disconnect")
def disconnecting(scene: Scene) -> None:
    account_menu(scene)
    scene.item("connections:actions.disconnect").click()
    expect(scene.page.get_by_role("dialog")).to_be_visible()


@state("connections-healthy")
def healthy(scene: Scene) -> None:
    scene.open("/connections")
    scene.button("connections:health.show").click()
    scene.says("connections:health.allGood")


@state("connections-unhealthy")
def unhealthy(scene: Scene) -> None:
    scene.changes("/accounts/[^/]+/health", _bad)
    scene.open("/connections")
    scene.button("connections:health.show").click()
    expect(scene.page.get_by_text(scene.word("connections:health.whatToDo")).first).to_be_visible()


def _bad(answer: dict[str, Any]) -> dict[str, Any]:
    for check in answer["checks"]:
        if check["name"] in ("access_token", "webhooks", "history"):
            check |= {"ok": False, "detail": "Meta answered 190/460 (trace AqB3xYz)", "fix": "Connect again."}
    return answer


@state("connections-picker")
def picker(scene: Scene) -> None:
    _log_in(scene)
    expect(scene.page.get_by_role("dialog")).to_be_visible()


def _log_in(scene: Scene) -> None:
    """In the same tab, as where no window may be opened."""
    blocked(scene)
    scene.button("connections:login.goOn").click()
    scene.page.locator("[name=action][value=approve]").click()
    scene.page.locator("a[href*='#completion=']").click()


@state("connections-waiting")
def waiting(scene: Scene) -> None:
    scene.open("/connections")
    with scene.page.expect_popup():
        scene.button("connections:connect.instagram").click()
    scene.says("connections:login.waiting")


@state("connections-blocked")
def blocked(scene: Scene) -> None:
    scene.page.add_init_script("globalThis.open = () => null")
    scene.open("/connections")
    scene.button("connections:connect.instagram").click()
    scene.says("connections:login.blocked")


@state("connections-failed", "status of 4")
def failed(scene: Scene) -> None:
    scene.refuses("/oauth/complete", "not_found", 404)
    picker(scene)
    scene.button("connections:picker.connect_one", count=1).click()
    scene.says("connections:failure.completion_spent")


@state("connections-error", "status of 400")
def error(scene: Scene) -> None:
    scene.refuses("/accounts", "unexpected", 400)
    scene.open("/connections")
    scene.says("common:failed.title")


@state("connections-loading")
def loading(scene: Scene) -> None:
    scene.waits("/accounts")
    scene.open("/connections")
    expect(scene.page.get_by_text(scene.word("connections:loading")).first).to_be_attached()


@state("connections-look-only")
def look_only(scene: Scene) -> None:
    scene.open("/connections", scope="messages:read")
    scene.says("connections:title")
