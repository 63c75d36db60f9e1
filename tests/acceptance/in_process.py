"""The door of a host application: the use cases in its own process."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from meta_inbox.domain.errors import (
    MediaMissing,
    MetaInboxError,
    NotFound,
    Refused,
    ScopeMissing,
    SignatureInvalid,
)
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.canned_reply import CannedReplyId
from meta_inbox.domain.model.comment_reply import Way, way_of
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId
from meta_inbox.domain.model.media import UNKNOWN_TYPE, MediaId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.messenger_profile import IceBreaker, IceBreakers, MessengerProfile
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Once
from meta_inbox.domain.model.thread_control import ThreadControl
from meta_inbox.domain.model.webhook_endpoint import EndpointId
from meta_inbox.entrypoints.plugin import OpenInbox
from tests.acceptance.doors import Backstage, Browser
from tests.acceptance.screens import Screen, over_asgi
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

T = TypeVar("T")


@dataclass
class Cookies:
    """What a browser keeps: the one cookie that binds a login to it."""

    cookie: Secret | None = None


def as_refusal(error: MetaInboxError) -> Refusal:
    """What a person would be told."""
    match error:
        case MediaMissing():
            return Refusal(error.code, error.detail)
        case NotFound():
            return Refusal("not_found", str(error))
        case SignatureInvalid():
            return Refusal("signature_invalid", str(error))
        case ScopeMissing():
            return Refusal("scope_missing", str(error))
        case Refused():
            return Refusal(error.code, error.detail)
        case _:
            return Refusal("unavailable", str(error))


async def asked(ask: Callable[[], Awaitable[T]]) -> T:
    """What was asked for, or the Refusal."""
    try:
        return await ask()
    except MetaInboxError as error:
        raise as_refusal(error) from error


async def nobody(request: object) -> Principal | None:
    """An identity that is not asked."""
    del request
    return None


@dataclass
class InProcess:
    """The use cases, called."""

    inbox: Inbox
    backstage: Backstage
    origin: str = "https://crm.example"
    browsers: list[Cookies] = field(default_factory=list[Cookies])

    def browser(self) -> Browser:
        """A browser without cookies."""
        return Cookies()

    async def watch(self, by: Principal, after: str | None = None) -> Screen:
        """A WebSocket of the mounted app."""
        assert isinstance(self.inbox, OpenInbox)
        ticket, _ = await asked(lambda: self.inbox.open_live.start(by=by))
        return await over_asgi(self.inbox.asgi(identity=nobody), ticket.reveal(), after)

    async def start(self, by: Principal, login: Login = Login.FACEBOOK) -> str:
        """The ticket is the link."""
        connecting = self.inbox.connect_account
        started = await asked(lambda: connecting.start(by=by, login=login, return_origin=self.origin))
        return started.ticket.reveal()

    async def follow(self, link: str, browser: Browser) -> str:
        """Binds the flow to the browser."""
        assert isinstance(browser, Cookies)
        sent = await asked(
            lambda: self.inbox.connect_account.authorize(ticket=Secret(link), browser=browser.cookie)
        )
        browser.cookie = sent.browser
        return sent.dialog_url

    async def come_back(self, address: str, browser: Browser) -> str:
        """Redeems what the address says."""
        assert isinstance(browser, Cookies)
        parts = urlsplit(address)
        query = parse_qs(parts.query)
        state, code = query.get("state"), query.get("code")
        own = parts.path.endswith("/callback/instagram")
        authorized = await asked(
            lambda: self.inbox.connect_account.callback(
                login=Login.INSTAGRAM if own else Login.FACEBOOK,
                state=Secret(state[0]) if state else None,
                code=Secret(code[0]) if code else None,
                browser=browser.cookie,
                cancelled="error" in query,
            )
        )
        return authorized.completion.reveal()

    async def complete(self, by: Principal, completion: str, keys: Sequence[str] | None) -> SeenConnection:
        """Connects."""
        done = await asked(
            lambda: self.inbox.connect_account.complete(by=by, completion=Secret(completion), keys=keys)
        )
        return SeenConnection(
            connected=tuple(_account(account).name for account in done.connected),
            refused={refused.key: (refused.code, refused.detail) for refused in done.refused},
        )

    async def accounts(self, by: Principal) -> list[SeenAccount]:
        """Lists."""
        return [_account(account) for account in await asked(lambda: self.inbox.list_accounts(by=by))]

    async def disconnect(self, by: Principal, account: str) -> None:
        """Disconnects."""
        await asked(lambda: self.inbox.disconnect_account(by=by, account=AccountId(account)))

    async def delete(self, by: Principal, account: str, contact: str) -> None:
        """Has a contact deleted."""
        await asked(
            lambda: self.inbox.delete_contact(by=by, account=AccountId(account), contact=ContactId(contact))
        )

    async def conversations(self, by: Principal, account: str) -> list[SeenConversation]:
        """Lists."""
        owner, page = await asked(lambda: self.inbox.list_conversations(by=by, account=AccountId(account)))
        return [_conversation(one, owner) for one in page.items]

    async def conversation(self, by: Principal, account: str, contact: str) -> SeenConversation:
        """Gets."""
        owner, found = await asked(
            lambda: self.inbox.get_conversation(by=by, account=AccountId(account), contact=ContactId(contact))
        )
        return _conversation(found, owner)

    async def messages(self, by: Principal, account: str, contact: str) -> list[SeenMessage]:
        """Lists."""
        page = await asked(
            lambda: self.inbox.list_messages(by=by, account=AccountId(account), contact=ContactId(contact))
        )
        return [_message(message) for message in page.items]

    async def look(self, by: Principal, file: str) -> SeenFile:
        """Opens."""
        opened = await asked(lambda: self.inbox.open_media(by=by, media=MediaId(file)))
        pieces = await asked(lambda: opened.read(0, opened.size - 1))
        content = b"".join([piece async for piece in pieces])
        return SeenFile(content=content, shown=opened.content_type != UNKNOWN_TYPE)

    async def upload(self, by: Principal, content: bytes, name: str) -> str:
        """Uploads."""
        return (await asked(lambda: self.inbox.upload_media(by=by, content=content, name=name))).id

    async def mark_read(self, by: Principal, account: str, contact: str) -> None:
        """Marks."""
        await asked(
            lambda: self.inbox.mark_read(by=by, account=AccountId(account), contact=ContactId(contact))
        )

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
        """Sends."""
        sent = await asked(
            lambda: self.inbox.send_message(
                by=by,
                account=AccountId(account),
                contact=ContactId(contact),
                content=content,
                human_agent=human_agent,
                split=split,
                persona=persona,
                once=Once(key=key, fingerprint=repr(content).encode()) if key else None,
            )
        )
        return _message(sent)

    async def reply(
        self, by: Principal, account: str, contact: str, comment: str, text: str, *, way: Way
    ) -> SeenMessage:
        """Replies."""
        sent = await asked(
            lambda: self.inbox.reply_to_comment(
                by=by,
                account=AccountId(account),
                contact=ContactId(contact),
                comment=MessageId(comment),
                text=text,
                way=way,
            )
        )
        return _message(sent)

    async def check(self, by: Principal, account: str, contact: str, message: str) -> SeenMessage:
        """Checks."""
        found = await asked(
            lambda: self.inbox.check_message(
                by=by, account=AccountId(account), contact=ContactId(contact), message=MessageId(message)
            )
        )
        return _message(found)

    async def resend(self, by: Principal, account: str, contact: str, message: str) -> SeenMessage:
        """Sends again."""
        found = await asked(
            lambda: self.inbox.resend_message(
                by=by, account=AccountId(account), contact=ContactId(contact), message=MessageId(message)
            )
        )
        return _message(found)

    async def hide(self, by: Principal, account: str, contact: str, comment: str, *, hide: bool) -> None:
        """Hides."""
        await asked(
            lambda: self.inbox.hide_comment(
                by=by,
                account=AccountId(account),
                contact=ContactId(contact),
                comment=MessageId(comment),
                hide=hide,
            )
        )

    async def show_typing(self, by: Principal, account: str, contact: str, *, on: bool) -> None:
        """Shows."""
        await asked(
            lambda: self.inbox.show_typing(
                by=by, account=AccountId(account), contact=ContactId(contact), on=on
            )
        )

    async def react(
        self, by: Principal, account: str, contact: str, message: str, reaction: str | None
    ) -> None:
        """Reacts."""
        await asked(
            lambda: self.inbox.react_to_message(
                by=by,
                account=AccountId(account),
                contact=ContactId(contact),
                message=MessageId(message),
                reaction=reaction,
            )
        )

    async def control_thread(self, by: Principal, account: str, contact: str, control: ThreadControl) -> None:
        """Controls."""
        await asked(
            lambda: self.inbox.control_thread(
                by=by, account=AccountId(account), contact=ContactId(contact), control=control
            )
        )

    async def offer(self, by: Principal, account: str, questions: Sequence[str]) -> None:
        """Sets."""
        each = tuple(IceBreaker(question=question, payload=question) for question in questions)
        offered = (IceBreakers(locale="default", call_to_actions=each),) if each else ()
        profile = MessengerProfile(ice_breakers=offered)
        await asked(
            lambda: self.inbox.set_messenger_profile(by=by, account=AccountId(account), profile=profile)
        )

    async def offered(self, by: Principal, account: str) -> list[str]:
        """Gets."""
        found = await asked(lambda: self.inbox.get_messenger_profile(by=by, account=AccountId(account)))
        return [each.question for asked in found.ice_breakers or () for each in asked.call_to_actions]

    async def tell_of_messages(self, by: Principal, url: str) -> SeenEndpoint:
        """Creates."""
        made = await asked(
            lambda: self.inbox.create_webhook_endpoint(by=by, url=url, types=["message.created"])
        )
        return SeenEndpoint(id=made.endpoint.id, secret=made.secret.reveal())

    async def replace_secret(self, by: Principal, endpoint: str) -> str:
        """Rotates."""
        made = await asked(lambda: self.inbox.rotate_webhook_secret(by=by, endpoint=EndpointId(endpoint)))
        return made.secret.reveal()

    async def tell_again(self, by: Principal, endpoint: str) -> None:
        """Replays."""
        owner = EndpointId(endpoint)
        page = await asked(lambda: self.inbox.list_webhook_deliveries(by=by, endpoint=owner))
        seq = page.items[0].event.seq
        await asked(lambda: self.inbox.replay_webhook_deliveries.one(by=by, endpoint=owner, seq=seq))

    async def is_told(self, by: Principal, endpoint: str) -> bool:
        """Lists."""
        found = await asked(lambda: self.inbox.list_webhook_endpoints(by=by))
        return next(each.enabled for each in found if each.id == endpoint)

    async def replies(self, by: Principal) -> list[SeenReply]:
        """Lists."""
        found = await asked(lambda: self.inbox.list_canned_replies(by=by))
        return [SeenReply(id=each.id, shortcut=each.shortcut, text=each.text) for each in found]

    async def keep_reply(self, by: Principal, shortcut: str, text: str) -> None:
        """Creates."""
        await asked(lambda: self.inbox.create_canned_reply(by=by, shortcut=shortcut, text=text))

    async def change_reply(self, by: Principal, reply: str, text: str) -> None:
        """Changes."""
        await asked(lambda: self.inbox.change_canned_reply(by=by, reply=CannedReplyId(reply), text=text))

    async def drop_reply(self, by: Principal, reply: str) -> None:
        """Deletes."""
        await asked(lambda: self.inbox.delete_canned_reply(by=by, reply=CannedReplyId(reply)))

    async def call_back(self, callback: str, signed_request: str) -> None:
        """Both lead to the same."""
        del callback
        await asked(lambda: self.inbox.forget_person(signed_request=signed_request))

    async def receive(self, body: bytes, signature: str | None) -> None:
        """Receives."""
        await asked(
            lambda: self.inbox.receive_webhook_event(
                body=body, signature=signature.encode() if signature else None
            )
        )

    async def challenge(self, token: str, challenge: str) -> str:
        """Answers."""
        try:
            return self.inbox.receive_webhook_event.answer_challenge(
                mode="subscribe", token=token, challenge=challenge
            )
        except MetaInboxError as error:
            raise as_refusal(error) from error


def _account(account: Account) -> SeenAccount:
    name = account.instagram_username or account.facebook_page_name
    if account.platform.value == "messenger":
        name = account.facebook_page_name
    return SeenAccount(
        id=account.id,
        platform=account.platform.value,
        name=name or "?",
        status=account.status.value,
        picture=account.picture_id,
    )


def _conversation(one: Conversation, owner: Account) -> SeenConversation:
    return SeenConversation(
        contact_id=one.contact.id,
        contact_name=one.contact.name,
        unread=one.unread_count,
        picture=one.contact.picture_id,
        kind=one.kind,
        owner=one.thread_owner,
        open=one.window(datetime.now(UTC), owner).open,
    )


def _message(message: Message) -> SeenMessage:
    return SeenMessage(
        id=message.id,
        mid=message.shown_meta_id,
        direction=message.direction.value,
        type=message.type,
        text=message.text,
        status=message.status.value,
        origin=message.origin.value,
        buttons=tuple(button.title for button in message.buttons),
        attachments=tuple(attachment.type for attachment in message.attachments),
        error=message.error.code if message.error else None,
        reactions=tuple((each.by.value, each.reaction or "") for each in message.shown_reactions),
        former_texts=tuple(version.text for version in message.edits[:-1]),
        ref=(message.referral or {}).get("ref"),
        files=tuple(attachment.id for attachment in message.attachments if attachment.has_file),
        answers=message.reply_to.id if message.reply_to else None,
        way=way_of(message),
        hidden=(message.details or {}).get("hidden") is True,
        parts=tuple(
            SeenPart(text=part.text, mid=part.meta_message_id, status=part.status.value)
            for part in message.parts
        ),
        next_attempt_at=message.next_attempt_at,
    )
