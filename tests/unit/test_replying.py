"""An answer names what it answers by Meta's id alone, or is refused before anything is kept."""

from collections.abc import Awaitable, Callable

import pytest

from meta_inbox.domain.errors import RefusalKind, Refused
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import Unsent
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.sending import Failed
from meta_inbox.domain.model.webhook import ItemKind
from tests.contracts.parts import all_sent, part, put, settled
from tests.contracts.scene import ANA, OOPS, Scene, echo, says, wrote
from tests.unit.doubles import AGENT, World

HELLO = TextContent(text="Your order ships today")


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


async def answer(world: World, page: Account, asked: Message) -> Message:
    return await world.send(by=AGENT, account=page.id, contact=ANA, content=HELLO, reply_to=asked.id)


async def newest(scene: Scene, page: Account) -> Message:
    return (await scene.messages(page))[0]


async def tapped(scene: Scene, page: Account) -> Message:
    """A button of ours that Ana tapped, of which Meta gave no id."""
    await scene.happens(wrote("pb:1", None, type="postback", sent_at=scene.now))
    return await newest(scene, page)


async def noticed(scene: Scene, page: Account) -> Message:
    """A notice, which is no message at Meta at all."""
    await scene.happens(wrote("ev:1", None, kind=ItemKind.NOTICE, type="thread_control", opens=None))
    return next(one for one in await scene.messages(page) if one.type == "thread_control")


async def taken_back(scene: Scene, page: Account) -> Message:
    """What Ana unsent."""
    await scene.happens(says(Unsent(), "m-1"))
    return await newest(scene, page)


async def waiting(scene: Scene, page: Account) -> Message:
    """An answer that has not left."""
    return await scene.answers(page)


async def failed_in_parts(scene: Scene, page: Account) -> Message:
    """An answer of which Meta refused the first part."""
    whole = await put(scene, page)
    await settled(scene, whole, 0, Failed(error=OOPS))
    return whole


@pytest.mark.parametrize(
    ("asked", "code", "kind"),
    [
        (tapped, "not_supported_here", RefusalKind.CONTENT),
        (noticed, "not_supported_here", RefusalKind.CONTENT),
        (taken_back, "message_deleted", RefusalKind.STATE),
        (waiting, "message_not_sent", RefusalKind.STATE),
        (failed_in_parts, "message_not_sent", RefusalKind.STATE),
    ],
)
async def test_what_meta_has_no_id_of_is_not_answered(
    world: World,
    page: Account,
    asked: Callable[[Scene, Account], Awaitable[Message]],
    code: str,
    kind: RefusalKind,
) -> None:
    answered = await asked(world.scene, page)
    before = len(world.store.messages)
    with pytest.raises(Refused) as refused:
        await answer(world, page, answered)
    assert (refused.value.code, refused.value.kind) == (code, kind)
    assert (len(world.store.messages), world.graph.sent) == (before, [])


@pytest.mark.parametrize("index", [None, 2])
async def test_an_answer_to_a_text_in_parts_names_its_first(
    world: World, page: Account, index: int | None
) -> None:
    whole = await all_sent(world.scene, page)
    asked = whole.id if index is None else part(whole, index)
    message = await world.send(by=AGENT, account=page.id, contact=ANA, content=HELLO, reply_to=asked)
    assert world.graph.sent == [(HELLO, "m-0")]
    assert message.reply_to is not None
    assert message.reply_to.id == whole.id


async def test_what_was_written_elsewhere_may_be_answered(world: World, page: Account) -> None:
    await world.scene.happens(echo("m-2", "from the phone", sent_at=world.clock.now()))
    await answer(world, page, await newest(world.scene, page))
    assert world.graph.sent == [(HELLO, "m-2")]
