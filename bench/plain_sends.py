"""Calling Meta without an outbox: one httpx client, no row, no order, no second look at what went wrong."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from bench.send_load import Answered, Sends
from tests.harness.business import CASA_VERDE, CASAVERDE, Business
from tests.harness.service import SECRET

TEXT = "Seu pedido sai hoje e chega até sexta-feira. Obrigada por esperar! " + "x" * 40
_ALL = (
    "pages_messaging,pages_show_list,pages_manage_metadata,instagram_basic,instagram_manage_messages,"
    "business_management"
)
_Call = tuple[int, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Sends with the Pages' own ``tokens``."""

    meta: str
    tokens: dict[str, str]

    async def send(
        self,
        people: Sequence[tuple[str, str]],
        first: int,
        *,
        connections: int,
        per_second: float | None = None,
    ) -> Sends:
        """To each in turn, numbered from ``first``: flat out over so many connections, or at a pace."""
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        answers: list[Answered] = []
        async with httpx.AsyncClient(trust_env=False, timeout=15, limits=limits) as client:

            async def one(number: int, account: str, contact: str) -> None:
                page, name = CASA_VERDE if account == CASAVERDE else account, f"plain-{number}"
                wall, began = time.time(), time.perf_counter()
                got = await client.post(**_call(self.meta, self.tokens[page], page, contact, name))
                seconds = time.perf_counter() - began
                answers.append(Answered(name, wall, seconds, got.status_code, got.content))

            calls = iter([(first + number, *whom) for number, whom in enumerate(people)])
            start = time.perf_counter()
            if per_second is None:
                await asyncio.gather(*(_one_by_one(calls, one) for _ in range(connections)))
            else:
                await _paced(calls, one, per_second)
            return Sends(time.perf_counter() - start, tuple(answers))


async def _one_by_one(calls: Iterator[_Call], one: Callable[[int, str, str], Awaitable[None]]) -> None:
    for call in calls:
        await one(*call)


async def _paced(
    calls: Iterator[_Call], one: Callable[[int, str, str], Awaitable[None]], per_second: float
) -> None:
    tasks, start = list[asyncio.Future[None]](), time.perf_counter()
    for number, call in enumerate(calls):
        await asyncio.sleep(max(0.0, start + number / per_second - time.perf_counter()))
        tasks.append(asyncio.ensure_future(one(*call)))
    await asyncio.gather(*tasks)


def _call(meta: str, token: str, page: str, contact: str, name: str) -> dict[str, Any]:
    """A send as our own client would write it."""
    body = {
        "recipient": {"id": contact},
        "messaging_type": "RESPONSE",
        "message": {"text": TEXT, "metadata": name},
        "appsecret_proof": _proof(token),
    }
    headers = {"Authorization": f"Bearer {token}"}
    return {"url": f"{meta}/v26.0/{page}/messages", "json": body, "headers": headers}


def _proof(token: str) -> str:
    return hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()


async def page_tokens(house: Business) -> dict[str, str]:
    """The Pages' tokens, by a login of one's own."""
    async with httpx.AsyncClient(trust_env=False, timeout=20, base_url=f"{house.meta.url}/v26.0") as http:
        user = await _log_in(http, house)
        pages = await http.get(
            "/me/accounts",
            params={"fields": "id,access_token", "appsecret_proof": _proof(user)},
            headers={"Authorization": f"Bearer {user}"},
        )
        return {str(page["id"]): str(page["access_token"]) for page in pages.json()["data"]}


async def _log_in(http: httpx.AsyncClient, house: Business) -> str:
    client = {"client_id": house.services[0].variable("META_APP_ID")}
    back = {"redirect_uri": house.services[0].variable("META_OAUTH_REDIRECT_URI")}
    asked = client | back | {"state": "s", "scope": _ALL}
    agreed = await http.post("/dialog/oauth", params=asked, data={"action": "approve"})
    code = parse_qs(urlsplit(agreed.headers["Location"]).query)["code"][0]
    form = client | {"client_secret": SECRET}
    short = (await http.post("/oauth/access_token", data=form | back | {"code": code})).json()
    more = {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
    return str((await http.post("/oauth/access_token", data=form | more)).json()["access_token"])
