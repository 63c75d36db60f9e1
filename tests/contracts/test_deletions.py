"""The deletion of contacts: what goes, what stays, and what cannot come back."""

from collections.abc import Set
from datetime import timedelta

import pytest

from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import Edited
from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.deletion import DeletionClaim, Forgotten, digest_of
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, MetaMessageId
from meta_inbox.domain.model.media import Stored
from meta_inbox.domain.model.message import Attachment
from meta_inbox.domain.model.sending import Once, Sent
from tests.contracts.backstage import Stores
from tests.contracts.commenting import COMMENTER, answered, commented, replies, the_comment
from tests.contracts.scene import ANA, CASA, RIVAL, RUI, Scene, echo, past, says, wrote

MINUTE = timedelta(minutes=1)
ONCE = Once(key="order-17", fingerprint=b"\x01" * 32)
PHOTO = Attachment(id="", type="image", source_url="https://scontent.xx.fbcdn.net/a.jpg")
KEPT = Stored(content_type="image/jpeg", size=123, width=4, height=3)


def nothing_there(body: bytes, whom: Forgotten) -> bytes | None:
    """Bodies that hold nothing of anybody."""
    del body, whom
    return None


def without_nothing(body: bytes, ids: Set[MetaMessageId]) -> bytes | None:
    """Bodies that hold nothing of what was taken back; only the answer was."""
    del body
    assert ids == {"c-2"}


async def work(stores: Stores) -> list[DeletionClaim]:
    """What a worker does with the deletions that are due."""
    claims = list(await stores.deletions.claim_due(10))
    for claim in claims:
        while await stores.deletions.clear(claim):
            pass
        assert await stores.deletions.settle(claim)
    return claims


async def delete(scene: Scene, account: Account, contact: ContactId = ANA) -> None:
    """Deletes the contact, to the end."""
    await scene.stores.deletions.begin(account.tenant_id, account.id, contact)
    await work(scene.stores)
    await scene.stores.backstage.age_deletions(MINUTE)
    await work(scene.stores)


async def test_a_deleted_contact_is_out_of_the_lists_at_once(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI), commented("c-1"))
    await stores.deletions.begin(CASA, account.id, ANA)
    page = await stores.conversations.list(CASA, account.id, limit=10, after=None, query=None, unread=None)
    assert [each.contact_id for each in page.items] == [RUI]


@pytest.mark.parametrize("named", [ANA, COMMENTER])
async def test_both_conversations_go_whichever_is_named(scene: Scene, named: ContactId) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI), commented("c-1"))
    await scene.happens(answered("c-2", under="c-1"))
    await delete(scene, account, named)
    assert [list(await scene.messages(account, who)) for who in (ANA, COMMENTER)] == [[], []]
    assert len(await scene.messages(account, RUI)) == 1
    assert (await scene.conversation(account)).opened_at is None


