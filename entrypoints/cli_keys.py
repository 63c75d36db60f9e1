"""``meta-inbox keys generate | status | rewrap``."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from meta_inbox.adapters.persistence.postgres_key_custody import PostgresKeyCustody
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.entrypoints.cli_output import columns
from meta_inbox.entrypoints.environment import missing, read_environment, secret_of
from meta_inbox.entrypoints.operator import on_database

_T = TypeVar("_T")
_VARIABLE = "META_INBOX_ENCRYPTION_KEYS"


def generate(kid: str | None) -> str:
    """A new key as the variable takes it; without a kid, the first free one of k1, k2 and so on."""
    given = read_environment().get(_VARIABLE, "")
    taken = {entry.partition(":")[0].strip() for entry in given.split(",")}
    if kid is None:
        kid = next(f"k{number}" for number in range(1, len(taken) + 2) if f"k{number}" not in taken)
    elif kid in taken:
        raise click.UsageError(f"the kid {kid} is in {_VARIABLE} already")
    try:
        return KeyRing.generate(kid)
    except ValueError:
        raise click.UsageError("a kid is 1 to 16 of a-z and 0-9") from None


def status() -> int:
    """Prints a line for each key; 1 when one is needed that is not there, or is another than it was."""
    ring = _ring()
    counts, wrong = _in_custody(ring, _counts_and_wrong)
    rows = [("key", "holds", "")]
    for kid, count in counts.items():
        rows.append((kid, str(count), _said(kid, count, ring, wrong)))
    columns(rows)
    return int(bool(wrong) or any(count and kid not in ring.kids for kid, count in counts.items()))


def rewrap() -> None:
    """Seals anew and says how many; a failure when some could not be opened."""
    result = _in_custody(_ring(), lambda custody: custody.rewrap())
    click.echo(f"sealed anew: {result.done}")
    if result.broken:
        raise click.ClickException(
            f"{result.broken} could not be opened with any key given and stayed as they were; "
            "add the key, or have those accounts connected again"
        )


async def _counts_and_wrong(custody: PostgresKeyCustody) -> tuple[dict[str, int], list[str]]:
    return await custody.status(), await custody.wrong_keys()


def _said(kid: str, count: int, ring: KeyRing, wrong: list[str]) -> str:
    if kid in wrong:
        return "is another key than the one this database knows by that name"
    if kid not in ring.kids:
        return f"is not in {_VARIABLE}: what it holds cannot be opened"
    if kid == ring.primary:
        return "seals"
    return "opens; `meta-inbox keys rewrap` empties it" if count else "may be removed"


def _ring() -> KeyRing:
    text = secret_of(_VARIABLE)
    if text is None:
        raise missing(_VARIABLE)
    return KeyRing.parse(text.reveal())


def _in_custody(ring: KeyRing, call: Callable[[PostgresKeyCustody], Awaitable[_T]]) -> _T:
    return on_database(lambda db: call(PostgresKeyCustody(db, ring)))
