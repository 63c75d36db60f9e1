"""One send, everything that may happen to it, and a Meta that keeps the truth about what the contact has."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin
from meta_inbox.domain.model.outcome import may_be_looked_for
from meta_inbox.domain.model.sending import Claim, Failed, Sent, Unknown
from meta_inbox.domain.model.webhook import WebhookItem
from tests.contracts.scene import OOPS, PAGE, Scene, echo, instagram_candidate

STEP = timedelta(seconds=3)
INSTAGRAM = "9001"
TEXT = "hello"


@dataclass(kw_only=True)
class Play:
    """A send to one contact; on Instagram echoes bring no token of ours.

    ``at_meta`` is what the contact has, by Meta's ids, with whether it was sent from here.
    """

    scene: Scene
    account: Account
    contact: ContactId
    instagram: bool
    claim: Claim
    at_meta: dict[str, bool] = field(default_factory=dict[str, bool])

    @classmethod
    async def begins(cls, scene: Scene, account: Account, name: str) -> "Play":
        """An answer is on its way."""
        claim = await scene.sending(account, TEXT, contact=ContactId(name))
        instagram = account.platform.value == "instagram"
        return cls(scene=scene, account=account, contact=ContactId(name), instagram=instagram, claim=claim)

    def arrives(self, *, here: bool = True) -> str:
        """The contact gets a copy, sent from here or written in Meta's own app."""
        mid = f"m-{self.contact}-{len(self.at_meta)}"
        self.at_meta[mid] = here
        return mid

    async def answers(self, mid: str) -> None:
        """Meta says that it took the message."""
        await self.scene.stores.outbox.settle(self.claim, Sent(meta_message_id=MetaMessageId(mid)))

    async def is_lost(self) -> None:
        """No answer comes."""
        await self.scene.stores.outbox.settle(self.claim, Unknown(error=OOPS))

    async def is_refused(self) -> None:
        """Meta does not take this attempt."""
        await self.scene.stores.outbox.settle(self.claim, Failed(error=OOPS))

    async def is_echoed(self, mid: str) -> None:
        """Meta tells of this copy, and a few seconds pass."""
        await self.scene.happens(self.item(mid))
        await self.scene.stores.backstage.age_items(STEP)
        await self.scene.settle_down()

    def item(self, mid: str) -> WebhookItem:
        """The copy as an echo, or when it is read."""
        more: dict[str, object] = {"contact_id": self.contact, "sent_at": self.scene.now}
        if self.at_meta[mid] and not self.instagram:
            more["client_token"] = self.claim.message.id
        if self.instagram:
            more |= {"platform": self.account.platform, "external_id": INSTAGRAM}
        return echo(mid, TEXT, **more)

    async def is_read(self) -> None:
        """A worker looks, if it is time."""
        outcomes = self.scene.stores.outcomes
        await self.scene.stores.backstage.age_message(self.claim.message, timedelta(seconds=10))
        for doubt in await outcomes.claim_due(10):
            await outcomes.settle(doubt.message, self._read())
            await outcomes.look_again(doubt, None)

    async def is_checked(self) -> None:
        """A person looks, if it is unknown."""
        own = await self.own()
        if may_be_looked_for(own):
            await self.scene.stores.outcomes.settle(own, self._read())

    def _read(self) -> list[WebhookItem]:
        found = [self.item(mid) for mid in self.at_meta]
        for item in found:
            item.client_token = None  # reading does not tell it
        return found

    async def is_sent_again(self) -> None:
        """A person has it sent again, and the next attempt begins, if there is need."""
        outcomes, outbox = self.scene.stores.outcomes, self.scene.stores.outbox
        tenant, message = self.account.tenant_id, self.claim.message.id
        await outcomes.put_back(tenant, [message], human_agent=False)
        self.claim = await outbox.claim(tenant, message) or self.claim

    async def own(self) -> Message:
        """The message as it is now."""
        return await self.scene.message(self.claim.message)

    async def ends(self) -> None:
        """Nothing more comes: what waits for the end of a send no longer does."""
        await self.scene.stores.backstage.age_items(timedelta(minutes=1))
        await self.scene.settle_down()

    async def is_true(self, what: object) -> None:
        """What the contact has is shown, each once, and nothing that arrived is said to have failed."""
        shown = await self.scene.messages(self.account, self.contact)
        known = [one for one in shown if one.meta_message_id is not None]
        assert sorted(str(one.meta_message_id) for one in known) == sorted(self.at_meta), what
        assert {one.status for one in known} <= {MessageStatus.SENT}, what
        own = await self.own()
        others = [one for one in shown if one.id != own.id]
        assert own.origin is Origin.AGENT, what
        assert {one.origin for one in others} <= {Origin.NATIVE_APP}, what
        assert all(one.meta_message_id is not None for one in others), what
        if any(self.at_meta.values()):
            assert own.status is not MessageStatus.FAILED, what


async def account_of(scene: Scene, *, instagram: bool) -> Account:
    """The Page, or the Instagram account."""
    return await scene.connected(candidate=instagram_candidate(INSTAGRAM, PAGE) if instagram else None)


async def improvise(play: Play, dice: random.Random, steps: int) -> list[str]:
    """Anything that can happen, in any order; what was done."""
    done: list[str] = []
    for _ in range(steps):
        own = await play.own()
        can = ["read", "check", "native", "again", *(["echo"] * 2 if play.at_meta else [])]
        if own.status is MessageStatus.SENDING:
            can += ["answer", "lost", "lost", "swallowed", "refused"]
        step = dice.choice(can)
        done.append(step)
        await _do(play, step, dice)
    if (await play.own()).status is MessageStatus.SENDING:
        await play.is_lost()
    mids = list(play.at_meta)
    dice.shuffle(mids)
    for mid in mids:
        await play.is_echoed(mid)
    await play.ends()
    return done


async def _do(play: Play, step: str, dice: random.Random) -> None:
    match step:
        case "answer":
            await play.answers(play.arrives())
        case "lost":
            play.arrives()
            await play.is_lost()
        case "swallowed":
            await play.is_lost()
        case "refused":
            await play.is_refused()
        case "echo":
            await play.is_echoed(dice.choice(list(play.at_meta)))
        case "native":
            play.arrives(here=False)
        case "read":
            await play.is_read()
        case "check":
            await play.is_checked()
        case _:
            await play.is_sent_again()
