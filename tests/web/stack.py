"""What the browser is pointed at: the real service, and a Meta of the test's own."""

import re
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import jwt

from meta_inbox.adapters.meta_graph.world import World
from tests.acceptance.real_parts import RealParts, new_world
from tests.harness.service import JWT_SECRET, SECRET
from tests.web.contact import Contact

CASA_VERDE, PADARIA_SOL, CASAVERDE = "1001", "1002", "17841400000000001"
PATIENCE = 12.0
TRIES_AGAIN = (0.05, 0.2, 1, 1, 1, 2, 4, 8)
"""How long Meta waits between its tries: it outlives a service that is started again."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The service, its database and a Meta for one test, whose tenant nobody else has.

    ``world`` is that Meta in this process; ``parts.service`` can be killed and started again as it was.
    """

    parts: RealParts
    world: World
    client: httpx.Client
    tenant: str

    @property
    def url(self) -> str:
        """Where the web app is."""
        return f"http://127.0.0.1:{self.parts.service.port}"

    @property
    def meta_url(self) -> str:
        """Where Meta's dialog and the sandbox's page are: another origin."""
        return f"http://127.0.0.1:{self.parts.switchboard.port}"

    def token(
        self, user: str = "ana", tenant: str | None = None, *, life: float = 7200, **claims: Any
    ) -> str:
        """A session as the CRM signs it."""
        own = {"sub": user, "tenant_id": tenant or self.tenant, "exp": int(time.time() + life)}
        return jwt.encode(own | claims, JWT_SECRET, "HS256")

    def session_url(self, path: str = "/", user: str = "ana", tenant: str | None = None) -> str:
        """The address of a page of the web app with a session in it."""
        return f"{self.url}{path}#token={self.token(user, tenant)}"

    def api(self, method: str, path: str, body: Any = None, *, user: str = "ana") -> Any:
        """One call of the API, below ``/api/meta``."""
        headers = {"Authorization": f"Bearer {self.token(user)}"}
        answer = self.client.request(method, f"{self.parts.base}{path}", json=body, headers=headers)
        assert not answer.is_error, answer.text
        return answer.json() if answer.content else None

    def meta(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the sandbox's control API, below ``/sandbox``."""
        answer = self.client.request(method, f"{self.meta_url}/sandbox{path}", json=body)
        assert not answer.is_error, answer.text
        return answer.json() if answer.content else None

    def connect(self, login: str = "facebook") -> dict[str, str]:
        """Connects everything there is without a browser; our ids of the accounts by Meta's."""
        with httpx.Client(trust_env=False, timeout=15) as browser:
            link = self.api("GET", f"/oauth/start?login={login}")["authorization_url"]
            dialog = browser.get(link).headers["Location"]
            back = browser.post(dialog, data={"action": "approve"}).headers["Location"]
            page = browser.get(back).text
        found = re.search(r"#completion=([A-Za-z0-9_-]+)", page)
        assert found is not None, page
        self.api("POST", "/oauth/complete", {"completion": found[1]})
        return self.accounts()

    def accounts(self) -> dict[str, str]:
        """Our ids of the connected accounts, by Meta's."""
        found = self.api("GET", "/accounts")["accounts"]
        return {each["instagram_account_id"] or each["facebook_page_id"]: each["id"] for each in found}

    def contact(self, name: str, account: str = CASAVERDE, username: str | None = None) -> Contact:
        """Somebody who can write to the account; nothing is written yet."""
        body = {"account_id": account, "name": name} | ({"username": username} if username else {})
        return Contact(id=self.meta("POST", "/contacts", body)["id"], account=account, meta=self.meta)


@contextmanager
def playing(parts: RealParts) -> Generator[Stack]:
    """Everything forgotten, and a new Meta, for one test."""
    parts.forget()
    world = new_world(SECRET, parts.service.variable("META_WEBHOOK_VERIFY_TOKEN"))
    with (
        parts.switchboard.showing(world, parts.base + "/webhook", TRIES_AGAIN),
        httpx.Client(trust_env=False, timeout=15) as client,
    ):
        yield Stack(parts=parts, world=world, client=client, tenant=f"shop-{uuid.uuid4().hex[:12]}")


def eventually(found: Callable[[], T], what: str) -> T:
    """The first answer that is something; AssertionError when there is none within some seconds."""
    ends = time.monotonic() + PATIENCE
    while True:
        if answer := found():
            return answer
        assert time.monotonic() < ends, f"not within {PATIENCE:.0f} s: {what}"
        time.sleep(0.05)
