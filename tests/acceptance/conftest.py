"""Every scenario plays twice: on the fakes that ship with the package, and on real parts."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.adapters.persistence.blob_memory import MemoryBlobs
from meta_inbox.adapters.persistence.in_memory import InMemoryStore
from meta_inbox.domain.model.account import AccountStatus
from meta_inbox.domain.model.care import LEASE
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.history import RunState
from meta_inbox.entrypoints.plugin import OpenInbox, open_inbox
from meta_inbox.entrypoints.settings import Settings
from tests.acceptance.action_steps import *  # noqa: F403  # pytest-bdd finds steps where they are fixtures
from tests.acceptance.canned_steps import *  # noqa: F403  # the same
from tests.acceptance.care_steps import *  # noqa: F403  # the same
from tests.acceptance.changes_steps import *  # noqa: F403  # the same
from tests.acceptance.comment_steps import *  # noqa: F403  # the same
from tests.acceptance.deleting_steps import *  # noqa: F403  # the same
from tests.acceptance.forgetting_steps import *  # noqa: F403  # the same
from tests.acceptance.host_event_steps import *  # noqa: F403  # the same
from tests.acceptance.in_process import InProcess
from tests.acceptance.kinds_steps import *  # noqa: F403  # the same
from tests.acceptance.limit_steps import *  # noqa: F403  # the same
from tests.acceptance.link_steps import *  # noqa: F403  # the same
from tests.acceptance.live_steps import *  # noqa: F403  # the same
from tests.acceptance.login_steps import *  # noqa: F403  # the same
from tests.acceptance.long_answers_steps import *  # noqa: F403  # the same
from tests.acceptance.media_steps import *  # noqa: F403  # the same
from tests.acceptance.outcome_steps import *  # noqa: F403  # the same
from tests.acceptance.outgoing_webhook_steps import *  # noqa: F403  # the same
from tests.acceptance.over_http import OverHttp
from tests.acceptance.real_parts import RealParts, new_world, real_parts
from tests.acceptance.stage import Stage
from tests.acceptance.steps import *  # noqa: F403  # pytest-bdd finds steps where they are fixtures
from tests.acceptance.upload_steps import *  # noqa: F403  # the same
from tests.acceptance.views import SeenMessage
from tests.harness.service import JWT_SECRET, NO_TLS, SECRET


@pytest.fixture(scope="session")
def parts() -> Iterator[RealParts]:
    """Postgres, the service and the sandbox, once for all scenarios."""
    with real_parts() as started:
        yield started


@pytest.fixture(autouse=True, params=[pytest.param("fakes"), pytest.param("real", marks=pytest.mark.real)])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The scenario's own stage."""
    with asyncio.Runner() as runner, ExitStack() as stack:
        if request.param == "fakes":
            yield stack.enter_context(_on_fakes(runner))
        else:
            yield stack.enter_context(_on_real_parts(runner, request.getfixturevalue("parts")))


@contextmanager
def _on_fakes(runner: asyncio.Runner) -> Generator[Stage]:
    meta = FakeMeta()
    opening = open_inbox(replace(Settings.in_memory(meta=meta), meta_inbox_webhook_hosts=("127.0.0.1",)))
    inbox = runner.run(opening.__aenter__())
    try:
        stage = Stage(
            runner,
            meta.world,
            InProcess(inbox, InTheStore(inbox)),
            meta.verify_token,
            beside=lambda: nullcontext(inbox),
        )
        yield stage
        stage.crm.stop()
    finally:
        runner.run(opening.__aexit__(None, None, None))


_SECOND_LOOK = timedelta(minutes=1)


