"""Attacks on connecting, as an attacker makes them: over HTTP, on the running service.

A1 to A8 are the threats of that name in the threat model: links sent to a victim, forged and replayed
returns, codes of another login, open redirects, accounts of others, and what the page hands over.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import jwt
import psycopg
import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_people import ALL_TASKS
from meta_inbox.adapters.meta_graph.world_values import Page, Person, Role
from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from meta_inbox.domain.model.secret import Secret
from tests.acceptance.real_parts import APP_ID, Switchboard
from tests.harness.service import JWT_SECRET, SECRET, Service, meta_inbox, new_database

pytestmark = pytest.mark.real

CRM = "https://crm.example"
CALLBACK = "/oauth/callback"
_UNUSED = 1_000_000
_numbers = count(2001)


@dataclass(frozen=True, slots=True)
class Scene:
    """The service, and the Meta that it talks to."""

    service: Service
    database: str
    world: World

    @property
    def base(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.service.port}/api/meta"

    def token_calls(self) -> int:
        """How often the token endpoint was called; one exchange is two: the code's, the long-lived one's."""
        return _UNUSED - (self.world.faults.waiting[0].count or 0)

    def person_with_page(self) -> tuple[str, str]:
        """Somebody who manages one Page, both new; their ids."""
        number = next(_numbers)
        person, page = f"p{number}", str(number)
        role = Role(page_id=page, tasks=ALL_TASKS)
        self.world.add(Person(id=person, name="Ana", roles=(role,)), [Page(id=page, name=f"Page {number}")])
        return person, page

    def approve(self, dialog: str, person: str) -> str:
        """The person says yes to Meta's dialog; where their browser goes."""
        opened = self.world.oauth.dialog(dict(parse_qsl(urlsplit(dialog).query)))
        return self.world.oauth.approve(opened, person_id=person)

    def sql(self, statement: str) -> None:
        """Changes the database behind the service."""
        with psycopg.connect(self.database) as connection:
            connection.execute(statement.encode())

    def owners(self, page: str) -> list[str]:
        """The tenants that have this Page connected."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute(
                "select tenant_id from meta_inbox.account_routes where external_id = %s", (page,)
            ).fetchall()
        return [str(tenant) for (tenant,) in rows]


@pytest.fixture(scope="module")
def scene(postgres: EmbeddedPostgres) -> Iterator[Scene]:
    """Both, for all attacks."""
    switchboard = Switchboard()
    switchboard.start()
    database = new_database(postgres, "attacked")
    meta = f"http://127.0.0.1:{switchboard.port}"
    service = meta_inbox(
        database,
        META_GRAPH_BASE_URL=meta,
        META_DIALOG_BASE_URL=meta,
        META_APP_ID=APP_ID,
        META_INBOX_FRONTEND_ORIGINS=f"{CRM},https://second.example",
    )
    verify = Secret(service.variable("META_WEBHOOK_VERIFY_TOKEN"))
    world = World(APP_ID, Secret(SECRET), verify_token=verify, clock=lambda: datetime.now(UTC))
    world.faults.plan("oauth_access_token", Fault(kind=FaultKind.DELAY), _UNUSED)
    try:
        service.start()
        with switchboard.showing(world, f"http://127.0.0.1:{service.port}/api/meta/webhook"):
            yield Scene(service, database, world)
    finally:
        service.stop()
        switchboard.stop()


@dataclass
class Somebody:
    """A person with a browser of their own, logged in to the CRM of their tenant."""

    scene: Scene
    client: httpx.AsyncClient
    tenant: str
    user: str
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        claims = {"sub": self.user, "tenant_id": self.tenant, "exp": int(time.time()) + 300}
        self.headers = {"Authorization": "Bearer " + jwt.encode(claims, JWT_SECRET, "HS256"), "Origin": CRM}

    async def start(self, **query: str) -> str:
        """The link that begins a login."""
        answer = await self.client.get(self.scene.base + "/oauth/start", params=query, headers=self.headers)
        return str(answer.raise_for_status().json()["authorization_url"])

    async def open(self, address: str) -> httpx.Response:
        """What their browser shows; no redirect is followed."""
        return await self.client.get(address)

    async def to_the_dialog(self) -> str:
        """Begins a login in their browser; the address of Meta's dialog."""
        gone = await self.open(await self.start())
        assert gone.status_code == 302, gone.text
        return gone.headers["Location"]

    async def complete(self, completion: str) -> httpx.Response:
        """Finishes a login in the CRM."""
        return await self._post("complete", completion)

    async def look(self, completion: str) -> httpx.Response:
        """Asks what a login made available."""
        return await self._post("completions", completion)

    async def _post(self, route: str, completion: str) -> httpx.Response:
        address, body = f"{self.scene.base}/oauth/{route}", {"completion": completion}
        return await self.client.post(address, json=body, headers=self.headers)

    async def accounts(self) -> list[Any]:
        """What their tenant has connected."""
        answer = await self.client.get(self.scene.base + "/accounts", headers=self.headers)
        return list(answer.raise_for_status().json()["accounts"])


