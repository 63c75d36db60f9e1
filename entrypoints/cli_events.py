"""``meta-inbox events consumers | forget`` and ``meta-inbox events dead-letters list | replay | discard``."""

from collections.abc import Sequence

import click

from meta_inbox.adapters.persistence.postgres_consumer_desk import PostgresConsumerDesk
from meta_inbox.adapters.persistence.postgres_dead_letters import PostgresDeadLetters
from meta_inbox.domain.model.consuming import LEASE
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.entrypoints.cli_output import columns, printable, require_yes, shown_time
from meta_inbox.entrypoints.operator import on_database


def consumers() -> None:
    """Prints a line for each."""
    found = on_database(lambda db: PostgresConsumerDesk(db).states())
    if not found:
        click.echo("nobody reads the event log")
        return
    head = ("consumer", "tenants", "behind", "oldest", "dead letters")
    rows = [
        (each.consumer, each.tenants, each.lag, shown_time(each.oldest_at), each.dead_letters)
        for each in found
    ]
    columns([head, *rows])


def forget(consumer: str, tenant: str | None, *, yes: bool) -> None:
    """Forgets the consumer, after asking, and says what that was. ClickException when it is at work."""
    use = on_database(lambda db: PostgresConsumerDesk(db).use(consumer, _tenant(tenant)))
    if not use.tenants:
        click.echo("nothing to forget")
        return
    what = f"how far {printable(consumer)} is with {use.tenants} tenants, and {use.letters} dead letters"
    if not use.held:
        require_yes(f"Forget {what} for good?", yes=yes)
        use = on_database(lambda db: PostgresConsumerDesk(db).forget(consumer, _tenant(tenant)))
    if use.held:
        raise click.ClickException(
            f"{printable(consumer)} has events of {use.held} tenants in hand: end what runs it, and wait"
            f" {LEASE.seconds} seconds if that was killed"
        )
    click.echo(f"forgot {printable(consumer)}: {use.tenants} tenants, {use.letters} dead letters")


def dead_letters(consumer: str | None, tenant: str | None, limit: int) -> None:
    """Prints a line for each."""
    found = on_database(lambda db: PostgresDeadLetters(db).of(consumer, _tenant(tenant), limit))
    if not found:
        click.echo("no event was set aside")
        return
    head = ("id", "consumer", "tenant", "type", "at", "attempts", "failed", "waits", "error")
    rows = [
        (
            each.id,
            each.consumer,
            each.tenant_id,
            each.type.value,
            shown_time(each.at),
            each.attempts,
            shown_time(each.failed_at),
            "yes" if each.waits else "no",
            each.error,
        )
        for each in found
    ]
    columns([head, *rows])


def replay(consumer: str | None, tenant: str | None, ids: Sequence[str]) -> None:
    """Has them handled once more and says how many that are."""
    count = on_database(lambda db: PostgresDeadLetters(db).replay(consumer, _tenant(tenant), ids or None))
    click.echo(f"{count} will be handled once more" if count else "nothing to replay")


def discard_all(consumer: str | None, tenant: str | None, *, yes: bool) -> None:
    """The same for all of them, after asking."""
    count = on_database(lambda db: PostgresConsumerDesk(db).letters(consumer, _tenant(tenant)))
    if count:
        require_yes(f"Forget {count} dead letters of {_whose(consumer, tenant)} for good?", yes=yes)
    discard(consumer, tenant, ())


def discard(consumer: str | None, tenant: str | None, ids: Sequence[str]) -> None:
    """Forgets them and says how many that were."""
    count = on_database(lambda db: PostgresDeadLetters(db).discard(consumer, _tenant(tenant), ids or None))
    click.echo(f"{count} discarded" if count else "nothing to discard")


def _whose(consumer: str | None, tenant: str | None) -> str:
    reader = "all consumers" if consumer is None else printable(consumer)
    owner = "all tenants" if tenant is None else f"tenant {printable(tenant)}"
    return f"{reader} and {owner}"


def _tenant(text: str | None) -> TenantId | None:
    return None if text is None else TenantId(text)
