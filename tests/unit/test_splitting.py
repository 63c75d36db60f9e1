"""A long text is cut so that nothing is lost, nothing is too long, and no character is cut in two."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta_inbox.adapters.text.graphemes import graphemes
from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Surface
from meta_inbox.domain.model.capabilities import CAPABILITIES, Capabilities
from meta_inbox.domain.model.splitting import MAX_PARTS, Piece, pieces_of

BY_CHARACTERS = replace(CAPABILITIES[Surface.MESSENGER], text_limit=24)
BY_BYTES = replace(CAPABILITIES[Surface.INSTAGRAM], text_limit=40)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
THUMB = "\U0001f44d\U0001f3fd"
FLAG = "\U0001f1e7\U0001f1f7"
ACCENTED = "e\u0301"
HANGUL = "\u1100\u1161\u11a8"
CONJUNCT = "\u0915\u094d\u0937\u093f"
SPECIAL = [
    FAMILY,
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    THUMB,
    FLAG,
    FLAG + "\U0001f1f5\U0001f1f9",
    ACCENTED,
    "a\u0307\u0308",
    HANGUL,
    CONJUNCT,
    "\r\n",
    "\n",
    "\n\n",
    " ",
    "   ",
    "\t",
    "\u00a0",
    "\u200b",
    "\u200d",
    "word",
    "a-rather-long-word-without-a-break",
]
TEXTS = st.lists(st.sampled_from(SPECIAL) | st.text(max_size=8), min_size=1, max_size=60).map("".join)


def cut(text: str, can: Capabilities) -> list[str]:
    """What is sent."""
    return [piece.text for piece in pieces_of(text, can, graphemes)]


def joined(pieces: tuple[Piece, ...]) -> str:
    """What was asked to be sent."""
    return "".join(piece.before + piece.text + piece.after for piece in pieces)


@pytest.mark.parametrize("can", [BY_CHARACTERS, BY_BYTES], ids=["characters", "bytes"])
@given(text=TEXTS)
@settings(max_examples=400, deadline=None)
def test_nothing_is_lost_too_long_empty_or_cut_in_two(can: Capabilities, text: str) -> None:
    try:
        pieces = pieces_of(text, can, graphemes)
    except ContentRefused:
        assert not text.strip() or can.length(text) > can.text_limit
        return
    if not pieces:
        assert can.length(text) <= can.text_limit
        return
    assert joined(pieces) == text
    assert all(0 < can.length(piece.text) <= can.text_limit for piece in pieces)
    assert all(piece.text.strip() for piece in pieces)
    assert all((piece.before + piece.after).strip() == "" for piece in pieces)
    again = [each for p in pieces for said in (p.before, p.text, p.after) for each in graphemes(said)]
    assert again == list(graphemes(text))


@given(text=TEXTS)
def test_the_characters_joined_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize("text", ["x", "é" * 24, "a b\nc", FAMILY])
def test_what_fits_is_left_alone(text: str) -> None:
    assert pieces_of(text, BY_CHARACTERS, graphemes) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x" * 25, ["x" * 24, "x"]),
        ("one two three four five six seven", ["one two three four five", "six seven"]),
        ("one two three\nfour five six seven", ["one two three", "four five six seven"]),
        ("one\ntwo\nthree four five six seven", ["one\ntwo", "three four five six", "seven"]),
        ("one two three\r\nfour five six seven", ["one two three", "four five six seven"]),
        ("exactly twenty-four here and more", ["exactly twenty-four here", "and more"]),
        ("exactly twenty-four her \n and more", ["exactly twenty-four her", "and more"]),
        ("Oi " + "x" * 30, ["Oi", "x" * 24, "x" * 6]),
        (" \n" + "x" * 25 + " \n", ["x" * 24, "x"]),
        (" " * 30 + "x", ["x"]),
        (FLAG * 13, [FLAG * 12, FLAG]),
    ],
)
def test_lines_come_before_words_and_words_before_letters(text: str, parts: list[str]) -> None:
    assert cut(text, BY_CHARACTERS) == parts
    assert joined(pieces_of(text, BY_CHARACTERS, graphemes)) == text


@pytest.mark.parametrize(
    ("cluster", "fit"), [(FAMILY, 2), (THUMB, 5), (HANGUL, 4), (ACCENTED, 13), (CONJUNCT, 3)]
)
def test_bytes_are_counted_by_whole_characters(cluster: str, fit: int) -> None:
    assert cut(cluster * 25, BY_BYTES)[0] == cluster * fit


@pytest.mark.parametrize(
    ("surface", "letter", "fit"), [(Surface.MESSENGER, "é", 2000), (Surface.INSTAGRAM, "é", 500)]
)
def test_each_surface_counts_in_its_own_way(surface: Surface, letter: str, fit: int) -> None:
    assert list(map(len, cut(letter * (2 * fit + 1), CAPABILITIES[surface]))) == [fit, fit, 1]


def test_a_character_that_fits_nowhere_is_refused() -> None:
    with pytest.raises(ContentRefused, match="one character alone has 41 bytes; at most 40") as refused:
        cut("hello e" + "\u0301" * 20, BY_BYTES)
    assert refused.value.code == "text_too_long"


def test_more_parts_than_are_allowed_are_refused_by_the_length() -> None:
    assert len(cut("x" * 24 * MAX_PARTS, BY_CHARACTERS)) == MAX_PARTS
    with pytest.raises(ContentRefused, match="481 characters; at most 480 can be sent") as refused:
        cut("x" * (24 * MAX_PARTS + 1), BY_CHARACTERS)
    assert refused.value.code == "text_too_long"


def test_more_parts_than_are_allowed_are_refused_by_their_number() -> None:
    with pytest.raises(ContentRefused, match="22 parts; it can be sent in at most 20") as refused:
        cut(" ".join(["x" * 20] * 22), BY_CHARACTERS)
    assert refused.value.code == "text_too_long"


@pytest.mark.parametrize("text", [" " * 50, "\n" * 50])
def test_a_long_nothing_is_nothing(text: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        cut(text, BY_CHARACTERS)
    assert refused.value.code == "text_empty"
