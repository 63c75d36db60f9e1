"""What agents answer again and again, as it is kept."""

import asyncio
from dataclasses import replace

import pytest

from meta_inbox.domain.errors import NotFound, ShortcutTaken, TooManyCannedReplies
from meta_inbox.domain.model.canned_reply import MOST_CANNED_REPLIES, CannedReplyId
from tests.contracts.backstage import Stores
from tests.contracts.scene import CASA, RIVAL, Scene


async def test_they_are_kept_as_they_were_made_and_sorted_by_shortcut(scene: Scene, stores: Stores) -> None:
    made = {
        shortcut: await scene.canned(shortcut, text=f"{shortcut} 🥕\n{{{{contact.name}}}}")
        for shortcut in ("Pix", "bom-dia", "Área", "prazo", "bom_dia", "10")
    }
    order = ["10", "bom-dia", "bom_dia", "Pix", "prazo", "Área"]
    assert await stores.canned_replies.list(CASA) == [made[shortcut] for shortcut in order]


async def test_what_is_changed_is_changed_and_nothing_else(scene: Scene, stores: Stores) -> None:
    made, other = await scene.canned("pix"), await scene.canned("prazo")
    changed = await stores.canned_replies.change(CASA, made.id, shortcut=None, text="A chave")
    assert changed == replace(made, text="A chave")
    renamed = await stores.canned_replies.change(CASA, made.id, shortcut="zap", text=None)
    assert renamed == replace(changed, shortcut="zap")
    assert await stores.canned_replies.change(CASA, made.id, shortcut=None, text=None) == renamed
    assert await stores.canned_replies.list(CASA) == [other, renamed]


@pytest.mark.parametrize(
    ("one", "other"), [("pix", "PIX"), ("Preço", "PREÇO"), ("Ελλάς", "ΕΛΛΆΣ"), ("ß", "SS")]
)
async def test_the_case_of_letters_makes_no_other_shortcut(
    scene: Scene, stores: Stores, one: str, other: str
) -> None:
    made = await scene.canned(one)
    with pytest.raises(ShortcutTaken):
        await scene.canned(other)
    second = await scene.canned("second")
    with pytest.raises(ShortcutTaken):
        await stores.canned_replies.change(CASA, second.id, shortcut=other, text="lost")
    assert set(await stores.canned_replies.list(CASA)) == {made, second}


async def test_its_own_shortcut_may_be_written_otherwise(scene: Scene, stores: Stores) -> None:
    made = await scene.canned("pix")
    changed = await stores.canned_replies.change(CASA, made.id, shortcut="PIX", text=None)
    assert changed == replace(made, shortcut="PIX")


async def test_of_several_at_once_one_has_the_shortcut(scene: Scene, stores: Stores) -> None:
    found = await asyncio.gather(*(scene.canned("pix") for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(each, ShortcutTaken) for each in found) == 4
    assert len(await stores.canned_replies.list(CASA)) == 1


async def test_a_deleted_one_is_gone_and_its_shortcut_free(scene: Scene, stores: Stores) -> None:
    made = await scene.canned("pix")
    await stores.canned_replies.delete(CASA, made.id)
    assert await stores.canned_replies.list(CASA) == []
    with pytest.raises(NotFound):
        await stores.canned_replies.delete(CASA, made.id)
    with pytest.raises(NotFound):
        await stores.canned_replies.change(CASA, made.id, shortcut=None, text="x")
    await scene.canned("pix")


@pytest.mark.parametrize("id_", ["", "nonsense", "0199d2a0-6c1e-7b6f-9a5b-3f1f5d0c7e11"])
async def test_an_id_that_is_none_is_not_found(stores: Stores, id_: str) -> None:
    with pytest.raises(NotFound):
        await stores.canned_replies.change(CASA, CannedReplyId(id_), shortcut="a", text=None)
    with pytest.raises(NotFound):
        await stores.canned_replies.delete(CASA, CannedReplyId(id_))


async def test_a_tenant_has_its_own_alone(scene: Scene, stores: Stores) -> None:
    made = await scene.canned("pix")
    theirs = await scene.canned("pix", RIVAL, "ours")
    assert await stores.canned_replies.list(RIVAL) == [theirs]
    with pytest.raises(NotFound):
        await stores.canned_replies.change(RIVAL, made.id, shortcut="mine", text="mine")
    with pytest.raises(NotFound):
        await stores.canned_replies.delete(RIVAL, made.id)
    assert await stores.canned_replies.list(CASA) == [made]


async def test_a_tenant_has_so_many_and_no_more(scene: Scene, stores: Stores) -> None:
    made = [await scene.canned(f"s{number}") for number in range(MOST_CANNED_REPLIES - 1)]
    at_once = await asyncio.gather(*(scene.canned(f"t{n}") for n in range(4)), return_exceptions=True)
    assert sum(isinstance(each, TooManyCannedReplies) for each in at_once) == 3
    assert len(await stores.canned_replies.list(CASA)) == MOST_CANNED_REPLIES
    with pytest.raises(TooManyCannedReplies):
        await scene.canned("s1")
    await scene.canned("s1", RIVAL)
    await stores.canned_replies.delete(CASA, made[0].id)
    await scene.canned("last")
