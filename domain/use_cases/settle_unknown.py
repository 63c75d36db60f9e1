"""Sends of which nobody knows what became are looked for at Meta: one read of the conversation.

Their echo may settle them before or after; what is not found stays ``unknown``, and people decide.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import StatusReason
from meta_inbox.domain.model.message import MessageStatus
from meta_inbox.domain.model.outcome import Doubt, may_be_looked_for, own_items, pause
from meta_inbox.domain.ports import Accounts, Clock, GraphApi, Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleUnknown:
    """Looks for every send that is due; Meta is called by the account's own token, at its own pace."""

    outcomes: Outcomes
    accounts: Accounts
    graph: GraphApi
    clock: Clock

    async def __call__(self, limit: int = 12) -> int:
        """How many were looked for, all at once."""
        doubts = await self.outcomes.claim_due(limit)
        ends = await asyncio.gather(*map(self._look, doubts), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end  # its lease runs out, and it is looked for again
        return len(doubts)

    async def _look(self, doubt: Doubt) -> None:
        if not may_be_looked_for(doubt.message):
            await self.outcomes.look_again(doubt, None)
            return
        message = doubt.message
        try:
            token = await self.accounts.token(message.tenant_id, message.account_id)
            page = await self.graph.history(doubt.account, token, None, message.contact_id)
        except AccessRevoked as revoked:  # looked for once somebody has logged in again
            reason = StatusReason.of(revoked, self.clock.now())
            await self.accounts.needs_login(
                message.tenant_id, message.account_id, reason, as_of=doubt.account.connected_at
            )
        except RefusedByMeta:
            await self.outcomes.look_again(doubt, None)
        except GraphUnavailable as error:
            waits = max(error.retry_after or timedelta(0), pause(doubt.look))
            await self.outcomes.look_again(doubt, waits, held_back=error.retry_after is not None)
        else:
            settled = await self.outcomes.settle(message, own_items(page, message.contact_id))
            if settled.status is MessageStatus.UNKNOWN:
                await self.outcomes.look_again(doubt, None)

    async def forget(self) -> int:
        """Forgets what can no longer be sent again; how many."""
        return await self.outcomes.forget()
