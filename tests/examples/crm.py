"""The host applications of ``examples/`` as somebody runs them, and an agent who works with one."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.harness.played_meta import PlayedMeta, played_meta
from tests.harness.service import Service, environment, free_port

PLACE = Path(__file__).parents[2] / "examples"
PASSWORD = "a-password-of-the-examples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """How one is run; ``reader`` is the process that makes leads, where that is not the server."""

    name: str
    server: str
    table: str
    log_in: Callable[[httpx.Client], httpx.Response]
    before: Sequence[Sequence[str]] = ()
    reader: Sequence[str] | None = None


class Reader:
    """A program that listens on no port."""

    def __init__(self, command: Sequence[str], env: dict[str, str]) -> None:
        self._command, self._env = command, env
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; whoever needs its work waits for that."""
        self._process = subprocess.Popen(self._command, env=self._env, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Asks it to end; its exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(20)

    def end(self) -> None:
        """Ends it in whatever state it is."""
        if self._process is not None and self._process.poll() is None:
            self.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    """A running example, its Meta, and the browser of an agent."""

    example: Example
    database: str
    meta: PlayedMeta
    server: Service
    reader: Service | Reader
    browser: httpx.Client

    def connects_casa_verde(self) -> None:
        """The agent logs in to the CRM, and connects the Page by both clicks."""
        assert self.example.log_in(self.browser).status_code in (204, 302)
        link = self._get("/inbox/api/meta/oauth/start").json()["authorization_url"]
        dialog = self._get(link, 302).headers["Location"]
        back = self.browser.post(dialog, data={"action": "approve"}).headers["Location"]
        found = re.search(r"#completion=([A-Za-z0-9_-]+)", self._get(back).text)
        assert found is not None
        body = {"completion": found[1], "keys": ["messenger:1001"]}
        done = self.browser.post("/inbox/api/meta/oauth/complete", json=body).json()
        assert [account["facebook_page_name"] for account in done["connected"]] == ["Casa Verde"]

    def is_written_to(self, name: str, text: str) -> str:
        """Somebody new writes to the Page; Meta's id of who it is."""
        contact = str(self.meta.play("POST", "contacts", {"account_id": "1001", "name": name})["id"])
        self.meta.play("POST", f"contacts/{contact}/messages", {"text": text})
        return contact

    def leads(self) -> list[dict[str, Any]]:
        """What the agent sees."""
        found: list[dict[str, Any]] = self._get("/leads").json()
        return found

    def answers(self, lead: int, text: str) -> dict[str, Any]:
        """The agent answers the person behind a lead."""
        answer = self.browser.post(f"/leads/{lead}/answer", json={"text": text})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _get(self, path: str, status: int = 200) -> httpx.Response:
        answer = self.browser.get(path)
        assert answer.status_code == status, answer.text
        return answer


@contextmanager
def running(example: Example, database: str) -> Generator[Crm]:
    """Runs it on this database, with a Meta of its own."""
    port, metas = free_port(), free_port()
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="mi-crm-"))
        env = environment(database, port) | {
            "META_OAUTH_REDIRECT_URI": f"http://127.0.0.1:{port}/inbox/api/meta/oauth/callback",
            "META_GRAPH_BASE_URL": f"http://127.0.0.1:{metas}",
            "META_DIALOG_BASE_URL": f"http://127.0.0.1:{metas}",
            "META_INBOX_DATA_DIR": place,
            "CRM_PASSWORD": PASSWORD,
            "CRM_SECRET_KEY": "a-secret-key-of-the-examples",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
            "PYTHONPATH": str(PLACE),
        }
        meta = stack.enter_context(played_meta(metas, env))
        for command in example.before:
            subprocess.run([sys.executable, *command], env=env, check=True, stdout=subprocess.DEVNULL)
        command = ["-m", "uvicorn", example.server, "--port", str(port), "--log-level", "warning"]
        server = Service(example.name, [sys.executable, *command], port, env).start()
        stack.callback(server.end)
        reader: Service | Reader = server
        if example.reader is not None:
            reader = Reader([sys.executable, *example.reader], env)
            reader.start()
            stack.callback(reader.end)
        address = f"http://127.0.0.1:{port}"
        browser = stack.enter_context(httpx.Client(base_url=address, trust_env=False, timeout=20))
        yield Crm(
            example=example, database=database, meta=meta, server=server, reader=reader, browser=browser
        )


def posts_its_name(browser: httpx.Client) -> httpx.Response:
    """The login of an example whose front end would be a script."""
    return browser.post("/login", json={"name": "bia", "password": PASSWORD})


def fills_in_the_form(browser: httpx.Client) -> httpx.Response:
    """Django's login; the token against forgery goes with every later request, as its own scripts do it."""
    browser.get("/login")
    form = {"username": "bia", "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    answer = browser.post("/login", data=form)
    browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
    return answer


MANAGE = ("-m", "django_host.manage")
EXAMPLES = (
    Example(name="fastapi_host", server="fastapi_host.app:app", table="leads", log_in=posts_its_name),
    Example(name="litestar_host", server="litestar_host.app:app", table="leads", log_in=posts_its_name),
    Example(
        name="django_host",
        server="django_host.asgi:application",
        table="crm_lead",
        log_in=fills_in_the_form,
        before=(
            (*MANAGE, "migrate"),
            (*MANAGE, "createsuperuser", "--noinput", "--username", "bia", "--email", "bia@crm.example"),
        ),
        reader=(*MANAGE, "collect_leads"),
    ),
)
