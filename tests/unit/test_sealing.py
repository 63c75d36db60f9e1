"""Tokens at rest: committed vectors, every kind of damage, rotation."""

import dataclasses
import hmac
import json
import logging
import pickle
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from meta_inbox.adapters.persistence.sealing import Binding, KeyRing, SealBroken, kid_of
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.secret import Secret

VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("sealing_vectors.json").read_text("utf-8")
)
ROOT = bytes(range(32))
OTHER_ROOT = bytes(range(32, 64))
RING = KeyRing({"k1": ROOT})
TOKEN = Secret("EAAG-made-up-page-token-0001")
AT = Binding(
    tenant_id="t1",
    connection_id="c1",
    provider=Login.FACEBOOK,
    external_account_id="17841400000000001",
    field="page_token",
)
PARTS = ["meta-inbox/secret", "v1", "k1", "t1", "c1", "facebook", "17841400000000001", "page_token"]


def raw_of(blob: str) -> bytes:
    return urlsafe_b64decode(blob.split(".")[2] + "==")


def blob_of(raw: bytes, kid: str = "k1") -> str:
    return f"v1.{kid}.{urlsafe_b64encode(raw).decode().rstrip('=')}"


def prefixed(part: str) -> bytes:
    return len(part.encode()).to_bytes(4, "big") + part.encode()


def sealed_by_the_book(parts: list[str], *, tenant: str = "t1", root: bytes = ROOT) -> str:
    """The format again, from the standard's words, with HKDF out of HMAC alone."""
    extracted = hmac.digest(bytes(32), root, "sha256")
    key = hmac.digest(extracted, b"mi/token/" + prefixed(tenant) + b"\x01", "sha256")
    nonce = sha256(repr(parts).encode()).digest()[:12]
    aad = b"".join(prefixed(part) for part in parts)
    return blob_of(nonce + AESGCM(key).encrypt(nonce, TOKEN.reveal().encode(), aad))


def binding_of(vector: dict[str, Any]) -> Binding:
    return Binding(**{**vector["binding"], "provider": Login(vector["binding"]["provider"])})


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_committed_vector_is_sealed_and_opened_as_it_was(vector: dict[str, Any]) -> None:
    ring, at, text = KeyRing.parse(vector["keys"]), binding_of(vector), Secret(vector["text"])
    nonce = bytes.fromhex(vector["nonce_hex"])
    assert ring._seal_with(nonce, text, at) == vector["blob"]  # pyright: ignore[reportPrivateUsage] # fixed nonce
    assert ring.open(vector["blob"], at) == text
    assert kid_of(vector["blob"]) == ring.primary


def test_the_format_followed_by_the_book_opens() -> None:
    assert RING.open(sealed_by_the_book(PARTS), AT) == TOKEN


@pytest.mark.parametrize("place", range(8), ids=PARTS)
def test_additional_data_wrong_in_one_part_does_not_open(place: int) -> None:
    parts = [part + "x" if n == place else part for n, part in enumerate(PARTS)]
    with pytest.raises(SealBroken):
        RING.open(sealed_by_the_book(parts), AT)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(AT, tenant_id="t2"),
        replace(AT, connection_id="c2"),
        replace(AT, provider=Login.INSTAGRAM),
        replace(AT, external_account_id="pending"),
        replace(AT, field="user_token"),
    ],
    ids=["tenant", "connection", "provider", "external account", "field"],
)
def test_swapped_rows_do_not_open(elsewhere: Binding) -> None:
    with pytest.raises(SealBroken):
        RING.open(RING.seal(TOKEN, AT), elsewhere)
    with pytest.raises(SealBroken):
        RING.open(RING.seal(TOKEN, elsewhere), AT)


def test_parts_that_run_together_to_the_same_text_are_told_apart() -> None:
    one, other = replace(AT, connection_id="ab", field="c"), replace(AT, connection_id="a", field="bc")
    with pytest.raises(SealBroken):
        RING.open(RING.seal(TOKEN, one), other)


def test_another_tenants_data_key_does_not_open_even_with_this_tenants_additional_data() -> None:
    with pytest.raises(SealBroken):
        RING.open(sealed_by_the_book(PARTS, tenant="t2"), AT)


def test_a_blob_cut_at_any_length_does_not_open() -> None:
    blob = RING.seal(TOKEN, AT)
    for length in range(len(blob)):
        with pytest.raises(SealBroken):
            RING.open(blob[:length], AT)
    raw = raw_of(blob)
    for length in range(len(raw)):
        with pytest.raises(SealBroken):
            RING.open(blob_of(raw[:length]), AT)


def test_a_blob_with_any_bit_flipped_does_not_open() -> None:
    raw = raw_of(RING.seal(TOKEN, AT))
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            RING.open(blob_of(bytes(flipped)), AT)


