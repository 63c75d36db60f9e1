"""``meta-inbox doctor --fix`` beside a running service, its database and a Meta of its own."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from meta_inbox.adapters.meta_graph.webhook_fields import APP_FIELDS, INSTAGRAM_FIELDS
from meta_inbox.adapters.meta_graph.world_values import AppSubscription
from meta_inbox.adapters.persistence.database import Database, open_pool
from meta_inbox.adapters.persistence.embedded_login import DATABASE, ensure_login
from meta_inbox.adapters.persistence.migrate import migrate
from meta_inbox.adapters.persistence.postgres_accounts import PostgresAccounts
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.adapters.persistence.time_and_ids import UuidV7Ids
from meta_inbox.domain.model.account import Login, Platform
from meta_inbox.domain.model.ids import TenantId, UserId
from meta_inbox.domain.model.oauth_state import Candidate
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import Connectable
from tests.contracts.meta_stage import CASAVERDE
from tests.contracts.sandbox_stage import CASA_VERDE, SECRET, staged
from tests.contracts.sandbox_stage import Stage as SandboxStage
from tests.harness.service import META_INBOX, Service, database_server, meta_inbox

pytestmark = pytest.mark.real


@dataclass(frozen=True, slots=True)
class Logins:
    """The database, as its superuser and as a service reach it."""

    superuser: str
    runtime: str


@pytest.fixture(scope="module")
def logins() -> Iterator[Logins]:
    """A migrated database whose login owns nothing."""
    with database_server(durable=False) as server:
        superuser = server.start()
        made = ensure_login(superuser)
        migrate(made.migrations)
        yield Logins(make_conninfo(superuser, dbname=DATABASE), made.runtime)


@dataclass(kw_only=True)
class Stage:
    """A service that runs or not (without jobs, which mend things too), Meta, and the database between."""

    meta: SandboxStage
    service: Service
    logins: Logins

    @property
    def callback(self) -> str:
        return f"http://127.0.0.1:{self.service.port}/api/meta/webhook"

    async def start(self) -> None:
        await asyncio.to_thread(self.service.start)

    async def doctor(self, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """The command, with the service's own environment."""
        done = await asyncio.to_thread(
            subprocess.run,
            [META_INBOX, "doctor", *options],
            env=self.service.variables | variables,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        for secret in (SECRET, self.service.variable("META_WEBHOOK_VERIFY_TOKEN")):
            assert secret not in done.stdout + done.stderr
        assert all(line.startswith(("ok    ", "FAIL  ", "fixed ")) for line in done.stdout.splitlines())
        return done

    async def connect(self) -> None:
        """A Page with a good token, that sends us nothing."""
        await self._connect(
            Connectable(
                candidate=Candidate(
                    key=f"messenger:{CASA_VERDE}",
                    platform=Platform.MESSENGER,
                    external_id=CASA_VERDE,
                    name="Casa Verde",
                    page_id=CASA_VERDE,
                    page_name="Casa Verde",
                ),
                login=Login.FACEBOOK,
                user_token=Secret("user-token"),
                page_token=Secret(await self.meta.page_token()),
                token_expires_at=None,
                data_access_expires_at=None,
                meta_user_id="42",
            )
        )

    async def connect_itself(self) -> None:
        """An Instagram account by its own login, that sends us nothing either."""
        await self._connect(
            Connectable(
                candidate=Candidate(
                    key=f"instagram:{CASAVERDE}",
                    platform=Platform.INSTAGRAM,
                    external_id=CASAVERDE,
                    name="casaverde",
                    username="casaverde",
                    page_id=None,
                    page_name=None,
                ),
                login=Login.INSTAGRAM,
                user_token=Secret(self.meta.world.instagram.token(CASAVERDE).text),
                page_token=None,
                token_expires_at=None,
                data_access_expires_at=None,
                meta_user_id="42",
            )
        )

    async def _connect(self, new: Connectable) -> None:
        keys = KeyRing.parse(self.service.variable("META_INBOX_ENCRYPTION_KEYS"))
        async with open_pool(self.logins.runtime) as pool:
            accounts = PostgresAccounts(Database(pool), keys, UuidV7Ids())
            account = await accounts.connect(TenantId("t1"), UserId("u1"), new)
            assert account is not None
            await accounts.subscribed(TenantId("t1"), account.id, None)
        self.meta.world.ground.state.installed.clear()

    def lose_a_partition(self) -> str:
        name = f"events_{datetime.now(UTC):%Y%m%d}"
        with psycopg.connect(self.logins.superuser) as connection:
            connection.execute(sql.SQL("drop table meta_inbox.{}").format(sql.Identifier(name)))
        return name


@pytest.fixture
async def stage(logins: Logins) -> AsyncGenerator[Stage]:
    async with staged() as meta:
        meta.world.ground.state.app_subscriptions.clear()
        own = meta.world.ground.instagram_app
        service = meta_inbox(
            logins.runtime,
            "--no-jobs",
            META_GRAPH_BASE_URL=meta.url,
            META_INSTAGRAM_APP_ID=own.id,
            META_INSTAGRAM_APP_SECRET=own.secret.reveal(),
            META_INSTAGRAM_GRAPH_BASE_URL=f"{meta.url}/instagram",
        )
        stage = Stage(meta=meta, service=service, logins=logins)
        try:
            yield stage
        finally:
            with psycopg.connect(logins.superuser) as connection:
                connection.execute("truncate meta_inbox.accounts, meta_inbox.key_canaries cascade")


@pytest.fixture
async def served(stage: Stage) -> AsyncGenerator[Stage]:
    await stage.start()
    try:
        yield stage
    finally:
        await asyncio.to_thread(stage.service.stop)


async def test_what_can_be_mended_is_mended_and_looked_at_again(served: Stage) -> None:
    await served.connect()
    lost = served.lose_a_partition()
    before = await served.doctor()
    assert before.returncode == 1
    assert before.stdout.count("FAIL  webhooks of the app for ") == 2
    assert f"FAIL  partitions: not there: {lost}" in before.stdout
    assert "FAIL  account Casa Verde (messenger, tenant t1): the Page sends us nothing" in before.stdout
    assert before.stdout.count("run meta-inbox doctor --fix") == 4

    mended = await served.doctor("--fix")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert mended.stdout.count("fixed ") == 4
    assert f"fixed webhooks of the app for page: Meta now sends them to {served.callback}" in mended.stdout
    assert f"fixed partitions: made {lost}" in mended.stdout
    assert "fixed account Casa Verde (messenger, tenant t1): subscribed its Page" in mended.stdout
    state = served.meta.world.ground.state
    assert {
        name: (each.callback_url, set(each.fields)) for name, each in state.app_subscriptions.items()
    } == {
        "page": (served.callback, set(APP_FIELDS["page"])),
        "instagram": (served.callback, set(INSTAGRAM_FIELDS)),
    }
    assert "messages" in state.installed[CASA_VERDE]

    again = await served.doctor("--fix")
    assert (again.returncode, again.stdout.count("fixed ")) == (0, 0), again.stdout
    assert (await served.doctor()).returncode == 0


async def test_a_subscription_that_somebody_changed_is_said_and_put_right(served: Stage) -> None:
    assert (await served.doctor("--fix")).returncode == 0
    subscriptions = served.meta.world.ground.state.app_subscriptions
    subscriptions["page"] = AppSubscription(
        fields=APP_FIELDS["page"], callback_url="https://old.example/webhook"
    )
    subscriptions["instagram"] = AppSubscription(
        fields=("messages", "comments"), callback_url=served.callback
    )
    found = await served.doctor()
    assert found.returncode == 1
    assert "for page: Meta sends them to https://old.example/webhook and not to http" in found.stdout
    assert "for instagram: without live_comments, mentions, message_edit, message_reactions" in found.stdout

    mended = await served.doctor("--fix")
    assert mended.returncode == 0, mended.stdout
    assert "and no longer to https://old.example/webhook" in mended.stdout
    assert set(subscriptions["instagram"].fields) == {*INSTAGRAM_FIELDS, "comments"}


async def test_a_field_that_meta_does_not_offer_is_no_obstacle(
    served: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"page": APP_FIELDS["page"][:-1], "instagram": INSTAGRAM_FIELDS}
    monkeypatch.setattr("meta_inbox.adapters.meta_graph.world_subscriptions.FIELDS", known)
    mended = await served.doctor("--fix")
    assert mended.returncode == 0, mended.stdout
    assert "without mention, which Meta does not offer" in mended.stdout


async def test_what_meta_does_not_let_be_mended_says_why(served: Stage) -> None:
    await served.connect()
    served.meta.world.permissions.answer("218471", "pages_manage_metadata", "declined")
    done = await served.doctor("--fix")
    assert done.returncode == 1
    assert "the Page sends us nothing; the last try: " in done.stdout
    assert "permission" in done.stdout


async def test_a_service_that_does_not_run_cannot_be_subscribed(stage: Stage) -> None:
    done = await stage.doctor("--fix")
    assert done.returncode == 1
    assert done.stdout.count("could not be mended: ") == 2
    assert f"have the service running where Meta reaches {stage.callback}" in done.stdout
    assert "fixed " not in done.stdout


@pytest.mark.parametrize("options", [[], ["--fix"]])
async def test_a_meta_that_is_not_reached_is_one_line(stage: Stage, options: list[str]) -> None:
    done = await stage.doctor(*options, META_GRAPH_BASE_URL="http://127.0.0.1:9")
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("FAIL  ")]
    assert line.startswith("FAIL  webhooks of the app: Meta did not answer")
    assert "http://127.0.0.1:9" in line


async def test_the_apps_webhooks_are_told_without_a_database(stage: Stage) -> None:
    done = await stage.doctor(DATABASE_URL="postgresql://me:canary@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "webhooks of the app for page: " in done.stdout
    assert "FAIL  database: " in done.stdout
    assert "canary" not in done.stdout + done.stderr


async def test_an_account_with_its_own_login_is_looked_at_and_mended_as_well(served: Stage) -> None:
    await served.connect_itself()
    before = await served.doctor()
    assert "ok    Instagram Login: comes back to " in before.stdout
    assert "FAIL  account casaverde (instagram, tenant t1): the account sends us nothing" in before.stdout
    mended = await served.doctor("--fix")
    assert "fixed account casaverde (instagram, tenant t1): subscribed it to this app" in mended.stdout
    assert "ok    account casaverde (instagram, tenant t1)" in mended.stdout
    assert CASAVERDE in served.meta.world.ground.state.installed_by_login
