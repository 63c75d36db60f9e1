"""The door of a browser and of Meta: the HTTP API of a running service."""

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import jwt
import msgspec

from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.comment_reply import Way
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.principal import ALL_SCOPES, Principal
from meta_inbox.domain.model.thread_control import ThreadControl
from tests.acceptance.doors import Backstage, Browser
from tests.acceptance.in_process import InProcess
from tests.acceptance.screens import Screen, over_http
from tests.acceptance.views import (
    Refusal,
    SeenAccount,
    SeenConnection,
    SeenConversation,
    SeenEndpoint,
    SeenFile,
    SeenMessage,
    SeenPart,
    SeenReply,
)
from tests.harness.service import NO_TLS

Json = Any


@dataclass
class HttpBrowser:
    """A browser with its cookies, which follows no redirect by itself."""

    client: httpx.AsyncClient


@dataclass
class OverHttp:
    """Requests, as a browser and as Meta make them; ``host`` serves what HTTP has no word for."""

    client: httpx.AsyncClient
    base: str
    jwt_secret: str
    backstage: Backstage
    host: Callable[[Callable[[InProcess], Awaitable[SeenMessage]]], Awaitable[SeenMessage]]
    browsers: list[HttpBrowser] = field(default_factory=list[HttpBrowser])

    def browser(self) -> Browser:
        """A browser without cookies."""
        browser = HttpBrowser(httpx.AsyncClient(trust_env=False, timeout=15, verify=NO_TLS))
        self.browsers.append(browser)
        return browser

    async def close(self) -> None:
        """Closes every browser."""
        for client in (self.client, *(browser.client for browser in self.browsers)):
            await client.aclose()

    def _bearer(self, by: Principal) -> dict[str, str]:
        claims: dict[str, Any] = {"sub": by.user_id, "tenant_id": by.tenant_id, "exp": int(time.time()) + 300}
        if by.scopes != ALL_SCOPES:
            claims["scope"] = " ".join(sorted(by.scopes))
        return {"Authorization": "Bearer " + jwt.encode(claims, self.jwt_secret, "HS256")}

    async def _ask(
        self, by: Principal, method: str, path: str, body: Json = None, headers: dict[str, str] | None = None
    ) -> Json:
        answer = await self.client.request(
            method, self.base + path, json=body, headers=self._bearer(by) | (headers or {})
        )
        if answer.is_error:
            raise _refusal(answer)
        return answer.json() if answer.content else None

    async def watch(self, by: Principal, after: str | None = None) -> Screen:
        """A WebSocket."""
        given = await self._ask(by, "POST", "/live/tickets")
        return await over_http(self.base, str(given["ticket"]), after)

    async def start(self, by: Principal, login: Login = Login.FACEBOOK) -> str:
        """The authorization URL is the link."""
        begun = await self._ask(by, "GET", f"/oauth/start?login={login.value}")
        return str(begun["authorization_url"])

    async def follow(self, link: str, browser: Browser) -> str:
        """Opens it."""
        assert isinstance(browser, HttpBrowser)
        answer = await browser.client.get(link)
        if answer.status_code != 302:
            raise _refusal(answer)
        return answer.headers["Location"]

    async def come_back(self, address: str, browser: Browser) -> str:
        """Opens the callback's page, and takes from it what it would hand to the opener."""
        assert isinstance(browser, HttpBrowser)
        answer = await browser.client.get(address)
        if answer.status_code != 200:
            raise _refusal(answer)
        found = re.search(r"#completion=([A-Za-z0-9_-]+)", answer.text)
        assert found is not None
        return found[1]

    async def complete(self, by: Principal, completion: str, keys: Sequence[str] | None) -> SeenConnection:
        """Connects."""
        body = {"completion": completion} | ({} if keys is None else {"keys": list(keys)})
        done = await self._ask(by, "POST", "/oauth/complete", body)
        return SeenConnection(
            connected=tuple(_account(account).name for account in done["connected"]),
            refused={refused["key"]: (refused["code"], refused["detail"]) for refused in done["refused"]},
        )

    async def accounts(self, by: Principal) -> list[SeenAccount]:
        """Lists."""
        return [_account(account) for account in (await self._ask(by, "GET", "/accounts"))["accounts"]]

    async def disconnect(self, by: Principal, account: str) -> None:
        """Disconnects."""
        await self._ask(by, "DELETE", f"/accounts/{account}")

    async def delete(self, by: Principal, account: str, contact: str) -> None:
        """Has a contact deleted."""
        await self._ask(by, "DELETE", f"/conversations/{account}/{contact}")

    async def conversations(self, by: Principal, account: str) -> list[SeenConversation]:
        """Lists."""
        found = await self._ask(by, "GET", f"/conversations/{account}")
        return [_conversation(one) for one in found["conversations"]]

    async def conversation(self, by: Principal, account: str, contact: str) -> SeenConversation:
        """Gets."""
        path = f"/conversations/{account}/{quote(contact, safe='')}"
        return _conversation(await self._ask(by, "GET", path))

    async def messages(self, by: Principal, account: str, contact: str) -> list[SeenMessage]:
        """Lists."""
        found = await self._ask(by, "GET", f"/messages/{account}/{quote(contact, safe='')}")
        return [_message(message) for message in found["messages"]]

    async def look(self, by: Principal, file: str) -> SeenFile:
        """Gets it by token."""
        answer = await self.client.get(f"{self.base}/media/{file}", headers=self._bearer(by))
        if answer.is_error:
            raise _refusal(answer)
        shown = answer.headers["Content-Disposition"].startswith("inline")
        return SeenFile(content=answer.content, shown=shown)

    async def upload(self, by: Principal, content: bytes, name: str) -> str:
        """Posts the form of a browser."""
        form = {"file": (name, content)}
        answer = await self.client.post(self.base + "/media", files=form, headers=self._bearer(by))
        if answer.is_error:
            raise _refusal(answer)
        return str(answer.json()["id"])

    async def mark_read(self, by: Principal, account: str, contact: str) -> None:
        """Marks."""
        await self._ask(by, "POST", f"/conversations/{account}/{quote(contact, safe='')}/read")

    async def send(
        self,
        by: Principal,
        account: str,
        contact: str,
        content: Content,
        *,
        human_agent: bool = False,
        split: bool = False,
        persona: str | None = None,
        key: str | None = None,
    ) -> SeenMessage:
        """Sends; a program without a person has no door but a host's."""
        if not by.is_person:
            return await self.host(
                lambda door: door.send(by, account, contact, content, human_agent=human_agent)
            )
        body: Json = {"account_id": account, "recipient_id": contact, "message": _body(content)}
        if human_agent:
            body["human_agent"] = True
        if split:
            body["split"] = True
        if persona is not None:
            body["persona_id"] = persona
        headers = {"Idempotency-Key": key} if key else None
        return _message(await self._ask(by, "POST", "/send-message", body, headers))

    async def reply(
        self, by: Principal, account: str, contact: str, comment: str, text: str, *, way: Way
    ) -> SeenMessage:
        """Posts the answer."""
        path = f"/messages/{account}/{quote(contact, safe='')}/{comment}/{way}-reply"
        return _message(await self._ask(by, "POST", path, {"text": text}))

    async def check(self, by: Principal, account: str, contact: str, message: str) -> SeenMessage:
        """Posts the question."""
        return _message(await self._ask(by, "POST", _message_path(account, contact, message) + "/check"))

    async def resend(self, by: Principal, account: str, contact: str, message: str) -> SeenMessage:
        """Posts the wish; a program without a person has no door but a host's."""
        if not by.is_person:
            return await self.host(lambda door: door.resend(by, account, contact, message))
        return _message(await self._ask(by, "POST", _message_path(account, contact, message) + "/resend"))

    async def hide(self, by: Principal, account: str, contact: str, comment: str, *, hide: bool) -> None:
        """Posts the wish, which goes without saying when it is to hide."""
        path = f"/messages/{account}/{quote(contact, safe='')}/{comment}/hide"
        await self._ask(by, "POST", path, None if hide else {"hide": False})

    async def show_typing(self, by: Principal, account: str, contact: str, *, on: bool) -> None:
        """Posts it."""
        await self._ask(by, "POST", f"/conversations/{account}/{contact}/typing", {"on": on})

    async def react(
        self, by: Principal, account: str, contact: str, message: str, reaction: str | None
    ) -> None:
        """Posts the reaction, or deletes it."""
        path = f"/messages/{account}/{contact}/{message}/reaction"
        if reaction is None:
            await self._ask(by, "DELETE", path)
        else:
            await self._ask(by, "POST", path, {"reaction": reaction})

    async def control_thread(self, by: Principal, account: str, contact: str, control: ThreadControl) -> None:
        """Posts the wish."""
        body: Json = {"action": control.action}
        if control.app_id is not None:
            body["app_id"] = control.app_id
        await self._ask(by, "POST", f"/conversations/{account}/{contact}/thread-control", body)

    async def offer(self, by: Principal, account: str, questions: Sequence[str]) -> None:
        """Puts the profile."""
        each = [{"question": question, "payload": question} for question in questions]
        body: Json = {"ice_breakers": [{"call_to_actions": each}]} if each else {}
        await self._ask(by, "PUT", f"/accounts/{account}/messenger-profile", body)

    async def offered(self, by: Principal, account: str) -> list[str]:
        """Gets the profile."""
        found = await self._ask(by, "GET", f"/accounts/{account}/messenger-profile")
        return [each["question"] for asked in found["ice_breakers"] for each in asked["call_to_actions"]]

    async def tell_of_messages(self, by: Principal, url: str) -> SeenEndpoint:
        """Posts it."""
        made = await self._ask(by, "POST", "/webhook-endpoints", {"url": url, "types": ["message.created"]})
        return SeenEndpoint(id=made["id"], secret=made["secret"])

    async def replace_secret(self, by: Principal, endpoint: str) -> str:
        """Posts it."""
        return str((await self._ask(by, "POST", f"/webhook-endpoints/{endpoint}/rotate-secret"))["secret"])

    async def tell_again(self, by: Principal, endpoint: str) -> None:
        """Lists, and posts it."""
        path = f"/webhook-endpoints/{endpoint}"
        latest = (await self._ask(by, "GET", f"{path}/deliveries"))["deliveries"][0]
        await self._ask(by, "POST", f"{path}/replay", {"cursor": latest["cursor"]})

    async def is_told(self, by: Principal, endpoint: str) -> bool:
        """Lists."""
        found = (await self._ask(by, "GET", "/webhook-endpoints"))["endpoints"]
        return next(bool(each["enabled"]) for each in found if each["id"] == endpoint)

    async def replies(self, by: Principal) -> list[SeenReply]:
        """Lists."""
        found = await self._ask(by, "GET", "/canned-replies")
        return [SeenReply(**reply) for reply in found["canned_replies"]]

    async def keep_reply(self, by: Principal, shortcut: str, text: str) -> None:
        """Posts."""
        await self._ask(by, "POST", "/canned-replies", {"shortcut": shortcut, "text": text})

    async def change_reply(self, by: Principal, reply: str, text: str) -> None:
        """Patches."""
        await self._ask(by, "PATCH", f"/canned-replies/{reply}", {"text": text})

    async def drop_reply(self, by: Principal, reply: str) -> None:
        """Deletes."""
        await self._ask(by, "DELETE", f"/canned-replies/{reply}")

    async def call_back(self, callback: str, signed_request: str) -> None:
        """Posts the form, as Meta does."""
        answer = await self.client.post(f"{self.base}/{callback}", data={"signed_request": signed_request})
        if answer.is_error:
            raise _refusal(answer)

    async def receive(self, body: bytes, signature: str | None) -> None:
        """Posts the webhook."""
        headers = {"X-Hub-Signature-256": signature} if signature else {}
        answer = await self.client.post(self.base + "/webhook", content=body, headers=headers)
        if answer.is_error:
            raise Refusal("signature_invalid" if answer.status_code == 401 else "unavailable", answer.text)

    async def challenge(self, token: str, challenge: str) -> str:
        """Asks as Meta does."""
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
        answer = await self.client.get(self.base + "/webhook", params=query)
        if answer.is_error:
            raise Refusal("signature_invalid" if answer.status_code == 403 else "bad", answer.text)
        return answer.text


