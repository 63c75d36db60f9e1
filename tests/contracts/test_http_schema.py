"""The OpenAPI document is true: schemathesis calls every route by it, with all of its checks."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.http_server import Served, serve_in_background
from tests.contracts.http_stage import HttpStage

# What the contract itself asks for and a generic check cannot know: a login that was not begun here is a 400
# page, however well formed its address; a disconnected account stays readable (use_after_free), but is not
# set up any more; and a schema cannot say of a text that blanks alone are none, what a letter is, nor of an
# address that it is of the public internet; and a login that is not set up here is a 422.
CONFIG = """
[[operations]]
include-path-regex = "/oauth/(authorize|callback|callback/instagram)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400"]

[[operations]]
include-path-regex = "/oauth/start$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "422"]

[[operations]]
include-path-regex = "/webhook-endpoints(/{endpoint})?$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "409", "422", "429", "5xx"]

[[operations]]
include-path-regex = "/canned-replies(/{reply})?$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "409", "422", "429", "5xx"]

[[operations]]
include-path-regex = "/messenger-profile$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "409", "422", "429", "5xx"]

# Whether somebody else than Meta signed it, no schema can say.
[[operations]]
include-path-regex = "/(deauthorize|data-deletion)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400"]

[[operations]]
include-path-regex = "/meta/live$"
checks.positive_data_acceptance.expected-statuses = ["426"]
"""


@pytest.fixture
def served() -> Iterator[Served]:
    with serve_in_background() as served:
        yield served


def test_schemathesis_finds_nothing(served: Served, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    tool = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert tool is not None
    found = subprocess.run(
        [
            tool,
            "--config-file",
            str(config),
            "run",
            f"{served.base}/api/meta/schema/openapi.json",
            "--header",
            f"Authorization: Bearer {served.token}",
            "--checks=all",
            "--exclude-checks=use_after_free",
            "--max-examples=15",
            "--seed=1",
            "--continue-on-failure",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-8000:] + found.stderr[-2000:]


async def document() -> dict[str, Any]:
    async with HttpStage().client(anonymous=True) as caller:
        answer = await caller.get("/api/meta/schema/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_it_is_openapi_3_1_and_holds_every_route_of_this_release() -> None:
    found = await document()
    operations = {f"{method} {path}" for path, item in found["paths"].items() for method in item}
    assert found["openapi"].startswith("3.1")
    assert operations == {
        "get /api/meta/oauth/start",
        "post /api/meta/deauthorize",
        "post /api/meta/data-deletion",
        "get /api/meta/data-deletion/{code}",
        "get /api/meta/oauth/authorize",
        "get /api/meta/oauth/callback",
        "get /api/meta/oauth/callback/instagram",
        "get /api/meta/oauth/callback.js",
        "get /api/meta/oauth/callback.css",
        "post /api/meta/oauth/completions",
        "post /api/meta/live/tickets",
        "get /api/meta/live",
        "post /api/meta/oauth/complete",
        "get /api/meta/accounts",
        "get /api/meta/accounts/{account}",
        "delete /api/meta/accounts/{account}",
        "get /api/meta/accounts/{account}/health",
        "get /api/meta/webhook",
        "post /api/meta/webhook",
        "get /api/meta/me",
        "get /api/meta/capabilities",
        "post /api/meta/send-message",
        "get /api/meta/conversations/{account}",
        "get /api/meta/conversations/{account}/{contact}",
        "delete /api/meta/conversations/{account}/{contact}",
        "get /api/meta/messages/{account}/{contact}",
        "post /api/meta/messages/{account}/{contact}/{message}/check",
        "post /api/meta/messages/{account}/{contact}/{message}/resend",
        "post /api/meta/messages/{account}/{contact}/{message}/private-reply",
        "post /api/meta/messages/{account}/{contact}/{message}/public-reply",
        "post /api/meta/messages/{account}/{contact}/{message}/hide",
        "post /api/meta/conversations/{account}/{contact}/read",
        "post /api/meta/conversations/{account}/{contact}/typing",
        "post /api/meta/conversations/{account}/{contact}/thread-control",
        "post /api/meta/messages/{account}/{contact}/{message}/reaction",
        "delete /api/meta/messages/{account}/{contact}/{message}/reaction",
        "get /api/meta/accounts/{account}/messenger-profile",
        "put /api/meta/accounts/{account}/messenger-profile",
        "get /api/meta/media/{media}",
        "post /api/meta/media",
        "get /api/meta/canned-replies",
        "post /api/meta/canned-replies",
        "patch /api/meta/canned-replies/{reply}",
        "delete /api/meta/canned-replies/{reply}",
        "get /api/meta/webhook-endpoints",
        "post /api/meta/webhook-endpoints",
        "patch /api/meta/webhook-endpoints/{endpoint}",
        "delete /api/meta/webhook-endpoints/{endpoint}",
        "post /api/meta/webhook-endpoints/{endpoint}/rotate-secret",
        "post /api/meta/webhook-endpoints/{endpoint}/test",
        "get /api/meta/webhook-endpoints/{endpoint}/deliveries",
        "post /api/meta/webhook-endpoints/{endpoint}/replay",
        "get /api/meta/schema/openapi.json",
        "get /health/live",
        "get /health/ready",
        "get /metrics",
    }


async def test_every_reference_in_it_leads_somewhere() -> None:
    async with HttpStage().client(anonymous=True) as caller:
        text = (await caller.get("/api/meta/schema/openapi.json")).text
    found = await document()
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert names <= set(found["components"]["schemas"])
    assert {"Message", "Account", "Conversation", "Problem"} <= names


async def test_what_may_not_be_sent_is_closed_to_unknown_fields() -> None:
    shapes = (await document())["components"]["schemas"]
    actions = ("TypingBody", "ReactionBody", "Take", "Pass", "MessengerProfileBody", "LinkItem")
    replies = ("ReplyBody", "HideBody")
    canned = ("CannedReplyBody", "CannedReplyChangeBody")
    webhooks = ("EndpointBody", "EndpointChangeBody", "ReplayBody")
    for name in (
        "SendBody",
        "Text",
        "Buttons",
        "CompleteBody",
        "CompletionBody",
        *replies,
        *actions,
        *webhooks,
        *canned,
    ):
        assert shapes[name]["additionalProperties"] is False
