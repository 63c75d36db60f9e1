"""The sandbox on a socket of its own, an app's callback beside it, and an app's steps to connect."""

import hashlib
import hmac
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from meta_inbox.adapters.meta_graph.sandbox import Sandbox, create_sandbox
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_oauth import ALL_PERMISSIONS
from meta_inbox.domain.model.secret import Secret
from tests.contracts.meta_stage import served
from tests.harness.service import NO_TLS

APP_ID = "102030405060"
SECRET = "0123456789abcdef0123456789abcdef"
REDIRECT = "https://inbox.example/api/meta/oauth/callback"
CASA_VERDE, PADARIA_SOL = "1001", "1002"
CASAVERDE = "17841400000000001"


@dataclass(kw_only=True)
class Callback:
    """An app's webhook: keeps what comes, answers the planned statuses and then 200."""

    statuses: list[int] = field(default_factory=list[int])
    bodies: list[bytes] = field(default_factory=list[bytes])
    signatures: list[str] = field(default_factory=list[str])
    verify_token: str = "verify-me"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        status, answer = 200, b""
        if scope["method"] == "GET":
            right = query.get("hub.verify_token") == self.verify_token
            status, answer = (200, query["hub.challenge"].encode()) if right else (403, b"")
        else:
            await self._keep(scope, receive)
            status = self.statuses.pop(0) if self.statuses else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": answer})

    async def _keep(self, scope: Any, receive: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.bodies.append(body)
        self.signatures.append(headers.get("x-hub-signature-256", ""))


@dataclass(kw_only=True)
class Stage:
    """What the tests hold: the sandbox, where it is, the app's callback, and a client."""

    sandbox: Sandbox
    url: str
    callback: Callback
    callback_url: str
    http: httpx.AsyncClient

    @property
    def world(self) -> World:
        return self.sandbox.world

    def dialog_url(self, **more: str) -> str:
        params = {"client_id": APP_ID, "redirect_uri": REDIRECT, "state": "s-1"}
        params |= {"scope": ",".join(ALL_PERMISSIONS)} | more
        return str(httpx.URL(f"{self.url}/v26.0/dialog/oauth", params=params))

    async def approve(self, **form: Any) -> dict[str, str]:
        """The query with which the browser comes back."""
        answer = await self.http.post(self.dialog_url(), data={"action": "approve"} | form)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(REDIRECT)
        found = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in found.items()}

    async def token(self, **params: str) -> httpx.Response:
        form = {"client_id": APP_ID, "client_secret": SECRET} | params
        return await self.http.post(f"{self.url}/v26.0/oauth/access_token", data=form)

    async def user_token(self) -> str:
        code = (await self.approve())["code"]
        short = (await self.token(code=code, redirect_uri=REDIRECT)).json()["access_token"]
        long = await self.token(grant_type="fb_exchange_token", fb_exchange_token=short)
        return str(long.json()["access_token"])

    async def page_token(self, page_id: str = CASA_VERDE) -> str:
        """The token of a Page that sends us webhooks."""
        page = await self.call("GET", page_id, await self.user_token(), fields="access_token")
        token = str(page.json()["access_token"])
        fields = "messages,message_echoes,messaging_postbacks"
        subscribed = await self.call("POST", f"{page_id}/subscribed_apps", token, subscribed_fields=fields)
        assert subscribed.json() == {"success": True}
        return token

    async def call(
        self, method: str, path: str, token: str, *, json: Any = None, **params: str
    ) -> httpx.Response:
        """A Graph call as our client makes it: the token in the header, its proof as a parameter."""
        proof = hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        return await self.http.request(
            method,
            f"{self.url}/v26.0/{path}",
            params=params | {"appsecret_proof": proof},
            headers={"Authorization": f"Bearer {token}"},
            json=json,
        )

    async def send(self, token: str, contact: str, text: str = "Olá!") -> httpx.Response:
        message = {"text": text, "metadata": "own-1"}
        body = {"recipient": {"id": contact}, "messaging_type": "RESPONSE", "message": message}
        return await self.call("POST", f"{CASA_VERDE}/messages", token, json=body)

    async def play(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A call of the sandbox's own API."""
        return await self.http.request(method, f"{self.url}/sandbox/{path}", json=body, headers=headers)

    async def contact(self, account_id: str = CASA_VERDE, text: str | None = "Oi!") -> str:
        made = await self.play("POST", "contacts", {"account_id": account_id, "name": "Ana Lima"})
        contact = str(made.json()["id"])
        if text is not None:
            assert (await self.play("POST", f"contacts/{contact}/messages", {"text": text})).is_success
        return contact


def new_world() -> World:
    return World(
        APP_ID,
        Secret(SECRET),
        verify_token=Secret("verify-me"),
        clock=lambda: datetime.now(UTC),
        redirect_uris=frozenset({REDIRECT}),
    )


@dataclass(kw_only=True)
class Neighbours:
    """The sandbox and the app's callback on one socket, which is opened before either is made."""

    callback: Callback
    sandbox: Sandbox | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.sandbox is None or scope["path"] in ("/webhook", "/elsewhere"):
            await self.callback(scope, receive, send)
        else:
            await self.sandbox(scope, receive, send)


@asynccontextmanager
async def staged(*, state_file: Path | None = None) -> AsyncGenerator[Stage]:
    """A sandbox that delivers quickly, and tries a webhook four times."""
    neighbours = Neighbours(callback=Callback())
    async with (
        served(neighbours) as url,
        httpx.AsyncClient(trust_env=False, timeout=5, verify=NO_TLS) as http,
    ):
        sandbox = neighbours.sandbox = create_sandbox(
            new_world(),
            deliver_to=f"{url}/webhook",
            public_url="http://meta.test",
            state_file=state_file,
            pauses=(0.02, 0.02, 0.02),
        )
        async with sandbox:
            yield Stage(
                sandbox=sandbox,
                url=url,
                callback=neighbours.callback,
                callback_url=f"{url}/webhook",
                http=http,
            )
