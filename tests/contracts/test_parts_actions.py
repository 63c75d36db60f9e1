"""What is done to a message in parts, and what is told of it, at its parts and seen on the whole."""

import pytest

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.sending import Failed, Unknown
from meta_inbox.domain.use_cases.react_to_message import ReactToMessage
from tests.contracts.backstage import Stores
from tests.contracts.parts import all_sent, part, put, sending, sent, settled
from tests.contracts.scene import ANA, BEA, CASA, OOPS, Scene, echo, wrote
from tests.contracts.yes_actions import YesActions

AGENT = Principal(CASA, BEA)


@pytest.fixture
async def account(scene: Scene) -> Account:
    found = await scene.connected()
    await scene.happens(wrote("m-a", sent_at=scene.now))
    return found


@pytest.fixture
async def whole(scene: Scene, account: Account) -> Message:
    """An answer of which Meta has every part."""
    return await all_sent(scene, account)


async def shown(scene: Scene, whole: Message) -> list[list[str]]:
    """The reactions to each part."""
    found = await scene.message(whole)
    standing = [[one.reaction for one in each.reactions if one.reaction] for each in found.parts]
    assert [each.reaction for each in found.shown_reactions] == [one for each in standing for one in each]
    return standing


@pytest.mark.parametrize("index", [None, 1])
async def test_a_reaction_is_noted_where_meta_has_it_and_taken_back(
    scene: Scene, stores: Stores, whole: Message, index: int | None
) -> None:
    """Whether the whole is named, or one of its parts."""
    meta = YesActions()
    reacts = ReactToMessage(
        accounts=stores.accounts, conversations=stores.conversations, actions=meta, clock=stores.clock
    )
    named = whole.id if index is None else part(whole, index)
    for reaction, noted in (("love", ["love"]), ("wow", ["wow"]), (None, []), (None, [])):
        await reacts(by=AGENT, account=whole.account_id, contact=ANA, message=named, reaction=reaction)
        assert await shown(scene, whole) == [noted, [], []]
    assert [call[2] for call in meta.calls] == ["m-0"] * 4
    assert (await scene.message(whole)).text == whole.text


async def test_every_part_comes_from_the_same_persona(scene: Scene, stores: Stores, account: Account) -> None:
    whole = await put(scene, account, persona="77")
    for index in range(3):
        claim = await sending(scene, whole, index)
        assert claim.message.details == {"persona_id": "77"}
        await stores.outbox.settle(claim, sent(index))
    assert (await scene.message(whole)).details == {"persona_id": "77"}


async def test_a_part_that_went_again_is_told_of_the_whole(
    scene: Scene, stores: Stores, account: Account
) -> None:
    whole = await put(scene, account, persona="77")
    await settled(scene, whole, 0, Failed(error=OOPS))
    for times in (1, 2):
        await stores.outcomes.put_back(CASA, [part(whole, 0)], human_agent=False)
        await settled(scene, whole, 0, Failed(error=OOPS))
        assert (await scene.message(whole)).details == {"persona_id": "77", "resent": times}
    assert (await scene.messages(account))[0].details == {"persona_id": "77", "resent": 2}


async def test_a_part_that_was_found_by_its_content_is_told_of_the_whole(
    scene: Scene, stores: Stores, account: Account
) -> None:
    whole = await put(scene, account)
    unknown = await settled(scene, whole, 0, Unknown(error=OOPS))
    await stores.outcomes.settle(unknown, [echo("m-there", whole.parts[0].text, sent_at=scene.now)])
    found = await scene.message(whole)
    assert (found.meta_message_id, found.details) == ("m-there", {"matched_by": "content"})
