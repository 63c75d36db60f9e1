"""What a host's test lets happen at Meta, and what the inbox makes of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from meta_inbox import FakeMeta, Settings, open_inbox
from meta_inbox.domain.errors import RefusedByMeta
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.entrypoints.plugin import OpenInbox
from meta_inbox.testing.connecting import AGENT, connected

ANA = ContactId("Ana")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@dataclass
class Shop:
    """A business with one Instagram account, to which Ana wrote."""

    inbox: OpenInbox
    meta: FakeMeta
    account: Account

    async def answers(self, text: str = "Sim") -> Message:
        """The agent answers Ana."""
        return await self.inbox.send_message(
            by=AGENT, account=self.account.id, contact=ANA, content=TextContent(text=text)
        )

    async def latest(self) -> Message:
        """What is shown last of the conversation."""
        return (await self.messages())[0]

    async def messages(self) -> list[Message]:
        """The conversation, newest first."""
        page = await self.inbox.list_messages(by=AGENT, account=self.account.id, contact=ANA)
        return list(page.items)


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """Where all of this happens."""
    meta = FakeMeta()
    async with open_inbox(Settings.in_memory(meta)) as inbox:
        account = await connected(inbox, meta, "casaverde")
        await meta.contact_writes(account, "Ana", "Vocês entregam?")
        yield Shop(inbox, meta, account)


async def test_one_account_is_connected_by_its_name(shop: Shop) -> None:
    assert [one.instagram_username for one in await shop.inbox.list_accounts(by=AGENT)] == ["casaverde"]


async def test_what_meta_does_not_let_connect_is_said(shop: Shop) -> None:
    with pytest.raises(ValueError, match="atelielua cannot be connected"):
        await connected(shop.inbox, shop.meta, "atelielua")
    with pytest.raises(ValueError, match="no account"):
        await connected(shop.inbox, shop.meta, "Casa Azul")


async def test_a_contact_reads(shop: Shop) -> None:
    await shop.answers()
    await shop.meta.contact_reads(shop.account, "Ana")
    assert (await shop.latest()).status is MessageStatus.READ


async def test_a_contact_reacts_and_takes_it_back(shop: Shop) -> None:
    await shop.answers()
    await shop.meta.contact_reacts(shop.account, "Ana", "love")
    assert [each.by.value for each in (await shop.latest()).shown_reactions] == ["contact"]
    await shop.meta.contact_reacts(shop.account, "Ana", None)
    assert list((await shop.latest()).shown_reactions) == []


async def test_a_contact_edits_and_unsends(shop: Shop) -> None:
    await shop.meta.contact_edits(shop.account, "Ana", "Vocês entregam hoje?")
    assert (await shop.latest()).text == "Vocês entregam hoje?"
    await shop.meta.contact_unsends(shop.account, "Ana")
    latest = await shop.latest()
    assert (latest.type, latest.text) == ("deleted", None)


async def test_a_contact_means_an_earlier_message(shop: Shop) -> None:
    first = (await shop.latest()).meta_message_id
    await shop.meta.contact_writes(shop.account, "Ana", "Oi?")
    await shop.meta.contact_edits(shop.account, "Ana", "Boa tarde", message=first)
    assert [each.text for each in await shop.messages()] == ["Oi?", "Boa tarde"]


async def test_a_contact_without_an_answer_can_react_to_none(shop: Shop) -> None:
    with pytest.raises(ValueError, match="no such message"):
        shop.meta.contact_reacts(shop.account, "Ana", "love")


async def test_a_contact_sends_a_file_and_presses_a_button(shop: Shop) -> None:
    await shop.meta.contact_sends(shop.account, "Ana", PNG)
    assert [each.type for each in (await shop.latest()).attachments] == ["image"]
    await shop.meta.contact_presses(shop.account, "Ana", "PRICES", "Preços")
    assert (await shop.latest()).type == "postback"


async def test_somebody_answers_in_metas_own_app(shop: Shop) -> None:
    await shop.meta.answered_elsewhere(shop.account, "Ana", "Entregamos")
    latest = await shop.latest()
    assert (latest.text, latest.origin.value) == ("Entregamos", "native_app")


async def test_a_contact_who_blocked_the_business_cannot_be_reached(shop: Shop) -> None:
    shop.meta.contact_blocks(shop.account, "Ana")
    with pytest.raises(RefusedByMeta) as refused:
        await shop.answers()
    assert refused.value.code == "recipient_unavailable"
    shop.meta.contact_blocks(shop.account, "Ana", blocks=False)
    assert (await shop.answers()).status is MessageStatus.SENT


async def test_while_meta_is_down_an_answer_waits(shop: Shop) -> None:
    with shop.meta.is_down():
        assert (await shop.answers()).status is MessageStatus.QUEUED
        assert shop.meta.sent == []
    shop.meta.goes_down()
    shop.meta.comes_back()
    assert (await shop.answers("Hoje")).status in (MessageStatus.SENT, MessageStatus.QUEUED)


async def test_an_answer_in_doubt_is_unknown_though_it_arrived(shop: Shop) -> None:
    shop.meta.leaves_in_doubt()
    assert (await shop.answers()).status is MessageStatus.UNKNOWN
    assert [each.text for each in shop.meta.sent] == ["Sim"]


async def test_meta_refuses_an_answer_for_a_reason_of_its_own(shop: Shop) -> None:
    shop.meta.refuses(100)
    with pytest.raises(RefusedByMeta):
        await shop.answers()
    assert (await shop.answers()).status is MessageStatus.SENT


async def test_a_dead_token_needs_a_new_login(shop: Shop) -> None:
    shop.meta.token_dies()
    waiting = await shop.answers()
    (account,) = await shop.inbox.list_accounts(by=AGENT)
    assert (waiting.status, account.status.value) == (MessageStatus.QUEUED, "reauth_required")
    assert (await connected(shop.inbox, shop.meta, "casaverde")).status.value == "active"
