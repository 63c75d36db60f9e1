"""Meta's usage headers, in whatever shape they come."""

import json
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.usage import Level, Usage, usage_of

HALF = {"call_count": 28, "total_time": 50, "total_cputime": 3}
MESSENGER = {"type": "messenger", "call_count": 12, "total_cputime": 3, "total_time": 4}


def business(**rows: object) -> dict[str, str]:
    """The header by the ids of accounts."""
    return {
        "x-business-use-case-usage": json.dumps({name.removeprefix("id"): row for name, row in rows.items()})
    }


def test_the_highest_of_the_three_counts_is_what_is_used() -> None:
    headers = {"x-app-usage": json.dumps(HALF), "x-page-usage": json.dumps({**HALF, "call_count": 81})}
    assert usage_of(headers, "1001") == Usage(app=Level(used=50), page=Level(used=81))


def test_an_account_has_its_own_rows() -> None:
    busy = {**MESSENGER, "call_count": 95, "estimated_time_to_regain_access": 7}
    headers = business(id1001=[MESSENGER], id1002=[MESSENGER, busy])
    assert usage_of(headers, "1001").account == Level(used=12)
    assert usage_of(headers, "1002").account == Level(used=95, regained_after=timedelta(minutes=7))


def test_rows_by_the_id_of_a_business_count_for_whoever_asked() -> None:
    assert usage_of(business(id77=[MESSENGER]), "1001").account == Level(used=12)


@pytest.mark.parametrize("minutes", ["30", 30])
def test_minutes_may_come_as_text_and_are_bounded(minutes: object) -> None:
    level = usage_of(business(id1=[{**MESSENGER, "estimated_time_to_regain_access": minutes}]), "1").account
    assert level == Level(used=12, regained_after=timedelta(minutes=30))
    endless = usage_of(business(id1=[{**MESSENGER, "estimated_time_to_regain_access": 10**9}]), "1").account
    assert endless == Level(used=12, regained_after=timedelta(hours=24))


@pytest.mark.parametrize(
    "header",
    ["", "{", "[]", "null", "7", '{"call_count": null}', '{"call_count": []}', '{"1": 5}', "[" * 5000],
)
def test_a_header_of_any_shape_is_survived(header: str) -> None:
    names = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
    assert usage_of(dict.fromkeys(names, header), "1") == Usage()


@pytest.mark.parametrize(("told", "used"), [(-5, 0), (10**9, 1000), ("70", 70)])
def test_absurd_numbers_are_bounded(told: object, used: int) -> None:
    assert usage_of({"x-app-usage": json.dumps({"call_count": told})}, None).app == Level(used=used)
