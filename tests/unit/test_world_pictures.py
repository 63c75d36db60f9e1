"""Pictures that are drawn here are pictures to everybody else."""

import pytest

from meta_inbox.adapters.meta_graph.media_kind import as_file
from meta_inbox.adapters.meta_graph.world_pictures import SCENES, picture, scene
from tests.unit.world_stage import new_world


@pytest.mark.parametrize("drawn", [picture("ana"), *(scene(name) for name in SCENES)])
def test_what_is_drawn_is_a_png(drawn: bytes) -> None:
    assert as_file(drawn).content_type == "image/png"


def test_no_two_scenes_are_alike() -> None:
    assert len({scene(name) for name in SCENES}) == len(SCENES) > 3


def test_each_scene_is_served_at_its_address_and_nothing_else() -> None:
    world = new_world()
    for one in world.media.scenes():
        served = world.media.answer(one["url"].removeprefix(world.ground.media_url))
        assert (served.status, served.content) == (200, scene(one["name"]))
    assert world.media.answer("/media/scenes/moon.png").status == 404
