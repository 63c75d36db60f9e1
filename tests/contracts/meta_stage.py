"""One Meta, spoken to in process or over real HTTP: the same tests for the fake and for the real client."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn

from meta_inbox.adapters.meta_graph.actions import HttpGraphActions
from meta_inbox.adapters.meta_graph.calls import GraphCalls, MetaApp
from meta_inbox.adapters.meta_graph.client import HttpGraphApi
from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.adapters.meta_graph.login import HttpMetaLogin
from meta_inbox.adapters.meta_graph.login_instagram import HttpInstagramLogin
from meta_inbox.adapters.meta_graph.messenger_profile import HttpMessengerProfiles
from meta_inbox.adapters.meta_graph.meter import Meter
from meta_inbox.adapters.meta_graph.sandbox_graph import GraphHttp
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_instagram import PERMISSIONS
from meta_inbox.adapters.meta_graph.world_oauth import ALL_PERMISSIONS
from meta_inbox.adapters.meta_graph.world_values import Contact
from meta_inbox.domain.model.account import Account, AccountStatus, Login, Platform, WebhookSource
from meta_inbox.domain.model.content import Content, TextContent
from meta_inbox.domain.model.ids import AccountId, ContactId, MetaMessageId, TenantId, UserId
from meta_inbox.domain.model.message import Message, Origin
from meta_inbox.domain.model.oauth_state import Grant, Wanted
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Outcome
from tests.harness.service import NO_TLS

REDIRECT = "https://crm.example/api/meta/oauth/callback"
INSTAGRAM_REDIRECT = f"{REDIRECT}/instagram"
PATIENCE, HURRY = 20.0, 0.6
"""Seconds that a call may take: where an answer comes, and in tests that wait until none came."""
CASA_VERDE, PADARIA_SOL, ATELIE_LUA = "1001", "1002", "1003"
CASAVERDE = "17841400000000001"
BY_PAGE = WebhookSource(login=Login.FACEBOOK, id=CASA_VERDE)
BY_LOGIN = WebhookSource(login=Login.INSTAGRAM, id=CASAVERDE)


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(kw_only=True)
class Stage:
    """What the tests hold."""

    meta: FakeMeta
    calls: GraphCalls

    @property
    def world(self) -> World:
        return self.meta.world

    @property
    def api(self) -> HttpGraphApi:
        return HttpGraphApi(graph=self.calls)

    @property
    def actions(self) -> HttpGraphActions:
        return HttpGraphActions(graph=self.calls)

    @property
    def profiles(self) -> HttpMessengerProfiles:
        return HttpMessengerProfiles(graph=self.calls)

    @property
    def login(self) -> HttpMetaLogin:
        return HttpMetaLogin(
            graph=self.calls, redirect_uri=REDIRECT, clock=Now(), scopes=ALL_PERMISSIONS, config_id=None
        )

    @property
    def instagram_login(self) -> HttpInstagramLogin:
        return HttpInstagramLogin(
            graph=self.calls,
            app=self.meta.instagram_app,
            redirect_uri=INSTAGRAM_REDIRECT,
            clock=Now(),
            scopes=PERMISSIONS,
            dialog_base_url=self.calls.instagram_base_url,
            api_base_url=self.calls.instagram_base_url,
        )

    def forget_usage(self) -> None:
        """As in another process, which knows nothing of what Meta said of its limits."""
        self.calls = replace(self.calls, meter=Meter())

    def hurry(self) -> None:
        """What gets no answer ends soon from now on."""
        self.calls = replace(self.calls, read_deadline=HURRY, send_deadline=HURRY, upload_deadline=HURRY)

    def approve(self, **ticked: Any) -> Secret:
        """The person agrees; the code that the browser brings back."""
        return code_of(self.meta.approve(self.login.dialog_url(Secret("state"), Wanted.ALL), **ticked))

    async def redeem(self, wanted: Wanted = Wanted.ALL, **ticked: Any) -> Grant:
        return await self.login.redeem(self.approve(**ticked), wanted)

    async def page_token(self, page_id: str = CASA_VERDE) -> Secret:
        return (await self.redeem()).page_tokens[page_id]

    async def token_of(self, account: Account) -> Secret:
        """The token by which the account acts; the default people have one Page in view at a time."""
        if account.login is Login.INSTAGRAM:
            return Secret(self.world.instagram.token(account.external_id).text)
        return await self.page_token(account.facebook_page_id or CASA_VERDE)

    def contact(self, account_id: str = CASA_VERDE, name: str = "Ana", *, wrote: bool = True) -> Contact:
        contact = self.world.contacts.create(account_id, name)
        if wrote:
            self.world.contacts.write(contact.id, "Oi!")
        return contact

    def comment(self, account_id: str = CASA_VERDE, *, live: bool = False) -> tuple[Contact, str]:
        """Somebody who never wrote in private comments; who, and Meta's id of the comment."""
        contact = self.contact(account_id, wrote=False)
        return contact, self.world.comments.write(contact.id, "Quanto custa?", live=live)

    async def send(
        self,
        token: Secret,
        contact: Contact,
        content: Content | None = None,
        *,
        human_agent: bool = False,
        reply_to: str | None = None,
        message_id: str = "0192f0a0-0000-7000-8000-000000000001",
        origin: Origin = Origin.AGENT,
        login: Login = Login.FACEBOOK,
    ) -> Outcome:
        content = content or TextContent(text="Chega amanhã")
        message = Message.queued(
            ids=(message_id, "a1"),
            tenant=TenantId("t1"),
            account=AccountId("acc"),
            contact=ContactId(contact.id),
            content=content,
            human_agent=human_agent,
            reply_to=None,
            origin=origin,
            sent_by=UserId("u1"),
            now=datetime.now(UTC),
        )
        replied = MetaMessageId(reply_to) if reply_to else None
        return await self.api.send(account(contact.account_id, login), token, message, content, replied)


