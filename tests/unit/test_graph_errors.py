"""What each of Meta's errors means, over the whole table of the platform facts."""

import json
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.exchange import Answer
from meta_inbox.adapters.meta_graph.graph_errors import RESTRICTED, TABLE, THROTTLED, Class, judge
from meta_inbox.adapters.meta_graph.wire import LONGEST_WAIT, Complaint, read_answer
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta

WAIT = [
    (2, 2018344), (4, None), (4, 2018354), (9, 2018352), (10, 1893063), (17, None), (32, None), (341, None),
    (368, None), (613, None), (613, 1996), (613, 1893016), (613, 2018338), (613, 2534040), (80000, None),
    (80001, None), (80002, None), (80003, None), (80004, None), (80005, None), (80006, None), (80008, None),
]  # fmt: skip
REAUTHORISE = [
    (102, None), (190, None), (190, 458), (190, 459), (190, 460), (190, 463), (190, 464), (190, 467),
    (190, 492),
]  # fmt: skip
CONFIGURE = [
    (3, None), (10, None), (10, 1404170), (10, 1893015), (10, 2018336), (10, 2534077), (100, 2018164),
    (100, 2534013), (104, None), (200, None), (200, 2018021), (200, 2018027), (200, 2018028), (200, 2534041),
    (201, None), (250, None), (299, None), (2022, None), (36103, None),
]  # fmt: skip
DROP = [
    (-1, 2534023), (1, 1357031), (10, 2018065), (10, 2018108), (10, 2018278), (10, 2534022), (33, None),
    (100, None), (100, 33), (100, 2018001), (100, 2018008), (100, 2018014), (100, 2018047), (100, 2018074),
    (100, 2018109), (100, 2018173), (100, 2018188), (100, 2018218), (100, 2018294), (100, 2018320),
    (100, 2018328), (100, 2534014), (100, 2534015), (100, 2534025), (100, 2534029), (100, 2534037),
    (100, 36007), (100, 36008), (100, 36009), (200, 1545041), (230, None), (506, None), (551, None),
    (551, 1545041), (803, None), (2500, None), (9010, None), (10303, None), (10900, None), (10903, None),
    (2018218, None), (2018247, None), (2018300, None), (10, 2018300), (2018321, None), (9000001, None),
]  # fmt: skip
UNCERTAIN = [(1, None), (1, 1357046), (2, None), (99, None)]
ALL = {
    Class.WAIT: WAIT,
    Class.REAUTHORISE: REAUTHORISE,
    Class.CONFIGURE: CONFIGURE,
    Class.DROP: DROP,
    Class.UNCERTAIN: UNCERTAIN,
}


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [(code, subcode, kind) for kind, errors in ALL.items() for code, subcode in errors],
)
@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_code_and_subcode_decide(code: int, subcode: int | None, kind: Class, status: int) -> None:
    assert judge(code, subcode, status=status, transient=status == 500).kind is kind


def test_nothing_of_the_table_is_left_untested() -> None:
    assert set(TABLE) <= {error for errors in ALL.values() for error in errors}


@pytest.mark.parametrize(
    ("code", "subcode", "ours"),
    [
        (10, 2018278, "window_closed"),
        (10, 2534022, "window_closed"),
        (10, 2018065, "window_closed"),
        (551, 1545041, "recipient_unavailable"),
        (551, None, "recipient_unavailable"),
        (200, 1545041, "recipient_unavailable"),
        (10, 2018108, "recipient_unavailable"),
        (100, 2018001, "recipient_unavailable"),
        (100, 2534014, "recipient_unavailable"),
        (10, None, "account_not_sendable"),
        (200, 2534041, "account_not_sendable"),
        (100, 2018047, "media_type"),
        (100, 2018008, "media_type"),
        (100, 2018109, "media_too_large"),
        (10303, None, "not_supported_here"),
        (100, None, "refused_by_meta"),
        (190, 463, "reauth_required"),
        (4, None, "rate_limited"),
        (2, None, "outcome_unknown"),
    ],
)
def test_the_core_gets_a_word_of_its_own(code: int, subcode: int | None, ours: str) -> None:
    assert judge(code, subcode).code == ours


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (10, 999, Class.CONFIGURE),
        (100, 999, Class.DROP),
        (190, 999, Class.REAUTHORISE),
        (1, 999, Class.UNCERTAIN),
        (2, 999, Class.UNCERTAIN),
        (613, 999, Class.WAIT),
    ],
)
def test_an_unknown_subcode_means_what_its_code_means(code: int, subcode: int, kind: Class) -> None:
    assert judge(code, subcode).kind is kind


