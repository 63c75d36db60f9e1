"""Short ways to say what happens to a message in parts, on any store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import ContactId, MessageId, MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin, ReplyTo
from meta_inbox.domain.model.parts import in_parts
from meta_inbox.domain.model.sending import Claim, Once, Outcome, Sent
from meta_inbox.domain.model.splitting import Piece
from tests.contracts.scene import ANA, BEA, CASA, Scene

PIECES = (
    Piece(before=" ", text="one"),
    Piece(before="\r\n", text="two"),
    Piece(before="  ", text="three", after="\n"),
)
TEXT = " one\r\ntwo  three\n"


async def put(
    scene: Scene,
    account: Account,
    *,
    pieces: Sequence[Piece] = PIECES,
    contact: ContactId = ANA,
    reply_to: ReplyTo | None = None,
    once: Once | None = None,
    persona: str | None = None,
) -> Message:
    """An agent's answer in parts is put into the outbox."""
    content = TextContent(text="".join(each.before + each.text + each.after for each in pieces))
    message = Message.queued(
        ids=(scene.stores.ids.new(), scene.stores.ids.new()),
        tenant=account.tenant_id,
        account=account.id,
        contact=contact,
        content=content,
        human_agent=True,
        reply_to=reply_to,
        origin=Origin.AGENT,
        sent_by=BEA,
        now=scene.now,
        details=None if persona is None else {"persona_id": persona},
    )
    whole = in_parts(message, pieces, scene.stores.ids.new)
    await scene.stores.outbox.put(whole, content, reply_to.meta_message_id if reply_to else None, once)
    return whole


async def sending(scene: Scene, whole: Message, index: int) -> Claim:
    """A part on its way."""
    claim = await scene.stores.outbox.claim(CASA, part(whole, index))
    assert claim is not None
    return claim


async def settled(scene: Scene, whole: Message, index: int, outcome: Outcome | None = None) -> Message:
    """What came of sending a part, by default that Meta has it; the part as it then is."""
    claim = await sending(scene, whole, index)
    return await scene.stores.outbox.settle(claim, outcome or sent(index))


async def all_sent(scene: Scene, account: Account) -> Message:
    """An answer of which Meta has every part, as ``m-0`` and so on."""
    whole = await put(scene, account)
    for each in whole.parts:
        await settled(scene, whole, each.index)
    return await scene.message(whole)


async def aged(scene: Scene, whole: Message, by: timedelta) -> None:
    """As if all about the message and its parts had happened earlier."""
    for id_ in (whole.id, *(each.id for each in whole.parts)):
        await scene.stores.backstage.age_message(replace(whole, id=id_), by)


def sent(index: int) -> Sent:
    """Meta has the part."""
    return Sent(meta_message_id=MetaMessageId(f"m-{index}"))


def part(whole: Message, index: int) -> MessageId:
    """The part's own id."""
    return whole.parts[index].id


def states(whole: Message) -> list[MessageStatus]:
    """The parts' states."""
    return [each.status for each in whole.parts]
