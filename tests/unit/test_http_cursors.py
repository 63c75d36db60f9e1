"""Cursors say where a page ended and nothing else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_inbox.adapters.http.cursors import (
    CONVERSATION_CURSOR,
    MESSAGE_CURSOR,
    conversation_cursor,
    conversation_place,
    message_cursor,
    message_place,
)
from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.domain.model.paging import After

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
times = st.timedeltas(timedelta(0), timedelta(days=365 * 300)).map(lambda passed: EPOCH + passed)


@given(times, st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=128))
def test_a_place_among_conversations_comes_back_as_it_was(at: datetime, contact: str) -> None:
    cursor = conversation_cursor(After(at, contact))
    assert cursor is not None
    assert conversation_place(cursor) == After(at, contact)


@given(times, st.uuids())
def test_a_place_among_messages_comes_back_as_it_was(at: datetime, message: object) -> None:
    cursor = message_cursor(After(at, str(message)))
    assert cursor is not None
    assert message_place(cursor) == After(at, str(message))


@given(st.from_regex(CONVERSATION_CURSOR, fullmatch=True), st.from_regex(MESSAGE_CURSOR, fullmatch=True))
def test_whatever_has_the_documented_form_is_a_place(conversation: str, message: str) -> None:
    if conversation.isascii() and not conversation.endswith("\n"):
        assert conversation_place(conversation).at.tzinfo is UTC
    if message.isascii() and not message.endswith("\n"):
        assert message_place(message).at.tzinfo is UTC


@given(st.text() | st.text("0123456789abcdef", min_size=15, max_size=50))
def test_anything_else_is_refused(cursor: str) -> None:
    for place, form in ((conversation_place, CONVERSATION_CURSOR), (message_place, MESSAGE_CURSOR)):
        if not re.fullmatch(form, cursor, re.ASCII):
            with pytest.raises(Rejection, match="cursor") as refused:
                place(cursor)
            assert (refused.value.status, refused.value.code) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "0" * 16,
        "0" * 16 + "313",
        "٣" * 16 + "31",
        "0" * 16 + "00",
        "-" + "0" * 15 + "31",
        "0" * 16 + "31\n",
    ],
)
def test_near_misses_are_refused(cursor: str) -> None:
    with pytest.raises(Rejection):
        conversation_place(cursor)


def test_the_end_has_no_cursor() -> None:
    assert conversation_cursor(None) is None
    assert message_cursor(None) is None
