"""Short ways to say what happens: somebody connects, a contact writes, an agent answers, Meta echoes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from meta_inbox.domain.model.account import Account, Login, Platform
from meta_inbox.domain.model.canned_reply import CannedReply, CannedReplyId
from meta_inbox.domain.model.changes import Change
from meta_inbox.domain.model.content import Content, ImagesContent, MediaPart, TextContent, media_of
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import PastConversation
from meta_inbox.domain.model.ids import ContactId, MessageId, MetaMessageId, StateId, TenantId, UserId
from meta_inbox.domain.model.message import Message, Origin, SendError
from meta_inbox.domain.model.oauth_state import Candidate, Grant, OAuthState, Wanted
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Claim, Once
from meta_inbox.domain.model.upload import Upload, UploadId, showing
from meta_inbox.domain.model.webhook import Delivery, ItemKind, Reading, WebhookItem
from meta_inbox.domain.model.webhook_endpoint import EndpointId, WebhookEndpoint
from meta_inbox.domain.model.window import OpeningKind
from meta_inbox.domain.ports import Connectable, PendingItem
from tests.contracts.backstage import Stores

CASA = TenantId("casa-verde")
RIVAL = TenantId("rival")
BEA = UserId("bea")
ANA = ContactId("7001")
RUI = ContactId("7002")
PAGE = "1001"
PAGE_TOKEN = Secret("page-token")
SIGNING = Secret("whsec_c2lnbmluZy1zZWNyZXQtb2YtY2FzYS12ZXJkZQ==")
OOPS = SendError(code="meta_error", detail="Meta said no")


class Scene:
    """Speaks to the ports alone; what is not projected at once is, by ``settle_down``."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self._readings: dict[bytes, Reading] = {}

    @property
    def now(self) -> datetime:
        """The present moment of the adapters."""
        return self.stores.clock.now()

    def state(self, tenant: TenantId = CASA, user: UserId = BEA, login: Login = Login.FACEBOOK) -> OAuthState:
        """An attempt to connect."""
        return OAuthState(
            id=StateId(self.stores.ids.new()),
            tenant_id=tenant,
            user_id=user,
            login=login,
            wanted=Wanted.ALL,
            return_to="/connections?tab=meta",
            return_origin="https://crm.example",
        )

    def grant(self) -> Grant:
        """What a login gives."""
        return Grant(
            meta_user_id="42",
            user_token=Secret("user-token-of-bea"),
            user_token_expires_at=self.now + timedelta(days=60),
            data_access_expires_at=self.now + timedelta(days=90),
            candidates=(page_candidate(PAGE), instagram_candidate("9001", PAGE)),
            page_tokens={PAGE: Secret("page-token-1001")},
        )

    async def connects(
        self,
        tenant: TenantId = CASA,
        candidate: Candidate | None = None,
        *,
        login: Login = Login.FACEBOOK,
        token: Secret | None = PAGE_TOKEN,
    ) -> Account | None:
        """A tenant connects the account, by default the Page; None when it is another tenant's."""
        return await self.stores.accounts.connect(
            tenant,
            BEA,
            Connectable(
                candidate=candidate or page_candidate(PAGE),
                login=login,
                user_token=Secret("user-token"),
                page_token=token,
                token_expires_at=None,
                data_access_expires_at=self.now + timedelta(days=90),
                meta_user_id="42",
            ),
        )

    async def connected(self, tenant: TenantId = CASA, candidate: Candidate | None = None) -> Account:
        """The same, where nothing stands in the way."""
        account = await self.connects(tenant, candidate)
        assert account is not None
        return account

    async def comes(
        self, *items: WebhookItem, at: datetime | None = None, by: Login = Login.FACEBOOK
    ) -> None:
        """One webhook with these items is appended; nothing more."""
        numbered = tuple(replace(item, index=index) for index, item in enumerate(items))
        reading = Reading(object="page", items=numbered)
        named = " ".join(item.meta_message_id or "" for item in items)
        body = b'{"n":"%s %s"}' % (self.stores.ids.new().encode(), named.encode())
        self._readings[body] = reading
        await self.stores.journal.append(
            Delivery(body=body, signed_by=by, reading=reading, received_at=at or self.now)
        )

    async def settle_down(self) -> int:
        """Projects what is due until nothing is; how many items were tried."""
        tried = 0
        while claimed := await self.stores.journal.claim_due(100):
            await self.project(claimed)
            tried += len(claimed)
        return tried

    async def project(self, claimed: Sequence[PendingItem]) -> None:
        """Does what these claimed items say."""
        await self.stores.journal.project([(pending, self._item(pending)) for pending in claimed])

    def _item(self, pending: PendingItem) -> WebhookItem:
        return next(it for it in self._readings[pending.body].items if it.index == pending.index)

    async def happens(
        self, *items: WebhookItem, at: datetime | None = None, by: Login = Login.FACEBOOK
    ) -> None:
        """One webhook comes, and all of it that can be projected is."""
        await self.comes(*items, at=at, by=by)
        await self.settle_down()

    async def answers(
        self,
        account: Account,
        text: str = "hello",
        *,
        contact: ContactId = ANA,
        content: Content | None = None,
        once: Once | None = None,
        origin: Origin = Origin.AGENT,
        files: Sequence[Upload] = (),
    ) -> Message:
        """An answer, by default an agent's, is put into the outbox, with files that were uploaded before."""
        content = content or TextContent(text=text)
        message = Message.queued(
            ids=(self.stores.ids.new(), *(self.stores.ids.new() for _ in media_of(content))),
            tenant=account.tenant_id,
            account=account.id,
            contact=contact,
            content=content,
            human_agent=False,
            reply_to=None,
            origin=origin,
            sent_by=BEA,
            now=self.now,
        )
        message = showing(message, content, {each.id: each for each in files})
        await self.stores.outbox.put(message, content, None, once)
        return message

    async def uploads(self, tenant: TenantId = CASA, **more: Any) -> Upload:
        """A file that was uploaded, by default a picture."""
        values: dict[str, Any] = {
            "id": UploadId(self.stores.ids.new()),
            "tenant_id": tenant,
            "content_type": "image/png",
            "size": 123,
            "width": 4,
            "height": 3,
            "name": "cake.png",
            "blob": self.stores.ids.new(),
            "uploaded_by": BEA,
            "created_at": self.now,
        }
        upload = Upload(**(values | more))
        await self.stores.uploads.add(upload)
        await self.stores.uploads.ready(upload)
        return upload

    async def canned(self, shortcut: str = "oi", tenant: TenantId = CASA, text: str = "Oi!") -> CannedReply:
        """A tenant keeps a canned reply."""
        reply = CannedReply(
            id=CannedReplyId(self.stores.ids.new()), tenant_id=tenant, shortcut=shortcut, text=text
        )
        await self.stores.canned_replies.add(reply)
        return reply

    async def endpoint(self, tenant: TenantId = CASA, **more: Any) -> WebhookEndpoint:
        """A tenant has its events posted somewhere."""
        values: dict[str, Any] = {
            "id": EndpointId(self.stores.ids.new()),
            "tenant_id": tenant,
            "url": "https://crm.example/hooks",
            "created_by": BEA,
            "created_at": self.now,
        }
        endpoint = WebhookEndpoint(**(values | more))
        await self.stores.endpoints.add(endpoint, SIGNING)
        return endpoint

    async def shows(self, account: Account, *uploads: Upload, contact: ContactId = ANA) -> Message:
        """An agent's pictures, uploaded before, are put into the outbox."""
        content = ImagesContent(items=tuple(MediaPart(media_id=each.id) for each in uploads))
        return await self.answers(account, contact=contact, content=content, files=uploads)

    async def sending(self, account: Account, text: str = "hello", *, contact: ContactId = ANA) -> Claim:
        """An answer that is on its way."""
        message = await self.answers(account, text, contact=contact)
        claim = await self.stores.outbox.claim(account.tenant_id, message.id)
        assert claim is not None
        return claim

    async def conversation(self, account: Account, contact: ContactId = ANA) -> Conversation:
        """The conversation as it now is."""
        return await self.stores.conversations.find(account.tenant_id, account.id, contact)

    async def messages(self, account: Account, contact: ContactId = ANA) -> Sequence[Message]:
        """Its messages, newest first."""
        page = await self.stores.conversations.messages(
            account.tenant_id, account.id, contact, limit=100, after=None
        )
        return page.items

    async def message(self, message: Message) -> Message:
        """The message as it now is."""
        return await self.stores.conversations.message(
            message.tenant_id, message.account_id, message.contact_id, message.id
        )

    async def told(self, tenant: TenantId = CASA) -> list[tuple[EventType, MessageId | None]]:
        """The events about messages, as kind and message."""
        events = await self.stores.backstage.events(tenant)
        return [(event.type, event.message_id) for event in events if event.message_id is not None]