def test_a_blob_with_any_character_changed_does_not_open() -> None:
    blob = RING.seal(TOKEN, AT)
    for place, old in enumerate(blob):
        for new in "A.b=1 é":
            if new != old:
                with pytest.raises(SealBroken):
                    RING.open(blob[:place] + new + blob[place + 1 :], AT)


@settings(deadline=None)
@given(st.text())
def test_no_text_at_all_does_more_than_not_open(text: str) -> None:
    with pytest.raises(SealBroken):
        RING.open(text, AT)
    with pytest.raises(SealBroken):
        RING.open(f"v1.k1.{text}", AT)


def test_an_unknown_kid_does_not_open() -> None:
    blob = KeyRing({"k9": ROOT}).seal(TOKEN, AT)
    assert kid_of(blob) == "k9"
    with pytest.raises(SealBroken):
        RING.open(blob, AT)


def test_the_kid_of_another_key_does_not_open() -> None:
    ring = KeyRing({"k1": ROOT, "k2": OTHER_ROOT})
    with pytest.raises(SealBroken):
        ring.open(ring.seal(TOKEN, AT).replace("v1.k1.", "v1.k2."), AT)


def test_the_same_root_under_another_kid_does_not_open() -> None:
    ring = KeyRing({"k1": ROOT, "k2": ROOT})
    with pytest.raises(SealBroken):
        ring.open(ring.seal(TOKEN, AT).replace("v1.k1.", "v1.k2."), AT)


def uncanonical(blob: str) -> list[str]:
    head, body = blob.rsplit(".", 1)
    std = b64encode(raw_of(blob)).decode().rstrip("=")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare = last[last.index(body[-1]) | 1]
    return [
        f"{head}.{body}=",
        f"{head}.{body}==",
        f"{head}.{body}\n",
        f" {head}.{body}",
        f"{head}.{body[:8]} {body[8:]}",
        f"{head}.{body[:8]}\n{body[8:]}",
        f"{head}.{std}",
        f"{head}.{body[:-1]}{spare}",
        blob.upper(),
        blob.replace("v1.", "v2.", 1),
        blob.replace("v1.", "V1.", 1),
        blob.replace("v1.", "", 1),
        f"{blob}.",
        f"{blob}.{body}",
    ]


@pytest.mark.parametrize("variant", range(14))
def test_the_same_bytes_spelled_otherwise_do_not_open(variant: int) -> None:
    # 12 + 3 + 16 bytes leave spare bits in the last character; the nonce makes both alphabets differ
    blob = RING._seal_with(b"\xff" * 12, Secret("abc"), AT)  # pyright: ignore[reportPrivateUsage] # fixed nonce
    assert RING.open(blob, AT) == Secret("abc")
    spelled = uncanonical(blob)[variant]
    assert spelled != blob
    with pytest.raises(SealBroken):
        RING.open(spelled, AT)
    with pytest.raises(SealBroken):
        RING.open(spelled.replace("v1.", "v1.k1.", 1), AT)


@pytest.mark.parametrize("blob", ["", "v1", "v1.k1", "v1.k1.", "v1..AAAA", "00" * 16 + ":" + "00" * 16])
def test_what_is_no_blob_has_no_kid_and_does_not_open(blob: str) -> None:
    with pytest.raises(SealBroken):
        kid_of(blob)
    with pytest.raises(SealBroken):
        RING.open(blob, AT)


def test_every_failure_looks_the_same() -> None:
    blob = RING.seal(TOKEN, AT)
    seen: set[str] = set()
    for broken in (
        blob[:-1],
        blob[:20],
        blob.replace("k1", "k7"),
        blob.replace("v1", "v2"),
        blob[:-4] + "AAAA",
    ):
        with pytest.raises(SealBroken) as caught:
            RING.open(broken, AT)
        seen.add(f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r}")
    assert len(seen) == 1


def test_a_hundred_thousand_blobs_have_as_many_nonces() -> None:
    assert len({raw_of(RING.seal(Secret("x"), AT))[:12] for _ in range(100_000)}) == 100_000


def test_the_four_stages_of_a_rotation() -> None:
    before = KeyRing({"k1": ROOT})
    secondary = KeyRing({"k1": ROOT, "k2": OTHER_ROOT})
    promoted = KeyRing({"k2": OTHER_ROOT, "k1": ROOT})
    after = KeyRing({"k2": OTHER_ROOT})
    old = before.seal(TOKEN, AT)
    assert secondary.open(old, AT) == TOKEN
    assert kid_of(secondary.seal(TOKEN, AT)) == "k1"
    assert promoted.open(old, AT) == TOKEN
    rewrapped = promoted.seal(promoted.open(old, AT), AT)
    assert kid_of(rewrapped) == "k2"
    assert secondary.open(rewrapped, AT) == TOKEN, "a process not yet restarted reads what is rewrapped"
    assert after.open(rewrapped, AT) == TOKEN
    with pytest.raises(SealBroken):
        after.open(old, AT)


