"""``meta-inbox doctor``: one line for each thing that must hold, with the fix where it does not."""

import asyncio

import click

from meta_inbox.adapters.persistence.migrate import pending
from meta_inbox.entrypoints import doctor_findings as findings
from meta_inbox.entrypoints.cli_output import in_one_line, printable
from meta_inbox.entrypoints.doctor_findings import Finding
from meta_inbox.entrypoints.environment import SettingsError
from meta_inbox.entrypoints.operator import configured_storage, opened
from meta_inbox.entrypoints.plugin import open_inbox
from meta_inbox.entrypoints.settings import Settings
from meta_inbox.entrypoints.storage import Storage


def examine() -> int:
    """Prints every finding as it comes; 1 when one is bad."""
    report = _Report()
    for finding in findings.configuration():
        report.tell(finding)
    settings = None if report.bad else Settings.from_env()
    try:
        _storage(report, settings)
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
        line = f"{'ok  ' if finding.ok else 'FAIL'}  {finding.what}: {finding.detail}{fix}"
        click.echo(printable(line))
        self.bad = self.bad or not finding.ok


def _storage(report: _Report, settings: Settings | None) -> None:
    with configured_storage() as storage:
        if storage.embedded:
            storage.bring_up_to_date()
        schema = findings.migrations(pending(storage.direct.reveal()))
        report.tell(schema)
        if schema.ok:
            asyncio.run(_inside(report, storage, settings))


async def _inside(report: _Report, storage: Storage, settings: Settings | None) -> None:
    async with opened(storage.runtime) as db:
        async for finding in findings.database(db):
            report.tell(finding)
        if settings is None:
            return
        async for finding in findings.keys(db, settings.meta_inbox_encryption_keys):
            report.tell(finding)
        async with open_inbox(storage.given_to(settings), jobs=False) as inbox:
            async for finding in findings.accounts(db, inbox):
                report.tell(finding)
