"""What each of Meta's errors means, over the whole table of the platform facts."""

import json
from datetime import timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.exchange import Answer
from meta_inbox.adapters.meta_graph.graph_errors import RESTRICTED, TABLE, THROTTLED, Class, judge
from meta_inbox.adapters.meta_graph.usage import LONGEST_WAIT
from meta_inbox.adapters.meta_graph.wire import Complaint, read_answer
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from tests.contracts.meta_error_table import ROWS, Row

KINDS = {
    "W": Class.WAIT,
    "W1": Class.WAIT,
    "R": Class.REAUTHORISE,
    "D": Class.DROP,
    "C": Class.CONFIGURE,
    "U": Class.UNCERTAIN,
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}/{row.subcode or '-'}")
@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_code_and_subcode_decide(row: Row, status: int) -> None:
    verdict = judge(row.code, row.subcode, status=status, transient=status == 500)
    assert (verdict.kind, verdict.once, verdict.code) == (KINDS[row.kind], row.kind == "W1", row.ours)


def test_nothing_of_the_table_is_left_untested() -> None:
    assert set(TABLE) <= {(row.code, row.subcode) for row in ROWS}


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
        (usage(1439), timedelta(hours=23, minutes=59)),
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


def test_the_wait_is_that_of_the_account_that_asked() -> None:
    rows = {"1001": [{"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 60}]}
    rows["1002"] = [{"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 5}]
    body = json.dumps({"error": {"message": "m", "code": 80006}}).encode()
    answer = Answer(status=400, headers={"x-business-use-case-usage": json.dumps(rows)}, body=body)
    waits = [read_answer(answer, account) for account in ("1001", "1002", "1003", None)]
    assert [round(each.wait / timedelta(minutes=1)) for each in waits if isinstance(each, Complaint)] == [
        60,
        5,
        60,
        60,
    ]


def test_what_is_meant_for_people_is_kept_without_what_may_be_a_token() -> None:
    token = "EAAB" + "x1Y" * 30
    found = complaint(
        code=368, error_user_title="Ação bloqueada", error_user_msg=f"Tente mais tarde ({token})."
    ).as_send_error()
    assert (found.user_title, found.user_message) == ("Ação bloqueada", "Tente mais tarde (…).")
    assert (complaint(code=368, error_user_title=7).as_send_error().user_title) is None
    revoked = complaint(
        code=190, error_user_title="Sessão expirada", error_user_msg="Entre de novo."
    ).as_error()
    assert isinstance(revoked, AccessRevoked)
    assert (revoked.user_title, revoked.user_message) == ("Sessão expirada", "Entre de novo.")


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