def code_of(callback: str) -> Secret:
    return Secret(parse_qs(urlsplit(callback).query)["code"][0])


def account(external_id: str = CASA_VERDE, login: Login = Login.FACEBOOK) -> Account:
    """A connected account; the Instagram one is reached through its Page, if it did not log in itself."""
    instagram = external_id == CASAVERDE
    return Account(
        id=AccountId("acc"),
        tenant_id=TenantId("t1"),
        platform=Platform.INSTAGRAM if instagram else Platform.MESSENGER,
        login=login,
        status=AccountStatus.ACTIVE,
        instagram_account_id=external_id if instagram else None,
        facebook_page_id=CASA_VERDE if instagram else external_id,
        connected_at=datetime.now(UTC),
        connected_by=UserId("u1"),
        updated_at=datetime.now(UTC),
    )


@asynccontextmanager
async def opened(kind: str) -> AsyncGenerator[Stage]:
    """The stage with the fake, or with the real client and a Meta on a socket of this machine."""
    meta = FakeMeta()
    if kind == "fake":
        yield Stage(meta=meta, calls=calls_of(meta, meta.calls.transport, "https://graph.facebook.com"))
        return
    transport = HttpTransport(verify=NO_TLS)
    async with served(GraphHttp(world=meta.world, handshake=trusting)) as url, AsyncExitStack() as stack:
        stack.push_async_callback(transport.close)
        yield Stage(meta=meta, calls=calls_of(meta, transport, url))


def calls_of(meta: FakeMeta, transport: Any, url: str) -> GraphCalls:
    return GraphCalls(
        transport=transport,
        app=MetaApp(id=meta.app.id, secret=meta.app.secret),
        instagram_app=meta.instagram_app,
        base_url=url,
        instagram_base_url=f"{url}/instagram",
        read_deadline=PATIENCE,
        send_deadline=PATIENCE,
        upload_deadline=PATIENCE,
    )


async def trusting(_url: str, _token: str) -> bool:
    return True


class Server(uvicorn.Server):
    """Leaves the signals of the tests alone, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def served(app: Any) -> AsyncGenerator[str]:
    """The app on a socket of its own."""
    config = uvicorn.Config(
        app, port=0, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = Server(config)
    task = asyncio.create_task(server.serve())
    await server.listening.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
