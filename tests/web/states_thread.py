"""Of a conversation: every kind of message, and what opens from them."""

from typing import Any

from playwright.sync_api import expect

from tests.web.scene import Scene
from tests.web.states import state


@state("conversation")
def conversation(scene: Scene) -> None:
    scene.talk("Marina")
    scene.box()


@state("conversation-edits")
def edits(scene: Scene) -> None:
    conversation(scene)
    scene.page.get_by_role("button", name=scene.word("thread:meta.editedLabel")).click()
    expect(scene.page.get_by_role("region", name=scene.word("thread:edits.title"))).to_be_visible()


@state("conversation-tools")
def tools(scene: Scene) -> None:
    conversation(scene)
    _menu(scene, "Quanto fica o frete?")


def _menu(scene: Scene, text: str) -> None:
    message = scene.message(text)
    message.focus()
    button = message.get_by_role("button", name=scene.word("thread:menu.label"))
    button.click()
    expect(scene.page.get_by_role("menu")).to_be_visible()


@state("conversation-reactions")
def reactions(scene: Scene) -> None:
    scene.talk("Sônia")
    message = scene.message("Qual o horário de vocês no sábado?")
    message.focus()
    message.get_by_role("button", name=scene.word("thread:reactions.add")).click()
    expect(scene.page.get_by_role("menu")).to_be_visible()


@state("conversation-details", hides="dl > div:nth-last-child(-n + 2) dd")
def details(scene: Scene) -> None:
    conversation(scene)
    _menu(scene, "Perto do metrô")
    scene.item("thread:menu.details").click()
    expect(scene.page.get_by_role("dialog")).to_be_visible()


@state("conversation-kinds-end")
def kinds(scene: Scene) -> None:
    scene.talk("Helena")
    scene.box()
    scene.message("Adorei").scroll_into_view_if_needed()


@state("conversation-kinds-middle", hides="video")
def kinds_middle(scene: Scene) -> None:
    kinds(scene)
    _up(scene, 620)


@state("conversation-kinds-begin")
def kinds_begin(scene: Scene) -> None:
    kinds(scene)
    _up(scene, 5000)
    _up(scene, 5000)


def _up(scene: Scene, pixels: int) -> None:
    scene.settles()
    scene.page.get_by_role("log").first.evaluate(_SCROLL, -pixels)
    scene.settles()


_SCROLL = """(log, by) => {
  let box = log;
  while (box && !(box.scrollHeight > box.clientHeight + 4 && getComputedStyle(box).overflowY !== "visible"))
    box = box.parentElement;
  box?.scrollBy(0, by);
}"""


@state("lightbox")
def lightbox(scene: Scene) -> None:
    kinds_begin(scene)
    scene.page.get_by_role("button", name=scene.word("thread:media.open", number=1, count=4)).press("Enter")
    expect(scene.page.get_by_role("dialog")).to_be_visible()


@state("conversation-messenger")
def messenger(scene: Scene) -> None:
    scene.talk("Paulo")
    scene.box()


@state("conversation-sent-end")
def sent(scene: Scene) -> None:
    scene.talk("Bruno")
    scene.box()


@state("conversation-sent-begin")
def sent_begin(scene: Scene) -> None:
    sent(scene)
    _up(scene, 5000)


@state("conversation-not-sent")
def not_sent(scene: Scene) -> None:
    scene.talk("Yara")
    scene.box()


@state("conversation-resend")
def resend(scene: Scene) -> None:
    not_sent(scene)
    scene.message("Posso reservar").get_by_role("button", name=scene.word("thread:unknown.resend")).click()
    expect(scene.page.get_by_role("dialog")).to_be_visible()


@state("conversation-queued")
def queued(scene: Scene) -> None:
    scene.talk("Igor")
    scene.box()


@state("conversation-imported")
def imported(scene: Scene) -> None:
    scene.talk("Antônia")


@state("conversation-comment")
def comment(scene: Scene) -> None:
    scene.talk("Davi, in public")


@state("conversation-comment-answer")
def comment_answer(scene: Scene) -> None:
    comment(scene)
    scene.button("thread:comment.replyPrivate").click()
    expect(scene.page.get_by_role("dialog")).to_be_visible()


@state("conversation-other-app")
def other_app(scene: Scene) -> None:
    """Another app has the conversation, and what came meanwhile is marked."""
    scene.changes("/conversations/[^/]+/[^/]+", lambda one: one | {"thread_owner": "263902037430900"})
    scene.changes("/messages/[^/]+/[^/]+", _standby)
    scene.talk("Sônia")


def _standby(answer: dict[str, Any]) -> dict[str, Any]:
    for one in answer["messages"]:
        one["standby"] = True
    return answer


@state("conversation-loading")
def loading(scene: Scene) -> None:
    scene.waits("/messages/[^/]+/[^/]+")
    scene.open(scene.shop.path("Marina"))
    expect(scene.page.get_by_text(scene.word("thread:loading")).first).to_be_attached()


@state("conversation-error", "status of 400")
def error(scene: Scene) -> None:
    scene.refuses("/messages/[^/]+/[^/]+", "unexpected", 400)
    scene.open(scene.shop.path("Marina"))
    scene.says("common:failed.title")


@state("contact")
def contact(scene: Scene) -> None:
    kinds(scene)
    scene.button("inbox:open.showContact").click() if scene.button("inbox:open.showContact").count() else None
    scene.says("inbox:contact.window")