@pytest.mark.parametrize(
    ("status", "transient", "kind"),
    [
        (400, False, Class.DROP),
        (403, False, Class.DROP),
        (400, True, Class.UNCERTAIN),
        (500, False, Class.UNCERTAIN),
        (503, False, Class.UNCERTAIN),
        (429, False, Class.WAIT),
    ],
)
def test_an_unknown_code_is_judged_by_what_is_left(status: int, transient: bool, kind: Class) -> None:
    assert judge(777777, status=status, transient=transient).kind is kind


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 500, 503])
def test_an_answer_that_is_none_of_the_graph_api_leaves_doubt(status: int) -> None:
    assert judge(None, status=status).kind is Class.UNCERTAIN


def complaint(status: int = 400, headers: dict[str, str] | None = None, **error: Any) -> Complaint:
    body = json.dumps({"error": {"message": "m", "type": "OAuthException", **error}}).encode()
    found = read_answer(Answer(status=status, headers=headers or {}, body=body))
    assert isinstance(found, Complaint)
    return found


def usage(minutes: object) -> dict[str, str]:
    row = {"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": minutes}
    return {"x-business-use-case-usage": json.dumps({"1001": [row], "1002": []})}


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, THROTTLED),
        ({"retry-after": "5"}, THROTTLED),
        ({"retry-after": "90"}, timedelta(seconds=90)),
        ({"retry-after": "999999"}, LONGEST_WAIT),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, THROTTLED),
        ({"retry-after": "-5"}, THROTTLED),
        (usage(7), timedelta(minutes=7)),
        (usage(10**9), LONGEST_WAIT),
        (usage(-1), THROTTLED),
        (usage("7"), timedelta(minutes=7)),
        (usage(None), THROTTLED),
        ({"x-business-use-case-usage": "{"}, THROTTLED),
        ({"x-business-use-case-usage": "[[1]]"}, THROTTLED),
    ],
)
def test_a_throttled_call_waits_as_long_as_meta_says_within_bounds(
    headers: dict[str, str], wait: timedelta
) -> None:
    assert complaint(429, headers, code=613).wait == wait


def test_a_restricted_account_waits_long() -> None:
    assert complaint(code=368).wait == RESTRICTED


def test_numbers_may_come_as_text() -> None:
    assert complaint(code="190", error_subcode="460").verdict is TABLE[190, 460]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"<html>", b"\xff", b"[" * 5000, None])
def test_a_good_status_with_an_unreadable_body_leaves_doubt(body: bytes | None) -> None:
    found = read_answer(Answer(status=200, headers={}, body=body))
    assert isinstance(found, Complaint)
    assert found.verdict.kind is Class.UNCERTAIN


@pytest.mark.parametrize(
    "error",
    [{"code": []}, {"code": True}, {"code": 10**40}, {"code": None}, {"fbtrace_id": 5}, {"message": {}}],
)
def test_an_error_of_any_shape_is_survived(error: dict[str, Any]) -> None:
    assert complaint(**error).verdict.kind in (Class.DROP, Class.UNCERTAIN)


def test_an_error_is_an_error_whatever_the_status() -> None:
    assert complaint(200, code=190).verdict.kind is Class.REAUTHORISE


def test_meta_is_quoted_without_what_may_be_a_token() -> None:
    token = "EAAB" + "x1Y" * 30
    found = complaint(code=100, message=f"(#100) Malformed parameter {token} given", fbtrace_id="A1")
    assert found.detail == "Meta refused it as invalid: (#100) Malformed parameter … given"
    assert token not in repr(found)
    assert token not in str(found.as_error())
    assert found.as_send_error().fbtrace_id == "A1"


def test_what_meta_says_of_a_dead_token_is_not_quoted() -> None:
    assert complaint(code=190, message="Malformed access token EAAB").detail == (
        "Meta no longer accepts this connection; connect the account again"
    )


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (613, GraphUnavailable),
        (1, GraphUnavailable),
        (190, AccessRevoked),
        (100, RefusedByMeta),
        (10, RefusedByMeta),
    ],
)
def test_a_complaint_becomes_an_error_of_the_core(code: int, kind: type[Exception]) -> None:
    assert type(complaint(code=code).as_error()) is kind
