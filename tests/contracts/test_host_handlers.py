"""A host's handlers: each event of their kind, tried again when they fail, and at last set aside."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from meta_inbox import AccountChanged, DeadLetter, MessageReceived, MessageSent
from meta_inbox.domain.model import consuming
from meta_inbox.entrypoints.plugin import OpenInbox
from tests.contracts.host_stage import Host, host_in_memory, host_on_postgres, until
from tests.contracts.scene import CASA, RIVAL, echo

LEADS = "crm-leads"
SECRET_WORDS = "Ana's address is Rua das Flores 7"
KINDS = [
    pytest.param(host_in_memory, id="memory"),
    pytest.param(host_on_postgres, id="postgres", marks=pytest.mark.real),
]


@pytest.fixture(params=KINDS)
async def host(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    """A host on empty data, whose failed events are soon tried again."""
    monkeypatch.setattr(consuming, "RETRIED_AFTER", (timedelta(seconds=0.05),) * 4)
    make: Callable[[], AbstractAsyncContextManager[Host]] = request.param
    async with make() as opened:
        yield opened


class Crm:
    """Makes a lead of each message; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.leads: list[str | None] = []
        self.calls = 0

    async def make_lead(self, event: MessageReceived) -> None:
        self.calls += 1
        if self.failures:
            self.failures -= 1
            raise LookupError(SECRET_WORDS)
        self.leads.append(event.message.text)


async def letters(inbox: OpenInbox, count: int) -> list[DeadLetter]:
    """What was set aside, once it is so much."""
    async with asyncio.timeout(10):
        while len(found := await inbox.dead_letters(consumer=LEADS)) != count:  # noqa: ASYNC110  # no event
            await asyncio.sleep(0.02)
    return list(found)


async def test_a_handler_is_given_each_event_of_its_kind_with_what_it_is_about(host: Host) -> None:
    given: list[MessageReceived] = []

    async def handle(event: MessageReceived) -> None:
        given.append(event)

    await host.connected()
    await host.written("one")
    await host.scene.happens(echo("m-answer"))
    host.inbox.on(MessageReceived, handle, LEADS)
    await host.written("two")
    await until(lambda: len(given) == 2)
    assert [event.message.text for event in given] == ["one", "two"]
    one = given[0]
    assert (one.tenant_id, one.account.id, one.contact.id) == (
        CASA,
        one.message.account_id,
        one.conversation.contact_id,
    )
    assert len({event.id for event in given}) == 2


async def test_each_kind_has_a_handler_of_its_own(host: Host) -> None:
    kinds: list[str] = []

    async def note_sent(event: MessageSent) -> None:
        kinds.append(type(event).__name__)

    async def note_account(event: AccountChanged) -> None:
        kinds.append(type(event).__name__)

    host.inbox.on(MessageSent, note_sent)
    host.inbox.on(AccountChanged, note_account)
    await host.connected()
    await host.scene.happens(echo("m-answer"))
    await until(lambda: len(kinds) == 2)
    assert sorted(kinds) == ["AccountChanged", "MessageSent"]


async def test_a_plain_function_is_called_in_a_thread(host: Host) -> None:
    threads: list[threading.Thread] = []

    def handle(event: MessageReceived) -> None:
        threads.append(threading.current_thread())

    host.inbox.on(MessageReceived, handle)
    await host.connected()
    await host.written("one")
    await until(lambda: len(threads) == 1)
    assert threads[0] is not threading.current_thread()


async def test_plain_functions_that_wait_take_no_threads_from_others(host: Host) -> None:
    handlers = 40
    all_wait = threading.Barrier(handlers + 1)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))

    def handle(event: MessageReceived) -> None:
        all_wait.wait(10)

    for number in range(handlers):
        host.inbox.on(MessageReceived, handle, f"{LEADS}-{number}")
    await host.connected()
    await host.written("one")
    await until(lambda: all_wait.n_waiting == handlers)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 5) == "free"
    all_wait.wait(10)


async def test_the_threads_end_with_the_inbox(host: Host) -> None:
    threads: list[threading.Thread] = []

    def handle(event: MessageReceived) -> None:
        threads.append(threading.current_thread())

    host.inbox.on(MessageReceived, handle)
    await host.connected()
    await host.written("one")
    await until(lambda: len(threads) == 1)
    await host.inbox.on.end()
    await until(lambda: not threads[0].is_alive())


