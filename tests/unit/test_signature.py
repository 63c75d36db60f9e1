"""Only Meta can sign a webhook; the vector is of Meta's platform facts, computed outside this code."""

import json
from datetime import UTC, datetime

import pytest

from meta_inbox.adapters.meta_graph.signature import HmacSignatures, sign
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import TakenBack

SECRET = Secret("0123456789abcdef0123456789abcdef")
INSTAGRAM = Secret("fedcba9876543210fedcba9876543210")
BODY = (
    rb'{"object":"page","entry":[{"id":"1001","time":1790000000000,"messaging":[{"sender":{"id":"7001"},'
    rb'"recipient":{"id":"1001"},"timestamp":1789999999000,"message":{"mid":"m_abc",'
    rb'"text":"caf\u00e9 \ud83d\ude00 a\/b"}}]}]}'
)
HEADER = b"sha256=80776a9df00214c112f31c0943549596f273e114a8d0b4dc6aec0a729202acb5"


def signatures(*meta: Secret, instagram: Secret | None = INSTAGRAM) -> HmacSignatures:
    return HmacSignatures(
        meta_secrets=meta or (SECRET,), instagram_secret=instagram, verify_token=Secret("made-up-token")
    )


def test_the_vector_of_metas_documentation_is_accepted() -> None:
    assert signatures().signer(BODY, HEADER) is Login.FACEBOOK


def test_signing_gives_the_header_that_is_accepted() -> None:
    assert sign(BODY, SECRET) == HEADER


def test_the_same_json_written_differently_is_refused() -> None:
    rewritten = json.dumps(json.loads(BODY), ensure_ascii=False, separators=(",", ":")).encode()
    assert sign(rewritten, SECRET).startswith(b"sha256=351edd3a")
    assert signatures().signer(rewritten, HEADER) is None


def test_every_single_bit_of_the_body_matters() -> None:
    checked = signatures()
    for at in range(len(BODY)):
        forged = bytearray(BODY)
        forged[at] ^= 1
        assert checked.signer(bytes(forged), HEADER) is None


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        HEADER.upper(),
        HEADER[7:],
        HEADER[:-1],
        HEADER + b"0",
        HEADER + b"\n",
        b" " + HEADER,
        HEADER.replace(b"sha256", b"sha1"),
        b"sha256=" + HEADER[7:].upper(),
        b"sha256=\xe9" + HEADER[8:],
        HEADER + b", " + HEADER,
        b"sha256=" + b"0" * 64,
        b"sha256=" + "\u0661".encode() * 32,
    ],
)
def test_a_header_of_another_form_or_value_is_refused(header: bytes | None) -> None:
    assert signatures().signer(BODY, header) is None


def test_the_secret_tells_which_login_signed() -> None:
    assert signatures().signer(BODY, sign(BODY, INSTAGRAM)) is Login.INSTAGRAM
    assert signatures(instagram=None).signer(BODY, sign(BODY, INSTAGRAM)) is None


def test_the_old_and_the_new_secret_serve_together() -> None:
    both = signatures(Secret("the-new-secret"), SECRET)
    assert both.signer(BODY, HEADER) is Login.FACEBOOK
    assert both.signer(BODY, sign(BODY, Secret("the-new-secret"))) is Login.FACEBOOK


def test_checking_twice_gives_the_same_answer() -> None:
    checked = signatures()
    assert [checked.signer(BODY, HEADER) for _ in range(3)] == [Login.FACEBOOK] * 3


def test_an_empty_secret_with_which_anybody_could_sign_is_refused() -> None:
    for meta, instagram, token in (
        ([], None, "t"),
        ([Secret("")], None, "t"),
        ([SECRET], Secret(""), "t"),
        ([SECRET], None, ""),
    ):
        with pytest.raises(ValueError, match="missing or empty"):
            HmacSignatures(meta_secrets=meta, instagram_secret=instagram, verify_token=Secret(token))


@pytest.mark.parametrize("token", ["", "made-up-toke", "made-up-token ", "MADE-UP-TOKEN", "\ud800", "é"])
def test_another_verify_token_is_refused(token: str) -> None:
    assert not signatures().is_verify_token(token)


def test_the_verify_token_is_known() -> None:
    assert signatures().is_verify_token("made-up-token")


def test_no_secret_is_shown() -> None:
    assert SECRET.reveal() not in repr(vars(signatures()))


SIGNED_REQUEST = (
    "I1kBD5vrT4sONM7k9x9oylz1ZwBFjb1MQ-COqL4i3ro.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjE3OTAwMDM2MDAs"
    "Imlzc3VlZF9hdCI6MTc5MDAwMDAwMCwidXNlcl9pZCI6IjIxODQ3MSJ9"
)


def test_a_signed_request_names_its_person_whichever_secret_signed_it() -> None:
    ours, other = Secret("0123456789abcdef0123456789abcdef"), Secret("another")
    for meta, instagram in (([ours], None), ([other, ours], None), ([other], ours)):
        known = HmacSignatures(meta_secrets=meta, instagram_secret=instagram, verify_token=Secret("v"))
        assert known.person(SIGNED_REQUEST) == TakenBack(
            person="218471", at=datetime.fromtimestamp(1790000000, UTC)
        )
    stranger = HmacSignatures(meta_secrets=[other], instagram_secret=None, verify_token=Secret("v"))
    assert stranger.person(SIGNED_REQUEST) is None


def test_no_byte_of_a_signed_request_can_be_another() -> None:
    known = HmacSignatures(
        meta_secrets=[Secret("0123456789abcdef0123456789abcdef")],
        instagram_secret=None,
        verify_token=Secret("v"),
    )
    accepted = [
        place
        for place, sign in enumerate(SIGNED_REQUEST)
        if known.person(SIGNED_REQUEST[:place] + ("A" if sign != "A" else "Q") + SIGNED_REQUEST[place + 1 :])
    ]
    assert accepted == []
