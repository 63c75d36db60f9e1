"""Everything the repositories can be asked, as one table, each on the same small scene."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from meta_inbox.adapters.meta_graph.redaction_of_contacts import without_contact
from meta_inbox.domain.model.account import Account, Login, StatusReason, WebhookSource
from meta_inbox.domain.model.canned_reply import CannedReply, CannedReplyId
from meta_inbox.domain.model.care import LOOKED_AT_EVERY, CareClaim
from meta_inbox.domain.model.changes import Hidden
from meta_inbox.domain.model.consuming import ConsumerClaim, DeadLetter
from meta_inbox.domain.model.contact import Contact, ContactProfile
from meta_inbox.domain.model.deletion import DeletionClaim, Forgotten
from meta_inbox.domain.model.history import Run
from meta_inbox.domain.model.ids import ContactId, MetaMessageId, TenantId
from meta_inbox.domain.model.live import LivePass
from meta_inbox.domain.model.media import Discarded, Expired, MediaClaim, Moved
from meta_inbox.domain.model.message import Attachment, Message
from meta_inbox.domain.model.oauth_state import new_handle
from meta_inbox.domain.model.outcome import Doubt
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Claim, Once, Sent
from meta_inbox.domain.model.upload import Upload, UploadId
from meta_inbox.domain.model.webhook import Delivery, Reading
from meta_inbox.domain.model.webhook_delivery import DeliveryClaim, DeliveryOutcome, DeliveryState, Posted
from meta_inbox.domain.model.webhook_endpoint import EndpointChange, EndpointId
from meta_inbox.domain.ports import PendingItem
from tests.contracts.backstage import Stores
from tests.contracts.commenting import COMMENTER, replies, the_comment
from tests.contracts.scene import ANA, BEA, CASA, OOPS, PAGE, RUI, SIGNING, Scene, echo, past, wrote

CANARY = "canary-of-casa-verde"
LEADS = "crm-leads"
ONCE = Once(key="order-17", fingerprint=b"\x01" * 32)
AGAIN = Once(key="order-18", fingerprint=b"\x02" * 32)
SENT = Sent(meta_message_id=MetaMessageId("m-sent"))
REASON = StatusReason(code="token_expired", detail="the session ended")
ZOE = ContactId("7003")
PHOTO = Attachment(id="", type="image", source_url="https://scontent.xx.fbcdn.net/a.jpg")
MINUTE = timedelta(minutes=1)
TAKEN = DeliveryOutcome(state=DeliveryState.DELIVERED, posted=Posted(status=204))
PAUSED = EndpointChange(enabled=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What there is of Casa Verde's: Ana wrote; an answer to her is on its way, one to Rui waits."""

    tenant: TenantId
    account: Account
    written: Message
    queued: Message
    comment: Message
    claim: Claim
    pending: PendingItem
    file: MediaClaim
    run: Run
    upload: Upload
    turn: ConsumerClaim
    letter: DeadLetter
    posted: DeliveryClaim
    canned: CannedReply

    def asked_by(self, tenant: TenantId) -> "Facts":
        """The same ids, in the mouth of another tenant."""
        return replace(
            self,
            tenant=tenant,
            account=replace(self.account, tenant_id=tenant),
            comment=replace(self.comment, tenant_id=tenant),
            claim=replace(self.claim, message=replace(self.claim.message, tenant_id=tenant)),
            file=replace(self.file, media=replace(self.file.media, tenant_id=tenant)),
            run=replace(self.run, tenant_id=tenant),
            upload=replace(self.upload, tenant_id=tenant),
            turn=replace(self.turn, tenant_id=tenant),
            letter=replace(self.letter, event=replace(self.letter.event, tenant_id=tenant)),
            canned=replace(self.canned, tenant_id=tenant),
            posted=replace(self.posted, event=replace(self.posted.event, tenant_id=tenant)),
        )


