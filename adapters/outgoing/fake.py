"""Receivers in memory: what would be posted is signed and kept, and nothing leaves the process.

Hosts that the deployment names are posted to all the same: a test that listens on this machine names it.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.adapters.outgoing.poster import HttpWebhookPoster
from meta_inbox.adapters.outgoing.signing import signed_headers
from meta_inbox.domain.errors import LinkBarred
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.webhook_delivery import Posted
from meta_inbox.domain.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedEvent:
    """What a receiver would have been sent: the signed headers, and the bytes that they sign."""

    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The body as a receiver reads it."""
        read: dict[str, Any] = json.loads(self.body)
        return read


@dataclass(slots=True)
class FakeReceivers:
    """Whoever events are posted to in memory: ``posted`` is what they were sent, in order. They say 200."""

    posted: list[PostedEvent] = field(default_factory=list[PostedEvent])
    _answers: list[int] = field(default_factory=list[int])
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, *statuses: int) -> None:
        """The next posts are answered with these, one after the other, and then with 200 again."""
        self._answers.extend(statuses)

    async def heard(self, count: int = 1, within: float = 10.0) -> Sequence[PostedEvent]:
        """All that was posted, once there are so many. TimeoutError."""
        async with asyncio.timeout(within):
            while len(self.posted) < count:
                self._came.clear()
                await self._came.wait()
        return list(self.posted)

    def take(self, posted: PostedEvent) -> Posted:
        """Keeps it; what the receiver says."""
        self.posted.append(posted)
        self._came.set()
        return Posted(status=self._answers.pop(0) if self._answers else 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeWebhookPoster:
    """Judges addresses as the real one does, as far as that goes without asking anybody."""

    guard: AddressGuard
    clock: Clock
    named: HttpWebhookPoster
    receivers: FakeReceivers = field(default_factory=FakeReceivers)

    def require_allowed(self, url: str) -> None:
        """Raises LinkBarred for an address that nothing may ever be posted to."""
        self.guard.look(url)

    async def post(self, url: str, secrets: Sequence[Secret], id_: str, body: bytes) -> Posted:
        """One attempt, signed with each secret; for real where the deployment names the host."""
        try:
            _, host, port, _ = self.guard.look(url)
        except LinkBarred:
            return Posted(error="address_barred")
        if self.guard.hosts.trust(host, port):
            return await self.named.post(url, secrets, id_, body)
        signed = signed_headers(secrets, id_, body, self.clock.now())
        headers = {"content-type": "application/json", **signed}
        return self.receivers.take(PostedEvent(url=url, headers=headers, body=body))