def _message_path(account: str, contact: str, message: str) -> str:
    return f"/messages/{account}/{quote(contact, safe='')}/{message}"


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _file_id(address: str | None) -> str | None:
    """The file's id in its signed address."""
    return None if address is None else urlsplit(address).path.rsplit("/", 1)[-1]


def _refusal(answer: httpx.Response) -> Refusal:
    if answer.headers["Content-Type"].startswith("application/problem+json"):
        problem = answer.json()
        return Refusal(problem["code"], problem["detail"])
    found = re.search(r"<small>([a-z_]+)</small>", answer.text)
    return Refusal(found[1] if found else str(answer.status_code), answer.text)


def _body(content: Content) -> Json:
    return _said(msgspec.to_builtins(content))


def _said(value: Json) -> Json:
    """The same without what it does not say."""
    match value:
        case {**parts}:
            return {name: _said(part) for name, part in parts.items() if part is not None}
        case str():
            return value
        case [*parts]:
            return [_said(part) for part in parts]
        case _:
            return value


def _account(account: Json) -> SeenAccount:
    instagram = account["platform"] == "instagram"
    return SeenAccount(
        id=account["id"],
        platform=account["platform"],
        name=account["instagram_username" if instagram else "facebook_page_name"],
        status=account["status"],
        picture=_file_id(account["profile_picture_url"]),
    )


