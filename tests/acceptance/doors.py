"""The two ways in: a host's own process, and the HTTP API. The stage does not know which it uses."""

from collections.abc import Sequence
from typing import Protocol

from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.comment_reply import Way
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.thread_control import ThreadControl
from tests.acceptance.screens import Screen
from tests.acceptance.views import (
    SeenAccount,
    SeenConnection,
    SeenConversation,
    SeenEndpoint,
    SeenFile,
    SeenMessage,
    SeenReply,
)


class Browser(Protocol):
    """A person's browser, which keeps what it was given."""


class Backstage(Protocol):
    """What no door shows."""

    async def kept(self) -> int:
        """How many items are kept for a newer reader."""
        ...

    async def idle(self) -> bool:
        """Whether nothing that came waits for its turn."""
        ...

    async def holds(self, text: str) -> bool:
        """Whether any table holds this text, in whatever column."""
        ...

    async def knows_person(self, person: str) -> bool:
        """Whether an account still names whoever connected it by Meta's id of them, or has their token."""
        ...

    async def files_kept(self) -> int:
        """How many files are kept anywhere."""
        ...

    async def hurry(self) -> None:
        """What is to be tried again in a minute is due now, and so is reading back."""
        ...

    async def look_for_sends(self) -> None:
        """What is to be looked for at Meta in some seconds is looked for now."""
        ...

    async def looked(self) -> bool:
        """Whether nothing is to be looked for any more."""
        ...

    async def look_after(self) -> None:
        """Every account is to be looked after now."""
        ...

    async def looked_after(self) -> bool:
        """Whether every account was, and what is doubted waits for its second look."""
        ...

    async def read_back(self) -> bool:
        """Whether nothing more is to be read back for now."""
        ...

    async def notified(self) -> int:
        """Of how many messages people were told."""
        ...


class Doors(Protocol):
    """What people and Meta can do with the system. Whatever is refused raises Refusal."""

    @property
    def backstage(self) -> Backstage:
        """Behind this door."""
        ...

    def browser(self) -> Browser:
        """A browser that was never here."""
        ...

    async def start(self, by: Principal, login: Login = Login.FACEBOOK) -> str:
        """The link that begins connecting by this of Meta's logins."""
        ...

    async def follow(self, link: str, browser: Browser) -> str:
        """The address of Meta's dialog that the link leads to."""
        ...

    async def come_back(self, address: str, browser: Browser) -> str:
        """What the browser holds after coming back from Meta."""
        ...

    async def complete(self, by: Principal, completion: str, keys: Sequence[str] | None) -> SeenConnection:
        """Connects what the login gave."""
        ...

    async def accounts(self, by: Principal) -> list[SeenAccount]:
        """The connections."""
        ...

    async def disconnect(self, by: Principal, account: str) -> None:
        """Ends one."""
        ...

    async def delete(self, by: Principal, account: str, contact: str) -> None:
        """Has a contact deleted."""
        ...

    async def conversations(self, by: Principal, account: str) -> list[SeenConversation]:
        """The conversations of an account."""
        ...

    async def conversation(self, by: Principal, account: str, contact: str) -> SeenConversation:
        """One conversation, by the link to it."""
        ...

    async def messages(self, by: Principal, account: str, contact: str) -> list[SeenMessage]:
        """The messages of a conversation, newest first."""
        ...

    async def look(self, by: Principal, file: str) -> SeenFile:
        """Somebody looks at a file."""
        ...

    async def upload(self, by: Principal, content: bytes, name: str) -> str:
        """A file is uploaded; what it is called when it is sent."""
        ...

    async def mark_read(self, by: Principal, account: str, contact: str) -> None:
        """An agent has read it."""
        ...

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
        """Answers."""
        ...

    async def reply(
        self, by: Principal, account: str, contact: str, comment: str, text: str, *, way: Way
    ) -> SeenMessage:
        """Answers a comment."""
        ...

    async def check(self, by: Principal, account: str, contact: str, message: str) -> SeenMessage:
        """Asks whether a message arrived after all."""
        ...

    async def resend(self, by: Principal, account: str, contact: str, message: str) -> SeenMessage:
        """Has a message sent again."""
        ...

    async def hide(self, by: Principal, account: str, contact: str, comment: str, *, hide: bool) -> None:
        """Hides a comment, or shows it again."""
        ...

    async def show_typing(self, by: Principal, account: str, contact: str, *, on: bool) -> None:
        """Somebody types, or no longer."""
        ...

    async def react(
        self, by: Principal, account: str, contact: str, message: str, reaction: str | None
    ) -> None:
        """Reacts, or takes the reaction back."""
        ...

    async def control_thread(self, by: Principal, account: str, contact: str, control: ThreadControl) -> None:
        """Passes the conversation on, takes it or lets go of it."""
        ...

    async def offer(self, by: Principal, account: str, questions: Sequence[str]) -> None:
        """Sets these ice breakers, and nothing else."""
        ...

    async def offered(self, by: Principal, account: str) -> list[str]:
        """The ice breakers."""
        ...

    async def watch(self, by: Principal, after: str | None = None) -> Screen:
        """Somebody opens the inbox, from now on or from where they were."""
        ...

    async def tell_of_messages(self, by: Principal, url: str) -> SeenEndpoint:
        """Has new messages told there."""
        ...

    async def replace_secret(self, by: Principal, endpoint: str) -> str:
        """A new secret."""
        ...

    async def tell_again(self, by: Principal, endpoint: str) -> None:
        """Has the latest told once more."""
        ...

    async def is_told(self, by: Principal, endpoint: str) -> bool:
        """Whether anything is still told there."""
        ...

    async def replies(self, by: Principal) -> list[SeenReply]:
        """The canned replies."""
        ...

    async def keep_reply(self, by: Principal, shortcut: str, text: str) -> None:
        """Keeps one."""
        ...

    async def change_reply(self, by: Principal, reply: str, text: str) -> None:
        """Changes its text."""
        ...

    async def drop_reply(self, by: Principal, reply: str) -> None:
        """Takes it away."""
        ...

    async def call_back(self, callback: str, signed_request: str) -> None:
        """Meta calls ``deauthorize`` or ``data-deletion``."""
        ...

    async def receive(self, body: bytes, signature: str | None) -> None:
        """A webhook comes in."""
        ...

    async def challenge(self, token: str, challenge: str) -> str:
        """Meta asks whether this is our address."""
        ...