@asynccontextmanager
async def people(scene: Scene, *names: str) -> AsyncGenerator[Sequence[Somebody]]:
    """People of tenants of their own, each with a fresh browser."""
    clients = [httpx.AsyncClient(trust_env=False, timeout=15) for _ in names]
    number = next(_numbers)
    try:
        pairs = zip(clients, names, strict=True)
        yield [Somebody(scene, client, f"{name}-{number}", name) for client, name in pairs]
    finally:
        for client in clients:
            await client.aclose()


def handed_over(page: httpx.Response) -> dict[str, Any]:
    """What the page's script gives to the opener, and at which origins."""
    found = re.search(r'<script type="application/json" id="handover">(.*?)</script>', page.text, re.DOTALL)
    assert found is not None, page.text
    given: dict[str, Any] = json.loads(found[1])
    return given


def completion_of(page: httpx.Response) -> str:
    """The handle that the page hands over."""
    assert page.status_code == 200, page.text
    return str(handed_over(page)["message"]["completion"])


def refused(page: httpx.Response, code: str = "state_invalid") -> None:
    """The readable page of a failure, which hands nothing but the failure over."""
    message = handed_over(page)["message"]
    assert (page.status_code, message["type"], message["code"]) == (400, "oauth.failed", code)
    assert "completion" not in message
    assert "#completion=" not in page.text


# A1: somebody else's link


async def test_a_start_link_sent_to_a_victim_connects_nothing(scene: Scene) -> None:
    person, page = scene.person_with_page()
    async with people(scene, "mallory", "victim") as (mallory, victim):
        dialog = (await victim.open(await mallory.start())).headers["Location"]
        completion = completion_of(await victim.open(scene.approve(dialog, person)))
        for door in (victim.look, victim.complete):
            assert (await door(completion)).status_code == 404
        assert await mallory.accounts() == await victim.accounts() == []
    assert scene.owners(page) == []


async def test_a_dialog_link_sent_to_a_victim_connects_nothing(scene: Scene) -> None:
    person, page = scene.person_with_page()
    async with people(scene, "mallory", "victim") as (mallory, victim):
        back = scene.approve(await mallory.to_the_dialog(), person)
        before = scene.token_calls()
        refused(await victim.open(back))
        assert scene.token_calls() == before
    assert scene.owners(page) == []


async def test_a_victim_in_the_middle_of_a_login_of_their_own_is_no_easier(scene: Scene) -> None:
    person, page = scene.person_with_page()
    async with people(scene, "mallory", "victim") as (mallory, victim):
        own = await victim.to_the_dialog()
        foreign = scene.approve(await mallory.to_the_dialog(), person)
        before = scene.token_calls()
        refused(await victim.open(foreign))
        assert scene.token_calls() == before
        assert (await victim.open(scene.approve(own, person))).status_code == 200
    assert scene.owners(page) == []


# A2: a callback that this browser did not begin


async def test_a_callback_link_with_the_attackers_code_is_refused(scene: Scene) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "mallory", "victim", "nobody") as (mallory, victim, nobody):
        back = scene.approve(await mallory.to_the_dialog(), person)
        state = parse_qs(urlsplit(await victim.to_the_dialog()).query)["state"][0]
        before = scene.token_calls()
        refused(await victim.open(back))
        refused(await nobody.open(back))
        refused(await nobody.open(f"{scene.base}{CALLBACK}?code=x&state={state}"))
        assert scene.token_calls() == before


@pytest.mark.parametrize("cookie", ["", "x" * 43, "%00", "a, b", "é"])
async def test_a_browser_with_another_cookie_is_another_browser(scene: Scene, cookie: str) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "bia") as (bia,):
        back = scene.approve(await bia.to_the_dialog(), person)
        before = scene.token_calls()
        async with httpx.AsyncClient(trust_env=False) as other:
            page = await other.get(back, headers={b"Cookie": b"meta_inbox_browser=" + cookie.encode()})
        refused(page)
        assert scene.token_calls() == before


# A3: replay