def _conversation(one: Json) -> SeenConversation:
    return SeenConversation(
        contact_id=one["contact_id"],
        contact_name=one["contact"]["name"],
        unread=one["unread_count"],
        picture=_file_id(one["contact"]["profile_picture_url"]),
        kind=one["kind"],
        owner=one["thread_owner"],
        open=one["window"]["open"],
    )


def _message(message: Json) -> SeenMessage:
    details: Json = message["details"] or {}
    return SeenMessage(
        id=message["id"],
        mid=message["message_id"],
        direction=message["direction"],
        type=message["type"],
        text=message["text"],
        status=message["status"],
        origin=message["origin"],
        buttons=tuple(button["title"] for button in message["buttons"]),
        attachments=tuple(attachment["type"] for attachment in message["attachments"]),
        error=message["error"]["code"] if message["error"] else None,
        reactions=tuple((each["by"], each["reaction"]) for each in message["reactions"]),
        former_texts=tuple(version["text"] for version in message["edits"][:-1]),
        ref=message["referral"]["ref"] if message["referral"] else None,
        files=tuple(part["id"] for part in message["attachments"] if part["url"]),
        answers=message["reply_to"]["id"] if message["reply_to"] else None,
        way=details.get("reply"),
        hidden=details.get("hidden") is True,
        parts=tuple(
            SeenPart(text=part["text"], mid=part["message_id"], status=part["status"])
            for part in message["parts"]
        ),
        next_attempt_at=_time(message["next_attempt_at"]),
    )
