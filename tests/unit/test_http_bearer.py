"""Which tokens are believed, and whom they name."""

import asyncio
import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from litestar.connection import ASGIConnection

from meta_inbox.adapters.http.bearer import BearerTokens
from meta_inbox.adapters.http.identity import Connection
from meta_inbox.adapters.http.key_set import KeySet, KeySetUnavailable, fetch_from, parse_key_set
from meta_inbox.domain.model.principal import ALL_SCOPES, Principal, Scope
from meta_inbox.domain.model.secret import Secret

SECRET = "a-shared-secret-of-sixty-four-bytes-so-that-every-algorithm-is-content"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def request(*authorization: str) -> Connection:
    headers = [(b"authorization", value.encode()) for value in authorization]
    return ASGIConnection({"type": "http", "headers": headers})  # type: ignore[arg-type]  # all that is read


def claims(**more: Any) -> dict[str, Any]:
    return {"sub": "bea", "tenant_id": "casa", "exp": int(time.time()) + 60} | more


def signed(given: dict[str, Any], key: Any = SECRET, algorithm: str = "HS256", **headers: Any) -> str:
    return jwt.encode(given, key, algorithm=algorithm, headers=headers)


def forged(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


async def who(token: str, **given: Any) -> Principal | None:
    return await BearerTokens(secret=Secret(SECRET), **given)(request(f"Bearer {token}"))


async def test_a_good_token_names_its_principal() -> None:
    found = await who(signed(claims(name="Beatriz", exp=4_000_000_000)))
    assert found == Principal(
        tenant_id="casa",
        user_id="bea",
        scopes=ALL_SCOPES,
        name="Beatriz",
        expires_at=datetime.fromtimestamp(4_000_000_000, UTC),
    )


@pytest.mark.parametrize(
    ("number", "text"), [(42, "42"), (10**30, "1" + "0" * 30), (1.5, "1.5"), (1e21, "1" + "0" * 21)]
)
async def test_numbers_are_taken_in_their_decimal_form(number: float, text: str) -> None:
    found = await who(signed(claims(sub=number, tenant_id=number)))
    assert found is not None
    assert (found.user_id, found.tenant_id) == (text, text)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("", frozenset[Scope]()),
        ("messages:read", frozenset({Scope.MESSAGES_READ})),
        ("messages:read openid accounts:manage", frozenset({Scope.MESSAGES_READ, Scope.ACCOUNTS_MANAGE})),
    ],
)
async def test_scopes_are_what_the_token_says(scope: str, expected: frozenset[Scope]) -> None:
    found = await who(signed(claims(scope=scope)))
    assert found is not None
    assert found.scopes == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": 1},
        {"exp": int(time.time())},
        {"exp": None},
        {"exp": "4000000000"},
        {"exp": True},
        {"exp": 1e400},
        {"exp": float("nan")},
        {"sub": None},
        {"sub": ""},
        {"sub": True},
        {"sub": ["bea"]},
        {"sub": "x" * 65},
        {"sub": "a\0b"},
        {"tenant_id": None},
        {"tenant_id": False},
        {"tenant_id": {}},
        {"tenant_id": "a\nb"},
        {"tenant_id": float("inf")},
        {"scope": ["messages:read"]},
        {"scope": None},
        {"nbf": 4_000_000_000},
    ],
)
async def test_wrong_claims_are_nobody(wrong: dict[str, Any]) -> None:
    given = {name: value for name, value in claims(**wrong).items() if value is not None or name == "scope"}
    assert await who(signed(given)) is None


@pytest.mark.parametrize("harmless", [{"aud": "another"}, {"iat": 4_000_000_000}, {"jti": 7}, {"iss": "x"}])
async def test_claims_that_are_not_asked_for_do_no_harm(harmless: dict[str, Any]) -> None:
    assert await who(signed(claims(**harmless))) is not None


async def test_issuer_and_audience_are_checked_when_they_are_set() -> None:
    good = signed(claims(iss="crm", aud="inbox"))
    assert await who(good, issuer="crm", audience="inbox") is not None
    assert await who(good, issuer="other", audience="inbox") is None
    assert await who(good, issuer="crm", audience="other") is None
    assert await who(signed(claims()), issuer="crm") is None
    assert await who(signed(claims()), audience="inbox") is None