async def casa_verde(scene: Scene) -> Facts:
    """The scene of every deed."""
    account = await scene.connected()
    await scene.happens(wrote("m-1", CANARY), wrote("m-2", CANARY, contact_id=RUI))
    written = (await scene.messages(account))[0]
    await scene.endpoint(description=CANARY)
    claim = await scene.sending(account, CANARY)
    await scene.happens(wrote("m-3", None, contact_id=ZOE, type="image", attachments=(PHOTO,)))
    (file,) = await scene.stores.media.claim_due(1)
    queued = await scene.answers(account, CANARY, contact=RUI, once=ONCE)
    comment = await the_comment(scene, account, text=CANARY)
    nobody = PendingItem(
        id=scene.stores.ids.new(),
        body=b"{}",
        signed_by=Login.FACEBOOK,
        index=0,
        received_at=scene.now,
        attempt=1,
        fence=scene.stores.ids.new(),
    )
    (run,) = await scene.stores.histories.claim_due(1)
    upload = await scene.uploads(name=CANARY)
    await scene.stores.uploads.keep_copy(upload, account.id, "image", "a-1")
    turn, letter = await _set_aside(scene)
    await scene.stores.queue.take(100)
    (posted, *_) = await scene.stores.queue.claim_due(1)
    return Facts(
        tenant=CASA,
        account=account,
        written=written,
        queued=queued,
        comment=comment,
        claim=claim,
        pending=nobody,
        file=file,
        run=run,
        upload=upload,
        turn=turn,
        letter=letter,
        posted=posted,
        canned=await scene.canned(text=CANARY),
    )


async def _set_aside(scene: Scene) -> tuple[ConsumerClaim, DeadLetter]:
    """A consumer of Casa Verde's log, in hand, that failed at the first event."""
    turn = await scene.stores.consumers.claim(LEADS, CASA)
    assert turn is not None
    first = (await scene.stores.events.read(CASA, None, 1)).events[0]
    await scene.stores.dead_letters.add(turn, first.logged, 5, "ValueError at crm:7")
    (letter,) = await scene.stores.dead_letters.of(LEADS, CASA, 1)
    return turn, letter


Deed = Callable[[Scene, Facts], Awaitable[object]]


def _page(stores: Stores, facts: Facts) -> Awaitable[object]:
    return stores.conversations.list(
        facts.tenant, facts.account.id, limit=10, after=None, query="a", unread=True
    )


def _doubt(facts: Facts) -> Doubt:
    return Doubt(message=facts.claim.message, account=facts.account, look=1)


def _deletion(facts: Facts) -> DeletionClaim:
    whom = Forgotten(
        external_id=facts.account.external_id,
        contact_id=ANA,
        messages=frozenset(),
        until=facts.account.connected_at,
    )
    return DeletionClaim(
        tenant_id=facts.tenant, account_id=facts.account.id, whom=whom, fence=facts.pending.fence
    )


def _contact(facts: Facts) -> Contact:
    return Contact(tenant_id=facts.tenant, account_id=facts.account.id, id=ANA)


def _care(facts: Facts) -> CareClaim:
    return CareClaim(account=facts.account, fence=facts.account.connected_at + LOOKED_AT_EVERY)


