"""What commands print: one line for a failure, columns for lists, and nothing secret."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from meta_inbox.adapters.logs.redaction import Redaction
from meta_inbox.domain.errors import MetaInboxError
from meta_inbox.entrypoints.environment import SettingsError

_OWN_WORDS = (MetaInboxError, SettingsError, click.ClickException)


def in_one_line(error: BaseException) -> str:
    """The error in one line; what others wrote is preceded by its kind and has its secrets masked."""
    text = printable(str(error)).strip()
    if isinstance(error, _OWN_WORDS) and text:
        return text
    masked = str(Redaction().clean(text))
    return f"{type(error).__name__}: {masked}" if masked else type(error).__name__


def require_yes(question: str, *, yes: bool) -> None:
    """Asks, unless that was answered by ``--yes``. ClickException when it is no, or none comes."""
    if yes:
        return
    try:
        agreed = click.confirm(question)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.ClickException("nobody answered, so nothing was changed; --yes answers") from None
    if not agreed:
        raise click.ClickException("nothing was changed")


def printable(text: str) -> str:
    """The text on one line, without control characters, which could play tricks on a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def shown_time(at: datetime | None) -> str | None:
    """The time to the second, in UTC."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def columns(rows: Sequence[Sequence[object]]) -> None:
    """Prints rows as aligned columns."""
    texts = [[printable("-" if cell is None else str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