def test_the_environment_text_is_read_in_order_with_spaces_around_entries() -> None:
    one, two = KeyRing.generate("k2"), KeyRing.generate("k1")
    ring = KeyRing.parse(f" {one},\n{two} ")
    assert ring.kids == ("k2", "k1")
    assert ring.primary == "k2"
    assert KeyRing.parse(two).open(KeyRing.parse(two).seal(TOKEN, AT), AT) == TOKEN


def test_generated_keys_are_32_bytes_and_never_the_same() -> None:
    texts = {KeyRing.generate("k1") for _ in range(50)}
    assert len(texts) == 50
    assert all(len(text) == len("k1:") + 44 for text in texts)
    with pytest.raises(ValueError):
        KeyRing.generate("No.1")


KEY = b64encode(sha256(b"a key for the refusals").digest()).decode()
REFUSED = {
    "nothing": "",
    "no colon": KEY,
    "short": f"k1:{b64encode(ROOT[:31]).decode()}",
    "long": f"k1:{b64encode(ROOT + b'x').decode()}",
    "all zero": f"k1:{b64encode(bytes(32)).decode()}",
    "all equal": f"k1:{b64encode(b'a' * 32).decode()}",
    "the same kid twice": f"k1:{KEY},k1:{b64encode(ROOT).decode()}",
    "upper case kid": f"K1:{KEY}",
    "kid with a dot": f"k.1:{KEY}",
    "kid with a line end": f"k1\n:{KEY}",
    "kid beyond ASCII": f"ké:{KEY}",
    "no kid": f":{KEY}",
    "kid of 17": f"{'k' * 17}:{KEY}",
    "swapped": f"{KEY}:k1",
    "no padding": f"k1:{KEY.rstrip('=')}",
    "too much padding": f"k1:{KEY}=",
    "space inside": f"k1:{KEY[:10]} {KEY[10:]}",
    "space after the colon": f"k1: {KEY}",
    "url alphabet": f"k1:{urlsafe_b64encode(bytes([255] * 31 + [254])).decode()}",
    "spare bits": f"k1:{KEY[:-2]}{chr(ord(KEY[-2]) + 1)}=",
    "hex": f"k1:{ROOT.hex()}",
    "beyond ASCII": f"k1:{'é' * 44}",
    "an empty entry": f"k1:{KEY},",
    "a bad second entry": f"k1:{KEY},k2:{KEY[:-4]}",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_key_text_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"entry \d") as caught:
        KeyRing.parse(text)
    shown = f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert KEY[:8] not in shown
    assert text == "" or text.rsplit(":", maxsplit=1)[-1][:8] not in shown


def test_a_ring_without_keys_names_the_command_that_makes_one() -> None:
    with pytest.raises(ValueError, match="meta-inbox keys generate"):
        KeyRing({})


def parts_with(name: str, value: str) -> dict[str, Any]:
    return {**dataclasses.asdict(AT), name: value}


@pytest.mark.parametrize("name", ["tenant_id", "connection_id", "external_account_id", "field"])
def test_a_binding_has_no_empty_part(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Binding(**parts_with(name, ""))


def test_a_binding_has_one_of_the_two_logins() -> None:
    with pytest.raises(ValueError, match="google"):
        Binding(**parts_with("provider", "google"))


def test_a_text_that_is_not_unicode_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="not valid Unicode") as caught:
        RING.seal(Secret("EAAG-secret-\ud800"), AT)
    assert caught.value.__context__ is None


def test_the_self_test_and_the_canary_tell_a_right_ring_from_a_wrong_one() -> None:
    ring = KeyRing({"k1": ROOT, "k2": OTHER_ROOT})
    ring.self_test()
    assert ring.opens_canary(RING.canary())
    assert KeyRing({"k3": OTHER_ROOT, "k1": ROOT}).opens_canary(RING.canary())
    assert not KeyRing({"k1": OTHER_ROOT}).opens_canary(RING.canary())
    assert not ring.opens_canary("nonsense")


def test_a_ring_and_what_it_opens_show_nothing(caplog: pytest.LogCaptureFixture) -> None:
    opened = RING.open(RING.seal(TOKEN, AT), AT)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("%s %r %s %r", RING, RING, opened, opened)
    assert caplog.messages == ["KeyRing(***) KeyRing(***) *** Secret('***')"]
    for held in (RING, opened):
        with pytest.raises(TypeError):
            pickle.dumps(held)


def test_many_threads_and_tenants_share_one_ring() -> None:
    def round_trip(n: int) -> bool:
        at = replace(AT, tenant_id=f"t{n % 1500}")
        return RING.open(RING.seal(Secret(f"token {n}"), at), at) == Secret(f"token {n}")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(round_trip, range(3000)))
