"""The stage on which scenarios play: people, their accounts and Meta, by name.

Everything a step can do is a method here. The stage drives Meta's world directly, and the system
through one of its doors.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from meta_inbox.adapters.meta_graph.signature import sign
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_faults import ANY, Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_people import ALL_TASKS, CASA_VERDE, CASAVERDE, PADARIA_SOL
from meta_inbox.adapters.meta_graph.world_values import Contact, Page, Person, Role
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.comment_reply import Way
from meta_inbox.domain.model.content import Content
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.thread_control import ThreadControl
from meta_inbox.entrypoints.plugin import OpenInbox
from tests.acceptance.crm import Crm
from tests.acceptance.doors import Browser, Doors
from tests.acceptance.views import (
    Refusal,
    SeenAccount,
    SeenConnection,
    SeenConversation,
    SeenFile,
    SeenMessage,
)

T = TypeVar("T")

BIA = Principal("casa-verde", "bia", name="Bia")
OTTO = Principal("loja-do-otto", "otto", name="Otto")
RIVAL = Principal("another-shop", "rita", name="Rita")
LOJA = Page(id="1009", name="Loja do Otto")
FEIRA = Page(id="1010", name="Feira da Vila")
_PATIENCE = 12.0


def person_of(principal: Principal, *pages: Page) -> Person:
    """The same person's login at Meta."""
    roles = tuple(Role(page_id=page.id, tasks=ALL_TASKS) for page in pages)
    return Person(id=principal.user_id, name=principal.name or "?", roles=roles)


@dataclass
class Outcome:
    """What the latest act led to."""

    refusal: Refusal | None = None
    connection: SeenConnection | None = None
    answer: SeenMessage | None = None
    opened: SeenConversation | None = None
    text: str | None = None
    accounts: list[SeenAccount] | None = None


@dataclass
class Links:
    """What becomes of links to files in this scenario, and the latest of them."""

    spoilt_by: Callable[[str], None] | None = None
    latest: str = ""

    def spoil(self) -> None:
        """Does to the latest what is to be done."""
        if self.spoilt_by is not None:
            self.spoilt_by(self.latest)


