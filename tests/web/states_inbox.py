"""Of the list of conversations, and of what stands around it."""

from typing import Any

from playwright.sync_api import expect

from tests.web.scene import Scene
from tests.web.states import state
from tests.web.states_connections import NOBODYS


@state("inbox-no-account")
def no_account(scene: Scene) -> None:
    scene.open("/inbox", tenant=NOBODYS)
    scene.says("inbox:empty.accountsText")


@state("inbox-no-conversation")
def no_conversation(scene: Scene) -> None:
    scene.changes("/conversations/[^/]+", _none)
    scene.open()
    scene.says("inbox:empty.conversationsText")


def _none(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"conversations": [], "next_cursor": None}


@state("inbox")
def conversations(scene: Scene) -> None:
    scene.open()
    expect(scene.page.get_by_text("Helena Duarte").first).to_be_visible()


@state("inbox-accounts-menu")
def accounts_menu(scene: Scene) -> None:
    conversations(scene)
    scene.page.get_by_role("button", name=scene.word("inbox:list.account")).first.click()
    expect(scene.page.get_by_role("menu")).to_be_visible()


@state("inbox-options-menu")
def options_menu(scene: Scene) -> None:
    conversations(scene)
    scene.button("inbox:list.options").click()
    expect(scene.page.get_by_role("menu")).to_be_visible()


@state("inbox-all-read")
def all_read(scene: Scene) -> None:
    scene.changes("/conversations/[^/]+", _read)
    scene.changes("/conversations.*unread.*", _none)
    conversations(scene)
    scene.page.get_by_text(scene.word("inbox:list.unread"), exact=True).click()
    scene.says("inbox:empty.unread")


def _read(answer: dict[str, Any]) -> dict[str, Any]:
    for one in answer["conversations"]:
        one["unread_count"] = 0
    return answer


@state("inbox-unread")
def unread(scene: Scene) -> None:
    conversations(scene)
    scene.page.get_by_text(scene.word("inbox:list.unread"), exact=True).click()
    expect(scene.page.get_by_text("Bruno Reis")).to_have_count(0)


@state("inbox-not-found")
def nothing_found(scene: Scene) -> None:
    conversations(scene)
    scene.page.get_by_role("searchbox").fill("orquídea")
    scene.says("inbox:empty.found", q="orquídea")


@state("inbox-found")
def found(scene: Scene) -> None:
    conversations(scene)
    scene.page.get_by_role("searchbox").fill("helena")
    expect(scene.page.get_by_text("Bruno Reis")).to_have_count(0)


@state("inbox-loading")
def loading(scene: Scene) -> None:
    scene.waits("/conversations/[^/]+")
    scene.open()
    expect(scene.page.get_by_text(scene.word("inbox:list.loading")).first).to_be_attached()


@state("inbox-error", "status of 400")
def error(scene: Scene) -> None:
    scene.refuses("/conversations/[^/]+", "unexpected", 400)
    scene.open()
    scene.says("common:failed.title")


@state("inbox-account-dead")
def account_dead(scene: Scene) -> None:
    scene.changes("/accounts", _dead)
    accounts_menu(scene)
    scene.page.get_by_role("menuitemradio").filter(has_text="Casa Verde Plantas").click()
    scene.says("inbox:account.reauth_required", name="Casa Verde Plantas")


def _dead(answer: dict[str, Any]) -> dict[str, Any]:
    for one in answer["accounts"]:
        one["status"] = "reauth_required" if one["platform"] == "instagram" else "disconnected"
    return answer


@state("inbox-offline", "WebSocket", "INTERNET_DISCONNECTED", "CONNECTION_REFUSED", "status of 503")
def offline(scene: Scene) -> None:
    scene.refuses("/live/tickets", "unavailable")
    conversations(scene)
    scene.says("common:live.waiting")


@state("preferences")
def preferences(scene: Scene) -> None:
    conversations(scene)
    scene.button("common:preferences.label").click()
    expect(scene.page.get_by_role("menu")).to_be_visible()


@state("conversation-unknown", "status of 404")
def unknown(scene: Scene) -> None:
    scene.refuses("/conversations/[^/]+/12345", "not_found", 404)
    scene.open(f"{scene.shop.path('Marina').rpartition('/')[0]}/12345")
    scene.says("inbox:open.noConversation")


@state("conversation-of-no-account", "status of 404")
def unknown_account(scene: Scene) -> None:
    scene.open("/inbox/01a2226a-0000-7000-8000-000000000000/12345")
    scene.says("inbox:open.noAccount")