def page_candidate(page_id: str) -> Candidate:
    """A Page that may be connected."""
    return Candidate(
        key=f"messenger:{page_id}",
        platform=Platform.MESSENGER,
        external_id=page_id,
        name="Casa Verde",
        page_id=page_id,
        page_name="Casa Verde",
    )


def instagram_candidate(external_id: str, page_id: str | None) -> Candidate:
    """An Instagram account, linked to a Page or by itself."""
    return Candidate(
        key=f"instagram:{external_id}",
        platform=Platform.INSTAGRAM,
        external_id=external_id,
        name="Casa Verde on Instagram",
        username="casaverde",
        profile_picture_url="https://cdn.example/casa.jpg",
        page_id=page_id,
        page_name="Casa Verde" if page_id else None,
    )


def wrote(mid: str, text: str | None = "hi", **more: Any) -> WebhookItem:
    """A contact, by default Ana, wrote to the Page."""
    values: dict[str, Any] = {
        "index": 0,
        "platform": Platform.MESSENGER,
        "external_id": PAGE,
        "kind": ItemKind.MESSAGE,
        "event": "message",
        "contact_id": ANA,
        "meta_message_id": MetaMessageId(mid),
        "text": text,
        "opens": OpeningKind.MESSAGE,
    }
    return WebhookItem(**(values | more))