class Stage:
    """One scenario's world and everybody in it."""

    def __init__(
        self,
        runner: asyncio.Runner,
        world: World,
        doors: Doors,
        verify_token: Secret,
        *,
        beside: Callable[[], AbstractAsyncContextManager[OpenInbox]] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._runner = runner
        self.crm = Crm(runner.run, beside)
        self._loop = loop
        self.verify_token = verify_token
        self.world = world
        self.doors = doors
        self.outcome = Outcome()
        self.answers_given: list[SeenMessage] = []
        self._browser: Browser = doors.browser()
        self._came_back_from: str | None = None
        self._link: str | None = None
        self.links = Links()
        state = world.ground.state
        state.people = {BIA.user_id: person_of(BIA, CASA_VERDE)}
        state.pages |= {page.id: page for page in (LOJA, FEIRA)}

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        """Plays something that takes its time."""
        return self._runner.run(act)

    def eventually(self, holds: Callable[[], Awaitable[bool]], what: str) -> None:
        """Waits until it holds; AssertionError when it does not within some seconds."""

        async def wait() -> None:
            deadline = asyncio.get_running_loop().time() + _PATIENCE
            while not await holds():
                assert asyncio.get_running_loop().time() < deadline, f"not within {_PATIENCE} s: {what}"
                await asyncio.sleep(0.05)

        self.run(wait())

    def try_to(self, act: Coroutine[Any, Any, T]) -> T | None:
        """Plays something that may be refused; the refusal is kept for a later step."""
        self.outcome = Outcome()
        try:
            return self.run(act)
        except Refusal as refusal:
            self.outcome.refusal = refusal
            return None

    # Connecting

    def log_in(
        self,
        by: Principal = BIA,
        *,
        keys: Sequence[str] | None = None,
        permissions: Sequence[str] | None = None,
        person: str = BIA.user_id,
    ) -> None:
        """Both clicks, with a browser of the person's own."""

        async def both_clicks() -> SeenConnection:
            browser = self.doors.browser()
            dialog = await self.doors.follow(await self.doors.start(by), browser)
            back = self._approve(dialog, person, permissions)
            return await self.doors.complete(by, await self.doors.come_back(back, browser), keys)

        self.outcome.connection = self.try_to(both_clicks())

    def _approve(self, dialog: str, person: str, permissions: Sequence[str] | None = None) -> str:
        opened = self.world.oauth.dialog(dict(parse_qsl(urlsplit(dialog).query)))
        return self.world.oauth.approve(opened, person_id=person, permissions=permissions)

    def log_in_with_instagram(self, *, permissions: Sequence[str] | None = None) -> None:
        """Both clicks, where the Instagram account logs in itself, after what was written has arrived."""
        for contact in {one.name for one in self.world.ground.state.contacts.values()}:
            self._wait_for_what_was_written(contact)

        async def both_clicks() -> SeenConnection:
            browser, at_meta = self.doors.browser(), self.world.instagram_login
            dialog = await self.doors.follow(await self.doors.start(BIA, Login.INSTAGRAM), browser)
            opened = at_meta.dialog(dict(parse_qsl(urlsplit(dialog).query)))
            back = at_meta.approve(opened, permissions=permissions)
            return await self.doors.complete(BIA, await self.doors.come_back(back, browser), None)

        self.outcome.connection = self.try_to(both_clicks())

    def knows_contacts_differently(self) -> None:
        """The app of the account's own login calls contacts by other ids than the Meta app does."""
        self.world.quirks = replace(self.world.quirks, scoped_ids_differ=True)

    def log_in_but_cancel(self, login: Login = Login.FACEBOOK) -> None:
        """The first click, and no at Meta."""
        at_meta = self.world.oauth if login is Login.FACEBOOK else self.world.instagram_login

        async def cancel() -> None:
            dialog = await self.doors.follow(await self.doors.start(BIA, login), self._browser)
            opened = at_meta.dialog(dict(parse_qsl(urlsplit(dialog).query)))
            await self.doors.come_back(at_meta.cancel(opened), self._browser)

        self.try_to(cancel())

    def come_back_from_meta(self) -> None:
        """Approves and comes back, without completing."""

        async def go() -> str:
            dialog = await self.doors.follow(await self.doors.start(BIA), self._browser)
            back = self._approve(dialog, BIA.user_id)
            await self.doors.come_back(back, self._browser)
            return back

        self._came_back_from = self.run(go())

    def come_back_again(self) -> None:
        """Opens the same address once more, in the same browser."""
        assert self._came_back_from is not None
        self.try_to(self.doors.come_back(self._came_back_from, self._browser))

    def send_a_link(self, by: Principal) -> None:
        """Somebody begins a login and hands the link of Meta's dialog to Bia."""
        browser = self.doors.browser()

        async def begin() -> str:
            return await self.doors.follow(await self.doors.start(by), browser)

        self._link = self.run(begin())

    def follow_the_link(self) -> None:
        """Bia approves at Meta and comes back in her own browser."""
        assert self._link is not None
        back = self._approve(self._link, BIA.user_id)
        self.try_to(self.doors.come_back(back, self._browser))

    def also_manages_padaria_sol(self) -> None:
        """Gives Bia a second Page."""
        self.also_manages(PADARIA_SOL)

    def also_manages(self, page: Page) -> None:
        """Gives Bia one more Page."""
        person = self.world.ground.state.people[BIA.user_id]
        role = Role(page_id=page.id, tasks=ALL_TASKS)
        self.world.ground.state.people[BIA.user_id] = replace(person, roles=(*person.roles, role))

    def accounts(self, by: Principal = BIA) -> list[SeenAccount]:
        """The connections that a person sees."""
        return self.run(self.doors.accounts(by))

    def account(self, name: str, by: Principal = BIA) -> SeenAccount:
        """The connection of this name."""
        return next(account for account in self.accounts(by) if account.name == name)

    def disconnect(self, name: str, by: Principal = BIA) -> None:
        """Ends a connection, after what was written by then has arrived."""
        for contact in {one.name for one in self.world.ground.state.contacts.values()}:
            self._wait_for_what_was_written(contact)
        self.run(self.doors.disconnect(by, self.account(name, by).id))

    def hears(self) -> bool:
        """Whether Meta sends us the messages of the Page "Casa Verde" and what hangs on it."""
        return bool(self.world.ground.state.installed.get(CASA_VERDE.id))

    def meta_is_down(self, *, down: bool) -> None:
        """Meta stops answering, or answers again."""
        self.world.faults.clear()
        if down:
            self.world.faults.plan(
                ANY, Fault(kind=FaultKind.REFUSE, code=2, subcode=2018344, status=503), count=None
            )

    # Reading back

    def read_back(self) -> None:
        """Waits until nothing more is to be read back for now."""
        self.eventually(self.doors.backstage.read_back, "every history is read back")

    def look_for_what_is_missing(self) -> None:
        """What is done some minutes after the service is back, or once a day, is done now."""
        self.read_back()
        self.run(self.doors.backstage.hurry())

    def lets_a_day_pass(self) -> None:
        """What is done once a day is done now; twice, since nothing is given up at the first look."""
        for _ in range(2):
            self.run(self.doors.backstage.look_after())
            self.eventually(self.doors.backstage.looked_after, "every account is looked after")
        self.run(self.doors.backstage.hurry())

    def lose_webhooks(self) -> None:
        """Nothing that Meta sends comes here any more; what came before is here."""
        self.read_back()
        quirks = replace(self.world.quirks, webhooks_lost=True)
        self.play(lambda: setattr(self.world, "quirks", quirks))

    def needs_a_login(self, name: str) -> None:
        """Meta stops accepting the login, and that is noticed."""
        self.play(lambda: self.world.access.revoke(460))
        self.look_for_what_is_missing()

        async def noticed() -> bool:
            found = await self.doors.accounts(BIA)
            return any(one.name == name and one.status == "reauth_required" for one in found)

        self.eventually(noticed, f"{name} needs a new login")

    # Contacts

    def contact(self, name: str, account: str = "Casa Verde") -> Contact:
        """The contact of this name, as the account knows them."""
        (account_id,) = _EXTERNAL[account]
        known = self.world.contacts.of(account_id)
        found = next((contact for contact in known if contact.name == name), None)
        return found or self.world.contacts.create(account_id, name)

    def writes(self, name: str, account: str, text: str, *, ago: timedelta = timedelta()) -> None:
        """A contact writes, now or some time ago."""
        self.play(
            lambda: self.world.contacts.write(self.contact(name, account).id, text, at=self.world.now() - ago)
        )

    def play(self, act: Callable[[], T]) -> T:
        """Something happens at Meta, on the loop that Meta lives on."""

        async def happen() -> T:
            return act()

        if self._loop is None:
            return self.run(happen())
        return asyncio.run_coroutine_threadsafe(happen(), self._loop).result(10)

    def thread(self, name: str) -> tuple[str, str]:
        """The account and contact of this person's conversation."""
        return self.run(self._threads(name))[-1]

    async def _threads(self, name: str) -> list[tuple[str, str]]:
        scoped = self.world.instagram.scoped()
        return [
            (account.id, contact_id)
            for account in await self.doors.accounts(BIA)
            for contact in self._known_as(name)
            for contact_id in filter(None, (contact.id, scoped.get(contact.id)))
            if contact.account_id in _EXTERNAL[account.name]
        ]

    def _known_as(self, name: str) -> list[Contact]:
        return [one for one in self.world.ground.state.contacts.values() if one.name == name]

    async def _messages(self, name: str) -> list[SeenMessage]:
        found: list[SeenMessage] = []
        for account, contact in await self._threads(name):
            found += await self.doors.messages(BIA, account, contact)
        return found

    def messages(self, name: str) -> list[SeenMessage]:
        """Everything in the conversations with this person, newest first."""
        return self.run(self._messages(name))

    def sees(self, name: str, matches: Callable[[SeenMessage], bool], what: str) -> None:
        """Waits until such a message is visible."""

        async def visible() -> bool:
            return any(matches(message) for message in await self._messages(name))

        self.eventually(visible, what)

    def sees_comment(self, name: str, matches: Callable[[SeenMessage], bool], what: str) -> None:
        """Waits until such a comment, or answer to one, is visible."""

        async def visible() -> bool:
            return any(matches(found[2]) for found in await self._in_public(name))

        self.eventually(visible, what)

    async def _in_public(self, name: str) -> list[tuple[str, str, SeenMessage]]:
        return [
            (account, public, message)
            for account, contact in await self._threads(name)
            for public in (f"comments:{contact}",)
            for message in await self.doors.messages(BIA, account, public)
        ]

    def comment(self, name: str) -> tuple[str, str, SeenMessage]:
        """What this person wrote in public latest, once it is here; with its account and conversation."""
        self.sees_comment(name, lambda message: message.type == "comment", "the comment")
        found = self.run(self._in_public(name))
        return next(one for one in found if one[2].direction == "inbound")

    def replies(self, name: str, text: str, way: Way) -> None:
        """Bia answers this person's comment."""
        account, contact, comment = self.comment(name)
        reply = self.doors.reply(BIA, account, contact, comment.id, text, way=way)
        self.outcome.answer = self.try_to(reply)

    def hides(self, name: str, *, hide: bool) -> None:
        """Bia hides this person's comment, or shows it again."""
        account, contact, comment = self.comment(name)
        self.try_to(self.doors.hide(BIA, account, contact, comment.id, hide=hide))

    def public_answers(self, name: str) -> list[SeenMessage]:
        """What the shop said to this person's comments, once Meta has told of all, in order."""
        contact = self._known_as(name)[-1]
        self.play(lambda: self.world.comments.write(contact.id, "And now?"))
        self.sees_comment(name, lambda message: message.text == "And now?", "the last webhook")
        self.eventually(self.doors.backstage.idle, "what Meta told of is in its place")
        found = self.run(self._in_public(name))
        return [message for _, _, message in found if message.direction == "outbound"]

    def all_conversations_now(self) -> list[SeenConversation]:
        """Every conversation that Bia sees."""
        return self.all_conversations(BIA)

    def deletes(self, name: str, by: Principal = BIA) -> None:
        """Somebody has a contact deleted, after what they wrote by then has arrived."""
        self._wait_for_what_was_written(name)
        account, contact = self.thread(name)
        self.try_to(self.doors.delete(by, account, contact))

    # Answering

    def answers(
        self,
        name: str,
        content: Content,
        *,
        by: Principal = BIA,
        human_agent: bool = False,
        split: bool = False,
        persona: str | None = None,
        key: str | None = None,
    ) -> None:
        """Somebody answers a contact."""
        self._wait_for_what_was_written(name)
        account, contact = self.thread(name)
        sent = self.try_to(
            self.doors.send(
                by,
                account,
                contact,
                content,
                human_agent=human_agent,
                split=split,
                persona=persona,
                key=key,
            )
        )
        self.outcome.answer = sent
        if sent is not None:
            self.answers_given.append(sent)

    def checks(self, name: str) -> None:
        """Bia asks whether her latest answer arrived."""
        account, contact = self.thread(name)
        answer = self.own_answer(name)
        self.outcome.answer = self.try_to(self.doors.check(BIA, account, contact, answer.id))

    def sends_again(self, name: str, by: Principal) -> None:
        """Somebody has the latest answer sent again."""
        account, contact = self.thread(name)
        answer = self.own_answer(name)
        self.outcome.answer = self.try_to(self.doors.resend(by, account, contact, answer.id))

    def look_for_answers(self) -> None:
        """Answers of which nobody knows are looked for at Meta without delay."""
        self.run(self.doors.backstage.look_for_sends())

    def has_looked(self) -> None:
        """Waits until nothing is to be looked for any more."""
        self.eventually(self.doors.backstage.looked, "every answer was looked for")

    def _wait_for_what_was_written(self, name: str) -> None:
        written = {
            entry.mid
            for contact in self._known_as(name)
            for entry in self.world.contacts.thread(contact.id)
            if entry.by_contact
        }

        async def all_here() -> bool:
            return written <= {message.mid for message in await self._messages(name)}

        self.eventually(all_here, f"what {name} wrote")

    def received_by(self, name: str) -> list[dict[str, Any]]:
        """What Meta handed to this person, as the Send API was given it."""
        ids = {contact.id for contact in self._known_as(name)}
        return [one.message for one in self.world.ledger if one.recipient_id in ids]

    def own_answer(self, name: str) -> SeenMessage:
        """The latest own message of the conversation, as it is shown now."""
        return next(m for m in self.messages(name) if m.direction == "outbound")

    def let_everything_arrive(self) -> None:
        """Waits until what Meta knows is what is shown: every message of every contact, once settled."""
        known = {
            entry.mid
            for contact in self.world.ground.state.contacts.values()
            for entry in self.world.contacts.thread(contact.id)
            if contact.account_id != LOJA.id
        }
        names = {contact.name for contact in self.world.ground.state.contacts.values()}

        async def all_here() -> bool:
            shown = [message for name in names for message in await self._messages(name)]
            on_their_way = any(message.status in ("queued", "sending", "unknown") for message in shown)
            mids = {message.mid for message in shown}
            mids |= {part.mid for message in shown for part in message.parts}
            return known <= mids and not on_their_way

        self.eventually(all_here, "everything that Meta knows")

    async def find_conversation(self, name: str) -> SeenConversation:
        """The conversation with this person in the list."""
        ids = {contact.id for contact in self._known_as(name)}
        for account in await self.doors.accounts(BIA):
            for one in await self.doors.conversations(BIA, account.id):
                if one.contact_id in ids:
                    return one
        raise AssertionError(f"there is no conversation with {name}")

    def conversation(self, name: str) -> SeenConversation:
        """The same, now."""
        return self.run(self.find_conversation(name))

    def opens_link(self, name: str, by: Principal = BIA) -> None:
        """Somebody follows a link to the conversation with this person."""
        self.contact(name)
        self._wait_for_what_was_written(name)
        account, contact = self.thread(name)
        opened = self.try_to(self.doors.conversation(by, account, contact))
        self.outcome.opened = opened

    def all_conversations(self, by: Principal) -> list[SeenConversation]:
        """Every conversation that a person sees."""

        async def everything() -> list[SeenConversation]:
            accounts = await self.doors.accounts(by)
            return [one for account in accounts for one in await self.doors.conversations(by, account.id)]

        return self.run(everything())

    # Beside answering

    def arrives(self, name: str) -> None:
        """Waits until what this person wrote is here."""
        self._wait_for_what_was_written(name)

    def types(self, name: str, *, on: bool) -> None:
        """Bia types to this person, or no longer."""
        self.arrives(name)
        self.try_to(self.doors.show_typing(BIA, *self.thread(name), on=on))

    def reacts(self, name: str, reaction: str | None, *, to: str = "inbound") -> None:
        """Bia reacts to what this person wrote last, or to her own answer, or takes her reaction back."""
        self.arrives(name)
        message = next(one for one in self.messages(name) if one.direction == to)
        self.try_to(self.doors.react(BIA, *self.thread(name), message.id, reaction))

    def controls(self, name: str, control: ThreadControl) -> None:
        """Bia passes the conversation with this person on, or takes it back."""
        self.arrives(name)
        self.try_to(self.doors.control_thread(BIA, *self.thread(name), control))

    def offers(self, account: str, questions: Sequence[str]) -> None:
        """Bia offers these questions to whoever comes."""
        self.try_to(self.doors.offer(BIA, self.account(account).id, questions))

    def offered(self, account: str) -> list[str]:
        """The questions that Bia sees offered."""
        return self.run(self.doors.offered(BIA, self.account(account).id))

    # Files

    def sends(self, name: str, account: str, content: bytes, *, kind: str = "image") -> None:
        """A contact sends a file, which lies on Meta's servers as long as this scenario lets it."""

        def act() -> None:
            self.links.latest = self.world.media.put_any(content, "image/png", "png")
            self.links.spoil()
            part = _picture(self.links.latest) | {"type": kind}
            self.world.contacts.write(self.contact(name, account).id, attachments=[part])

        self.play(act)

    def sends_link(self, name: str, account: str, url: str) -> None:
        """A contact sends something that lies elsewhere."""
        self.play(lambda: self.world.contacts.send_photo(self.contact(name, account).id, url))

    def answers_elsewhere_with(self, name: str, content: bytes) -> None:
        """Somebody of the shop sends a file from Meta's own app."""

        def act() -> None:
            url = self.world.media.put_any(content, "image/png", "png")
            self.world.contacts.answered_elsewhere(self.contact(name).id, attachments=[_picture(url)])

        self.play(act)

    def loses_its_file(self) -> None:
        """What was sent latest is gone from Meta's servers."""
        self.play(lambda: self.world.media.remove(self.links.latest))

    def looks(self, by: Principal, name: str) -> SeenFile | None:
        """Somebody looks at what this person sent, once its message is here."""
        self.sees(name, lambda message: bool(message.files), "a message with a file")
        file = next(message.files[0] for message in self.messages(name) if message.files)
        return self.try_to(self.doors.look(by, file))

    def sees_file(self, name: str, matches: Callable[[SeenFile], bool], what: str) -> None:
        """Waits until such a file can be looked at."""

        async def visible() -> bool:
            files = [file for message in await self._messages(name) for file in message.files]
            try:
                return bool(files) and matches(await self.doors.look(BIA, files[0]))
            except Refusal:
                return False

        self.eventually(visible, what)

    def sees_refusal(self, name: str, code: str) -> None:
        """Waits until looking is refused in this way."""

        async def refused() -> bool:
            files = [file for message in await self._messages(name) for file in message.files]
            try:
                return bool(files) and not await self.doors.look(BIA, files[0])
            except Refusal as refusal:
                return refusal.code == code

        self.eventually(refused, code)

    # The host

    def has_leads(self, *texts: str) -> None:
        """Waits until the CRM has a lead of each of these messages, and sees that it has no other."""

        async def there() -> bool:
            return set(texts) <= set(self.crm.leads)

        self.eventually(there, f"leads of {texts}")
        assert self.crm.leads == list(texts)

    def has_set_aside(self, *texts: str) -> None:
        """Waits until the CRM has set these messages aside, and no other."""

        async def there() -> bool:
            return await self.crm.set_aside() == list(texts)

        self.eventually(there, f"set aside: {texts}")

    # Webhooks

    def deliver(self, body: bytes, secret: Secret | None = None) -> None:
        """A body is sent to us, signed with this secret (Meta's own)."""
        signature = sign(body, secret or self.world.ground.app_secret).decode()
        self.try_to(self.doors.receive(body, signature))


def _picture(url: str) -> dict[str, Any]:
    return {"type": "image", "payload": {"url": url}}


_EXTERNAL = {
    "Casa Verde": {CASA_VERDE.id},
    "casaverde": {CASAVERDE.id},
    "Padaria Sol": {PADARIA_SOL.id},
    LOJA.name: {LOJA.id},
    FEIRA.name: {FEIRA.id},
}