class InTheStore:
    """Behind the in-memory adapters."""

    def __init__(self, inbox: OpenInbox) -> None:
        journal: Any = inbox.receive_webhook_event.journal
        self._store: InMemoryStore = journal.store
        blobs: Any = inbox.open_media.blobs
        self._blobs: MemoryBlobs = blobs

    async def kept(self) -> int:
        """How many items are kept for a newer reader."""
        return sum(item.state == "kept" for item in self._store.items.values())

    async def idle(self) -> bool:
        """Whether no item is pending."""
        return not any(item.state == "pending" for item in self._store.items.values())

    async def holds(self, text: str) -> bool:
        """Whether the store holds this text anywhere."""
        bodies = [row.body.decode() for row in self._store.journal.values()]
        rows = [*self._store.messages.values(), *self._store.items.values()]
        kept = [*self._store.contacts.values(), *self._store.keys.values(), *self._store.events.values()]
        return any(text in part for part in [*bodies, *map(repr, rows), *map(repr, kept)])

    async def knows_person(self, person: str) -> bool:
        """Whether an account still names whoever connected it by Meta's id of them, or has their token."""
        rows = self._store.accounts.values()
        return any(row.account.connected_by_meta_id == person or row.token is not None for row in rows)

    async def files_kept(self) -> int:
        """How many files are kept anywhere."""
        return len(self._blobs.kept)

    async def hurry(self) -> None:
        """What is to be tried again in a minute is due now, and so is reading back."""
        now = self._store.clock.now()
        for unsubscription in self._store.unsubscriptions.values():
            unsubscription.due_at = now
        for history in self._store.histories.values():
            history.due_at = now
        for delivery in self._store.webhooks.deliveries.values():
            delivery.due_at = now

    async def look_for_sends(self) -> None:
        """What is to be looked for at Meta in some seconds is looked for now."""
        for row in self._store.outbox.values():
            row.look_at = self._store.clock.now() if row.look_at is not None else None

    async def looked(self) -> bool:
        """Whether nothing is to be looked for any more."""
        return all(row.look_at is None for row in self._store.outbox.values())

    async def look_after(self) -> None:
        """Every account is to be looked after now."""
        for row in self._store.accounts.values():
            row.care_due_at = self._store.clock.now()

    async def looked_after(self) -> bool:
        """Whether every account was, and what is doubted waits for its second look."""
        now, active = self._store.clock.now(), AccountStatus.ACTIVE
        rows = [row for row in self._store.accounts.values() if row.account.status is active]
        return all(
            row.care_due_at > now + LEASE
            or (row.care_doubted and now < row.care_due_at <= now + _SECOND_LOOK)
            for row in rows
        )

    async def read_back(self) -> bool:
        """Whether every history was read to its end."""
        now = self._store.clock.now()
        return all(
            row.shown.state is RunState.DONE and row.due_at > now for row in self._store.histories.values()
        )

    async def notified(self) -> int:
        """How many messages the log tells as new."""
        logs = self._store.events.values()
        return sum(event.type is EventType.MESSAGE_CREATED for log in logs for event in log)


@contextmanager
def _on_real_parts(runner: asyncio.Runner, parts: RealParts) -> Generator[Stage]:
    parts.forget()
    token = parts.service.variable("META_WEBHOOK_VERIFY_TOKEN")
    world = new_world(SECRET, token)
    with parts.switchboard.showing(world, parts.base + "/webhook"):
        client = httpx.AsyncClient(trust_env=False, timeout=15, verify=NO_TLS)
        doors = OverHttp(client, parts.base, JWT_SECRET, parts, _host(parts))
        try:
            stage = Stage(
                runner,
                world,
                doors,
                world.ground.verify_token,
                beside=_beside(parts),
                loop=parts.switchboard.loop,
            )
            yield stage
            stage.crm.stop()
        finally:
            runner.run(doors.close())


def _beside(parts: RealParts) -> Callable[[], AbstractAsyncContextManager[OpenInbox]]:
    """A host application beside the service, on the same database."""
    return lambda: open_inbox(Settings.of(parts.host_variables()), jobs=False)


def _host(
    parts: RealParts,
) -> Callable[[Callable[[InProcess], Awaitable[SeenMessage]]], Awaitable[SeenMessage]]:
    """A host application beside the service, on the same database: the only one with automations."""

    async def act(does: Callable[[InProcess], Awaitable[SeenMessage]]) -> SeenMessage:
        async with _beside(parts)() as inbox:
            return await does(InProcess(inbox, parts))

    return act


def pytest_bdd_before_step(step: Any, step_func: Callable[..., object]) -> None:
    """A step that is a coroutine would pass without having run."""
    if inspect.iscoroutinefunction(step_func):
        raise TypeError(f"this step must be a plain function: {step.name}")