def echo(mid: str, text: str | None = "hello", **more: Any) -> WebhookItem:
    """Meta repeats what the Page wrote to a contact, by default to Ana."""
    return wrote(mid, text, **({"kind": ItemKind.ECHO, "event": "echo", "opens": None} | more))


def untimed(message: Message) -> Message:
    """The message without Meta's own time of it, which only its echo tells."""
    return replace(message, meta_sent_at=None)


def says(change: Change, mid: str | None = None, **more: Any) -> WebhookItem:
    """Something is said about a message, or about the conversation with Ana."""
    values = {"kind": ItemKind.CHANGE, "event": type(change).__name__, "opens": None, "says": change}
    item = wrote(mid or "", None, **(values | more))
    return item if mid is not None else replace(item, meta_message_id=None)


def past(scene: Scene, *mids: str, contact: ContactId = ANA, **more: Any) -> PastConversation:
    """A conversation as Meta keeps it, one message a minute, the last one five minutes ago."""
    end = scene.now - timedelta(minutes=5)
    items = [
        wrote(mid, contact_id=contact, sent_at=end - timedelta(minutes=len(mids) - n - 1), plain=True)
        for n, mid in enumerate(mids)
    ]
    values: dict[str, Any] = {
        "contact_id": contact,
        "name": None,
        "username": None,
        "updated_at": end,
        "items": tuple(items),
    }
    return PastConversation(**(values | more))
