"""Every body of the corpus says what Meta's documentation says that it does."""

import json
import re
from collections import Counter

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.webhook import ItemKind
from tests.corpus import Body, bodies
from tests.unit.corpus_words import in_words

BODIES = bodies()
OBJECTS = {"page": Platform.MESSENGER, "instagram": Platform.INSTAGRAM}

read = MsgspecWebhookReader().read


@pytest.mark.parametrize("body", BODIES, ids=[body.name for body in BODIES])
def test_a_body_says_what_is_documented(body: Body) -> None:
    reading = read(body.raw)
    assert (reading.problem or "").startswith(body.problem or "")
    assert bool(reading.problem) is bool(body.problem)
    said = [in_words(item) for item in reading.items]
    for item, expected in zip(said, body.expect, strict=True):
        if "problem" in expected:  # what else a broken item says is of no account
            assert {name: item.get(name) for name in expected} == expected
        else:
            assert item == expected


@pytest.mark.parametrize("body", BODIES, ids=[body.name for body in BODIES])
def test_an_item_knows_its_place_its_platform_and_its_json(body: Body) -> None:
    reading = read(body.raw)
    for index, item in enumerate(reading.items):
        assert item.index == index
        assert item.platform is OBJECTS.get(reading.object or "", Platform.INSTAGRAM)
        json.loads(item.raw)
        assert item.meta_message_id or item.kind not in (ItemKind.MESSAGE, ItemKind.ECHO)


@pytest.mark.parametrize("body", BODIES, ids=[body.name for body in BODIES])
def test_the_same_bytes_always_say_the_same(body: Body) -> None:
    assert read(body.raw) == MsgspecWebhookReader().read(body.raw)


def test_names_are_said_once() -> None:
    assert [name for name, times in Counter(body.name for body in BODIES).items() if times > 1] == []


def test_a_secret_of_a_contact_stays_in_the_raw_json() -> None:
    secrets = re.compile(r"[0-9]{4}-secret|secret-code")
    holding = [body for body in BODIES if secrets.search(body.raw.decode())]
    assert holding
    for body in holding:
        assert not any(secrets.search(str(in_words(item))) for item in read(body.raw).items)
