"""``meta-inbox webhook-endpoints list | replay``."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

import click

from meta_inbox.adapters.persistence.postgres_endpoint_desk import PostgresEndpointDesk
from meta_inbox.domain.model.webhook_endpoint import EndpointId
from meta_inbox.entrypoints.cli_output import columns, shown_time
from meta_inbox.entrypoints.operator import on_database

_T = TypeVar("_T")


def show_all(tenant: str | None, *, disabled: bool) -> None:
    """Prints a line for each."""
    found = [
        each for each in _at_desk(lambda desk: desk.endpoints(tenant)) if not (disabled and each.enabled)
    ]
    if not found:
        click.echo("there is no such endpoint" if tenant or disabled else "no tenant has an endpoint")
        return
    head = ("tenant", "id", "state", "failing since", "pending", "failed", "address")
    rows = [
        (
            each.tenant_id,
            each.id,
            "enabled" if each.enabled else f"disabled ({each.disabled_reason})",
            shown_time(each.failing_since),
            each.pending,
            each.failed,
            _without_query(each.url),
        )
        for each in found
    ]
    columns([head, *rows])


def replay(endpoint: str, cursors: Sequence[int]) -> None:
    """Has these posted once more and says how many that were."""
    _tell(_at_desk(lambda desk: desk.replay(EndpointId(endpoint), cursors)))


def replay_failed(endpoint: str, since: datetime) -> None:
    """The same for every failed one made since then."""
    _tell(_at_desk(lambda desk: desk.replay_failed(EndpointId(endpoint), since)))


def moment(text: str) -> datetime:
    """The time that is meant, in UTC unless it says otherwise. click.UsageError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError("--failed-since is a time such as 2026-03-01T12:00Z") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _tell(count: int) -> None:
    click.echo(f"{count} will be posted again" if count else "nothing to replay")


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _at_desk(call: Callable[[PostgresEndpointDesk], Awaitable[_T]]) -> _T:
    return on_database(lambda db: call(PostgresEndpointDesk(db)))
