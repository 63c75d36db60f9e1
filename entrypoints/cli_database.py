"""``meta-inbox migrate``."""

import click

from meta_inbox.entrypoints.operator import configured_storage


def migrate() -> None:
    """Applies what is pending and says what that was."""
    with configured_storage() as found:
        applied = found.bring_up_to_date()
    for name in applied:
        click.echo(f"applied {name}")
    if not applied:
        click.echo("nothing to do: the database has the newest schema")
