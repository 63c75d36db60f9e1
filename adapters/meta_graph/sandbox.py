"""A local Meta over HTTP: the same world that the in-process fake is made of, to click and curl against.

All of Meta's hosts for Facebook Login are one origin here; paths work with and without ``/v26.0``:

    /dialog/oauth                    the login dialog; POST ``action=approve`` (everything, or with
                                     ``chosen=1`` the ``page`` and ``permission`` fields) or ``action=cancel``
    /oauth/access_token  /debug_token  /me  /me/permissions  /me/accounts  /{page}  /{page}/subscribed_apps
    /{page}/messages  /{page}/message_attachments  /{page}/conversations  /{contact}
    /{conversation or message}  /{app}/subscriptions
    /{comment}/replies  /{comment}/comments  /{comment}  /{page}/messenger_profile  /{page}/thread_owner
    /{page}/take_thread_control  /{page}/pass_thread_control  /{page}/release_thread_control

All hosts of Instagram Login are what lies below ``/instagram``:

    /instagram/oauth/authorize       its dialog; POST as above, with ``account`` and ``permission`` fields
    /instagram/oauth/access_token    (api.instagram.com)  …/access_token  …/refresh_access_token
    /instagram/me  …/me/subscribed_apps  …/me/messages  …/me/conversations  …/me/messenger_profile
    …/{contact}  …/{comment}/replies

At ``/`` is a page to play the contacts. Below ``/sandbox`` is the same as JSON, for tests and curl:

    GET  /state?contact=&known=      what the page shows; only its ``version`` while that is still ``known``
    GET  /accounts                   whom one can write to         GET  /pictures    pictures to send
    GET  /contacts?account_id=       POST /contacts {account_id, name, username?}
    PATCH /contacts/{id}             {available?, profile_shown?}
    GET  /contacts/{id}/thread       what the contact sees
    POST /contacts/{id}/messages     {text?, image_url?, photo?, attachments?, reply_to?, story?,
                                     unsupported?, quick_reply?, referral?, ago_seconds?, copies?} -> {mid}
    POST /contacts/{id}/comments     {text, parent?, live?}        GET  /comments    who said what in public
    POST /contacts/{id}/postbacks    {payload, title}              POST …/reactions  {mid, reaction|null}
    POST /contacts/{id}/edits        {mid, text}                   POST …/unsends    {mid}
    POST /contacts/{id}/reads        POST …/deliveries             POST …/referrals  {ref}
    GET  /contacts/{id}/stories      the stories of the account (Instagram)
    POST /contacts/{id}/story-replies {text, story_id?}            POST …/story-mentions {url?}
    POST /contacts/{id}/native-replies {text, app_id?}             an answer typed outside the app
    GET  /faults                     POST /faults {endpoint, kind, count?, seconds?, code?, subcode?, status?}
    DELETE /faults?endpoint=&kind=   (endpoints, ``*`` for any, and kinds: ``world_faults.py``)
    GET  /chaos                      POST /chaos {rate, endpoint?, seed?, mishaps?: [{kind, weight?, …}]}
    DELETE /chaos?endpoint=          a share of the calls goes wrong; without mishaps, in every way there is
    GET  /troubles                   all that is made to go wrong  DELETE /troubles  ends faults, chaos and
                                     the quirks that harm; what is already dead or past stays so
    GET  /ledger                     every send that Meta accepted
    POST /tokens/revoke              {person_id?, page_id?, subcode?}
    POST /tokens/instagram           {instagram_id} -> {access_token}, of an account that logged in itself
    POST /people/{id}/permissions    {permission, status}
    POST /pages/{id}/instagram       {instagram_id|null}           links and unlinks
    POST /clock {advance_seconds}    windows close, tokens expire  DELETE /clock  back to the real time
    GET  /quirks                     PATCH /quirks {…}             ``Quirks`` of ``world_values.py``;
                                     {"webhooks_lost": true} drops every webhook from then on
    GET  /webhooks                   how deliveries fared          POST /webhooks/repeat {count?}
    POST /webhooks/test {object}     POST /webhooks/batch {items: [{contact_id, text}]}
    POST /media?kind=                a photo as the raw body, or anything declared as ``kind`` -> {url}
    POST /media/links                {url, status?, location?, gone?}: it dies, leads elsewhere, or has no
                                     file any more -> {url}, a link to the same file that works

A request that carries another page's Origin is refused there.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send

from meta_inbox.adapters.meta_graph.sandbox_answer import play_page
from meta_inbox.adapters.meta_graph.sandbox_control import control_routes
from meta_inbox.adapters.meta_graph.sandbox_delivery import PAUSES, Courier
from meta_inbox.adapters.meta_graph.sandbox_dialog import dialog_routes
from meta_inbox.adapters.meta_graph.sandbox_given import given
from meta_inbox.adapters.meta_graph.sandbox_graph import GraphHttp
from meta_inbox.adapters.meta_graph.sandbox_instagram_dialog import PATH as INSTAGRAM_DIALOG
from meta_inbox.adapters.meta_graph.sandbox_instagram_dialog import instagram_dialog_routes
from meta_inbox.adapters.meta_graph.sandbox_media import media_routes
from meta_inbox.adapters.meta_graph.sandbox_memory import recall, remembering
from meta_inbox.adapters.meta_graph.sandbox_pages import PAGE_ROUTES
from meta_inbox.adapters.meta_graph.world import World

_OWN_PATHS = frozenset({"/", "/favicon.ico"})
_OWN_FOLDERS = ("/sandbox/", "/media/", "/assets/")


class Sandbox:
    """The ASGI app. It delivers webhooks while its lifespan runs, or inside ``async with sandbox``."""

    def __init__(self, world: World, courier: Courier, state_file: Path | None) -> None:
        self.world = world
        self.courier = courier
        self._state_file = state_file
        self._graph = GraphHttp(world=world, handshake=courier.handshake)
        self._pages = Litestar(
            [
                *PAGE_ROUTES,
                *dialog_routes(world),
                *instagram_dialog_routes(world),
                *media_routes(world.media),
                control_routes(),
            ],
            dependencies=given(world, courier),
            lifespan=[lambda _: self._running()],
            openapi_config=None,
        )
        self._entered = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan."""
        if scope["type"] != ScopeType.HTTP:
            await self._pages(scope, receive, send)
        elif scope["path"].endswith("/dialog/oauth") or scope["path"] == INSTAGRAM_DIALOG:
            await play_page(self.world.faults.take("dialog"), self._pages, scope, receive, send)
        elif scope["path"] in _OWN_PATHS or scope["path"].startswith(_OWN_FOLDERS):
            await self._pages(scope, receive, send)
        else:
            await self._graph(scope, receive, send)

    @asynccontextmanager
    async def _running(self) -> AsyncGenerator[None]:
        webhooks = self.world.webhooks
        async with self.courier.running(), remembering(self.world, self._state_file):
            webhooks.deliver = self.courier.take
            waiting, webhooks.outgoing[:] = list(webhooks.outgoing), []
            for webhook in waiting:
                self.courier.take(webhook)
            try:
                yield
            finally:
                webhooks.deliver = None

    async def __aenter__(self) -> Self:
        await self._entered.enter_async_context(self._running())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._entered.aclose()


def create_sandbox(
    world: World,
    *,
    deliver_to: str | None,
    public_url: str,
    state_file: Path | None = None,
    pauses: tuple[float, ...] = PAUSES,
) -> Sandbox:
    """The sandbox of this world.

    ``deliver_to`` is the app's webhook URL, unless an app-level subscription names another;
    ``public_url`` is where the sandbox itself is reached. With a ``state_file`` (it holds live tokens)
    the world goes on after a restart where it was. ``pauses`` are those between tries of a webhook.
    """
    world.ground.public_url = world.ground.media_url = public_url.rstrip("/")
    world.ground.callback_url = deliver_to or ""
    if state_file is not None:
        recall(world, state_file)
    return Sandbox(world, Courier(world, deliver_to, pauses=pauses), state_file)
