"""What nobody should send: signed webhooks that are wrong in every place, forged ones, broken requests.

Everything follows from one seed. Each body says which of its messages are good, and so must become
visible whatever stands beside them.
"""

import copy
import gzip
import hashlib
import hmac
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from tests.harness.webhooks import PAGE, PATH, signature

SEED = 20_260_701
INSTAGRAM = "17841400000000001"
BATCH_CONTACT = "24600999"

Json = dict[str, Any]
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """One webhook body, and the mids in it that nothing is wrong with."""

    name: str
    bytes: bytes
    good: tuple[str, ...] = ()


def good(mid: str, account: str = PAGE, contact: str = "24600111") -> Json:
    """A message that nothing is wrong with."""
    return {
        "sender": {"id": contact},
        "recipient": {"id": account},
        "timestamp": 1_795_944_011_000,
        "message": {"mid": mid, "text": "Oi!"},
    }


def _envelope(object_: str, *entries: Any) -> Json:
    return {"object": object_, "entry": list(entries)}


def _entry(account: str, *events: Any, **more: Any) -> Json:
    return {"id": account, "time": 1_795_944_012_345, "messaging": list(events), **more}


def _written(mid: str, account: str, **message: Any) -> Json:
    event = good(mid, account, "24600222")
    return {**event, "message": {**event["message"], **message}}


def _real(number: int) -> list[Json]:
    """One body of each kind that Meta sends; the number keeps their messages apart."""
    page, instagram, mid = PAGE, INSTAGRAM, f"m_real_{number}"
    parties = {"sender": {"id": "24600222"}, "recipient": {"id": page}, "timestamp": 1_795_944_011_000}
    image = {"type": "image", "payload": {"url": "https://cdn.example/1.jpg", "sticker_id": 1}}
    place = {"type": "location", "payload": {"coordinates": {"lat": 1.5, "long": 2}, "title": "Casa"}}
    advert = {"ref": "a", "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": {"ad_title": "b"}}
    story = {"mid": "m_0", "story": {"id": "1", "url": "https://cdn.example/s"}}
    ours = {**parties, "sender": {"id": page}, "recipient": {"id": "24600222"}}
    echo = {"mid": mid + "_e", "text": "Sim", "is_echo": True, "app_id": 5, "metadata": "own-1"}
    postback = {"mid": mid, "title": "Preços", "payload": "PRICES", "referral": advert}
    reaction = {"mid": "m_0", "action": "react", "reaction": "love", "emoji": "❤"}
    comment = {"field": "comments", "value": {"id": "1", "text": "a", "from": {"id": "2", "username": "b"}}}
    return [
        _envelope("page", _entry(page, _written(mid, page, quick_reply={"payload": "P"}))),
        _envelope("page", _entry(page, _written(mid, page, attachments=[image, place]))),
        _envelope("page", _entry(page, {**parties, "postback": postback})),
        _envelope("page", _entry(page, {**ours, "message": echo})),
        _envelope("page", _entry(page, {**parties, "reaction": reaction}, {**parties, "referral": advert})),
        _envelope("page", _entry(page, {**parties, "read": {"watermark": 1}}, standby=[_written(mid, page)])),
        _envelope("instagram", _entry(instagram, _written(mid, instagram, reply_to=story))),
        _envelope(
            "instagram",
            _entry(instagram, _written(mid, instagram, referral=advert, is_deleted=False), changes=[comment]),
        ),
    ]


_ABSENT = object()
_WRONG: tuple[Any, ...] = (
    _ABSENT,
    None,
    True,
    0,
    -1,
    2**63,
    10**30,
    1.5,
    1e308,
    "",
    " ",
    "a\0b",
    "x" * 600,
    "é" * 300,
    "\u202e\x1b[31m\r\n",
    "'; drop table meta_inbox.messages; --",
    [],
    [None],
    [[[]]],
    [{"id": 1}],
    {},
    {"id": {}},
    {"": {"\0": [1, {"mid": [True]}]}},
)


def wrong_types() -> Iterator[Body]:
    """Every key of every real body with every wrong value, a good entry behind it."""
    number = 0
    for kind, whole in enumerate(_real(0)):
        for place in _places(whole):
            for wrong in range(len(_WRONG)):
                number += 1
                yield _mistaken(number, kind, place, wrong)


