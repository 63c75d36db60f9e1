"""The callback page's script, run as a browser runs it, on the page as it was served."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.http_stage import CRM, HttpStage

NODE = Path(sys.executable).parent / "node"
CALLBACK = "/api/meta/oauth/callback"
BROWSER = """
const [script, data, opener] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const told = {posted: [], closed: false, address: null};
const window = {
  opener: opener && {
    closed: opener === "closed",
    postMessage: (message, origin) => told.posted.push([message, origin]),
  },
  close: () => { told.closed = true; },
};
const document = {getElementById: (id) => id === "handover" ? {textContent: data} : null};
const location = {pathname: "/api/meta/oauth/callback"};
const history = {replaceState: (state, title, address) => { told.address = address; }};
new Function("window", "document", "location", "history", script)(window, document, location, history);
console.log(JSON.stringify(told));
"""


async def opened(stage: HttpStage, *, agree: bool, opener: str | None) -> dict[str, Any]:
    """What the script does on the page of a login that succeeded or not."""
    async with stage.client() as caller:
        browser = await stage.leaves(caller)
        page = await stage.returns(browser, **({} if agree else {"error": "access_denied"}))
        script = (await caller.get(f"{CALLBACK}.js")).text
    found = re.search(r'id="handover">(.*?)</script>', page.text, re.DOTALL)
    assert found is not None
    return run_script(script, found[1], opener)


def run_script(script: str, data: str, opener: str | None) -> dict[str, Any]:
    ran = subprocess.run(
        [str(NODE), "-e", BROWSER],
        input=json.dumps([script, data, opener]),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


async def test_the_completion_goes_to_the_opener_at_the_kept_origin_and_the_window_closes() -> None:
    told = await opened(HttpStage(), agree=True, opener="open")
    [[message, origin]] = told["posted"]
    assert origin == CRM
    assert (message["source"], message["type"]) == ("meta-inbox", "oauth.authorized")
    assert len(message["completion"]) == 43
    assert told["closed"] is True


async def test_a_failure_is_told_and_the_page_stays_to_be_read() -> None:
    told = await opened(HttpStage(), agree=False, opener="open")
    [[message, origin]] = told["posted"]
    assert (origin, message["type"], message["code"]) == (CRM, "oauth.failed", "consent_cancelled")
    assert told["closed"] is False


@pytest.mark.parametrize("opener", [None, "closed"])
async def test_without_an_opener_nothing_is_told_and_the_page_stays(opener: str | None) -> None:
    told = await opened(HttpStage(), agree=True, opener=opener)
    assert (told["posted"], told["closed"]) == ([], False)


async def test_code_and_state_leave_the_address() -> None:
    assert (await opened(HttpStage(), agree=True, opener="open"))["address"] == CALLBACK
