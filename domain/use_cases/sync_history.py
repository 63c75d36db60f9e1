"""What was said before, and what webhooks did not bring, read back from Meta.

A first import and a repair are the same walk: conversations newest first, back to where everything is
known. It goes page by page, each kept before the next is asked for, so that whoever is killed is followed
by somebody who goes on at the same place.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Account, StatusReason
from meta_inbox.domain.model.history import Run, daily, next_repair, pause
from meta_inbox.domain.ports import Accounts, Clock, GraphApi, Histories

TURN = timedelta(seconds=15)
"""After so long a run lets others go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncHistory:
    """Goes on with every run that is due; Meta is called by the account's own token."""

    histories: Histories
    accounts: Accounts
    graph: GraphApi
    clock: Clock

    async def __call__(self, limit: int = 12) -> int:
        """How many runs went on, all at once: Meta's pace is each account's own."""
        runs = await self.histories.claim_due(limit)
        ends = await asyncio.gather(*(self._go_on(run) for run in runs), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end  # its lease runs out, and it goes on where it was
        return len(runs)

    async def _go_on(self, claimed: Run) -> None:
        until = self.clock.now() + TURN
        run: Run | None = claimed
        while run is not None and self.clock.now() < until:
            run = await self._step(run, resumed=run is claimed)
        if run is not None:
            await self.histories.put_off(run, timedelta(0), None)

    async def _step(self, run: Run, *, resumed: bool) -> Run | None:
        """One page; None when the run has ended, waits, or is somebody else's by now."""
        account = await self.accounts.get(run.tenant_id, run.account_id)
        try:
            token = await self.accounts.token(run.tenant_id, run.account_id)
            page = await self.graph.history(account, token, run.cursor)
        except AccessRevoked as revoked:
            await self._need_login(run, account, revoked)
            return None
        except RefusedByMeta as refused:
            await self._refused(run, refused, resumed=resumed)
            return None
        except GraphUnavailable as error:
            waits = max(error.retry_after or timedelta(0), pause(run.attempt))
            await self.histories.put_off(run, waits, str(error))
            return None
        wanted = run.wanted(page, account, self.clock.now())
        kept = await self.histories.keep(run, wanted.conversations, wanted.next)
        if kept is None or wanted.next is not None:
            return kept
        await self.histories.finish(kept, next_repair(kept, self.clock.now()))
        return None

    async def _need_login(self, run: Run, account: Account, revoked: AccessRevoked) -> None:
        """Ends the run; a stale one says nothing of the present token."""
        if not await self.histories.fail(run, str(revoked), daily(run.account_id, self.clock.now())):
            return
        reason = StatusReason.of(revoked, self.clock.now())
        await self.accounts.needs_login(run.tenant_id, run.account_id, reason, as_of=account.connected_at)

    async def _refused(self, run: Run, refused: RefusedByMeta, *, resumed: bool) -> None:
        """Ends the run; a cursor that was kept for long may have died, so that one begins anew."""
        if resumed and run.cursor is not None:
            await self.histories.put_off(replace(run, cursor=None), pause(run.attempt), refused.detail)
        else:
            await self.histories.fail(run, refused.detail, daily(run.account_id, self.clock.now()))