def _mistaken(number: int, kind: int, place: Place, wrong: int) -> Body:
    whole = _real(number)[kind]
    account, mid = whole["entry"][0]["id"], f"m_good_{number}"
    whole["entry"].append(_entry(account, good(mid, account)))
    inside = place[:2] == ("entry", 0)
    changed = _put(whole, place, _WRONG[wrong])
    name = f"{kind} {'.'.join(map(str, place))} #{wrong}"
    return Body(name, json.dumps(changed).encode(), (mid,) if inside else ())


def _is_object(value: Any) -> TypeGuard[Json]:
    return isinstance(value, dict)


def _is_array(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _parts(value: Any) -> Sequence[tuple[str | int, Any]]:
    if _is_object(value):
        return list(value.items())
    return list(enumerate(value)) if _is_array(value) else []


def _places(value: Any, at: Place = ()) -> Iterator[Place]:
    yield at
    for key, part in _parts(value):
        yield from _places(part, (*at, key))


def _put(whole: Json, place: Place, value: Any) -> Any:
    value = copy.deepcopy(value) if value is not _ABSENT else value
    if not place:
        return None if value is _ABSENT else value
    target: Any = whole
    for key in place[:-1]:
        target = target[key]
    if value is _ABSENT:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return whole


_EVENT = (
    b'{"sender":{"id":%(sender)s},"recipient":{"id":"1001"},"timestamp":%(timestamp)s,'
    b'"message":{"mid":%(mid)s,"text":%(text)s,"new":%(new)s}}'
)
_SLOTS = (b"sender", b"timestamp", b"mid", b"text", b"new")


def _literals(chance: random.Random) -> list[bytes]:
    """JSON values, or what looks like one, that some decoder or Postgres trips over."""
    long = chance.randbytes(4000).hex().encode()
    texts = [
        b"a\\u0000b", b"\\ud800", b"\\udc00\\ud800", b"\\ud83d", b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80", b"\xe2\x82", b"a\0b", b"\x01\x1f\x7f", b"x" * 513, long, b"y" * 1_000_000,
        b"\\\\" * 50_000, b"\\u0041" * 20_000, b"\xef\xbf\xbf", b"\\uFFFF", b"{" * 3000,
    ]  # fmt: skip
    numbers = [
        b"9" * 19, b"9" * 30, b"1" * 400, b"1" * 4301, b"1" * 5000, b"1" * 100_000, b"-" + b"9" * 30,
        b"1e999", b"-1e999", b"1e-999", b"1E400", b"0." + b"1" * 50_000, b"NaN", b"Infinity", b"-Infinity",
        b"-0", b"-0.0",
    ]  # fmt: skip
    deep = [b"[" * depth + b"]" * depth for depth in (99, 101, 513, 1000, 5000, 15_000)]
    deep += [b'{"a":' * depth + b"1" + b"}" * depth for depth in (99, 101, 1000, 5000, 15_000)]
    twice = [b'{"id":"1","id":"2"}', b'"m","mid":"n"', b'1,"text":"a","text":"b"']
    wide = [
        b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(60_000)) + b"}",
        b"[" + b"1," * 60_000 + b"1]",
    ]
    return [*(b'"' + text + b'"' for text in texts), *numbers, *deep, *twice, *wide]


def odd_values() -> Iterator[Body]:
    """One such value in each place of an event, between two good ones."""
    for number, literal in enumerate(_literals(random.Random(SEED))):
        for slot in _SLOTS:
            name = f"{slot.decode()} {literal[:24]!r} ({len(literal)} bytes)"
            mids = f"m_left_{number}_{slot.decode()}", f"m_right_{number}_{slot.decode()}"
            values = {
                b"sender": b'"24600222"',
                b"timestamp": b"1795944011000",
                b"mid": b'"m_odd_%d_%b"' % (number, slot),
                b"text": b'"Oi"',
                b"new": b"1",
            }
            left, right = (json.dumps(good(mid)).encode() for mid in mids)
            yield Body(name, _joined(left, _EVENT % {**values, slot: literal}, right), mids)


def _joined(*events: bytes) -> bytes:
    return b'{"object":"page","entry":[{"id":"1001","time":1,"messaging":[' + b",".join(events) + b"]}]}"