async def test_a_handler_that_fails_is_tried_again_until_it_succeeds(host: Host) -> None:
    crm = Crm(failures=2)
    host.inbox.on(MessageReceived, crm.make_lead, LEADS)
    await host.connected()
    await host.written("one", "two")
    await until(lambda: crm.leads == ["one", "two"])
    assert crm.calls == 4
    assert await host.inbox.dead_letters() == []


async def test_other_tenants_go_on_while_one_is_put_off(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consuming, "RETRIED_AFTER", (timedelta(minutes=1),) * 4)
    given: list[str | None] = []

    async def handle(event: MessageReceived) -> None:
        if event.tenant_id == CASA:
            raise LookupError
        given.append(event.message.text)

    await host.connected(CASA, RIVAL)
    await host.written("one")
    host.inbox.on(MessageReceived, handle, LEADS)
    await asyncio.sleep(0.2)
    await host.written("two", tenant=RIVAL)
    await host.written("three", tenant=RIVAL)
    await until(lambda: given == ["two", "three"])


async def test_what_fails_five_times_is_set_aside_and_the_log_goes_on(host: Host) -> None:
    crm = Crm(failures=5)
    host.inbox.on(MessageReceived, crm.make_lead, LEADS)
    await host.connected()
    await host.written("one", "two")
    await until(lambda: crm.leads == ["two"])
    (letter,) = await host.inbox.dead_letters(consumer=LEADS, tenant=CASA)
    assert (letter.attempts, crm.calls) == (5, 6)
    assert letter.error.startswith("LookupError at tests.contracts.test_host_handlers:")
    assert letter.error.endswith(" make_lead")
    assert SECRET_WORDS not in repr(letter)
    assert await host.inbox.dead_letters(consumer="another") == []


async def test_what_was_set_aside_is_handled_once_more_when_asked(host: Host) -> None:
    crm = Crm(failures=6)
    host.inbox.on(MessageReceived, crm.make_lead, LEADS)
    await host.connected()
    await host.written("one")
    (letter,) = await letters(host.inbox, 1)
    assert await host.inbox.replay_dead_letters(consumer=LEADS, ids=[letter.id]) == 1
    await until(lambda: crm.calls == 6)
    (letter,) = await letters(host.inbox, 1)
    assert await host.inbox.replay_dead_letters(consumer=LEADS) == 1
    assert await letters(host.inbox, 0) == []
    assert (crm.leads, crm.calls) == (["one"], 7)


async def test_what_was_set_aside_outlasts_the_log(host: Host) -> None:
    crm = Crm(failures=5)
    host.inbox.on(MessageReceived, crm.make_lead, LEADS)
    await host.connected()
    await host.written("one")
    await letters(host.inbox, 1)
    await host.stores.backstage.forget_events(CASA, up_to=2)
    await host.inbox.replay_dead_letters(consumer=LEADS)
    await until(lambda: crm.leads == ["one"])


async def test_a_handler_learns_that_the_log_had_lost_something(host: Host) -> None:
    missed: list[tuple[str | None, bool]] = []

    async def handle(event: MessageReceived) -> None:
        missed.append((event.message.text, event.missed_before))

    await host.connected()
    await (await host.next(LEADS)).ack()
    await host.written("one", "two", "three")
    await host.stores.backstage.forget_events(CASA, up_to=2)
    host.inbox.on(MessageReceived, handle, LEADS)
    await until(lambda: missed == [("two", True), ("three", False)])


async def test_what_was_set_aside_can_be_given_up(host: Host) -> None:
    crm = Crm(failures=5)
    host.inbox.on(MessageReceived, crm.make_lead, LEADS)
    await host.connected()
    await host.written("one")
    await letters(host.inbox, 1)
    assert await host.inbox.discard_dead_letters(consumer=LEADS) == 1
    assert await host.inbox.dead_letters() == []


