"""``meta-inbox doctor``: one line for each thing that must hold, with the fix where it does not.

With ``--fix`` what can be mended from here is mended, said, and looked at again.
"""

import asyncio
from collections.abc import AsyncIterator

import click

from meta_inbox.adapters.persistence.migrate import pending
from meta_inbox.entrypoints import doctor_findings as findings
from meta_inbox.entrypoints.cli_output import in_one_line, printable
from meta_inbox.entrypoints.doctor_accounts import account_findings, subscribe_pages
from meta_inbox.entrypoints.doctor_findings import Finding
from meta_inbox.entrypoints.doctor_webhooks import app_webhooks
from meta_inbox.entrypoints.environment import SettingsError
from meta_inbox.entrypoints.operator import configured_storage, opened
from meta_inbox.entrypoints.plugin import open_inbox
from meta_inbox.entrypoints.settings import Settings
from meta_inbox.entrypoints.storage import Storage


def examine(*, mend: bool = False) -> int:
    """Prints every finding as it comes; 1 when one is bad."""
    report = _Report()
    for finding in findings.configuration():
        report.tell(finding)
    settings = None if report.bad else Settings.from_env()
    if settings is not None:
        asyncio.run(report.tell_all(app_webhooks(settings, mend=mend)))
    try:
        _storage(report, settings, mend=mend)
    except SettingsError:
        pass  # told above
    except Exception as error:  # noqa: BLE001  # a finding like any other
        report.tell(Finding(what="database", ok=False, detail=in_one_line(error)))
    return int(report.bad)


class _Report:
    def __init__(self) -> None:
        self.bad = False

    def tell(self, finding: Finding) -> None:
        fix = f" -> {finding.fix}" if finding.fix and not finding.ok else ""
        state = "fixed" if finding.mended else "ok" if finding.ok else "FAIL"
        click.echo(printable(f"{state:<5} {finding.what}: {finding.detail}{fix}"))
        self.bad = self.bad or not finding.ok

    async def tell_all(self, found: AsyncIterator[Finding]) -> None:
        async for finding in found:
            self.tell(finding)


def _storage(report: _Report, settings: Settings | None, *, mend: bool) -> None:
    with configured_storage() as storage:
        if storage.embedded:
            storage.bring_up_to_date()
        schema = findings.migrations(pending(storage.direct.reveal()))
        report.tell(schema)
        if schema.ok:
            asyncio.run(_inside(report, storage, settings, mend=mend))


async def _inside(report: _Report, storage: Storage, settings: Settings | None, *, mend: bool) -> None:
    async with opened(storage.runtime) as db:
        await report.tell_all(findings.database(db))
        await report.tell_all(findings.partitions(db, mend=mend))
        if settings is None:
            return
        await report.tell_all(findings.keys(db, settings.meta_inbox_encryption_keys))
        async with open_inbox(storage.given_to(settings), jobs=False) as inbox:
            if mend:
                await report.tell_all(subscribe_pages(db, inbox))
            await report.tell_all(account_findings(db, inbox))
