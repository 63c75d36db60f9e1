"""The shop's own CRM, with an inbox in its process: it makes a lead of each message that comes."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from meta_inbox import MessageReceived
from meta_inbox.domain.model import consuming
from meta_inbox.entrypoints.event_handling import EventHandling
from meta_inbox.entrypoints.plugin import OpenInbox

LEADS = "crm-leads"
_SOON = (timedelta(seconds=0.05),) * 4


class Crm:
    """Up or down; what fails in it is tried again sooner than usual."""

    def __init__(
        self,
        run: Callable[[Coroutine[Any, Any, Any]], Any],
        opening: Callable[[], AbstractAsyncContextManager[OpenInbox]] | None,
    ) -> None:
        self._run = run
        self._opening = opening
        self._stack = AsyncExitStack()
        self._inbox: OpenInbox | None = None
        self.leads: list[str] = []
        self.failures = 0
        self.unreadable: str | None = None

    def start(self, times: int = 1) -> None:
        """It runs, so often."""
        self._run(self._start(times))

    async def _start(self, times: int) -> None:
        assert self._opening is not None
        self._stack.enter_context(patch.object(consuming, "RETRIED_AFTER", _SOON))
        for _ in range(times):
            self._inbox = await self._stack.enter_async_context(self._opening())
            handling = self._inbox.on(MessageReceived, self._make_lead, LEADS)
            self._stack.push_async_callback(EventHandling.end, handling)

    def stop(self) -> None:
        """It is down; again: nothing happens."""
        self._run(self._stack.aclose())

    async def _make_lead(self, event: MessageReceived) -> None:
        text = event.message.text or ""
        if self.failures or text == self.unreadable:
            self.failures = max(0, self.failures - 1)
            raise LookupError("no such field")
        self.leads.append(text)

    def dies_over_a_message(self, text: str) -> None:
        """It is told of the message, and nobody hears of it any more."""
        self._run(self._hear_of(text))

    async def _hear_of(self, text: str) -> None:
        assert self._opening is not None
        async with self._opening() as inbox, asyncio.timeout(20):
            async for event in inbox.events(consumer=LEADS):
                if event.data.message is not None and event.data.message.text == text:
                    break

    async def set_aside(self) -> list[str]:
        """The messages that it failed at for good."""
        assert self._inbox is not None
        letters = await self._inbox.dead_letters(consumer=LEADS)
        log = self._inbox.events.turns.log
        found = [await log.tell(letter.event.tenant_id, [letter.event]) for letter in letters]
        return [event.data.message.text or "" for (event,) in found if event.data.message]

    def mend(self) -> None:
        """It can do everything now, and asks for what it could not do."""
        assert self._inbox is not None
        self.failures, self.unreadable = 0, None
        assert self._run(self._inbox.replay_dead_letters(consumer=LEADS)) > 0
