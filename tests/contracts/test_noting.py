"""What was done at Meta from here is noted once, whoever tells of it, and nobody else's is touched."""

from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import OwnerChanged, Party, Reacted, Unsent
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.reacting import by_account
from tests.contracts.backstage import Stores
from tests.contracts.scene import ANA, CASA, RIVAL, RUI, Scene, says, wrote

UPDATED, TALK = EventType.MESSAGE_UPDATED, EventType.CONVERSATION_UPDATED
SECOND = timedelta(seconds=1)
LOVE, NONE = by_account("love"), by_account(None)


@pytest.fixture
async def account(scene: Scene) -> Account:
    return await scene.connected()


@pytest.fixture
async def message(scene: Scene, account: Account) -> Message:
    """What Ana wrote."""
    await scene.happens(wrote("m-1"))
    return (await scene.messages(account))[0]


async def shown(scene: Scene, message: Message) -> list[tuple[Party, str | None, str | None]]:
    found = (await scene.message(message)).shown_reactions
    return [(each.by, each.reaction, each.emoji) for each in found]


async def note(
    stores: Stores, message: Message, change: Reacted, *, late: timedelta = timedelta(), scene: Scene
) -> None:
    where = (CASA, message.account_id, ANA, message.id)
    await stores.conversations.note(*where, change=change, at=scene.now + late)


async def test_a_reaction_is_noted_told_and_taken_back(
    scene: Scene, stores: Stores, message: Message
) -> None:
    await note(stores, message, LOVE, scene=scene)
    assert await shown(scene, message) == [(Party.ACCOUNT, "love", "❤️")]
    assert (await scene.told())[-1] == (UPDATED, message.id)
    await note(stores, message, NONE, late=SECOND, scene=scene)
    assert await shown(scene, message) == []
    assert [kind for kind, _ in await scene.told()].count(UPDATED) == 2


async def test_what_meta_tells_back_of_it_is_nothing_new(
    scene: Scene, stores: Stores, message: Message
) -> None:
    await note(stores, message, LOVE, late=SECOND, scene=scene)
    told = await scene.told()
    await scene.happens(says(LOVE, "m-1", sent_at=scene.now))
    assert await shown(scene, message) == [(Party.ACCOUNT, "love", "❤️")]
    assert await scene.told() == told


async def test_what_meta_tells_back_late_does_not_undo_what_was_done_since(
    scene: Scene, stores: Stores, message: Message
) -> None:
    made_at = scene.now
    await note(stores, message, LOVE, late=SECOND, scene=scene)
    await note(stores, message, NONE, late=2 * SECOND, scene=scene)
    await scene.happens(says(LOVE, "m-1", sent_at=made_at))
    assert await shown(scene, message) == []


async def test_it_stands_beside_the_contacts_own(scene: Scene, stores: Stores, message: Message) -> None:
    await scene.happens(says(Reacted(by=Party.CONTACT, reaction="wow"), "m-1", sent_at=scene.now))
    await note(stores, message, LOVE, scene=scene)
    assert [by for by, *_ in await shown(scene, message)] == [Party.ACCOUNT, Party.CONTACT]
    await note(stores, message, NONE, late=SECOND, scene=scene)
    assert [by for by, *_ in await shown(scene, message)] == [Party.CONTACT]


async def test_a_message_that_was_taken_back_keeps_nothing(
    scene: Scene, stores: Stores, message: Message
) -> None:
    await scene.happens(says(Unsent(), "m-1"))
    await note(stores, message, LOVE, late=SECOND, scene=scene)
    assert await shown(scene, message) == []


async def test_nobody_elses_message_is_touched(
    scene: Scene, stores: Stores, account: Account, message: Message
) -> None:
    nothing = MessageId(stores.ids.new())
    wrong = (
        (RIVAL, account.id, ANA, message.id),
        (CASA, account.id, RUI, message.id),
        (CASA, AccountId("x"), ANA, message.id),
        (CASA, account.id, ANA, nothing),
        (CASA, account.id, ANA, MessageId("x")),
        (CASA, account.id, ContactId("a\0"), message.id),
    )
    for where in wrong:
        with pytest.raises(NotFound):
            await stores.conversations.note(*where, change=LOVE, at=scene.now)
    assert await shown(scene, message) == []


async def told_of_talks(stores: Stores) -> int:
    return [event.type for event in await stores.backstage.events(CASA)].count(TALK)


@pytest.mark.usefixtures("message")
class TestThreads:
    """Who has a conversation."""

    async def hands(
        self, stores: Stores, account: Account, scene: Scene, owner: str | None, late: int = 0
    ) -> None:
        at = scene.now + late * SECOND
        await stores.conversations.hand_over(CASA, account.id, ANA, owner=owner, at=at)

    async def test_it_is_passed_on_taken_and_released(
        self, scene: Scene, stores: Stores, account: Account
    ) -> None:
        for late, owner in enumerate(("77", "self", None)):
            await self.hands(stores, account, scene, owner, late)
            assert (await scene.conversation(account)).thread_owner == owner
        assert await told_of_talks(stores) == 3

    async def test_the_same_owner_again_is_nothing_new(
        self, scene: Scene, stores: Stores, account: Account
    ) -> None:
        await self.hands(stores, account, scene, "self")
        await self.hands(stores, account, scene, "self", 1)
        assert await told_of_talks(stores) == 1

    async def test_what_meta_tells_later_stands(self, scene: Scene, stores: Stores, account: Account) -> None:
        await self.hands(stores, account, scene, "self")
        await scene.happens(says(OwnerChanged(owner="77"), sent_at=scene.now + SECOND))
        await self.hands(stores, account, scene, "self")
        assert (await scene.conversation(account)).thread_owner == "77"

    async def test_nobody_elses_conversation_is_touched(
        self, scene: Scene, stores: Stores, account: Account
    ) -> None:
        wrong = (
            (RIVAL, account.id, ANA),
            (CASA, account.id, RUI),
            (CASA, AccountId("x"), ANA),
            (CASA, account.id, ContactId("a\0")),
        )
        for where in wrong:
            with pytest.raises(NotFound):
                await stores.conversations.hand_over(*where, owner="77", at=scene.now)
        assert (await scene.conversation(account)).thread_owner is None
