"""Webhooks as Meta sends them: envelopes, escaping and signatures.

Source: Messenger and Instagram "Webhooks". Meta escapes what is not ASCII as lower-case ``\\uXXXX`` and
every ``/`` as ``\\/``, and signs the escaped bytes.
"""

import hmac
import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_ground import Ground, milliseconds
from meta_inbox.adapters.meta_graph.world_instagram import renamed
from meta_inbox.adapters.meta_graph.world_values import Contact, Json, Surface

App = Literal["meta", "instagram"]
"""Whose secret signs: the Meta app's, or the one of its Instagram app, for accounts that logged in there."""

Kind = Literal[
    "message",
    "echo",
    "postback",
    "read",
    "delivery",
    "reaction",
    "edit",
    "unsend",
    "referral",
    "opt_in",
    "handover",
    "comment",
    "live_comment",
]

FIELD_OF: Mapping[Surface, Mapping[Kind, str]] = {
    "page": {
        "message": "messages",
        "echo": "message_echoes",
        "postback": "messaging_postbacks",
        "read": "message_reads",
        "delivery": "message_deliveries",
        "reaction": "message_reactions",
        "edit": "message_edits",
        "referral": "messaging_referrals",
        "opt_in": "messaging_optins",
        "handover": "messaging_handovers",
        "comment": "feed",
        "live_comment": "feed",
    },
    "instagram": {
        "message": "messages",
        "echo": "messages",
        "unsend": "messages",
        "postback": "messaging_postbacks",
        "read": "messaging_seen",
        "reaction": "message_reactions",
        "edit": "message_edit",
        "referral": "messaging_referral",
        "opt_in": "messaging_optins",
        "handover": "messaging_handover",
        "comment": "comments",
        "live_comment": "live_comments",
    },
}
"""The subscription field that carries each kind; what is missing has no webhook on that surface."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One POST to the app's callback, as it goes over the wire."""

    object: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class _Happening:
    surface: Surface
    account_id: str
    event: Json
    where: Literal["messaging", "changes"] = "messaging"
    app: App = "meta"


def escaped(payload: Json) -> bytes:
    """The payload as Meta writes it."""
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode()


