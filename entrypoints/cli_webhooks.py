"""``meta-inbox webhooks list | show | replay``."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.persistence.postgres_webhook_desk import PostgresWebhookDesk
from meta_inbox.adapters.persistence.time_and_ids import UuidV7Ids
from meta_inbox.entrypoints.cli_output import columns, printable, shown_time
from meta_inbox.entrypoints.operator import on_database

_T = TypeVar("_T")
_MOST = 100_000


def show_all(states: Sequence[str], limit: int) -> None:
    """Prints a line for each."""
    items = _at_desk(lambda desk: desk.items(states, limit))
    if not items:
        click.echo(f"no webhook is {' or '.join(states)}")
        return
    head = ("id", "at", "state", "event", "platform", "account", "reason")
    rows = [(i.id, shown_time(i.at), i.state, i.event, i.platform, i.external_id, i.reason) for i in items]
    columns([head, *rows])


def count() -> None:
    """Prints how many there are of each kind."""
    found = _at_desk(lambda desk: desk.count())
    if not found:
        click.echo("every webhook became something that is shown")
        return
    columns([("state", "event", "count"), *((state, event, str(number)) for state, event, number in found)])


def show(id_: str) -> None:
    """Prints the item and the body it came in, made harmless for a terminal."""
    item, body = _at_desk(lambda desk: desk.item(id_))
    for name in ("id", "at", "state", "event", "platform", "external_id", "reason"):
        click.echo(f"{name}: {printable(str(getattr(item, name)))}")
    click.echo(f"body: {printable(body.decode(errors='replace'))}")


def replay(ids: Sequence[str], state: str | None) -> None:
    """Puts them back in the queue and says how many that were."""

    async def again(desk: PostgresWebhookDesk) -> int:
        wanted = ids or [item.id for item in await desk.items([state or ""], _MOST)]
        return sum([await desk.replay(id_) for id_ in wanted])

    count = _at_desk(again)
    click.echo(f"{count} will be projected again" if count else "nothing to replay")


def replay_all() -> None:
    """Puts the whole journal back in the queue, and says how far it is."""

    async def again(desk: PostgresWebhookDesk) -> tuple[int, int]:
        bodies = items = 0
        async for bodies, items in desk.replay_all():
            click.echo(f"{bodies} bodies read, {items} items queued", err=True)
        return bodies, items

    bodies, items = _at_desk(again)
    click.echo(f"{items} items of {bodies} webhooks will be projected again; what is there already stays")


def _at_desk(call: Callable[[PostgresWebhookDesk], Awaitable[_T]]) -> _T:
    return on_database(lambda db: call(PostgresWebhookDesk(db, MsgspecWebhookReader(), UuidV7Ids())))
