"""Every body of the corpus, sent to a running service: each item ends as what it is, and none is lost."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.rows import dict_row

from meta_inbox.adapters.meta_graph.json_values import as_dict, is_list
from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.domain.model.webhook import ItemKind, Reading, WebhookItem
from tests.corpus import Body, bodies
from tests.faults.meta import post
from tests.harness.service import SECRET, connect_page, meta_inbox
from tests.harness.webhooks import request_of

pytestmark = pytest.mark.real

_PAGE, _INSTAGRAM = "1001", "17841400000000001"
_ROWS = {ItemKind.MESSAGE, ItemKind.ECHO, ItemKind.NOTICE}


@dataclass(frozen=True, slots=True)
class Sent:
    """A body with accounts of its own, so that no two bodies are about the same message."""

    body: Body
    raw: bytes
    reading: Reading
    page: str
    instagram: str

    def external_id(self, item: WebhookItem) -> str:
        """Which of its accounts the item is of."""
        return self.instagram if item.platform.value == "instagram" else self.page


def _of_its_own(number: int, body: Body) -> Sent:
    page, instagram = f"7{number:06d}", f"1784{number:013d}"
    try:
        raw = json.dumps(_renamed(json.loads(body.raw), page, instagram)).encode()
    except ValueError:
        raw = body.raw
    return Sent(body, raw, MsgspecWebhookReader().read(raw), page, instagram)


def _renamed(value: Any, page: str, instagram: str) -> Any:
    if (members := as_dict(value)) is not None:
        return {name: _renamed(each, page, instagram) for name, each in members.items()}
    if is_list(value):
        return [_renamed(each, page, instagram) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return int(page) if str(value) == _PAGE else value
    if not isinstance(value, str):
        return value
    whole = {_PAGE: page, _INSTAGRAM: instagram}.get(value, value)
    return f"{page}_{value[5:]}" if value.startswith(f"{_PAGE}_") else whole


async def _quiet(database: str) -> None:
    query: LiteralString = "select count(*) from meta_inbox.journal_items where state = 'pending'"
    deadline = time.monotonic() + 60
    while await asyncio.to_thread(_ask, database, query):
        assert time.monotonic() < deadline, "it was not done in time"
        await asyncio.sleep(0.2)


def _ask(database: str, query: LiteralString) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


async def test_each_item_of_each_body_ends_as_what_it_is(database: str) -> None:
    service = await asyncio.to_thread(meta_inbox(database).start)
    sent = [_of_its_own(number, body) for number, body in enumerate(bodies())]
    for each in sent:
        connect_page(database, each.page)
        connect_page(database, each.instagram, platform="instagram")
    try:
        statuses = [await post(service.port, request_of(each.raw, SECRET)) for each in sent]
        await _quiet(database)
    finally:
        await asyncio.to_thread(service.stop)
    assert len(sent) > 200
    assert Counter(statuses) == {200: len(sent)}
    with psycopg.Connection[dict[str, Any]].connect(database, row_factory=dict_row) as connection:
        found = _Found(connection)
        wrong = [
            f"{each.body.name}, item {item.index}: {why}"
            for each in sent
            for item in each.reading.items
            if (why := found.wrong_with(each, item)) is not None
        ]
        unreadable = sum(each.reading.problem is not None for each in sent)
    assert wrong == []
    assert _ask(database, "select count(*) from meta_inbox.journal where problem is not null") == unreadable
    assert _ask(database, "select count(*) from meta_inbox.journal") == len(sent)


class _Found:
    """What the database holds."""

    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        messages = connection.execute(
            """select a.external_id, m.meta_message_id, m.contact_id, m.type, m.direction
               from meta_inbox.messages m join meta_inbox.accounts a on a.id = m.account_id"""
        ).fetchall()
        items = connection.execute(
            "select external_id, item, event, state from meta_inbox.journal_items"
        ).fetchall()
        self.messages = {(row["external_id"], row["meta_message_id"]): row for row in messages}
        self.items = {(row["external_id"], row["item"]): row for row in items}

    def wrong_with(self, sent: Sent, item: WebhookItem) -> str | None:
        """Why the item did not end as what it is."""
        left = self.items.get((item.external_id, item.index))
        state = None if left is None else left["state"]
        if item.kind is ItemKind.TEST:
            return None if state is None else f"a test became {state}"
        if item.problem is not None:
            return None if state == "quarantined" else f"{item.problem}, but it is {state}"
        if item.kind is ItemKind.OTHER:
            return None if state == "kept" else f"{item.event} is {state} and not kept"
        if item.external_id != sent.external_id(item):
            return None if state == "unrouted" else f"nobody's item is {state}"
        if item.kind in _ROWS:
            return self._row(item, state)
        return None if state in (None, "waiting") else f"{item.event} is {state}"

    def _row(self, item: WebhookItem, state: str | None) -> str | None:
        row = self.messages.get((item.external_id, item.meta_message_id))
        if row is None:
            return f"{item.event} is no message, but {state}"
        shown = (row["type"], row["contact_id"])
        expected = {(item.type, item.contact_id), ("deleted", item.contact_id)}
        return None if shown in expected else f"it is {shown} and not {expected}"