async def test_attempts_are_counted_across_processes(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    crm = Crm(failures=5)
    await host.connected()
    await host.written("one")
    monkeypatch.setattr(consuming, "RETRIED_AFTER", (timedelta(minutes=1),) * 4)
    for number in range(1, 6):
        handling = host.inbox.on(MessageReceived, crm.make_lead, LEADS)
        await until(lambda number=number: crm.calls == number)
        await handling.end()
        await host.stores.backstage.age_consumers(timedelta(minutes=2))
    (letter,) = await letters(host.inbox, 1)
    assert letter.attempts == 5


async def test_what_ends_every_process_is_set_aside_without_being_handled_again(host: Host) -> None:
    crm = Crm()
    await host.connected()
    await (await host.next(LEADS)).ack()
    await host.scene.happens(echo("m-answer"))
    await host.written("one", "two")
    for _ in range(5):
        assert await host.stores.consumers.claim(LEADS, None, handles=True) is not None
        await host.stores.backstage.age_consumers(timedelta(minutes=1))
    host.inbox.on(MessageReceived, crm.make_lead, LEADS)
    (letter,) = await letters(host.inbox, 1)
    assert (letter.attempts, letter.error) == (5, "the process ended while it was handled")
    await until(lambda: crm.leads == ["two"])
    await host.inbox.replay_dead_letters(consumer=LEADS)
    await until(lambda: crm.leads == ["two", "one"])


async def test_what_ended_the_process_when_it_was_replayed_is_back_in_the_list(host: Host) -> None:
    crm = Crm(failures=5)
    await host.connected()
    await host.written("one")
    handling = host.inbox.on(MessageReceived, crm.make_lead, LEADS)
    await letters(host.inbox, 1)
    await handling.end()
    await host.inbox.replay_dead_letters(consumer=LEADS)
    assert await host.stores.dead_letters.claim(LEADS) is not None
    await host.stores.backstage.age_consumers(timedelta(minutes=1))
    host.inbox.on(MessageReceived, crm.make_lead, LEADS)
    async with asyncio.timeout(10):
        while (await letters(host.inbox, 1))[0].waits:  # noqa: ASYNC110  # no event
            await asyncio.sleep(0.02)
    (letter,) = await letters(host.inbox, 1)
    assert (letter.attempts, letter.error) == (6, "the process ended while it was handled")
    assert crm.leads == []


async def test_two_processes_share_the_work_and_do_none_of_it_twice(host: Host) -> None:
    crm = Crm()
    async with host.another() as other:
        for inbox in (host.inbox, other):
            inbox.on(MessageReceived, crm.make_lead, LEADS)
        await host.connected(CASA, RIVAL)
        for number in range(10):
            await host.written(f"{number}", tenant=CASA)
            await host.written(f"{number + 10}", tenant=RIVAL)
        await until(lambda: len(crm.leads) >= 20)
        await asyncio.sleep(0.1)
        await other.on.end()
    assert sorted(int(lead or 0) for lead in crm.leads) == list(range(20))


async def test_a_cancelled_handler_finishes_what_it_does_and_begins_nothing_more(host: Host) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    done: list[str | None] = []

    async def handle(event: MessageReceived) -> None:
        begun.set()
        await may_end.wait()
        done.append(event.message.text)

    await host.connected()
    await host.written("one", "two")
    handling = host.inbox.on(MessageReceived, handle, LEADS)
    await asyncio.wait_for(begun.wait(), 5)
    handling.cancel()
    may_end.set()
    await until(lambda: handling.over)
    assert done == ["one"]
    assert (await host.next(LEADS)).seq == 3


async def test_a_handler_that_does_not_end_is_ended_with_its_inbox_and_the_event_is_free(host: Host) -> None:
    begun = asyncio.Event()

    async def handle(event: MessageReceived) -> None:
        begun.set()
        await asyncio.Event().wait()

    await host.connected()
    await host.written("one")
    host.inbox.on(MessageReceived, handle, LEADS)
    await asyncio.wait_for(begun.wait(), 5)
    began = time.monotonic()
    await host.inbox.on.end()
    assert time.monotonic() - began < 4
    assert (await host.next(LEADS)).seq <= 2
    assert await host.inbox.dead_letters() == []


async def test_handlers_of_one_name_are_one_handler(host: Host) -> None:
    first, second = Crm(), Crm()
    host.inbox.on(MessageReceived, first.make_lead, LEADS)
    host.inbox.on(MessageReceived, first.make_lead, LEADS)
    with pytest.raises(ValueError, match="another handler already"):
        host.inbox.on(MessageReceived, second.make_lead, LEADS)
    with pytest.raises(ValueError, match="has no name"):
        host.inbox.on(MessageReceived, _Callable())
    handling = host.inbox.on(MessageReceived, first.make_lead)
    assert handling.consumer == "tests.contracts.test_host_handlers.Crm.make_lead"


class _Callable:
    async def __call__(self, event: MessageReceived) -> None: ...
