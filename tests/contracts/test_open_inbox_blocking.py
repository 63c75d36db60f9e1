"""The inbox for code without an event loop: plain calls, from any thread, on the fakes and on Postgres."""

import asyncio
import inspect
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import fields
from pathlib import Path
from queue import Queue

import pytest

from meta_inbox import EventType, FakeMeta, MessageReceived, Settings, open_inbox_blocking
from meta_inbox.domain.errors import MediaMissing, NotFound, SignatureInvalid, StorageUnavailable
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import AccountId, ContactId
from meta_inbox.domain.model.media import MediaId
from meta_inbox.domain.model.message import MessageStatus
from meta_inbox.domain.use_cases.open_media import OpenedMedia
from meta_inbox.entrypoints.blocking import BlockingInbox, InboxClosed
from meta_inbox.entrypoints.plain_events import PlainEvent
from meta_inbox.testing.connecting import AGENT, connected
from tests.harness.service import common_server, environment, new_database

ANA = ContactId("Ana")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.fixture
def meta() -> FakeMeta:
    """The Meta of these tests."""
    return FakeMeta()


@pytest.fixture
def inbox(meta: FakeMeta) -> Iterator[BlockingInbox]:
    """An inbox in memory."""
    with open_inbox_blocking(Settings.in_memory(meta)) as opened:
        yield opened


def with_a_page(inbox: BlockingInbox, meta: FakeMeta) -> Account:
    """The Page "Casa Verde", connected, to which Ana wrote."""

    async def set_up() -> Account:
        account = await connected(inbox.asynchronous, meta)
        await meta.contact_writes(account, "Ana", "Vocês entregam?")
        return account

    return inbox.loop.run(set_up())


def test_a_view_answers_without_a_loop(inbox: BlockingInbox, meta: FakeMeta) -> None:
    page = with_a_page(inbox, meta)
    assert [one.id for one in inbox.list_accounts(by=AGENT)] == [page.id]
    sent = inbox.send_message(by=AGENT, account=page.id, contact=ANA, content=TextContent(text="Sim"))
    assert sent.status is MessageStatus.SENT
    assert [each.text for each in meta.sent] == ["Sim"]
    found = inbox.list_messages(by=AGENT, account=page.id, contact=ANA)
    assert [each.text for each in found.items] == ["Sim", "Vocês entregam?"]


def test_what_is_refused_is_the_same_exception(inbox: BlockingInbox) -> None:
    with pytest.raises(NotFound):
        inbox.list_accounts.one(by=AGENT, account=AccountId("0199d2a0-6c1e-7b6f-9a5b-3f1f5d0c7e11"))


def test_an_account_is_connected_by_views(inbox: BlockingInbox) -> None:
    ticket = inbox.connect_account.start(by=AGENT, return_origin="http://127.0.0.1:8000")
    assert inbox.connect_account.authorize(ticket=ticket.ticket, browser=None).dialog_url


def test_metas_webhooks_are_taken_by_a_view(inbox: BlockingInbox, meta: FakeMeta) -> None:
    token = meta.verify_token.reveal()
    hooks = inbox.receive_webhook_event
    assert hooks.answer_challenge(mode="subscribe", token=token, challenge="42") == "42"
    with pytest.raises(SignatureInvalid):
        hooks(body=b"{}", signature=b"sha256=forged")


def test_a_file_is_read_in_pieces(inbox: BlockingInbox, meta: FakeMeta) -> None:
    page = with_a_page(inbox, meta)
    meta.contact_sends(page, "Ana", PNG)
    opened = file_of(inbox, page)
    assert b"".join(inbox.open_media.read(opened, 0, opened.size - 1)) == PNG