AS_TENANT: dict[str, Deed] = {
    "account_care.renew": lambda scene, it: scene.stores.account_care.renew(
        _care(it), Secret("another"), scene.now
    ),
    "account_care.keep": lambda scene, it: scene.stores.account_care.keep(
        _care(it), replace(it.account, token_expires_at=scene.now), expiring=True
    ),
    "account_care.put_off": lambda scene, it: scene.stores.account_care.put_off(_care(it), MINUTE),
    "account_pictures.save": lambda scene, it: scene.stores.account_pictures.save(
        it.tenant, it.account.id, "https://cdn.example/mine.jpg"
    ),
    "account_pictures.put_off": lambda scene, it: scene.stores.account_pictures.put_off(
        it.tenant, it.account.id, MINUTE
    ),
    "accounts.get": lambda scene, it: scene.stores.accounts.get(it.tenant, it.account.id),
    "accounts.list": lambda scene, it: scene.stores.accounts.list(it.tenant),
    "accounts.connect": lambda scene, it: scene.connects(it.tenant, token=Secret("another")),
    "accounts.disconnect": lambda scene, it: scene.stores.accounts.disconnect(it.tenant, it.account.id),
    "accounts.needs_login": lambda scene, it: scene.stores.accounts.needs_login(
        it.tenant, it.account.id, REASON, as_of=it.account.connected_at
    ),
    "accounts.token": lambda scene, it: scene.stores.accounts.token(it.tenant, it.account.id),
    "accounts.subscribed": lambda scene, it: scene.stores.accounts.subscribed(
        it.tenant, it.account.id, "later"
    ),
    "conversations.find": lambda scene, it: scene.stores.conversations.find(it.tenant, it.account.id, ANA),
    "conversations.list": lambda scene, it: _page(scene.stores, it),
    "conversations.messages": lambda scene, it: scene.stores.conversations.messages(
        it.tenant, it.account.id, ANA, limit=10, after=None
    ),
    "conversations.message": lambda scene, it: scene.stores.conversations.message(
        it.tenant, it.account.id, ANA, it.written.id
    ),
    "conversations.mark_read": lambda scene, it: scene.stores.conversations.mark_read(
        it.tenant, it.account.id, ANA
    ),
    "conversations.note": lambda scene, it: scene.stores.conversations.note(
        it.tenant, it.account.id, COMMENTER, it.comment.id, change=Hidden(hidden=True), at=scene.now
    ),
    "conversations.hand_over": lambda scene, it: scene.stores.conversations.hand_over(
        it.tenant, it.account.id, ANA, owner="77", at=scene.now
    ),
    "conversations.unreachable": lambda scene, it: scene.stores.conversations.unreachable(
        it.tenant, it.account.id, ANA
    ),
    "conversations.save_profile": lambda scene, it: scene.stores.conversations.save_profile(
        _contact(it), ContactProfile(name="Somebody else")
    ),
    "conversations.save_no_profile": lambda scene, it: scene.stores.conversations.save_profile(
        _contact(it), None
    ),
    "deletions.begin": lambda scene, it: scene.stores.deletions.begin(it.tenant, it.account.id, ANA),
    "media.get": lambda scene, it: scene.stores.media.get(it.tenant, it.file.media.id),
    "media.settle": lambda scene, it: scene.stores.media.settle(it.file.media, Expired(), it.file.fence),
    "media.settle_moved": lambda scene, it: scene.stores.media.settle(
        it.file.media, Moved("https://scontent.xx.fbcdn.net/b.jpg"), it.file.fence
    ),
    "events.read": lambda scene, it: scene.stores.events.read(it.tenant, 0, 10),
    "consumers.advance": lambda scene, it: scene.stores.consumers.advance(it.turn, 2),
    "consumers.hold": lambda scene, it: scene.stores.consumers.hold(it.turn),
    "consumers.put_off": lambda scene, it: scene.stores.consumers.put_off(it.turn, MINUTE),
    "consumers.leave": lambda scene, it: scene.stores.consumers.leave(it.turn),
    "consumers.release": lambda scene, it: scene.stores.consumers.release(it.turn),
    "dead_letters.add": lambda scene, it: scene.stores.dead_letters.add(
        it.turn, replace(it.letter.event, seq=2), 5, "ValueError"
    ),
    "dead_letters.settle": lambda scene, it: scene.stores.dead_letters.settle(it.turn, it.letter, None),
    "dead_letters.settle_failed": lambda scene, it: scene.stores.dead_letters.settle(
        it.turn, it.letter, "KeyError"
    ),
    "histories.of": lambda scene, it: scene.stores.histories.of(it.tenant, it.account.id),
    "histories.keep": lambda scene, it: scene.stores.histories.keep(it.run, [past(scene, "m-past")], "c"),
    "histories.put_off": lambda scene, it: scene.stores.histories.put_off(it.run, MINUTE, "later"),
    "histories.finish": lambda scene, it: scene.stores.histories.finish(it.run, scene.now),
    "histories.repair": lambda scene, it: scene.stores.histories.repair(
        it.tenant, WebhookSource(login=Login.FACEBOOK, id=PAGE)
    ),
    "histories.fail": lambda scene, it: scene.stores.histories.fail(it.run, "no", scene.now),
    "outbox.put": lambda scene, it: scene.answers(it.account),
    "outbox.put_once": lambda scene, it: scene.answers(it.account, once=AGAIN),
    "outbox.put_private_reply": lambda scene, it: replies(scene, it.comment, "private"),
    "outbox.put_public_reply": lambda scene, it: replies(scene, it.comment, "public"),
    "outbox.answer_of": lambda scene, it: scene.stores.outbox.answer_of(it.tenant, ONCE),
    "outbox.remember": lambda scene, it: scene.stores.outbox.remember(it.tenant, ONCE, it.queued),
    "outbox.claim": lambda scene, it: scene.stores.outbox.claim(it.tenant, it.queued.id),
    "outcomes.look_again": lambda scene, it: scene.stores.outcomes.look_again(_doubt(it), MINUTE),
    "outcomes.settle": lambda scene, it: scene.stores.outcomes.settle(
        it.claim.message, [echo("m-sent", CANARY)]
    ),
    "outcomes.content_of": lambda scene, it: scene.stores.outcomes.content_of(it.tenant, it.queued.id),
    "outcomes.put_back": lambda scene, it: scene.stores.outcomes.put_back(
        it.tenant, [it.queued.id], human_agent=False
    ),
    "outbox.put_upload": lambda scene, it: scene.shows(it.account, it.upload),
    "outbox.hold": lambda scene, it: scene.stores.outbox.hold(it.claim, MINUTE),
    "outbox.give_up": lambda scene, it: scene.stores.outbox.give_up(
        replace(it.queued, tenant_id=it.tenant), OOPS
    ),
    "uploads.add": lambda scene, it: scene.stores.uploads.add(
        replace(it.upload, id=UploadId(scene.stores.ids.new()))
    ),
    "uploads.ready": lambda scene, it: scene.stores.uploads.ready(it.upload),
    "uploads.get": lambda scene, it: scene.stores.uploads.get(it.tenant, it.upload.id),
    "uploads.copy": lambda scene, it: scene.stores.uploads.copy(it.upload, it.account.id, "image"),
    "uploads.keep_copy": lambda scene, it: scene.stores.uploads.keep_copy(
        it.upload, it.account.id, "image", "a-2"
    ),
    "uploads.forget_copy": lambda scene, it: scene.stores.uploads.forget_copy(
        it.upload, it.account.id, "image", "a-1"
    ),
    "outbox.settle": lambda scene, it: scene.stores.outbox.settle(it.claim, SENT),
    "events.tell": lambda scene, it: scene.stores.events.tell(it.tenant, [it.posted.event]),
    "canned_replies.list": lambda scene, it: scene.stores.canned_replies.list(it.tenant),
    "canned_replies.add": lambda scene, it: scene.stores.canned_replies.add(
        replace(it.canned, id=CannedReplyId(scene.stores.ids.new()), shortcut="other")
    ),
    "canned_replies.change": lambda scene, it: scene.stores.canned_replies.change(
        it.tenant, it.canned.id, shortcut="mine", text=None
    ),
    "canned_replies.delete": lambda scene, it: scene.stores.canned_replies.delete(it.tenant, it.canned.id),
    "endpoints.add": lambda scene, it: scene.stores.endpoints.add(
        replace(it.posted.endpoint, id=EndpointId(scene.stores.ids.new()), tenant_id=it.tenant), SIGNING
    ),
    "endpoints.list": lambda scene, it: scene.stores.endpoints.list(it.tenant),
    "endpoints.get": lambda scene, it: scene.stores.endpoints.get(it.tenant, it.posted.endpoint.id),
    "endpoints.update": lambda scene, it: scene.stores.endpoints.update(
        it.tenant, it.posted.endpoint.id, PAUSED
    ),
    "endpoints.rotate": lambda scene, it: scene.stores.endpoints.rotate(
        it.tenant, it.posted.endpoint.id, SIGNING
    ),
    "endpoints.delete": lambda scene, it: scene.stores.endpoints.delete(it.tenant, it.posted.endpoint.id),
    "endpoints.secrets": lambda scene, it: scene.stores.endpoints.secrets(it.tenant, it.posted.endpoint.id),
    "deliveries.list": lambda scene, it: scene.stores.deliveries.list(
        it.tenant, it.posted.endpoint.id, state=None, limit=10, before=None
    ),
    "deliveries.replay": lambda scene, it: scene.stores.deliveries.replay(
        it.tenant, it.posted.endpoint.id, it.posted.event.seq
    ),
    "deliveries.replay_failed": lambda scene, it: scene.stores.deliveries.replay_failed(
        it.tenant, it.posted.endpoint.id, it.posted.event.at, 10
    ),
    "queue.settle": lambda scene, it: scene.stores.queue.settle(it.posted, TAKEN),
}
AS_SYSTEM: dict[str, Deed] = {
    "states.put": lambda scene, _: scene.stores.states.put(scene.state(), new_handle(), MINUTE),
    "states.authorize": lambda scene, _: scene.stores.states.authorize(
        new_handle(), new_handle(), new_handle(), MINUTE
    ),
    "states.consume": lambda scene, _: scene.stores.states.consume(
        new_handle(), new_handle(), Login.FACEBOOK
    ),
    "states.put_completion": lambda scene, _: scene.stores.states.put_completion(
        scene.state(), new_handle(), scene.grant(), MINUTE
    ),
    "states.peek_completion": lambda scene, _: scene.stores.states.peek_completion(CASA, BEA, new_handle()),
    "states.take_completion": lambda scene, _: scene.stores.states.take_completion(CASA, BEA, new_handle()),
    "account_care.due": lambda scene, _: scene.stores.account_care.due(10),
    "account_pictures.due": lambda scene, _: scene.stores.account_pictures.due(10),
    "accounts.forget_person": lambda scene, _: scene.stores.accounts.forget_person("42", scene.now),
    "accounts.due_subscriptions": lambda scene, _: scene.stores.accounts.due_subscriptions(10),
    "accounts.due_unsubscriptions": lambda scene, _: scene.stores.accounts.due_unsubscriptions(10),
    "accounts.unsubscribed": lambda scene, _: scene.stores.accounts.unsubscribed(scene.stores.ids.new()),
    "conversations.due_profiles": lambda scene, _: scene.stores.conversations.due_profiles(10),
    "media.claim_due": lambda scene, _: scene.stores.media.claim_due(1),
    "media.forget_discarded": lambda scene, it: scene.stores.media.forget_discarded(
        Discarded(tenant_id=it.tenant, blob="none")
    ),
    "media.claim_discarded": lambda scene, _: scene.stores.media.claim_discarded(1),
    "outbox.forget_keys": lambda scene, _: scene.stores.outbox.forget_keys(10),
    "uploads.discard_unsent": lambda scene, _: scene.stores.uploads.discard_unsent(1),
    "deletions.claim_due": lambda scene, _: scene.stores.deletions.claim_due(10),
    "deletions.redact": lambda scene, it: scene.stores.deletions.redact([_deletion(it)], without_contact),
    "deletions.clear": lambda scene, it: scene.stores.deletions.clear(_deletion(it)),
    "deletions.settle": lambda scene, it: scene.stores.deletions.settle(_deletion(it)),
    "histories.claim_due": lambda scene, _: scene.stores.histories.claim_due(10),
    "live_tickets.put": lambda scene, it: scene.stores.live_tickets.put(
        new_handle(), LivePass(tenant_id=it.tenant, user_id=BEA), MINUTE
    ),
    "live_tickets.take": lambda scene, _: scene.stores.live_tickets.take(new_handle()),
    "events.heads": lambda scene, _: scene.stores.events.heads([CASA]),
    "consumers.claim": lambda scene, _: scene.stores.consumers.claim("another", None),
    "consumers.claim_one": lambda scene, _: scene.stores.consumers.claim("another", CASA),
    "dead_letters.of": lambda scene, _: scene.stores.dead_letters.of(None, None, 10),
    "dead_letters.replay": lambda scene, _: scene.stores.dead_letters.replay(LEADS, None, None),
    "dead_letters.discard": lambda scene, _: scene.stores.dead_letters.discard(LEADS, None, None),
    "dead_letters.claim": lambda scene, _: scene.stores.dead_letters.claim(LEADS),
    "queue.take": lambda scene, _: scene.stores.queue.take(10),
    "queue.claim_due": lambda scene, _: scene.stores.queue.claim_due(10),
    "queue.forget": lambda scene, _: scene.stores.queue.forget(10),
    "histories.beat": lambda scene, _: scene.stores.histories.beat(),
    "outbox.claim_due": lambda scene, _: scene.stores.outbox.claim_due(10),
    "outcomes.claim_due": lambda scene, _: scene.stores.outcomes.claim_due(10),
    "outcomes.forget": lambda scene, _: scene.stores.outcomes.forget(),
    "outbox.claim_waiting": lambda scene, _: scene.stores.outbox.claim_waiting(10),
    "outbox.expire_leases": lambda scene, _: scene.stores.outbox.expire_leases(),
    "journal.append": lambda scene, _: scene.stores.journal.append(
        Delivery(body=b"{}", signed_by=Login.FACEBOOK, reading=Reading(object="page"), received_at=scene.now)
    ),
    "journal.claim_due": lambda scene, _: scene.stores.journal.claim_due(10),
    "journal.project": lambda scene, it: scene.stores.journal.project([(it.pending, None)]),
    "journal.keep_partitions": lambda scene, _: scene.stores.journal.keep_partitions(7, 7),
}