def ruined(count: int) -> Iterator[Body]:
    """Bodies of which nothing need be understood: no JSON, other encodings, bytes gone wrong on the way."""
    chance = random.Random(SEED)
    sound = [json.dumps(body).encode() for number in range(40) for body in _real(10_000_000 + number)]
    whole, text = sound[0], sound[0].decode()
    fixed = [
        b"", b" ", b"\0", b"null", b"true", b"0", b"-", b'"page"', b"[]", b"{}", b"[[]]", b"[" + whole + b"]",
        whole + whole, whole + b"x", b"\xef\xbb\xbf" + whole, text.encode("utf-16"), text.encode("utf-16-be"),
        text.encode("utf-32"), gzip.compress(whole, mtime=0), b'{"object":"page"}',
        b'{"object":"page","entry":[]}', b'{"object":"page","entry":{}}', b'{"object":"whatsapp","entry":[]}',
        b'{"field":"messages","value":1}', b'{"object":"page","object":"instagram","entry":[],"entry":[1]}',
        b'{"object":"\xff\xfe"}', whole.replace(b"Oi!", b"\\x41"),
        b'{"object":"page","entry":[' + b"[" * 100_000, b"[" * 2_900_000, b'{"a":' * 500_000,
        b'"' + b"a" * 2_900_000, b'"' + b"\\" * 2_900_000, b"1" * 2_900_000, b"-" * 2_900_000,
        b'{"object":"page","entry":' + b"{}" * 900_000,
        b"{" + b",".join(b'"k%d":0' % n for n in range(200_000)) + b"}", b"\xff" * 2_900_000,
    ]  # fmt: skip
    yield from (Body(f"ruined {one[:24]!r} ({len(one)} bytes)", one) for one in fixed)
    for number in range(count):
        spoilt = bytearray(chance.choice(sound))
        match number % 3:
            case 0:
                del spoilt[chance.randrange(len(spoilt)) :]
            case 1:
                for _ in range(chance.randint(1, 6)):
                    spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            case _:
                at = chance.randrange(len(spoilt))
                spoilt[at:at] = chance.choice((b"\0", b"\xff", b'"', b"{", b"]", b"\\ud800", b"\xed\xa0\x80"))
        yield Body(f"spoilt {number}", bytes(spoilt))


_BAD_ITEMS = (
    b"7",
    b'{"sender":{"id":"1"},"recipient":{"id":"1001"},"timestamp":1,"message":"not an object"}',
    b'{"sender":{"id":[]},"recipient":{"id":"1001"},"timestamp":1,"message":{"mid":"%b","text":"a"}}'
    % (b"x" * 8000),
    b'{"recipient":{"id":"1001"},"timestamp":1,"message":{"mid":"m_nobody","text":"\xff"}}',
)


def batches() -> list[Body]:
    """A thousand messages in one body, of which the one in the middle cannot be understood."""
    found: list[Body] = []
    for number, bad in enumerate(_BAD_ITEMS):
        mids = [f"m_batch_{number}_{part}" for part in range(999)]
        events = [json.dumps(good(mid, contact=f"{BATCH_CONTACT}{number}")).encode() for mid in mids]
        found.append(Body(f"batch {bad[:24]!r}", _joined(*events[:500], bad, *events[500:]), tuple(mids)))
    return found