@dataclass(slots=True, kw_only=True)
class Webhooks:
    """Tells the app what happened, if it asked to hear of it; ``deliver`` is handed each webhook at once.

    Until somebody sets ``deliver``, webhooks collect in ``outgoing``.
    """

    ground: Ground
    scoped: Callable[[], Mapping[str, str]] = dict[str, str]
    deliver: Callable[[Webhook], None] | None = None
    outgoing: list[Webhook] = field(default_factory=list[Webhook])
    last: Webhook | None = None
    _batch: list[_Happening] | None = None

    def from_contact(self, contact: Contact, kind: Kind, event: Json, *, at: datetime | None = None) -> None:
        """Something that the contact did."""
        self._happened(contact, kind, _between(contact.id, contact.account_id) | self._stamped(event, at))

    def echo(self, contact: Contact, event: Json, *, at: datetime | None = None) -> None:
        """Something that the business wrote to the contact."""
        self._happened(contact, "echo", _between(contact.account_id, contact.id) | self._stamped(event, at))

    def changed(self, contact: Contact, kind: Kind, value: Json) -> None:
        """Something public, which comes as a change of a field."""
        name = FIELD_OF[contact.surface].get(kind)
        self._happened(contact, kind, {"field": name, "value": value}, where="changes")

    def _stamped(self, event: Json, at: datetime | None) -> Json:
        return {"timestamp": milliseconds(at or self.ground.now())} | event

    def _happened(
        self,
        contact: Contact,
        kind: Kind,
        event: Json,
        *,
        where: Literal["messaging", "changes"] = "messaging",
    ) -> None:
        if self.is_heard(contact.surface, contact.account_id, kind):
            self._tell(_Happening(contact.surface, contact.account_id, event, where))
        if self.is_heard_by_login(contact.surface, contact.account_id, kind):
            own = renamed(event, self.scoped())
            self._tell(_Happening(contact.surface, contact.account_id, own, where, "instagram"))

    def _tell(self, happening: _Happening) -> None:
        if self._batch is not None:
            self._batch.append(happening)
        else:
            self._send(happening.surface, happening.app, [happening])

    def is_heard(self, surface: Surface, account_id: str, kind: Kind) -> bool:
        """Whether app and Page are subscribed; for Instagram any field of its Page will do, if messages are
        allowed to be read by apps at all."""
        name = FIELD_OF[surface].get(kind)
        app, page = self.ground.state.app_subscriptions.get(surface), self.ground.page_of(account_id)
        if name is None or app is None or name not in app.fields or page is None:
            return False
        if surface == "instagram" and not self.ground.state.instagram[account_id].messages_allowed:
            return False
        installed = self.ground.state.installed.get(page.id, ())
        return bool(installed) if surface == "instagram" else name in installed

    def is_heard_by_login(self, surface: Surface, account_id: str, kind: Kind) -> bool:
        """Whether the account is subscribed by its own login, whose app hears of everything there is."""
        if surface == "page" or kind not in FIELD_OF[surface]:
            return False
        installed = self.ground.state.installed_by_login.get(account_id)
        return bool(installed) and self.ground.state.instagram[account_id].messages_allowed

    @contextmanager
    def batch(self) -> Generator[None]:
        """What happens inside goes out together, one webhook for each object."""
        self._batch = []
        try:
            yield
        finally:
            happened, self._batch = self._batch, None
            pairs: tuple[tuple[Surface, App], ...]
            pairs = (("page", "meta"), ("instagram", "meta"), ("instagram", "instagram"))
            for surface, app in pairs:
                if chosen := [one for one in happened if (one.surface, one.app) == (surface, app)]:
                    self._send(surface, app, chosen)

    def _send(self, surface: Surface, app: App, happened: list[_Happening]) -> None:
        entries: dict[str, Json] = {}
        time = milliseconds(self.ground.now())
        for one in happened:
            entry = entries.setdefault(one.account_id, {"id": one.account_id, "time": time})
            entry.setdefault(one.where, []).append(one.event)
        self.raw(surface, escaped({"object": surface, "entry": list(entries.values())}), app)

    def raw(self, object_: str, body: bytes, app: App = "meta") -> None:
        """Signs exactly these bytes and sends them, as often as the world's quirks have it."""
        ground = self.ground
        secret = ground.app_secret if app == "meta" else ground.instagram_app.secret
        signature = hmac.digest(secret.reveal().encode(), body, "sha256").hex()
        legacy = hmac.digest(secret.reveal().encode(), body, "sha1").hex()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature": f"sha1={legacy}",
            "X-Hub-Signature-256": f"sha256={signature}",
        }
        if self.ground.state.quirks.webhooks_lost:
            return
        self.last = Webhook(object=object_, body=body, headers=headers, at=self.ground.now())
        self.repeat(self.ground.state.quirks.copies_of_webhooks)

    def repeat(self, times: int = 1) -> None:
        """Sends the latest webhook again. NoSuchThing before there was one."""
        if self.last is None:
            raise NoSuchThing("nothing was sent yet")
        for _ in range(times):
            if self.deliver is None:
                self.outgoing.append(self.last)
            else:
                self.deliver(self.last)

    def test(self, object_: Surface) -> None:
        """The dashboard's "Test" button: made-up ids, seconds as text, nobody's account."""
        value: Json = {
            "sender": {"id": "12334"},
            "recipient": {"id": "23245"},
            "timestamp": "1527459824",
            "message": {"mid": "random_mid", "text": "random_text"},
        }
        entry: Json = {"id": "0", "time": milliseconds(self.ground.now()) // 1000}
        if object_ == "instagram":
            entry["changes"] = [{"field": "messages", "value": value}]
        else:
            entry["messaging"] = [value]
        self.raw(object_, escaped({"object": object_, "entry": [entry]}))


def _between(sender: str, recipient: str) -> Json:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}}
