"""The way to receivers of events, as an inbox opens it."""

from contextlib import AsyncExitStack

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.adapters.addresses.name_threads import NameThreads
from meta_inbox.adapters.outgoing.fake import FakeWebhookPoster
from meta_inbox.adapters.outgoing.poster import HttpWebhookPoster
from meta_inbox.adapters.persistence.time_and_ids import SystemClock
from meta_inbox.domain.model.webhook_hosts import WebhookHosts
from meta_inbox.entrypoints.settings import Settings


async def real_poster(stack: AsyncExitStack, settings: Settings) -> HttpWebhookPoster:
    """Posts to the internet, and to the hosts that are named."""
    names = await stack.enter_async_context(NameThreads.open())
    guard = AddressGuard(hosts=_hosts(settings), resolve=names)
    return await stack.enter_async_context(HttpWebhookPoster.open(guard, SystemClock()))


async def fake_poster(stack: AsyncExitStack, settings: Settings) -> FakeWebhookPoster:
    """Posts to the hosts that are named alone, and keeps the rest."""
    named = await real_poster(stack, settings)
    return FakeWebhookPoster(guard=AddressGuard(hosts=_hosts(settings)), clock=SystemClock(), named=named)


def _hosts(settings: Settings) -> WebhookHosts:
    return WebhookHosts(settings.meta_inbox_webhook_hosts)