def forgeries(secret: str) -> Iterator[tuple[str, bytes, bytes]]:
    """A name, the headers, and the body: nothing of it is signed as Meta signs."""
    body = json.dumps(_envelope("page", _entry(PAGE, good("m_forged")))).encode()
    right = signature(body, secret).encode()
    sha1 = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest().encode()
    values = {
        "of nobody": b"", "of another secret": signature(body, "another").encode(),
        "empty secret": signature(body, "").encode(),
        "of another body": signature(body + b" ", secret).encode(),
        "upper-case": b"sha256=" + right[7:].upper(), "upper-case name": b"SHA256=" + right[7:],
        "bare": right[7:], "truncated": right[:-1], "half": right[:39], "longer": right + b"0",
        "twice in one": right + b", " + right, "quoted": b'"' + right + b'"',
        "other hash": b"sha512=" + right[7:], "sha1": b"sha1=" + sha1,
        "not ASCII": b"sha256=\xe9" + right[8:], "all not ASCII": b"\xff" * 71,
        "UTF-8": b"sha256=" + "é".encode() * 32, "digits of another script": b"sha256=" + "٣".encode() * 32,
        "spaced": b"sha256= " + right[7:], "inner tab": right[:20] + b"\t" + right[20:],
        "zeros": b"sha256=" + b"0" * 64,
    }  # fmt: skip
    for name, value in values.items():
        yield name, b"X-Hub-Signature-256: " + value + b"\r\n", body
    yield "missing", b"", body
    yield "sha1 alone", b"X-Hub-Signature: sha1=" + sha1 + b"\r\n", body
    yield "two, the first right", b"X-Hub-Signature-256: %b\r\nx-hub-signature-256: no\r\n" % right, body
    yield "two, both right", b"X-Hub-Signature-256: %b\r\nX-Hub-Signature-256: %b\r\n" % (right, right), body
    yield "right for less", b"X-Hub-Signature-256: " + right + b"\r\n", body + b"\n"


def request(method: bytes, target: bytes, headers: bytes = b"", body: bytes | None = None) -> bytes:
    """The bytes of a request; a body brings its length along."""
    length = b"" if body is None else b"Content-Length: %d\r\n" % len(body)
    return (
        method + b" " + target + b" HTTP/1.1\r\nHost: meta\r\n" + headers + length + b"\r\n" + (body or b"")
    )


def signed_request(body: bytes, secret: str, headers: bytes = b"") -> bytes:
    """A webhook that is signed as it should be."""
    own = b"X-Hub-Signature-256: " + signature(body, secret).encode() + b"\r\n"
    return request(b"POST", PATH.encode(), own + headers, body)


_BUTTONS = [
    {"type": "postback", "title": "a", "payload": "b"},
    {"type": "web_url", "title": "a", "url": "https://a"},
]
_SENDING: Json = {
    "account_id": "",
    "recipient_id": "24600444",
    "message": {"type": "buttons", "text": "Oi", "buttons": _BUTTONS},
    "human_agent": True,
    "split": True,
}
_COMPLETING: Json = {"completion": "x" * 43, "keys": ["messenger:1001"]}
_ODD_TEXTS = (
    b"%00", b"%ff", b"%c0%80", b"%ed%a0%80", b"\xff\xfe", b"%", b"%zz", b"..%2f..%2fetc",
    b"%0d%0aX-Evil:%201", b"'%20or%201=1--", b"-1", b"0", b"101", b"9" * 30, b"9" * 4400, b"1e9", b"NaN",
    b"null", b"x" * 3000, b"%F0%9F%92%A9", b"%u0041", b"{}", b"", b"AAAA", b"eyJ", b"W10", b"bnVsbA==",
    b"+" * 50, b"%25" * 300, b"%D9%A3", b"%5C", b"%22%3E%3Cscript%3E",
)  # fmt: skip
_ODD_HEADERS = (
    b"Content-Type: application/json; charset=utf-16", b"Content-Type: \xff",
    b"Content-Type: application/json\xe9", b"Content-Type:", b"Idempotency-Key: \xff",
    b"Idempotency-Key: " + b"k" * 256, b"Idempotency-Key:", b"Idempotency-Key: a\r\nIdempotency-Key: b",
    b"Content-Encoding: gzip", b"Origin: null", b"Origin: \xff", b"Origin: http://[",
    b"Origin: a\r\nOrigin: b", b"Cookie: \xff=\xfe; =; a", b"Cookie: meta_inbox_browser=" + b"\xe9" * 43,
    b"Accept-Language: \xff;q=x,,;;=" + b"a;" * 900, b"Accept: \xff", b"Host: other",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Content-Length: 1",
    b"Content-Length: -1", b"Expect: nonsense", b"Upgrade: h2c\r\nConnection: upgrade",
    b"X-Forwarded-Host: evil\r\nForwarded: for=\"[\"", b"X: " + b"y" * 17_000, b"X: y\r\n" * 65 + b"X: y",
    b" folded", b"No colon", b": nameless", b"Range: bytes=9-1", b"If-None-Match: \xff", b"traceparent: \xff",
)  # fmt: skip
_TOKENS = (
    b"", b"Bearer", b"Bearer ", b"Bearer \xff\xfe", b"Bearer a.b.c", b"Bearer " + b"." * 5000, b"Basic \xff",
    b"Bearer ..", b"bearer e30.e30.e30", b"Bearer eyJhbGciOiJub25lIn0.e30.", b"Bearer eyJhbGciOltdfQ.e30.x",
    b"Bearer W10.W10.W10", b"Bearer " + b"W" * 9000 + b".e30.x",
    b"Bearer eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiYiJdfQ.e30.x", b"Bearer a\r\nAuthorization: Bearer b",
)  # fmt: skip


