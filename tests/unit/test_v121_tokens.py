"""Tokens that Node sealed for the first system open, and what was changed does not."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from meta_inbox.adapters.persistence.sealing import Binding, KeyRing, SealBroken
from meta_inbox.adapters.persistence.v121_tokens import Derivation, FormerKey, FormerTokenBroken
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.secret import Secret
from tests.harness.v121 import node_sealed, vectors_of_node

ROOT = Path(__file__).parents[2]
VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "v121_vectors.json").read_text())
SECRET = VECTORS[0]["secret"]


def key_of(vector: dict[str, Any]) -> FormerKey:
    how = Derivation(salt=vector["salt"], n=vector["n"], r=vector["r"], p=vector["p"])
    return FormerKey.derive(Secret(vector["secret"]), how)


@pytest.fixture(scope="module")
def key() -> FormerKey:
    """As most of the vectors have it."""
    return key_of(VECTORS[0])


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_what_node_sealed_opens(vector: dict[str, Any]) -> None:
    assert key_of(vector).open(vector["sealed"]) == Secret(vector["text"])


def test_the_vectors_are_nodes_own() -> None:
    assert vectors_of_node() == VECTORS


def test_another_secret_salt_or_cost_opens_nothing() -> None:
    one = VECTORS[1]
    for other in ({"secret": "another"}, {"salt": "pepper"}, {"n": 8192}, {"r": 4}, {"p": 2}):
        with pytest.raises(FormerTokenBroken):
            key_of(one | other).open(one["sealed"])


def test_a_flipped_bit_of_the_encrypted_text_never_gives_a_token(key: FormerKey) -> None:
    """Its block becomes noise, which is no token."""
    sealed = VECTORS[1]["sealed"]
    iv, _, encrypted = sealed.partition(":")
    raw = bytes.fromhex(encrypted)
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(FormerTokenBroken):
            key.open(f"{iv}:{flipped.hex()}")


def test_a_flipped_bit_of_the_iv_that_leaves_no_token_is_refused(key: FormerKey) -> None:
    """Nothing authenticates the first block: a letter turned into another is for Meta to refuse."""
    sealed = VECTORS[1]["sealed"]
    iv, _, encrypted = sealed.partition(":")
    raw, passed = bytes.fromhex(iv), 0
    for bit in range(128):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert key.open(f"{flipped.hex()}:{encrypted}") != Secret(VECTORS[1]["text"])
            passed += 1
        except FormerTokenBroken:
            continue
    assert 0 < passed < 128


@pytest.mark.parametrize(
    "text", ["short", "x" * 1025, "EAAB with a space in the middle", "EAABé" + "x" * 20, ""]
)
def test_what_is_no_token_is_refused(key: FormerKey, text: str) -> None:
    (sealed,) = node_sealed(SECRET, [text])
    with pytest.raises(FormerTokenBroken):
        key.open(sealed)


def misshapen() -> list[str]:
    sealed = VECTORS[0]["sealed"]
    return [
        "",
        "plain text",
        sealed.replace(":", ""),
        sealed[:-1],
        sealed[:-32],
        sealed[1:],
        sealed.upper(),
        sealed + "\n",
        " " + sealed,
        sealed[:33],
        "v1.k1.AAAA",
    ]


@pytest.mark.parametrize("sealed", misshapen())
def test_another_form_is_refused(key: FormerKey, sealed: str) -> None:
    with pytest.raises(FormerTokenBroken):
        key.open(sealed)


def test_no_other_reader_takes_the_old_form() -> None:
    ring = KeyRing.parse(KeyRing.generate("k1"))
    place = Binding(
        tenant_id="t1",
        connection_id="a",
        provider=Login.FACEBOOK,
        external_account_id="1",
        field="page_token",
    )
    for vector in VECTORS:
        with pytest.raises(SealBroken):
            ring.open(vector["sealed"], place)


def test_only_the_import_reads_the_old_form() -> None:
    named = "v121_tokens"
    users = {
        path.relative_to(ROOT).as_posix()
        for part in ("adapters", "domain", "entrypoints", "testing")
        for path in (ROOT / part).rglob("*.py")
        if named in path.read_text(encoding="utf-8")
    }
    assert users == {
        "entrypoints/cli.py",
        "entrypoints/cli_import.py",
        "entrypoints/import_accounts.py",
        "entrypoints/import_tokens.py",
    }
    loaded = "import sys, meta_inbox.entrypoints.api, meta_inbox.entrypoints.cli; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd="/"
    ).stdout
    assert "meta_inbox.adapters.persistence.sealing" in modules
    assert named not in modules


def test_a_key_shows_nothing_and_is_not_pickled(key: FormerKey) -> None:
    assert repr(key) == "FormerKey(***)"
    with pytest.raises(TypeError):
        pickle.dumps(key)