@pytest.mark.parametrize(
    "token",
    [
        forged({"alg": "none"}, claims()),
        forged({"alg": "None", "typ": "JWT"}, claims()),
        forged({"alg": "HS256"}, claims(), b"\0" * 32),
        forged({"alg": ["HS256"]}, claims()),
        forged({"alg": "HS256", "kid": 7}, claims()),
        forged({"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}, claims()),
        signed(claims(), key=SECRET + "x"),
        signed(claims(), algorithm="HS512"),
        "",
        "a.b.c",
        "a.b",
        "....",
        "\x7f",
        base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.AA",
        base64.urlsafe_b64encode(b'{"alg":' + b"[" * 6000).decode() + ".e30.AA",
    ],
    ids=lambda _: "forged",  # tokens have the time in them, and names must not
)
async def test_what_was_not_signed_with_our_secret_and_algorithm_is_nobody(token: str) -> None:
    assert await who(token) is None


@pytest.mark.parametrize(
    "headers",
    [(), ("",), ("Basic YTpi",), ("Bearer",), ("Bearer ",), (signed(claims()),)],
)
async def test_other_authorization_is_nobody(headers: tuple[str, ...]) -> None:
    assert await BearerTokens(secret=Secret(SECRET))(request(*headers)) is None


async def test_two_authorization_headers_are_nobody() -> None:
    good = f"Bearer {signed(claims())}"
    assert await BearerTokens(secret=Secret(SECRET))(request(good, good)) is None


async def test_the_scheme_is_read_in_any_case() -> None:
    assert await BearerTokens(secret=Secret(SECRET))(request(f"bearer {signed(claims())}")) is not None


@pytest.mark.parametrize("given", [{}, {"secret": Secret(SECRET), "jwks_url": "https://a.example"}])
def test_exactly_one_source_of_keys_is_needed(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either"):
        BearerTokens(**given)


def test_a_short_secret_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="32 bytes") as refused:
        BearerTokens(secret=Secret("short-secret"))
    assert "short-secret" not in str(refused.value)


def jwk(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    public: dict[str, Any]
    if isinstance(key, rsa.RSAPrivateKey):
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return public | {"kid": kid} | more


class Issuer:
    """Publishes keys, counts how often it is asked, and can be down."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.down = False

    async def __call__(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if self.down:
            raise OSError("no route to host")
        return json.dumps({"keys": self.keys}).encode()


async def by_key_set(issuer: Issuer, *tokens: str) -> list[Principal | None]:
    identity = BearerTokens(fetch=issuer)
    return [await identity(request(f"Bearer {token}")) for token in tokens]


async def test_both_algorithms_of_the_key_set_are_believed() -> None:
    issuer = Issuer(jwk(RSA_KEY, "r"), jwk(EC_KEY, "e"))
    rs = signed(claims(), RSA_KEY, "RS256", kid="r")
    es = signed(claims(), EC_KEY, "ES256", kid="e")
    assert None not in await by_key_set(issuer, rs, es)
    assert issuer.asked == 1


async def test_a_token_without_a_key_id_is_believed_when_only_one_key_fits() -> None:
    token = signed(claims(), RSA_KEY, "RS256")
    assert (await by_key_set(Issuer(jwk(RSA_KEY, "r"), jwk(EC_KEY, "e")), token))[0] is not None
    assert (await by_key_set(Issuer(jwk(RSA_KEY, "r"), jwk(OTHER_RSA_KEY, "o")), token))[0] is None


async def test_the_token_does_not_choose_how_it_is_checked() -> None:
    public = jwk(RSA_KEY, "r")
    by_public_key = base64.urlsafe_b64decode(public["n"] + "==")
    tokens = [
        signed(claims(), by_public_key, "HS256", kid="r"),
        forged({"alg": "none", "kid": "r"}, claims()),
        signed(claims(), OTHER_RSA_KEY, "RS256", kid="r"),
        signed(claims(), OTHER_RSA_KEY, "RS256", kid="r", jwk=jwk(OTHER_RSA_KEY, "r")),
        signed(claims(), OTHER_RSA_KEY, "RS256", kid="r", jku="https://evil.example/keys"),
        signed(claims(), EC_KEY, "ES256", kid="r"),
        signed(claims(), RSA_KEY, "RS512", kid="r"),
        signed(claims(), OTHER_RSA_KEY, "RS256", kid="../../etc/passwd"),
    ]
    assert await by_key_set(Issuer(public), *tokens) == [None] * len(tokens)


@pytest.mark.parametrize(
    "key",
    [
        jwk(RSA_KEY, "r", use="enc"),
        jwk(RSA_KEY, "r", alg="RS512"),
        {"kty": "oct", "k": base64.urlsafe_b64encode(SECRET.encode()).decode(), "kid": "r"},
        {"kty": "RSA", "kid": "r"},
        {"kid": "r"},
        jwk(rsa.generate_private_key(public_exponent=65537, key_size=1024), "r"),  # noqa: S505 - to be refused
    ],
)
def test_keys_that_must_not_sign_are_passed_over(key: dict[str, Any]) -> None:
    assert parse_key_set(json.dumps({"keys": [key]}).encode()) == ()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"keys":7}', b'{"keys":[7]}', b"\xff", b"[" * 9000])
def test_what_is_no_key_set_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="key set"):
        parse_key_set(body)


async def test_an_issuer_that_cannot_be_reached_is_unavailable_and_comes_back() -> None:
    issuer, clock = Issuer(jwk(RSA_KEY, "r")), [0.0]
    keys = KeySet(issuer, lambda: clock[0])
    issuer.down = True
    with pytest.raises(KeySetUnavailable):
        await keys.find("RS256", "r")
    issuer.down = False
    clock[0] += 2
    assert await keys.find("RS256", "r") is not None


async def test_an_issuer_that_is_down_is_not_hammered() -> None:
    issuer = Issuer(jwk(RSA_KEY, "r"))
    issuer.down = True
    keys = KeySet(issuer, lambda: 0.0)
    for _ in range(50):
        with pytest.raises(KeySetUnavailable):
            await keys.find("RS256", "r")
    assert issuer.asked == 1


async def test_keys_are_kept_for_five_minutes() -> None:
    issuer, clock = Issuer(jwk(RSA_KEY, "r")), [0.0]
    keys = KeySet(issuer, lambda: clock[0])
    for seconds in (0, 100, 299):
        clock[0] = seconds
        await keys.find("RS256", "r")
    assert issuer.asked == 1
    clock[0] = 301
    await keys.find("RS256", "r")
    assert issuer.asked == 2


async def test_a_new_key_is_found_and_unknown_ones_ask_at_most_every_ten_seconds() -> None:
    issuer, clock = Issuer(jwk(RSA_KEY, "r")), [0.0]
    keys = KeySet(issuer, lambda: clock[0])
    await keys.find("RS256", "r")
    issuer.keys.append(jwk(OTHER_RSA_KEY, "new"))
    clock[0] = 5
    assert await keys.find("RS256", "new") is None
    clock[0] = 11
    assert await keys.find("RS256", "new") is not None
    for number in range(20):
        assert await keys.find("RS256", f"no-such-{number}") is None
    assert issuer.asked == 2


async def test_many_callers_at_once_cost_one_fetch() -> None:
    issuer = Issuer(jwk(RSA_KEY, "r"))
    keys = KeySet(issuer)
    found = await asyncio.gather(*(keys.find("RS256", "r") for _ in range(20)))
    assert None not in found
    assert issuer.asked == 1


async def test_an_address_where_nobody_listens_is_unavailable() -> None:
    with pytest.raises(KeySetUnavailable):
        await fetch_from("http://127.0.0.1:9/keys")()


def test_an_address_that_is_no_http_address_is_refused() -> None:
    with pytest.raises(ValueError, match="http"):
        fetch_from("file:///etc/passwd")
