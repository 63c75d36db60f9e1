"""Of the place to write in."""

from typing import Any

from playwright.sync_api import FilePayload, Route, expect

from meta_inbox.adapters.meta_graph.world_pictures import scene as picture
from tests.web.scene import Scene
from tests.web.shop import LONG
from tests.web.states import state
from tests.web.states_thread import conversation


@state("composer-written")
def written(scene: Scene) -> None:
    scene.talk("Sônia")
    scene.box().fill(
        "Oi, Sônia! No sábado atendemos das 9h às 16h.\nQuer que eu separe alguma planta para você? 🌿"
    )


@state("composer-soon-closed")
def soon_closed(scene: Scene) -> None:
    scene.talk("Cecília")
    scene.box()


@state("composer-human-agent")
def human_agent(scene: Scene) -> None:
    scene.talk("Otávio")
    scene.says("composer:window.humanChoice")


@state("composer-closed")
def closed(scene: Scene) -> None:
    scene.talk("Lívia")
    scene.says("composer:closed.expired.title")


@state("composer-account-dead")
def account_dead(scene: Scene) -> None:
    scene.changes("/accounts", _dead)
    scene.talk("Marina")
    scene.says("composer:closed.reauth_required.title")


def _dead(answer: dict[str, Any]) -> dict[str, Any]:
    for one in answer["accounts"]:
        one["status"] = "reauth_required"
    return answer


@state("composer-look-only")
def look_only(scene: Scene) -> None:
    scene.open(scene.shop.path("Marina"), scope="messages:read")
    scene.says("composer:closed.scope.title")


@state("composer-too-long")
def too_long(scene: Scene) -> None:
    scene.talk("Marina")
    scene.box().fill(LONG * 4)
    expect(
        scene.page.get_by_role("button", name=scene.word("composer:long.send_other", count=2))
    ).to_be_visible()


@state("composer-reply")
def reply(scene: Scene) -> None:
    conversation(scene)
    message = scene.message("Quanto fica o frete?")
    message.focus()
    message.get_by_role("button", name=scene.word("thread:menu.label")).click()
    scene.item("thread:menu.reply").click()
    expect(scene.button("composer:reply.cancel")).to_be_visible()


@state("composer-files")
def files(scene: Scene) -> None:
    """One is there, one on its way, one refused."""
    scene.talk("Marina")
    scene.box()
    sent = 0

    scene.held.append("the second file")

    def hold_the_second(route: Route) -> None:
        nonlocal sent
        sent += route.request.method == "POST"
        if sent < 2:
            route.fallback()

    scene.page.route("**/api/meta/media**", hold_the_second)
    with scene.page.expect_file_chooser() as chooser:
        scene.button("composer:attach").click()
    chooser.value.set_files(
        [
            FilePayload(name="jardim.png", mimeType="image/png", buffer=picture("garden")),
            FilePayload(name="catalogo-de-outono.png", mimeType="image/png", buffer=picture("sea")),
            FilePayload(name="planta.svg", mimeType="image/svg+xml", buffer=b"<svg/>"),
        ]
    )
    expect(scene.button("composer:files.remove", name="jardim.png")).to_be_visible()


@state("composer-emoji")
def emoji(scene: Scene) -> None:
    scene.talk("Marina")
    scene.button("composer:emojiOpen").click()
    expect(
        scene.page.get_by_role("button", name="😀").or_(scene.page.get_by_text("😀")).first
    ).to_be_visible()


@state("composer-canned")
def canned(scene: Scene) -> None:
    scene.talk("Marina")
    scene.box().press_sequentially("/")
    expect(scene.page.get_by_role("option").first).to_be_visible()


@state("composer-more")
def more(scene: Scene) -> None:
    scene.talk("Marina")
    scene.button("composer:more").click()
    expect(scene.page.get_by_role("menu")).to_be_visible()


@state("builder-buttons")
def buttons(scene: Scene) -> None:
    _builder(scene, "composer:addButtons")
    dialog = scene.page.get_by_role("dialog")
    dialog.locator("textarea, input").first.fill("Como podemos ajudar?")
    scene.button("composer:builder.buttons.add").click()


@state("builder-quick-replies")
def quick_replies(scene: Scene) -> None:
    _builder(scene, "composer:addQuickReplies")


@state("builder-cards")
def cards(scene: Scene) -> None:
    _builder(scene, "composer:addCards")


def _builder(scene: Scene, key: str) -> None:
    more(scene)
    scene.item(key).click()
    expect(scene.page.get_by_role("dialog").locator("input, textarea").first).to_be_visible()


@state("canned-replies")
def canned_replies(scene: Scene) -> None:
    scene.open("/canned-replies")
    expect(scene.page.get_by_text("/pix").first).to_be_visible()


@state("canned-replies-none")
def no_canned_reply(scene: Scene) -> None:
    scene.open("/canned-replies", tenant="shop-of-nobody")
    scene.says("canned-replies:empty.title")


@state("canned-replies-not-found")
def no_such_reply(scene: Scene) -> None:
    canned_replies(scene)
    scene.page.get_by_role("searchbox").fill("orquídea")
    scene.says("canned-replies:noneFound.text")


@state("canned-replies-edit")
def edit_reply(scene: Scene) -> None:
    canned_replies(scene)
    scene.button("canned-replies:edit", shortcut="/pix").click()
    expect(scene.page.get_by_role("dialog")).to_be_visible()


@state("canned-replies-delete")
def delete_reply(scene: Scene) -> None:
    canned_replies(scene)
    scene.button("canned-replies:delete", shortcut="/pix").click()
    expect(scene.page.get_by_role("dialog")).to_be_visible()


@state("canned-replies-error", "status of 400")
def replies_error(scene: Scene) -> None:
    scene.refuses("/canned-replies", "unexpected", 400)
    scene.open("/canned-replies")
    scene.says("common:failed.title")
