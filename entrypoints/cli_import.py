"""``meta-inbox import-v121``."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click

from meta_inbox.adapters.meta_graph.calls import GraphCalls, MetaApp
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.adapters.persistence.database import Database
from meta_inbox.adapters.persistence.postgres_adopting import PostgresAdoption
from meta_inbox.adapters.persistence.postgres_key_custody import PostgresKeyCustody
from meta_inbox.adapters.persistence.postgres_v121 import V121Database
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.adapters.persistence.time_and_ids import UuidV7Ids
from meta_inbox.adapters.persistence.v121_columns import ColumnNames
from meta_inbox.adapters.persistence.v121_tokens import Derivation, FormerKey
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.cli_output import printable
from meta_inbox.entrypoints.import_accounts import AccountImport
from meta_inbox.entrypoints.import_messages import MessageImport
from meta_inbox.entrypoints.import_report import ImportReport
from meta_inbox.entrypoints.operator import on_database
from meta_inbox.entrypoints.settings import Settings

_TELLS_EVERY = 2.0
_MOST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command was asked for."""

    source: str = field(repr=False)
    secret_from_stdin: bool
    without_tokens: bool
    how: Derivation
    columns: tuple[str, ...]
    report: Path | None
    dry_run: bool


def import_v121(wanted: Wanted) -> None:
    """Brings everything over, and says what was left out and why."""
    try:
        names = ColumnNames.parse(wanted.columns)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    settings = Settings.from_env()
    secret = _from_stdin() if wanted.secret_from_stdin else settings.meta_app_secret
    report = ImportReport(dry_run=wanted.dry_run)
    on_database(
        lambda db: _run(db, settings=settings, wanted=wanted, names=names, secret=secret, report=report)
    )
    for line in report.lines():
        click.echo(printable(line))
    if wanted.report is not None:
        report.write(wanted.report)


async def _run(
    db: Database,
    *,
    settings: Settings,
    wanted: Wanted,
    names: ColumnNames,
    secret: Secret,
    report: ImportReport,
) -> None:
    adoption = await _adoption(db, settings, tries=wanted.dry_run)
    key = None if wanted.without_tokens else await _derived(secret, wanted.how)
    async with V121Database.open(wanted.source, names) as old, _graph(settings) as graph:
        accounts = AccountImport(
            old=old, adoption=adoption, graph=graph, key=key, report=report, now=datetime.now(UTC)
        )
        known = await accounts()
        click.echo(f"{report.accounts_read} accounts read", err=True)
        messages = MessageImport(old=old, adoption=adoption, known=known, report=report, progress=_progress())
        await messages()


async def _adoption(db: Database, settings: Settings, *, tries: bool) -> PostgresAdoption:
    keys = KeyRing.parse(settings.meta_inbox_encryption_keys.reveal())
    if wrong := await PostgresKeyCustody(db, keys).wrong_keys():
        raise click.ClickException(
            f"META_INBOX_ENCRYPTION_KEYS: {', '.join(wrong)} is another key than the one this database knows"
        )
    return PostgresAdoption(db=db, keys=keys, ids=UuidV7Ids(), rules=settings.media_rules, tries=tries)


async def _derived(secret: Secret, how: Derivation) -> FormerKey:
    try:
        return await asyncio.to_thread(FormerKey.derive, secret, how)
    except ValueError as error:
        raise click.UsageError(f"no key can be derived like that: {error}") from None


@asynccontextmanager
async def _graph(settings: Settings) -> AsyncGenerator[GraphCalls]:
    async with HttpTransport.open() as transport:
        yield GraphCalls(
            transport=transport,
            app=MetaApp(id=settings.meta_app_id, secret=settings.meta_app_secret),
            base_url=settings.meta_graph_base_url,
            version=settings.meta_graph_version,
        )


def _from_stdin() -> Secret:
    text = sys.stdin.readline(_MOST).strip()
    if not text:
        raise click.UsageError("--app-secret-stdin expects the app secret as a line on stdin")
    return Secret(text)


def _progress() -> Callable[[ImportReport], None]:
    told = time.monotonic()

    def tell(report: ImportReport) -> None:
        nonlocal told
        if time.monotonic() - told >= _TELLS_EVERY:
            told = time.monotonic()
            click.echo(f"{report.messages_read} messages read, {report.messages_new} imported", err=True)

    return tell
