"""A message in parts goes at once while the caller waits: one part after the other, as far as they arrive."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from meta_inbox.domain.model.message import Message, MessageStatus, Part
from meta_inbox.domain.model.sending import Claim
from meta_inbox.domain.ports import Outbox

_ARRIVED = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)
LOOK_AGAIN = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between looks at what a worker, who is told of each that is due, was faster to claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsInTurn:
    """What does not arrive ends it: then the parts behind have failed, too, or are left to a worker."""

    outbox: Outbox
    deliver: Callable[[Claim], Awaitable[Message]]
    present: Callable[[Message], Awaitable[Message]]

    async def __call__(self, message: Message, *, until: Callable[[], bool]) -> None:
        """Sends the parts; begins none any more once ``until`` is so."""
        for part in message.parts:
            if until() or not await self._arrives(message, part):
                return

    async def _arrives(self, message: Message, part: Part) -> bool:
        for pause in LOOK_AGAIN:
            claim = await self.outbox.claim(message.tenant_id, part.id)
            if claim is not None:
                return (await self.deliver(claim)).status in _ARRIVED
            now = next((each for each in (await self.present(message)).parts if each.id == part.id), part)
            if not _is_under_way(now):
                return now.status in _ARRIVED
            await asyncio.sleep(pause)
        return False


def _is_under_way(part: Part) -> bool:
    """Whether a worker has it, or is about to; the first may have to wait for an earlier message."""
    if part.status is MessageStatus.QUEUED:
        return part.index > 0 and part.error is None
    return part.status is MessageStatus.SENDING