def calls(account: str, bearer: str) -> Iterator[tuple[str, bytes]]:
    """Requests to every route but the webhook's, each wrong in one place."""
    known = b"Authorization: " + bearer.encode() + b"\r\n"
    json_body = known + b"Content-Type: application/json\r\n"
    posts = {
        b"send-message": {**_SENDING, "account_id": account},
        b"oauth/complete": _COMPLETING,
        b"oauth/completions": _COMPLETING,
    }
    for route, right in posts.items():
        for body in _bodies(right):
            yield _call(b"POST", route, json_body, body)
        for header in _ODD_HEADERS:
            yield _call(b"POST", route, json_body + header + b"\r\n", json.dumps(right).encode())
        for token in _TOKENS:
            yield _call(b"POST", route, b"Authorization: " + token + b"\r\n", b"{}")
    for route in _addresses(account.encode()):
        yield _call(b"GET", route, known)
        yield _call(b"POST", route, json_body, b"{}")
        yield _call(b"DELETE", route, known)
    for header in _ODD_HEADERS:
        yield _call(b"GET", b"oauth/callback?code=a&state=" + b"x" * 43, header + b"\r\n")
        yield _call(b"GET", b"accounts", known + header + b"\r\n")
    for method in (b"OPTIONS", b"TRACE", b"CONNECT", b"PUT", b"PATCH", b"BREW", b"get"):
        yield _call(method, b"accounts", known)
        yield _call(method, b"webhook", b"")
    for route in (b"webhook", b"send-message"):
        yield _call(b"POST", route, json_body + b"Content-Length: 99999999\r\n")


def _call(method: bytes, route: bytes, headers: bytes, body: bytes | None = None) -> tuple[str, bytes]:
    target = b"/api/meta/" + route
    name = f"{method!r} {target[:80]!r} {headers[-60:]!r} {(body or b'')[:80]!r}"
    return name, request(method, target, headers, body)


def _bodies(right: Json) -> Iterator[bytes]:
    for place in _places(right):
        for wrong in _WRONG:
            yield json.dumps(_put(copy.deepcopy(right), place, wrong)).encode()
    text = json.dumps(right).encode()
    value = json.dumps(next(iter(right.values()))).encode()
    yield from (text.replace(value, one, 1) for one in _literals(random.Random(SEED)) if len(one) < 20_000)
    yield from (body.bytes for body in ruined(20) if len(body.bytes) < 20_000)


def _addresses(account: bytes) -> Iterator[bytes]:
    read, nobody = b"messages/" + account + b"/", b"24600444"
    for odd in _ODD_TEXTS:
        yield from (b"accounts/" + odd, b"accounts/" + odd + b"/health", b"conversations/" + odd, read + odd)
        yield from (
            b"conversations/" + account + b"/" + odd + b"/read",
            b"messages/" + odd + b"/" + nobody,
            odd,
        )
        for name in (b"limit", b"cursor", b"q", b"unread", odd):
            yield b"conversations/" + account + b"?" + name + b"=" + odd
        yield from (
            read + nobody + b"?limit=" + odd,
            read + nobody + b"?cursor=" + odd,
            b"schema/openapi.json?" + odd,
        )
        for name in (b"login", b"platform", b"return_to"):
            yield b"oauth/start?" + name + b"=" + odd
        yield from (
            b"oauth/authorize?ticket=" + odd,
            b"oauth/callback?state=" + odd + b"&code=" + odd,
            b"oauth/callback?error=" + odd,
        )
        yield from (
            b"oauth/callback/instagram?state=" + odd,
            b"webhook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=" + odd,
        )