async def test_a_return_is_good_once(scene: Scene) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "bia") as (bia,):
        back = scene.approve(await bia.to_the_dialog(), person)
        before = scene.token_calls()
        completion_of(await bia.open(back))
        for again in (back, back + "&x=1"):
            refused(await bia.open(again))
        assert scene.token_calls() - before == 2


async def test_of_twenty_returns_at_once_one_is_exchanged(scene: Scene) -> None:
    async with people(scene, "bia") as (bia,):
        for _ in range(6):
            person, _ = scene.person_with_page()
            back = scene.approve(await bia.to_the_dialog(), person)
            before = scene.token_calls()
            pages = await asyncio.gather(*(bia.open(back) for _ in range(20)))
            assert sorted(page.status_code for page in pages) == [200, *[400] * 19]
            assert scene.token_calls() - before == 2


async def test_a_failed_exchange_does_not_revive_the_state(scene: Scene) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "bia") as (bia,):
        back = scene.approve(await bia.to_the_dialog(), person)
        state = parse_qs(urlsplit(back).query)["state"][0]
        failed = await bia.open(f"{scene.base}{CALLBACK}?code=made-up&state={state}")
        refused(failed, "code_invalid")
        before = scene.token_calls()
        refused(await bia.open(back))
        assert scene.token_calls() == before


# A4 and A5: codes of another login, and of another person


async def test_a_code_of_one_login_is_refused_at_the_others_address(scene: Scene) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "bia") as (bia,):
        back = scene.approve(await bia.to_the_dialog(), person)
        before = scene.token_calls()
        refused(await bia.open(back.replace("/oauth/callback?", "/oauth/callback/instagram?")))
        assert scene.token_calls() == before


async def test_a_code_that_was_given_for_another_address_is_not_taken(scene: Scene) -> None:
    person, page = scene.person_with_page()
    async with people(scene, "mallory") as (mallory,):
        dialog = await mallory.to_the_dialog()
        elsewhere = dict(parse_qsl(urlsplit(dialog).query)) | {"redirect_uri": "https://evil.example/cb"}
        stolen = scene.world.oauth.approve(scene.world.oauth.dialog(elsewhere), person_id=person)
        code, state = (parse_qs(urlsplit(stolen).query)[name][0] for name in ("code", "state"))
        injected = f"{scene.base}{CALLBACK}?code={code}&state={state}"
        refused(await mallory.open(injected), "code_invalid")
        assert await mallory.accounts() == []
    assert scene.owners(page) == []


async def test_a_code_that_was_used_is_not_taken_in_another_login(scene: Scene) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "bia", "mallory") as (bia, mallory):
        back = scene.approve(await bia.to_the_dialog(), person)
        completion_of(await bia.open(back))
        code = parse_qs(urlsplit(back).query)["code"][0]
        state = parse_qs(urlsplit(await mallory.to_the_dialog()).query)["state"][0]
        refused(await mallory.open(f"{scene.base}{CALLBACK}?code={code}&state={state}"), "code_invalid")


@pytest.mark.parametrize(
    "query", ["code=a&code=b&state={}", "code=a&state={}&state={}", "state={}", "code=&state={}"]
)
async def test_a_doubled_or_absent_parameter_exchanges_nothing(scene: Scene, query: str) -> None:
    async with people(scene, "bia") as (bia,):
        state = parse_qs(urlsplit(await bia.to_the_dialog()).query)["state"][0]
        before = scene.token_calls()
        page = await bia.open(f"{scene.base}{CALLBACK}?{query.format(state, state)}")
        assert (page.status_code, scene.token_calls()) == (400, before)


# A6: where it returns to


_ELSEWHERE = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
    "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/a\r\nSet-Cookie: x=1", "/a\0", "/%00\0",
    "", " ", "evil", "@evil.example", "/a#completion=x", "/a\\..\\b", "/é", "/\u2028", "/ /evil.example",
    '/"><script>alert(1)</script>', "/" + "a" * 2048,
)  # fmt: skip


@pytest.mark.parametrize("elsewhere", _ELSEWHERE)
async def test_no_return_leaves_the_origin(scene: Scene, elsewhere: str) -> None:
    async with people(scene, "bia") as (bia,):
        address = scene.base + "/oauth/start"
        answer = await bia.client.get(address, params={"return_to": elsewhere}, headers=bia.headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


async def test_a_path_is_returned_to_as_it_is_and_on_the_own_origin(scene: Scene) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "bia") as (bia,):
        gone = await bia.open(
            await bia.start(return_to="/a/%2F%2Fevil.example/..;/?x=1&y=@evil.example&z='%00")
        )
        page = await bia.open(scene.approve(gone.headers["Location"], person))
    target = f"{CRM}/a/%2F%2Fevil.example/..;/?x=1&amp;y=@evil.example&amp;z=&#x27;%00#completion="
    assert f'<a href="{target}{completion_of(page)}">' in page.text


