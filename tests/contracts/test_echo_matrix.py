"""Answer, echo, reading: whatever comes in whatever order, what the contact has is what is shown, once."""

import random
from itertools import permutations

import pytest

from meta_inbox.domain.model.message import MessageStatus
from tests.contracts.echo_plays import Play, account_of, improvise
from tests.contracts.scene import Scene

PLATFORMS = pytest.mark.parametrize("instagram", [False, True], ids=["messenger", "instagram"])
ORDERS = sorted(set(permutations(("outcome", "echo", "echo", "read", "check"))))
WITH_ANOTHER = sorted(set(permutations(("outcome", "echo", "native", "read", "check"))))


async def play_through(play: Play, order: tuple[str, ...], *, answered: bool) -> None:
    """The steps in this order; the contact had the message from the beginning."""
    mine = play.arrives()
    other = play.arrives(here=False) if "native" in order else None
    for step in order:
        match step:
            case "outcome":
                await (play.answers(mine) if answered else play.is_lost())
            case "read":
                await play.is_read()
            case "check":
                await play.is_checked()
            case _:
                await play.is_echoed(mine if step == "echo" else other or mine)
    await play.ends()


@PLATFORMS
@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize(
    "order",
    [
        ("outcome", "echo"),
        ("echo", "outcome"),
        ("echo", "outcome", "echo"),
        ("outcome", "echo", "echo"),
        ("outcome", "read"),
        ("outcome", "check"),
    ],
)
async def test_one_message_is_sent(
    scene: Scene, instagram: bool, answered: bool, order: tuple[str, ...]
) -> None:
    play = await Play.begins(scene, await account_of(scene, instagram=instagram), "7001")
    await play_through(play, order, answered=answered)
    assert (await play.own()).status is MessageStatus.SENT
    await play.is_true(order)


@PLATFORMS
async def test_without_answer_echo_and_reading_it_stays_unknown(scene: Scene, instagram: bool) -> None:
    play = await Play.begins(scene, await account_of(scene, instagram=instagram), "7001")
    await play_through(play, ("outcome",), answered=False)
    assert (await play.own()).status is MessageStatus.UNKNOWN


@PLATFORMS
@pytest.mark.parametrize("sent_elsewhere", ["before", "after"])
async def test_the_same_text_from_metas_own_app_is_another_message(
    scene: Scene, instagram: bool, sent_elsewhere: str
) -> None:
    play = await Play.begins(scene, await account_of(scene, instagram=instagram), "7001")
    order = ("native", "outcome", "echo") if sent_elsewhere == "before" else ("outcome", "echo", "native")
    await play_through(play, order, answered=True)
    own = await play.own()
    assert play.at_meta[str(own.meta_message_id)], "ours is the one that was sent from here"
    await play.is_true(order)


@PLATFORMS
@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("orders", [ORDERS, WITH_ANOTHER], ids=["alone", "another"])
async def test_every_order_ends_in_the_truth(
    scene: Scene,
    instagram: bool,
    answered: bool,
    orders: list[tuple[str, ...]],
    request: pytest.FixtureRequest,
) -> None:
    account = await account_of(scene, instagram=instagram)
    sparing = orders is WITH_ANOTHER and request.node.get_closest_marker("real") is not None
    for number, order in enumerate(orders[:: 3 if sparing else 1]):
        play = await Play.begins(scene, account, f"p{number}")
        await play_through(play, order, answered=answered)
        assert (await play.own()).status is MessageStatus.SENT, order
        await play.is_true(order)


@PLATFORMS
async def test_whatever_happens_the_truth_is_shown(
    scene: Scene, instagram: bool, request: pytest.FixtureRequest
) -> None:
    real = request.node.get_closest_marker("real") is not None
    account = await account_of(scene, instagram=instagram)
    for seed in range(40 if real else 400):
        play = await Play.begins(scene, account, f"r{seed}")
        done = await improvise(play, random.Random(seed), steps=8)
        await play.is_true((seed, done))
