"""Meta within the process: for the tests of a host, and of our own.

What the real client concludes from Meta's answers, this one concludes too: it is the same code, on the
same world that the sandbox serves over HTTP, without the HTTP.
"""

from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from meta_inbox.adapters.meta_graph.calls import GraphCalls, MetaApp
from meta_inbox.adapters.meta_graph.client import HttpGraphApi
from meta_inbox.adapters.meta_graph.fake_cast import Cast, nobodys
from meta_inbox.adapters.meta_graph.fake_contacts import ContactsPlayed
from meta_inbox.adapters.meta_graph.fake_trouble import TroublePlayed
from meta_inbox.adapters.meta_graph.fake_webhooks import Pump, Receive
from meta_inbox.adapters.meta_graph.in_process import WorldTransport
from meta_inbox.adapters.meta_graph.login import HttpMetaLogin
from meta_inbox.adapters.meta_graph.login_instagram import HttpInstagramLogin
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_instagram import PERMISSIONS
from meta_inbox.adapters.meta_graph.world_oauth import ALL_PERMISSIONS
from meta_inbox.domain.model.oauth_state import Grant, Wanted
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Clock

_INSTAGRAM = "https://graph.facebook.com/instagram"
"""Where the world has all of Instagram Login's hosts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One send that reached a contact; the ids are Meta's, ``message`` is what the Send API was given."""

    account_id: str
    contact_id: str
    message_id: str
    text: str | None
    message: dict[str, Any]
    human_agent: bool


