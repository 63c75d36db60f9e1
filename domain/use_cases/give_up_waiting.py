"""What waits for a login, or for an account that Meta holds up, fails once its window is over."""

from dataclasses import dataclass

from meta_inbox.domain.errors import Refused
from meta_inbox.domain.model.message import SendError
from meta_inbox.domain.model.projection import GIVEN_UP
from meta_inbox.domain.model.sending import Waiting
from meta_inbox.domain.ports import Clock, Conversations, Outbox
from meta_inbox.domain.use_cases.require_still_open import require_still_open


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpWaiting:
    """Whatever an account that can send has waiting is asked right before it is sent instead."""

    outbox: Outbox
    conversations: Conversations
    clock: Clock

    async def __call__(self, limit: int = 200) -> int:
        """Asks of what is due; how many, 0 when no more is."""
        waiting = await self.outbox.claim_waiting(limit)
        for each in waiting:
            error = await self._too_late(each)
            if error is not None:
                await self.outbox.give_up(each.message, error)
        return len(waiting) if len(waiting) == limit else 0

    async def _too_late(self, waiting: Waiting) -> SendError | None:
        """Why it can no longer be sent, by the time that its account may send; None = it waits on."""
        if waiting.disconnected:
            return GIVEN_UP
        now = self.clock.now()
        at = max(now, waiting.resume_at or now)
        try:
            await require_still_open(self.conversations, waiting.message, waiting.content, at)
        except Refused as closed:
            return SendError(code=closed.code, detail=closed.detail)
        return None
