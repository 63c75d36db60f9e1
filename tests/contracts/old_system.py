"""A first system with its accounts and messages, and the command that brings them over."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo

from meta_inbox.adapters.persistence.embedded_login import LOGIN
from meta_inbox.adapters.persistence.sealing import KeyRing
from tests.contracts.postgres_stores import Opened, database, emptied
from tests.contracts.sandbox_stage import APP_ID, SECRET, staged
from tests.contracts.sandbox_stage import Stage as Meta
from tests.harness.service import META_INBOX, common_server, environment, new_database
from tests.harness.v121 import TABLES, node_sealed

OLD_SECRET = "fedcba9876543210fedcba9876543210"
KEYS = KeyRing.generate("k1")

_ACCOUNT = """
    insert into meta_instagram_accounts (
      id, tenant_id, user_id, instagram_account_id, instagram_username, instagram_name, profile_picture_url,
      facebook_page_id, facebook_page_name, access_token, page_access_token, token_expires_at, platform,
      status, connected_at, last_synced_at, updated_at)
    values (%(id)s, %(tenant)s, 'bea', %(instagram)s, %(username)s, %(name)s, %(picture)s, %(page)s,
            %(page_name)s, %(first)s, %(second)s, %(expires)s, %(platform)s, %(status)s, %(connected)s,
            '2026-10-02 10:00', '2026-10-03 10:00')
"""
_MESSAGE = """
    insert into instagram_messages (
      tenant_id, account_id, message_id, conversation_id, from_id, from_username, to_id, to_username,
      message_text, message_type, attachments, direction, status, raw_payload, sent_at)
    values (%(tenant)s, %(account)s, %(mid)s, 'c-1', %(from)s, %(from_name)s, %(to)s, %(to_name)s, %(text)s,
            'text', %(attachments)s, %(direction)s, 'received', %(raw)s, %(sent)s)
"""
# Pairs of a question and an answer, a minute apart, in as many conversations as there are contacts.
MANY = """
    insert into instagram_messages (
      tenant_id, account_id, message_id, from_id, to_id, message_text, direction, sent_at)
    select 't1', %(account)s, 'many-' || n, case when n %% 2 = 0 then 'c' || n %% 40 / 2 else %(own)s end,
           case when n %% 2 = 0 then %(own)s else 'c' || n %% 40 / 2 end, 'text ' || n,
           case when n %% 2 = 0 then 'inbound' else 'outbound' end,
           timestamp '2026-10-01' + n * interval '1 min'
    from generate_series(1, %(count)s) n
"""


@dataclass(kw_only=True)
class OldSystem:
    """The database of before, the one of now, and Meta."""

    dsn: str
    old: AsyncConnection[tuple[Any, ...]]
    opened: Opened
    meta: Meta
    files: Path
    secret: str = OLD_SECRET
    numbers: int = 0

    def sealed(self, token: str) -> str:
        """As the first system has it."""
        return node_sealed(OLD_SECRET, [token])[0]

    async def account(self, **more: Any) -> str:
        """One of its accounts; its former id."""
        self.numbers += 1
        id_ = f"00000000-0000-4000-8000-{self.numbers:012}"
        values: dict[str, Any] = {
            "id": id_,
            "tenant": "t1",
            "instagram": None,
            "username": None,
            "name": None,
            "picture": None,
            "page": None,
            "page_name": None,
            "first": None,
            "second": None,
            "expires": None,
            "platform": "instagram",
            "status": "active",
            "connected": "2026-10-01 10:00",
        }
        await self.old.execute(_ACCOUNT, values | more)
        return id_

    async def message(self, account: str, mid: str | None, **more: Any) -> None:
        """One of its messages, of the contact unless ``more`` says otherwise."""
        values: dict[str, Any] = {
            "tenant": "t1",
            "account": account,
            "mid": mid,
            "from": "ana",
            "from_name": "ana.c",
            "to": "17841400000000001",
            "to_name": "casaverde",
            "text": f"text of {mid}",
            "attachments": None,
            "direction": "inbound",
            "raw": None,
            "sent": "2026-10-01 12:00",
        }
        await self.old.execute(_MESSAGE, values | more)

    @property
    def variables(self) -> dict[str, str]:
        """What the command is given."""
        runtime = make_conninfo(database(), user=LOGIN)
        return environment(runtime, 8000) | {
            "META_APP_ID": APP_ID,
            "META_APP_SECRET": SECRET,
            "META_GRAPH_BASE_URL": self.meta.url,
            "META_INBOX_ENCRYPTION_KEYS": KEYS,
        }

    async def start(self, *options: str, **variables: str) -> asyncio.subprocess.Process:
        """The command, under way, with the old app secret on its stdin."""
        command = await asyncio.create_subprocess_exec(
            META_INBOX,
            "import-v121",
            "--from",
            self.dsn,
            "--app-secret-stdin",
            "--report",
            str(self.report_file),
            *options,
            env=self.variables | variables,
            cwd="/",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert command.stdin is not None
        command.stdin.write(self.secret.encode() + b"\n")
        command.stdin.close()
        return command

    async def run(self, *options: str, **variables: str) -> tuple[int | None, str, str]:
        """The command to its end: exit, stdout, stderr; it never shows a secret."""
        command = await self.start(*options, **variables)
        async with asyncio.timeout(60):
            out, err = (part.decode() for part in await command.communicate())
        for secret in (SECRET, OLD_SECRET, "EAA"):
            assert secret not in out + err
        return command.returncode, out, err

    async def imported(self, *options: str, **variables: str) -> dict[str, Any]:
        """The report of a command that ended well."""
        code, _, err = await self.run(*options, **variables)
        assert code == 0, err
        report: dict[str, Any] = json.loads(await asyncio.to_thread(self.report_file.read_text))
        return report

    @property
    def report_file(self) -> Path:
        """Where the report is kept."""
        return self.files / "report.json"

    async def count(self, table: str) -> int:
        """How many rows the table of now has."""
        counting = sql.SQL("select count(*) from {}").format(sql.Identifier("meta_inbox", table))
        row = await (await self.opened.superuser.execute(counting)).fetchone()
        assert row is not None
        return int(row[0])


@asynccontextmanager
async def old_system(files: Path) -> AsyncGenerator[OldSystem]:
    """With tables and nothing in them."""
    dsn = await asyncio.to_thread(lambda: new_database(common_server(), "first_system"))
    async with (
        emptied() as opened,
        staged() as meta,
        await AsyncConnection.connect(dsn, autocommit=True) as old,
    ):
        await old.execute(TABLES)
        yield OldSystem(dsn=dsn, old=old, opened=opened, meta=meta, files=files)
