"""Finding one's own sends by reading the conversation, in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.model.content import Button, ButtonsContent, Content, MediaContent, TextContent
from meta_inbox.domain.model.ids import ContactId, TenantId, UserId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin
from meta_inbox.domain.model.outcome import found_at_meta, own_items
from meta_inbox.domain.model.sending import Unknown
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, Stage, account, opened

CONTENTS = [
    TextContent(text="Chega amanhã"),
    MediaContent(url="https://shop.example/1.jpg"),
    ButtonsContent(text="Quando?", buttons=(Button(type="postback", title="Hoje", payload="HOJE"),)),
]


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


@pytest.mark.parametrize("external_id", [CASA_VERDE, CASAVERDE])
@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.type)
async def test_what_meta_took_without_a_word_is_found(
    stage: Stage, external_id: str, content: Content
) -> None:
    token, contact = await stage.page_token(), stage.contact(external_id)
    stage.contact(external_id, "Rui")
    stage.world.contacts.answered_elsewhere(contact.id, "Bom dia!")
    stage.world.faults.plan("messages", Fault(kind=FaultKind.ACCEPT_THEN_RESET))
    assert isinstance(await stage.send(token, contact, content), Unknown)
    page = await stage.api.history(account(external_id), token, None, ContactId(contact.id))
    items = own_items(page, ContactId(contact.id))
    assert len(items) == 2
    found = found_at_meta(unknown(stage, contact.id, content), items, set(), [])
    assert found is not None
    assert found.meta_message_id == stage.meta.sent[-1].message_id


async def test_what_meta_did_not_take_is_not(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.DROP))
    assert isinstance(await stage.send(token, contact), Unknown)
    page = await stage.api.history(account(), token, None, ContactId(contact.id))
    assert own_items(page, ContactId(contact.id)) == []


def unknown(stage: Stage, contact: str, content: Content) -> Message:
    """The send as it is kept here."""
    now = stage.world.now()
    made = Message.queued(
        ids=("0192f0a0-0000-7000-8000-000000000001", "a1"),
        tenant=TenantId("t1"),
        account=account().id,
        contact=ContactId(contact),
        content=content,
        human_agent=False,
        reply_to=None,
        origin=Origin.AGENT,
        sent_by=UserId("u1"),
        now=now - timedelta(seconds=1),
    )
    return replace(made, status=MessageStatus.UNKNOWN, attempted_at=now)