async def test_the_name_goes_and_a_late_profile_brings_it_not_back(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    (ana,) = await stores.conversations.due_profiles(10)
    await stores.conversations.save_profile(ana, ContactProfile(name="Ana Canária"))
    await delete(scene, account)
    await stores.conversations.save_profile(ana, ContactProfile(name="Ana Canária"))
    assert (await scene.conversation(account)).contact.name is None


async def test_nothing_older_comes_back_by_a_webhook(scene: Scene) -> None:
    account = await scene.connected()
    old = scene.now - MINUTE
    await delete(scene, account)
    await scene.happens(wrote("m-1", sent_at=old), echo("m-2", sent_at=old), wrote("m-3", contact_id=RUI))
    await scene.happens(commented("c-1", sent_at=old))
    assert [list(await scene.messages(account, who)) for who in (ANA, COMMENTER)] == [[], []]
    assert (await scene.conversation(account)).last_message is None
    assert len(await scene.messages(account, RUI)) == 1


async def test_what_a_webhook_brought_back_is_gone_over_again(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await delete(scene, account)
    assert await stores.deletions.claim_due(10) == []
    await scene.happens(wrote("m-1", sent_at=scene.now - MINUTE))
    (claim,) = await stores.deletions.claim_due(10)
    assert (claim.whom.contact_id, claim.whom.messages) == (ANA, {"m-1"})


async def test_nothing_comes_back_by_reading_the_history(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await delete(scene, account)
    (run,) = await stores.histories.claim_due(10)
    found = [past(scene, "m-1", "m-2", name="Ana"), past(scene, "m-3", contact=RUI)]
    assert await stores.histories.keep(run, found, None) is not None
    assert list(await scene.messages(account)) == []
    assert (await scene.conversation(account)).contact.name is None
    assert len(await scene.messages(account, RUI)) == 1
    assert await stores.deletions.claim_due(10) == []


async def test_who_writes_again_begins_a_new_conversation(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    await stores.deletions.begin(CASA, account.id, ANA)
    await scene.happens(wrote("m-2", "me again"))
    await work(stores)
    await stores.backstage.age_deletions(MINUTE)
    await work(stores)
    assert [message.text for message in await scene.messages(account)] == ["me again"]
    talk = await scene.conversation(account)
    assert (talk.unread_count, talk.last_message is not None) == (1, True)
    assert (await stores.events.read(CASA, None, 100)).events[-1].data.message is not None


async def test_files_are_discarded_and_an_upload_for_nobody_else(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1", None, type="image", attachments=(PHOTO,)), wrote("m-2", contact_id=RUI))
    (file,) = await stores.media.claim_due(1)
    await stores.media.settle(file.media, KEPT, file.fence)
    own, shared = await scene.uploads(), await scene.uploads()
    await scene.shows(account, own, shared)
    await scene.shows(account, shared, contact=RUI)
    await delete(scene, account)
    await stores.backstage.age_media(timedelta(minutes=5))
    gone = {each.blob for each in await stores.media.claim_discarded(10)}
    assert gone == {file.media.blob, own.blob}
    with pytest.raises(NotFound):
        await stores.media.get(CASA, file.media.id)
    with pytest.raises(NotFound):
        await stores.uploads.get(CASA, own.id)
    assert (await stores.uploads.get(CASA, shared.id)).blob == shared.blob


async def test_an_answer_that_waits_is_not_sent_any_more(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI))
    await scene.answers(account, "for Ana")
    await scene.answers(account, "for Rui", contact=RUI)
    await stores.deletions.begin(CASA, account.id, ANA)
    assert [claim.message.contact_id for claim in await stores.outbox.claim_due(10)] == [RUI]


async def test_a_send_that_ends_after_the_deletion_leaves_nothing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    claim = await scene.sending(account)
    await delete(scene, account)
    with pytest.raises(NotFound):
        await stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId("m-9")))
    assert list(await scene.messages(account)) == []


async def test_what_a_key_was_answered_with_is_forgotten(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    message = await scene.answers(account, "canary", once=ONCE)
    await stores.outbox.remember(CASA, ONCE, message)
    await delete(scene, account)
    await stores.outbox.remember(CASA, ONCE, message)
    assert "canary" not in await stores.backstage.key_of(CASA, ONCE.key)
    assert await stores.outbox.answer_of(CASA, ONCE) is None


async def test_a_key_that_may_name_somebody_goes_soon_after(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI))
    await scene.answers(account, once=ONCE)
    await stores.backstage.age_key(CASA, ONCE.key, MINUTE)
    await delete(scene, account)
    await scene.answers(account, contact=RUI, once=ONCE)
    assert len(await scene.messages(account, RUI)) == 2


async def test_the_log_keeps_its_numbers_and_names_nothing(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.endpoint()
    await scene.happens(wrote("m-1"), wrote("m-2", contact_id=RUI))
    await stores.queue.take(100)
    before = [event.seq for event in await stores.backstage.events(CASA)]
    await delete(scene, account)
    events = await stores.backstage.events(CASA)
    assert [event.seq for event in events] == [*before, len(before) + 1]
    assert {event.contact_id for event in events} == {None, RUI}
    page = await stores.events.read(CASA, 0, 100)
    assert not page.lost
    told = [event.data.message.contact_id for event in page.events if event.data.message is not None]
    assert told == [RUI]


async def test_the_deletion_is_told_by_id_at_first_and_by_digest_for_good(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    await stores.deletions.begin(CASA, account.id, ANA)

    async def told() -> tuple[ContactId | None, str]:
        event = (await stores.events.read(CASA, 0, 100)).events[-1]
        assert event.type is EventType.CONTACT_DELETED
        assert event.data.deleted is not None
        (again,) = await stores.events.tell(CASA, [event.logged])
        assert again == event
        return event.data.deleted.contact_id, event.data.deleted.digest

    assert await told() == (ANA, digest_of(account.id, ANA))
    await work(stores)
    await stores.backstage.age_deletions(MINUTE)
    await work(stores)
    assert await told() == (None, digest_of(account.id, COMMENTER))


async def test_what_waits_in_the_journal_goes_too(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(commented("c-1"))
    await stores.backstage.break_projection(MetaMessageId("m-1"))
    await scene.happens(wrote("m-1"))
    await scene.happens(answered("c-9", under="c-7"))
    await stores.backstage.break_projection(MetaMessageId("m-2"))
    await scene.happens(wrote("m-2", contact_id=RUI))
    assert len(await stores.backstage.items()) == 3
    await delete(scene, account)
    assert len(await stores.backstage.items()) == 2  # Rui's, and an answer to somebody's comment


async def test_the_bodies_of_the_journal_are_given_with_whom_to_leave_out(
    scene: Scene, stores: Stores
) -> None:
    account = await scene.connected()
    await scene.happens(wrote(ANA), commented("c-1"))
    seen: list[Forgotten] = []

    def without(body: bytes, whom: Forgotten) -> bytes | None:
        seen.append(whom)
        return b'{"rewritten":true}' if ANA.encode() in body else None

    await stores.deletions.begin(CASA, account.id, COMMENTER)
    claims = await stores.deletions.claim_due(10)
    await stores.deletions.redact(claims, without)
    assert await stores.backstage.bodies() == [b'{"rewritten":true}']
    assert {each.contact_id for each in seen} == {ANA}
    assert {each.messages for each in seen} == {frozenset({"c-1"})}
    await stores.deletions.redact(claims, nothing_there)
    assert await stores.backstage.bodies() == [b'{"rewritten":true}']


async def test_what_is_about_something_deleted_does_not_wait_for_it(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"), commented("c-1"))
    old = scene.now
    await delete(scene, account)
    await scene.happens(says(Edited(text="canary", number=2), "m-1", sent_at=old))
    (claim,) = await stores.deletions.claim_due(10)
    assert claim.whom.contact_id == ANA
    await scene.happens(answered("c-2", under="c-1"))
    assert await stores.backstage.items() == []
    assert await stores.journal.redact(without_nothing) == 1
    await scene.happens(says(Edited(text="later", number=3), "m-2", sent_at=scene.now))
    assert [item.state for item in await stores.backstage.items()] == ["waiting"]


async def test_a_claim_is_nobody_elses_until_its_lease_is_over(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    await stores.deletions.begin(CASA, account.id, ANA)
    (first,) = await stores.deletions.claim_due(10)
    assert await stores.deletions.claim_due(10) == []
    await stores.backstage.age_deletions(MINUTE)
    (second,) = await stores.deletions.claim_due(10)
    assert not await stores.deletions.settle(first)
    assert not await stores.deletions.clear(second) or not await stores.deletions.clear(second)
    assert await stores.deletions.settle(second)


async def test_deleting_again_begins_anew_and_is_told_again(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    await delete(scene, account)
    await scene.happens(wrote("m-2"))
    await delete(scene, account)
    assert list(await scene.messages(account)) == []
    page = await stores.events.read(CASA, 0, 100)
    assert [event.type for event in page.events].count(EventType.CONTACT_DELETED) == 2


async def test_only_of_an_account_of_ones_own(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    await scene.happens(wrote("m-1"))
    for tenant, owner in ((RIVAL, account.id), (CASA, AccountId(stores.ids.new()))):
        with pytest.raises(NotFound):
            await stores.deletions.begin(tenant, owner, ANA)
    assert await stores.deletions.claim_due(10) == []
    assert len(await scene.messages(account)) == 1


async def test_a_private_answer_to_a_comment_goes_with_it(scene: Scene, stores: Stores) -> None:
    account = await scene.connected()
    comment = await the_comment(scene, account)
    await replies(scene, comment, "private")
    await delete(scene, account)
    assert list(await scene.messages(account, COMMENTER)) == []
    assert await stores.outbox.claim_due(10) == []
