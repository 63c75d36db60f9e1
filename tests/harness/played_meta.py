"""``meta-inbox sandbox`` as a process of its own, and its control API."""

import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.harness.service import META_INBOX, Service, surroundings

_GIVEN = ("META_APP_ID", "META_APP_SECRET", "META_WEBHOOK_VERIFY_TOKEN", "META_OAUTH_REDIRECT_URI")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedMeta:
    """A Meta whose books survive everything that is done to the service."""

    process: Service
    control: httpx.Client

    @property
    def url(self) -> str:
        """Where the Graph API and the dialog are."""
        return f"http://127.0.0.1:{self.process.port}"

    def play(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the control API."""
        answer = self.control.request(method, f"{self.url}/sandbox/{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def ledger(self) -> list[dict[str, Any]]:
        """Every send that was accepted, in order: the truth."""
        found: list[dict[str, Any]] = self.play("GET", "ledger")
        return found

    def fault(self, kind: str, **more: Any) -> None:
        """Has the next sends go wrong."""
        self.play("POST", "faults", {"endpoint": "messages", "kind": kind} | more)

    def falls_silent(self) -> None:
        """From now on neither webhooks nor readings of conversations tell what was sent."""
        self.play("PATCH", "quirks", {"webhooks_lost": True})
        for endpoint in ("conversations", "node"):
            self.play("POST", "faults", {"endpoint": endpoint, "kind": "html_503", "count": None})

    def speaks_again(self) -> None:
        """Webhooks come again."""
        self.play("PATCH", "quirks", {"webhooks_lost": False})
        for endpoint in ("conversations", "node"):
            self.play("DELETE", f"faults?endpoint={endpoint}")

    def contacts(self, account: str, count: int) -> list[str]:
        """So many people who have just written to the account."""
        ids = [
            str(self.play("POST", "contacts", {"account_id": account, "name": f"Ana {number}"})["id"])
            for number in range(count)
        ]
        for begin in range(0, count, 200):
            items = [{"contact_id": one, "text": "Oi!"} for one in ids[begin : begin + 200]]
            self.play("POST", "webhooks/batch", {"items": items})
        return ids


@contextmanager
def played_meta(port: int, service: Mapping[str, str]) -> Generator[PlayedMeta]:
    """Plays on this port for the app that a service's environment names."""
    with tempfile.TemporaryDirectory(prefix="mi-meta-") as place, _client() as control:
        env = surroundings() | {name: service[name] for name in _GIVEN}
        env |= {"META_INBOX_DATA_DIR": place, "LOG_LEVEL": "error"}
        command: Sequence[str] = [META_INBOX, "sandbox", "--port", str(port)]
        process = Service("sandbox", command, port, env).start()
        try:
            meta = PlayedMeta(process=process, control=control)
            meta.play("PATCH", "quirks", {"page_size": 100})
            yield meta
        finally:
            process.stop()


def _client() -> httpx.Client:
    return httpx.Client(trust_env=False, timeout=60)
