"""Typing, reactions and thread control at Meta, in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_routing import INSTAGRAM_INBOX, PAGE_INBOX
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.sending import Failed, Sent
from meta_inbox.domain.model.thread_control import ThreadControl
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, PADARIA_SOL, Stage, account, opened

MESSENGER, INSTAGRAM = account(CASA_VERDE), account(CASAVERDE)
BY_LOGIN = account(CASAVERDE, Login.INSTAGRAM)
ALL = pytest.mark.parametrize("owner", [MESSENGER, INSTAGRAM, BY_LOGIN], ids=["page", "instagram", "login"])
BY_PAGE = pytest.mark.parametrize("owner", [MESSENGER, INSTAGRAM], ids=["page", "instagram"])
TAKE, RELEASE = ThreadControl(action="take"), ThreadControl(action="release")


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


def ana(stage: Stage, owner: Account) -> tuple[ContactId, MetaMessageId]:
    """Ana, and the id of what she wrote."""
    contact = stage.contact(owner.external_id, wrote=False)
    return ContactId(contact.id), MetaMessageId(stage.world.contacts.write(contact.id, "Oi!"))


def reaction(stage: Stage, contact: str, mid: str) -> str | None:
    return stage.world.ground.entry(contact, mid).business_reaction


@ALL
async def test_typing_is_shown_and_ends(stage: Stage, owner: Account) -> None:
    token, (contact, _) = await stage.token_of(owner), ana(stage, owner)
    for on in (True, True, False):
        await stage.actions.typing(owner, token, contact, on=on)
        assert stage.world.ground.contact(contact).typing_shown is on


@ALL
async def test_a_reaction_stands_until_it_is_taken_back(stage: Stage, owner: Account) -> None:
    token, (contact, mid) = await stage.token_of(owner), ana(stage, owner)
    for wanted, shown in (("love", "\u2764\ufe0f"), ("love", "\u2764\ufe0f"), (None, None), (None, None)):
        await stage.actions.react(owner, token, contact, mid, wanted)
        assert reaction(stage, contact, mid) == shown


@pytest.mark.parametrize("owner", [MESSENGER, BY_LOGIN], ids=["page", "login"])
@pytest.mark.parametrize(("wanted", "shown"), [("wow", "\U0001f62e"), ("\U0001f525", "\U0001f525")])
async def test_any_reaction_is_taken(stage: Stage, owner: Account, wanted: str, shown: str) -> None:
    token, (contact, mid) = await stage.token_of(owner), ana(stage, owner)
    await stage.actions.react(owner, token, contact, mid, wanted)
    assert reaction(stage, contact, mid) == shown


async def test_instagram_by_its_page_takes_love_alone(stage: Stage) -> None:
    token, (contact, mid) = await stage.token_of(INSTAGRAM), ana(stage, INSTAGRAM)
    with pytest.raises(RefusedByMeta):
        await stage.actions.react(INSTAGRAM, token, contact, mid, "wow")
    assert reaction(stage, contact, mid) is None


@ALL
async def test_what_is_not_there_takes_no_reaction(stage: Stage, owner: Account) -> None:
    token, (contact, _) = await stage.token_of(owner), ana(stage, owner)
    with pytest.raises(RefusedByMeta):
        await stage.actions.react(owner, token, contact, MetaMessageId("m_nothing"), "love")


@ALL
async def test_after_the_window_all_of_it_is_refused(stage: Stage, owner: Account) -> None:
    token, (contact, mid) = await stage.token_of(owner), ana(stage, owner)
    stage.world.advance(timedelta(hours=25))
    with pytest.raises(RefusedByMeta) as typing:
        await stage.actions.typing(owner, token, contact, on=True)
    with pytest.raises(RefusedByMeta) as reacting:
        await stage.actions.react(owner, token, contact, mid, "love")
    assert (typing.value.code, reacting.value.code) == ("window_closed", "window_closed")


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.ACCEPT_THEN_HANG, FaultKind.BAD_JSON])
@ALL
async def test_without_a_clear_answer_it_may_be_tried_again(
    stage: Stage, owner: Account, kind: FaultKind
) -> None:
    token, (contact, mid) = await stage.token_of(owner), ana(stage, owner)
    stage.world.faults.plan("messages", Fault(kind=kind))
    patient = stage.calls
    stage.hurry()
    with pytest.raises(GraphUnavailable):
        await stage.actions.react(owner, token, contact, mid, "love")
    stage.calls = patient
    await stage.actions.react(owner, token, contact, mid, "love")
    assert reaction(stage, contact, mid) is not None


@ALL
async def test_a_dead_token_is_told_as_that(stage: Stage, owner: Account) -> None:
    token, (contact, mid) = await stage.token_of(owner), ana(stage, owner)
    stage.world.access.revoke(460)
    with pytest.raises(AccessRevoked):
        await stage.actions.typing(owner, token, contact, on=True)
    with pytest.raises(AccessRevoked):
        await stage.actions.react(owner, token, contact, mid, "love")
    with pytest.raises(AccessRevoked):
        await stage.profiles.get(owner, token)


@BY_PAGE
async def test_a_thread_is_passed_on_and_taken_back(stage: Stage, owner: Account) -> None:
    token, (contact, _) = await stage.token_of(owner), ana(stage, owner)
    inbox = PAGE_INBOX if owner is MESSENGER else INSTAGRAM_INBOX
    owners = stage.world.ground.state.thread_owners
    await stage.actions.control_thread(owner, token, contact, ThreadControl(action="pass", app_id=inbox))
    assert owners[contact] == inbox
    for _ in range(2):
        await stage.actions.control_thread(owner, token, contact, TAKE)
        assert owners[contact] == stage.meta.app.id
    for _ in range(2):
        await stage.actions.control_thread(owner, token, contact, RELEASE)
        assert contact not in owners


@BY_PAGE
async def test_what_another_app_answers_is_not_ours_to_answer(stage: Stage, owner: Account) -> None:
    token, (contact, _) = await stage.token_of(owner), ana(stage, owner)
    there = ThreadControl(action="pass", app_id=INSTAGRAM_INBOX)
    await stage.actions.control_thread(owner, token, contact, there)
    for control in (there, RELEASE):
        with pytest.raises(RefusedByMeta, match="another app"):
            await stage.actions.control_thread(owner, token, contact, control)
    person = stage.world.ground.contact(contact)
    refused = await stage.send(token, person)
    assert isinstance(refused, Failed)
    assert refused.error.code == "not_thread_owner"
    await stage.actions.control_thread(owner, token, contact, TAKE)
    assert isinstance(await stage.send(token, person), Sent)


async def test_a_thread_passes_to_no_strange_app(stage: Stage) -> None:
    token, (contact, _) = await stage.token_of(MESSENGER), ana(stage, MESSENGER)
    own = ThreadControl(action="pass", app_id=stage.meta.app.id)
    with pytest.raises(RefusedByMeta) as refused:
        await stage.actions.control_thread(MESSENGER, token, contact, own)
    assert refused.value.code == "account_not_sendable"
    with pytest.raises(RefusedByMeta) as unknown:
        await stage.actions.control_thread(MESSENGER, token, ContactId("404"), TAKE)
    assert unknown.value.code == "recipient_unavailable"


async def test_another_pages_threads_are_not_touched(stage: Stage) -> None:
    contact, _ = ana(stage, account(PADARIA_SOL))
    token = await stage.token_of(MESSENGER)
    with pytest.raises(RefusedByMeta):
        await stage.actions.control_thread(MESSENGER, token, contact, TAKE)
    assert stage.world.ground.state.thread_owners == {}