def file_of(inbox: BlockingInbox, page: Account, *, within: float = 10) -> OpenedMedia:
    """What Ana sent, as soon as it can be opened."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        latest = inbox.list_messages(by=AGENT, account=page.id, contact=ANA).items[0]
        with suppress(MediaMissing):
            for attachment in latest.attachments:
                return inbox.open_media(by=AGENT, media=MediaId(attachment.id))
        time.sleep(0.02)
    raise AssertionError("the file did not come")


def test_many_threads_call_at_once(inbox: BlockingInbox, meta: FakeMeta) -> None:
    page = with_a_page(inbox, meta)

    def answer(number: int) -> MessageStatus:
        content = TextContent(text=f"answer {number}")
        return inbox.send_message(by=AGENT, account=page.id, contact=ANA, content=content).status

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(answer, range(40))) <= {MessageStatus.SENT, MessageStatus.QUEUED}
    inbox.loop.run(inbox.asynchronous.upkeep.deliver.drain(5))
    assert len({each.text for each in meta.sent}) == len(meta.sent)


def test_a_plain_loop_goes_on_behind_what_was_acknowledged(inbox: BlockingInbox, meta: FakeMeta) -> None:
    with_a_page(inbox, meta)
    with closing(inbox.events(consumer="crm-leads")) as events:
        event = next(one for one in events if one.type is EventType.MESSAGE_CREATED)
        assert event.data.message is not None
        assert event.data.message.text == "Vocês entregam?"
        assert event.ack()
    following = next(inbox.events(consumer="crm-leads", tenant=AGENT.tenant_id))
    assert following.seq == event.seq + 1


def test_what_a_plain_loop_leaves_unacknowledged_comes_again(inbox: BlockingInbox, meta: FakeMeta) -> None:
    with_a_page(inbox, meta)
    first, again = (next(inbox.events(consumer="crm-leads")) for _ in range(2))
    assert first == again


def test_a_plain_loop_ends_with_the_inbox() -> None:
    with ThreadPoolExecutor(1) as threads:
        with open_inbox_blocking(Settings.in_memory()) as inbox:
            looping = threads.submit(list[PlainEvent], inbox.events(consumer="crm-leads"))
            inbox.loop.run(asyncio.sleep(0.1))
        assert looping.result(5) == []


def test_a_plain_handler_is_called_in_a_thread(inbox: BlockingInbox, meta: FakeMeta) -> None:
    called: Queue[tuple[str, str | None]] = Queue()

    def handler(received: MessageReceived) -> None:
        assert inbox.list_accounts.one(by=AGENT, account=received.account.id).id == received.account.id
        called.put((received.contact.id, received.message.text))

    handling = inbox.on(MessageReceived, handler, consumer="crm-leads")
    with_a_page(inbox, meta)
    assert called.get(timeout=10) == ("Ana", "Vocês entregam?")
    handling.cancel()


def test_every_use_case_can_be_called_plainly(inbox: BlockingInbox) -> None:
    for use_case in {one.name for one in fields(Inbox)} - {"upkeep"}:
        plain = getattr(inbox, use_case)
        for name in coroutines_of(getattr(inbox.asynchronous, use_case)):
            assert callable(plain if name == "__call__" else getattr(plain, name)), (use_case, name)


def coroutines_of(use_case: object) -> list[str]:
    """What can be awaited of it from outside."""
    methods = vars(type(use_case)).items()
    awaited = [name for name, method in methods if inspect.iscoroutinefunction(method)]
    return [name for name in awaited if name == "__call__" or not name.startswith("_")]


def test_nothing_is_left_of_it_when_its_block_ends() -> None:
    before = threading.active_count()
    with open_inbox_blocking(Settings.in_memory()) as inbox:
        assert threading.active_count() > before
    assert threading.active_count() == before
    with pytest.raises(InboxClosed):
        inbox.list_accounts(by=AGENT)


def test_whoever_waits_when_it_is_closed_is_told() -> None:
    with ThreadPoolExecutor(1) as threads:
        with open_inbox_blocking(Settings.in_memory()) as inbox:
            waiting = threads.submit(inbox.loop.run, asyncio.Event().wait())
            inbox.loop.run(asyncio.sleep(0.1))
        with pytest.raises(InboxClosed):
            waiting.result(5)


def test_its_own_loop_cannot_wait_for_itself(inbox: BlockingInbox) -> None:
    async def call() -> None:
        inbox.list_accounts(by=AGENT)

    with pytest.raises(RuntimeError, match="await"):
        inbox.loop.run(call())


def test_what_cannot_be_opened_is_said_where_it_is_opened() -> None:
    with pytest.raises(StorageUnavailable), open_inbox_blocking(settings("postgresql://127.0.0.1:9/nowhere")):
        pass


def settings(database: str) -> Settings:
    """A host's settings for this database."""
    given = environment(database, 8000)
    return Settings.of({name: text for name, text in given.items() if name not in ("PATH", "HOME")})


@pytest.mark.real
def test_threads_share_one_inbox_on_postgres() -> None:
    database = new_database(common_server(), "blocking")
    with open_inbox_blocking(settings(database)) as inbox, ThreadPoolExecutor(4) as threads:
        found = [threads.submit(inbox.list_accounts, by=AGENT) for _ in range(20)]
        assert [one.result() for one in found] == [[]] * 20


FORKED = """
import os
from meta_inbox import Principal, Settings, open_inbox_blocking
ana = Principal("t1", "ana")
with open_inbox_blocking(Settings.in_memory()) as inbox:
    child = os.fork()
    try:
        inbox.list_accounts(by=ana)
    except Exception as error:
        print(type(error).__name__, flush=True)
    if child:
        os.waitpid(child, 0)
        print(len(inbox.list_accounts(by=ana)))
"""
INTERRUPTED = """
import asyncio, threading
from meta_inbox import Settings, open_inbox_blocking
try:
    with open_inbox_blocking(Settings.in_memory()) as inbox:
        print("open", flush=True)
        inbox.loop.run(asyncio.Event().wait())
except KeyboardInterrupt:
    names = [thread.name for thread in threading.enumerate()]
    print("interrupted", "meta-inbox" not in names)
"""

HELD = """
import atexit
from contextlib import ExitStack
from meta_inbox import Principal, Settings, open_inbox_blocking
stack = ExitStack()
inbox = stack.enter_context(open_inbox_blocking(Settings.from_env()))
atexit.register(stack.close)
atexit.register(lambda: print(len(inbox.list_accounts(by=Principal("t1", "ana")))))
"""


def test_a_forked_child_is_told_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.stdout.split(), done.returncode) == (["InboxForked", "0"], 0), done.stderr


@pytest.mark.real
def test_a_process_without_a_block_closes_it_at_its_end(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HELD],
        cwd=tmp_path,
        env=environment(new_database(common_server(), "held"), 8000),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.stdout, done.returncode) == ("0\n", 0), done.stderr
    assert "Traceback" not in done.stderr


def test_an_interrupt_ends_it_cleanly() -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == "open\n"
        program.send_signal(signal.SIGINT)
        told, complaints = program.communicate(timeout=20)
    assert (told, complaints) == ("interrupted True\n", "")
