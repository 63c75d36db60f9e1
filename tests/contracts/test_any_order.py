"""The same end whatever the order: every order of short histories, and random ones of long."""

import random
from itertools import permutations

import pytest

from tests.contracts.histories import HISTORIES, digest, of_contact, random_history
from tests.contracts.scene import Scene

LONG = 30


async def play(scene: Scene, orders: dict[str, list[int]], history: str | None, *, chunk: int = 50) -> None:
    """Each contact has the same history in an order of its own; those of all go on side by side."""
    events = HISTORIES[history] if history is not None else ()
    length = len(events)
    for step in range(length):
        names = list(orders)
        for start in range(0, len(names), chunk):
            batch = names[start : start + chunk]
            await scene.comes(*(of_contact(events[orders[name][step]], name) for name in batch))
        await scene.settle_down()


@pytest.mark.parametrize("history", HISTORIES)
async def test_every_order_of_a_history_ends_the_same(scene: Scene, history: str) -> None:
    account = await scene.connected()
    orders = {
        f"p{number}": list(order) for number, order in enumerate(permutations(range(len(HISTORIES[history]))))
    }
    await play(scene, orders, history)
    expected = await digest(scene, account, "p0")
    for name, order in orders.items():
        assert await digest(scene, account, name) == expected, order


@pytest.mark.parametrize("seed", range(8))
async def test_long_histories_end_the_same_in_random_orders(
    scene: Scene, seed: int, request: pytest.FixtureRequest
) -> None:
    account = await scene.connected()
    real = request.node.get_closest_marker("real") is not None
    for number in range(6 if real else 100):
        events = random_history(seed * 1000 + number, LONG)
        dice = random.Random(number)
        names = [f"h{number}-{order}" for order in range(4)]
        for name in names:
            shuffled = [*events]
            if name != names[0]:
                dice.shuffle(shuffled)
            while shuffled:
                cut = dice.randrange(1, 9)
                await scene.comes(*(of_contact(event, name) for event in shuffled[:cut]))
                shuffled = shuffled[cut:]
                if dice.random() < 0.5:
                    await scene.settle_down()
        await scene.settle_down()
        expected = await digest(scene, account, names[0])
        for name in names[1:]:
            assert await digest(scene, account, name) == expected, (seed, number, name)
