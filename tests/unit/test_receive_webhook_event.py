"""Meta's webhooks: signed or refused, kept before anything else, read again when need be."""

import pytest

from meta_inbox.domain.errors import ContentRefused, SignatureInvalid, StorageUnavailable
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.webhook import Delivery, Reading
from meta_inbox.domain.use_cases.project_pending import ProjectPending
from meta_inbox.domain.use_cases.receive_webhook_event import ReceiveWebhookEvent
from tests.contracts.scene import wrote
from tests.unit.doubles import FakeReader, FakeSignatures, World

BODY = b'{"object":"page"}'
READING = Reading(object="page", items=(wrote("m-1", index=0), wrote("m-2", index=7)))


def receiver(world: World, reader: FakeReader) -> ReceiveWebhookEvent:
    """The use case."""
    return ReceiveWebhookEvent(
        signatures=FakeSignatures(), reader=reader, journal=world.journal, clock=world.clock
    )


async def test_a_signed_body_is_kept_and_done(world: World) -> None:
    account = await world.scene.connected()
    await receiver(world, FakeReader({BODY: READING}))(body=BODY, signature=b"facebook")
    assert await world.backstage.bodies() == [BODY]
    (row,) = world.store.journal.values()
    assert (row.signed_by, row.received_at) == (Login.FACEBOOK, world.clock.now())
    assert {message.meta_message_id for message in await world.scene.messages(account)} == {"m-1", "m-2"}


@pytest.mark.parametrize("signature", [None, b"", b"forged"])
async def test_an_unsigned_body_is_refused_and_not_kept(world: World, signature: bytes | None) -> None:
    with pytest.raises(SignatureInvalid):
        await receiver(world, FakeReader({BODY: READING}))(body=BODY, signature=signature)
    assert await world.backstage.bodies() == []


async def test_the_instagram_apps_secret_does_not_vouch_for_a_page(world: World) -> None:
    reader = FakeReader({BODY: READING, b"ig": Reading(object="instagram")})
    with pytest.raises(SignatureInvalid):
        await receiver(world, reader)(body=BODY, signature=b"instagram")
    await receiver(world, reader)(body=b"ig", signature=b"instagram")
    assert await world.backstage.bodies() == [b"ig"]


async def test_a_signed_body_that_nobody_understands_is_kept(world: World) -> None:
    await receiver(world, FakeReader())(body=b"\xff", signature=b"facebook")
    assert await world.backstage.unreadable() == ["nobody told me"]


async def test_what_cannot_be_stored_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_: object, delivery: Delivery) -> None:
        raise StorageUnavailable("the database did not answer in time")

    monkeypatch.setattr(type(world.journal), "append", full)
    with pytest.raises(StorageUnavailable):
        await receiver(world, FakeReader())(body=BODY, signature=b"facebook")


class TestChallenge:
    """The verify handshake."""

    @pytest.mark.parametrize("challenge", ["1158201444", "a-B_9", "x" * 128])
    def test_it_is_echoed(self, world: World, challenge: str) -> None:
        answer = receiver(world, FakeReader()).answer_challenge(
            mode="subscribe", token="let-me-in", challenge=challenge
        )
        assert answer == challenge

    @pytest.mark.parametrize(
        ("mode", "token"), [("subscribe", "wrong"), ("unsubscribe", "let-me-in"), ("", "")]
    )
    def test_a_wrong_word_is_judged_before_the_challenge(self, world: World, mode: str, token: str) -> None:
        with pytest.raises(SignatureInvalid):
            receiver(world, FakeReader()).answer_challenge(mode=mode, token=token, challenge="<script>")

    @pytest.mark.parametrize("challenge", ["", "<script>", "a b", "x" * 129, "1\n", "é"])
    def test_a_challenge_that_meta_does_not_send_is_refused(self, world: World, challenge: str) -> None:
        with pytest.raises(ContentRefused) as refused:
            receiver(world, FakeReader()).answer_challenge(
                mode="subscribe", token="let-me-in", challenge=challenge
            )
        assert refused.value.code == "challenge_invalid"


class TestProjectPending:
    """What could not be done when it came is read again, by the present reader."""

    async def waiting(self, world: World, reading: Reading) -> FakeReader:
        """A body whose projection failed when it came, and would not now."""
        await world.scene.connected()
        await world.backstage.break_projection(MetaMessageId("m-2"))
        reader = FakeReader({BODY: READING})
        await receiver(world, reader)(body=BODY, signature=b"facebook")
        await world.backstage.mend_projection(MetaMessageId("m-2"))
        reader.readings[BODY] = reading
        return reader

    async def test_each_item_is_found_by_its_index(self, world: World) -> None:
        reader = await self.waiting(world, READING)
        assert await ProjectPending(journal=world.journal, reader=reader)() == 2
        assert len(world.store.messages) == 2
        assert await ProjectPending(journal=world.journal, reader=reader)() == 0

    async def test_no_more_are_tried_than_asked_for(self, world: World) -> None:
        reader = await self.waiting(world, READING)
        assert await ProjectPending(journal=world.journal, reader=reader)(limit=1) == 1
        assert len(world.store.messages) == 1

    async def test_an_item_that_is_gone_is_quarantined_alone(self, world: World) -> None:
        reader = await self.waiting(world, Reading(object="page", items=READING.items[:1]))
        assert await ProjectPending(journal=world.journal, reader=reader)() == 2
        assert len(world.store.messages) == 1
        assert [item.state for item in await world.backstage.items()] == ["quarantined"]