class FakeMeta(ContactsPlayed, TroublePlayed):
    """Plays Meta. ``world`` has what is not offered here: other faults, permissions, profiles.

    By default Marina Souza manages the Pages "Casa Verde" (with the Instagram account casaverde),
    "Padaria Sol" (without one) and "Ateliê Lua" (where she may not write messages).
    """

    def __init__(
        self, *, world: World | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        world = world or World(
            "102030405060",
            Secret("sandbox-app-secret-of-the-fake"),
            verify_token=Secret("sandbox-verify-token-of-the-fake"),
            clock=clock,
        )
        super().__init__(world, Cast(world=world), Pump())
        self.app = MetaApp(id=self.world.ground.app_id, secret=self.world.ground.app_secret)
        self.instagram_app = MetaApp(
            id=self.world.ground.instagram_app.id, secret=self.world.ground.instagram_app.secret
        )
        self.calls = GraphCalls(
            transport=WorldTransport(self.world),
            app=self.app,
            instagram_app=self.instagram_app,
            instagram_base_url=_INSTAGRAM,
            version=self.world.ground.version,
        )
        self._dialogs: deque[str] = deque(maxlen=100)
        self.world.webhooks.deliver = self._pump.take

    @property
    def verify_token(self) -> Secret:
        """The token of the webhook's verify handshake."""
        return self.world.ground.verify_token

    def account_id(self, name: str) -> str:
        """Meta's id of an account, given a Page's name or an Instagram username. ValueError."""
        return self._cast.account_id(name)

    @asynccontextmanager
    async def delivering(
        self, receive: Receive, *, external_id_of: Callable[[str], str | None] = nobodys
    ) -> AsyncGenerator[None]:
        """Hands every webhook to ``receive`` for as long as the block lasts, in order, again when it fails.

        ``external_id_of`` lets accounts be named by our own ids as well.
        """
        self._cast.external_id_of = external_id_of
        async with self._pump.running(receive):
            yield

    async def settled(self) -> None:
        """Waits until every webhook so far was taken; at once when nobody takes any."""
        await self._pump.settled()

    def dialog_opened(self, url: str) -> None:
        """Remembers a dialog that a browser was sent to."""
        self._dialogs.append(url)

    def approve(
        self,
        authorization_url: str,
        *,
        page_ids: Sequence[str] | None = None,
        permissions: Sequence[str] | None = None,
        account: str | None = None,
    ) -> str:
        """The person agrees in Meta's dialog; returns the callback URL that the browser is sent to.

        Takes the dialog's address, or the one of ``/oauth/authorize`` once a browser has opened it.
        None = everything stays ticked. ``account``: which one logs in, in the dialog of Instagram Login,
        by its username or id; by default casaverde.
        """
        url = self._opened(authorization_url)
        if not _is_instagrams(url):
            dialog = self.world.oauth.dialog(_query(url))
            return self.world.oauth.approve(dialog, page_ids=page_ids, permissions=permissions)
        login = self.world.instagram_login
        account_id = None if account is None else self.account_id(account)
        return login.approve(login.dialog(_query(url)), account_id=account_id, permissions=permissions)

    def cancel(self, authorization_url: str) -> str:
        """The person closes the dialog; returns the callback URL."""
        url = self._opened(authorization_url)
        login = self.world.instagram_login if _is_instagrams(url) else self.world.oauth
        return login.cancel(login.dialog(_query(url)))

    def _opened(self, url: str) -> str:
        """The dialog's address, given that or ours."""
        if "client_id" in _query(url):
            return url
        if not self._dialogs:
            raise ValueError("no browser has opened this address yet, so that Meta shows no dialog")
        return self._dialogs[-1]

    @property
    def sent(self) -> list[Accepted]:
        """Everything that reached contacts, oldest first."""
        return [
            Accepted(
                account_id=one.account_id,
                contact_id=one.recipient_id,
                message_id=one.mid,
                text=one.message.get("text"),
                message=one.message,
                human_agent=one.tag == "HUMAN_AGENT",
            )
            for one in self.world.ledger
        ]


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def _is_instagrams(url: str) -> bool:
    return urlsplit(url).path.endswith("/oauth/authorize")


class FakeGraphApi(HttpGraphApi):
    """The Graph API of a fake Meta."""

    def __init__(self, meta: FakeMeta) -> None:
        super().__init__(graph=meta.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeMetaLogin:
    """Facebook Login at a fake Meta, which remembers the dialogs that were opened."""

    meta: FakeMeta
    redirect_uri: str
    clock: Clock
    scopes: Sequence[str] = ALL_PERMISSIONS
    config_id: str | None = None

    def dialog_url(self, state: Secret, wanted: Wanted) -> str:
        """Where the browser logs in."""
        url = self._login.dialog_url(state, wanted)
        self.meta.dialog_opened(url)
        return url

    async def redeem(self, code: Secret, wanted: Wanted) -> Grant:
        """What the login gave. ConnectFailed, GraphUnavailable."""
        return await self._login.redeem(code, wanted)

    @property
    def _login(self) -> HttpMetaLogin:
        return HttpMetaLogin(
            graph=self.meta.calls,
            redirect_uri=self.redirect_uri,
            clock=self.clock,
            scopes=self.scopes,
            config_id=self.config_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeInstagramLogin:
    """Instagram Login at a fake Meta, which remembers the dialogs that were opened."""

    meta: FakeMeta
    redirect_uri: str
    clock: Clock
    app: MetaApp
    scopes: Sequence[str] = PERMISSIONS

    def dialog_url(self, state: Secret, wanted: Wanted) -> str:
        """Where the browser logs in."""
        url = self._login.dialog_url(state, wanted)
        self.meta.dialog_opened(url)
        return url

    async def redeem(self, code: Secret, wanted: Wanted) -> Grant:
        """What the login gave. ConnectFailed, GraphUnavailable."""
        return await self._login.redeem(code, wanted)

    @property
    def _login(self) -> HttpInstagramLogin:
        return HttpInstagramLogin(
            graph=self.meta.calls,
            app=self.app,
            redirect_uri=self.redirect_uri,
            clock=self.clock,
            scopes=self.scopes,
            dialog_base_url=_INSTAGRAM,
            api_base_url=_INSTAGRAM,
        )