_FOREIGN = (
    "https://evil.example", "null", "https://crm.example.evil.example", "https://evil-crm.example",
    f"{CRM}:444", "http://crm.example", f"{CRM}/", "https://CRM.example", f"{CRM}, {CRM}", "", "*",
)  # fmt: skip


@pytest.mark.parametrize("origin", _FOREIGN)
async def test_a_foreign_page_begins_nothing(scene: Scene, origin: str) -> None:
    async with people(scene, "bia") as (bia,):
        answer = await bia.client.get(scene.base + "/oauth/start", headers={**bia.headers, "Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in answer.headers


async def test_the_host_header_decides_nothing(scene: Scene) -> None:
    async with people(scene, "bia") as (bia,):
        evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        answer = await bia.client.get(scene.base + "/oauth/start", headers={**bia.headers, **evil})
        link = answer.raise_for_status().json()["authorization_url"]
        gone = await bia.client.get(link, headers=evil)
    assert link.startswith(scene.base + "/oauth/authorize?ticket=")
    assert "evil" not in gone.headers["Location"]


# Tickets and completions


async def test_a_ticket_opens_one_dialog_and_only_for_a_minute(scene: Scene) -> None:
    async with people(scene, "bia", "mallory") as (bia, mallory):
        used, late = await bia.start(), await bia.start()
        pages = await asyncio.gather(*(bia.open(used) for _ in range(20)))
        assert sorted(page.status_code for page in pages) == [302, *[400] * 19]
        refused(await mallory.open(used), "ticket_invalid")
        scene.sql("update meta_inbox.oauth_states set ticket_expires_at = now() - interval '1 s'")
        refused(await bia.open(late), "ticket_invalid")


async def test_a_return_after_ten_minutes_is_too_late(scene: Scene) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "bia") as (bia,):
        back = scene.approve(await bia.to_the_dialog(), person)
        scene.sql("update meta_inbox.oauth_states set expires_at = now() - interval '1 s'")
        before = scene.token_calls()
        refused(await bia.open(back))
        assert scene.token_calls() == before


async def _authorized(scene: Scene, who: Somebody) -> tuple[str, str]:
    """A completion that waits, and the Page that it would connect."""
    person, page = scene.person_with_page()
    return completion_of(await who.open(scene.approve(await who.to_the_dialog(), person))), page


async def test_a_completion_is_for_its_own_user_and_tenant_and_for_once(scene: Scene) -> None:
    async with people(scene, "bia", "mallory") as (bia, mallory):
        completion, page = await _authorized(scene, bia)
        colleague = Somebody(scene, bia.client, bia.tenant, "rui")
        namesake = Somebody(scene, mallory.client, mallory.tenant, "bia")
        answers = [await one.complete(completion) for one in (mallory, colleague, namesake)]
        answers += [await one.look(completion) for one in (mallory, colleague, namesake)]
        unknown = await mallory.complete("x" * 43)
        assert {(answer.status_code, answer.text) for answer in answers} == {(404, unknown.text)}
        assert scene.owners(page) == []
        outcomes = await asyncio.gather(*(bia.complete(completion) for _ in range(10)))
        assert sorted(outcome.status_code for outcome in outcomes) == [200, *[404] * 9]
        assert (await bia.look(completion)).status_code == 404
        assert scene.owners(page) == [bia.tenant]


async def test_a_completion_after_ten_minutes_is_too_late(scene: Scene) -> None:
    async with people(scene, "bia") as (bia,):
        completion, page = await _authorized(scene, bia)
        scene.sql("update meta_inbox.oauth_completions set expires_at = now() - interval '1 s'")
        assert (await bia.look(completion)).status_code == 404
        assert (await bia.complete(completion)).status_code == 404
    assert scene.owners(page) == []


# A7: one owner


async def test_of_two_tenants_at_the_same_instant_one_owns_the_page(scene: Scene) -> None:
    for _ in range(5):
        person, page = scene.person_with_page()
        async with people(scene, "bia", "otto") as both:
            handles = [
                completion_of(await one.open(scene.approve(await one.to_the_dialog(), person)))
                for one in both
            ]
            answers = await asyncio.gather(
                *(one.complete(handle) for one, handle in zip(both, handles, strict=True))
            )
            outcomes = {one.tenant: answer.json() for one, answer in zip(both, answers, strict=True)}
            [owner] = scene.owners(page)
            for tenant, outcome in outcomes.items():
                pages = [account["facebook_page_id"] for account in outcome["connected"]]
                codes = {one["key"]: one["code"] for one in outcome["refused"]}
                assert pages == ([page] if tenant == owner else [])
                assert codes.get(f"messenger:{page}") == (None if tenant == owner else "account_in_use")
            loser = next(text for tenant, text in outcomes.items() if tenant != owner)
            assert owner not in json.dumps(loser)


# A8: the page, and the cookie


async def test_the_page_tells_one_origin_and_nothing_that_is_secret(scene: Scene) -> None:
    person, _ = scene.person_with_page()
    async with people(scene, "bia") as (bia,):
        bia.headers["Origin"] = "https://second.example"
        back = scene.approve(await bia.to_the_dialog(), person)
        page = await bia.open(back)
        script = await bia.open(scene.base + "/oauth/callback.js")
    given = handed_over(page)
    assert given["origins"] == ["https://second.example"]
    assert given["message"].keys() == {"source", "type", "completion"}
    for secret in (one for values in parse_qs(urlsplit(back).query).values() for one in values):
        assert secret not in page.text
    assert re.findall(r"postMessage\((.*)\)", script.text) == ["handover.message, origin"]
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


async def test_a_failure_is_told_to_allowed_origins_alone(scene: Scene) -> None:
    async with people(scene, "bia", "nobody") as (bia, nobody):
        dialog = await bia.to_the_dialog()
        begun = await bia.open(
            scene.world.oauth.cancel(scene.world.oauth.dialog(dict(parse_qsl(urlsplit(dialog).query))))
        )
        never_begun = await nobody.open(f"{scene.base}{CALLBACK}?error=access_denied")
    refused(begun, "consent_cancelled")
    assert handed_over(begun)["origins"] == [CRM]
    assert handed_over(never_begun)["origins"] == [CRM, "https://second.example"]


_MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&#x3c;`${alert(1)}"


@pytest.mark.parametrize("name", ["error", "error_description", "error_reason", "code", "state", "x"])
@pytest.mark.parametrize("begun", [True, False])
async def test_nothing_of_the_address_is_shown_in_the_page(scene: Scene, name: str, *, begun: bool) -> None:
    async with people(scene, "bia") as (bia,):
        query = {"error": "access_denied", "error_description": "Permissions error"}
        if begun:
            query["state"] = parse_qs(urlsplit(await bia.to_the_dialog()).query)["state"][0]
        for path in (CALLBACK, f"{CALLBACK}/instagram", "/oauth/authorize"):
            page = await bia.client.get(scene.base + path, params={**query, name: _MARKUP})
            assert page.status_code == 400
            assert "alert" not in page.text
            assert "onerror" not in page.text


async def test_the_cookie_binds_the_browser_and_no_script_reads_it(scene: Scene) -> None:
    async with people(scene, "bia") as (bia,):
        gone = await bia.open(await bia.start())
        again = await bia.open(await bia.start())
    [cookie] = gone.headers.get_list("set-cookie")
    assert re.fullmatch(r"meta_inbox_browser=[A-Za-z0-9_-]{43}; .*", cookie)
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert again.headers["set-cookie"].split(";")[0] == cookie.split(";")[0]


def test_over_https_the_cookie_is_secure_and_of_this_host_alone(scene: Scene) -> None:
    variables = {
        name: text for name, text in scene.service.variables.items() if name.startswith(("META_", "AUTH_"))
    }
    variables["META_OAUTH_REDIRECT_URI"] = "https://inbox.example/api/meta/oauth/callback"
    service = meta_inbox(scene.database, **variables).start()
    try:
        base = f"http://127.0.0.1:{service.port}/api/meta"
        claims = {"sub": "bia", "tenant_id": "t", "exp": int(time.time()) + 300}
        bearer = {"Authorization": "Bearer " + jwt.encode(claims, JWT_SECRET, "HS256")}
        begun = httpx.get(base + "/oauth/start", headers=bearer, trust_env=False).raise_for_status().json()
        link: str = begun["authorization_url"]
        gone = httpx.get(link.replace("https://inbox.example/api/meta", base), trust_env=False)
    finally:
        service.stop()
    cookie: str = gone.headers["set-cookie"]
    assert re.fullmatch(r"__Host-meta_inbox_browser=[A-Za-z0-9_-]{43}; .*", cookie)
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
