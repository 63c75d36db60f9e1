"""The use cases that are more than one call, as plain calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.media import MediaId
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.use_cases.connect_account import ConnectAccount
from meta_inbox.domain.use_cases.list_accounts import ListAccounts
from meta_inbox.domain.use_cases.open_live import OpenLive
from meta_inbox.domain.use_cases.open_media import OpenedMedia, OpenMedia
from meta_inbox.domain.use_cases.receive_webhook_event import ReceiveWebhookEvent
from meta_inbox.domain.use_cases.replay_webhook_deliveries import ReplayWebhookDeliveries
from meta_inbox.entrypoints.plain_calls import Loop, Plain


@dataclass(frozen=True, slots=True)
class PlainConnecting:
    """``connect_account``."""

    asynchronous: ConnectAccount
    loop: Loop

    start = Plain(ConnectAccount.start)
    authorize = Plain(ConnectAccount.authorize)
    callback = Plain(ConnectAccount.callback)
    candidates = Plain(ConnectAccount.candidates)
    complete = Plain(ConnectAccount.complete)


@dataclass(frozen=True, slots=True)
class PlainAccounts:
    """``list_accounts``."""

    asynchronous: ListAccounts
    loop: Loop

    one = Plain(ListAccounts.one)
    with_history = Plain(ListAccounts.with_history)

    def __call__(self, *, by: Principal) -> Sequence[Account]:
        """All of the tenant's."""
        return self.loop.run(self.asynchronous(by=by))


@dataclass(frozen=True, slots=True)
class PlainWebhooks:
    """``receive_webhook_event``, for a host that takes Meta's webhooks by a view of its own."""

    asynchronous: ReceiveWebhookEvent
    loop: Loop

    def __call__(self, *, body: bytes, signature: bytes | None) -> None:
        """Takes one; when this returns, it is committed."""
        self.loop.run(self.asynchronous(body=body, signature=signature))

    def answer_challenge(self, *, mode: str, token: str, challenge: str) -> str:
        """What the verify handshake is answered with."""
        return self.asynchronous.answer_challenge(mode=mode, token=token, challenge=challenge)


@dataclass(frozen=True, slots=True)
class PlainLive:
    """``open_live``: tickets for WebSockets that another process serves, such as ``meta-inbox serve``."""

    asynchronous: OpenLive
    loop: Loop

    start = Plain(OpenLive.start)
    enter = Plain(OpenLive.enter)


@dataclass(frozen=True, slots=True)
class PlainReplay:
    """``replay_webhook_deliveries``."""

    asynchronous: ReplayWebhookDeliveries
    loop: Loop

    one = Plain(ReplayWebhookDeliveries.one)
    failed = Plain(ReplayWebhookDeliveries.failed)


@dataclass(frozen=True, slots=True)
class PlainMedia:
    """``open_media``."""

    asynchronous: OpenMedia
    loop: Loop

    def __call__(self, *, by: Principal, media: MediaId) -> OpenedMedia:
        """A file, to be read by ``read``."""
        return self.loop.run(self.asynchronous(by=by, media=media))

    def read(self, opened: OpenedMedia, first: int, last: int) -> Iterator[bytes]:
        """The bytes from ``first`` to ``last``, the last included, in pieces."""

        async def pieces() -> Iterator[bytes]:
            return self.loop.iterate(await opened.read(first, last))

        return self.loop.run(pieces())
