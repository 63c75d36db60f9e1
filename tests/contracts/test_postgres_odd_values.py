"""What Postgres cannot hold, and ids that are none: refused or nobody's, never an error of the database."""

from collections.abc import AsyncIterator

import pytest

from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import ContentRefused, NotFound
from meta_inbox.domain.model.content import Button, ButtonsContent, Content, TextContent
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from tests.contracts.postgres_stores import emptied, stores_on
from tests.contracts.scene import ANA, CASA, Scene

pytestmark = pytest.mark.real


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """The adapters on an empty database."""
    async with emptied() as opened:
        yield Scene(stores_on(opened, KeyRing.parse(KeyRing.generate("k1"))))


@pytest.mark.parametrize(
    "content",
    [
        TextContent(text="a\0b"),
        TextContent(text="a\ud800b"),
        ButtonsContent(text="x", buttons=(Button(type="postback", title="t", payload="a\0"),)),
    ],
)
async def test_what_cannot_be_kept_is_refused_before_anything_is(scene: Scene, content: Content) -> None:
    account = await scene.connected()
    with pytest.raises(ContentRefused):
        await scene.answers(account, content=content)
    assert await scene.stores.backstage.count_messages(CASA) == 0


@pytest.mark.parametrize("odd", ["", "x", "1001", "0" * 36, "\0", "\ud800", "'; drop table x; --"])
async def test_an_odd_id_is_nobodys(scene: Scene, odd: str) -> None:
    account, port = await scene.connected(), scene.stores.conversations
    for missing in (
        scene.stores.accounts.get(CASA, AccountId(odd)),
        scene.stores.accounts.token(CASA, AccountId(odd)),
        scene.stores.accounts.disconnect(CASA, AccountId(odd)),
        port.message(CASA, account.id, ANA, MessageId(odd)),
        port.mark_read(CASA, account.id, ContactId(odd)),
    ):
        with pytest.raises(NotFound):
            await missing
    assert (await port.messages(CASA, account.id, ContactId(odd), limit=5, after=None)).items == ()
    found = await port.list(CASA, account.id, limit=5, after=None, query=odd or "x", unread=None)
    assert found.items == ()
    assert (await port.find(CASA, account.id, ContactId(odd))).last_message is None
    assert await scene.stores.outbox.claim(CASA, MessageId(odd)) is None
