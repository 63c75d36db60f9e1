"""``meta-inbox contact delete``."""

import click

from meta_inbox.adapters.persistence.postgres_deletions import PostgresDeletions
from meta_inbox.adapters.persistence.postgres_rows import is_id
from meta_inbox.adapters.persistence.time_and_ids import UuidV7Ids
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId
from meta_inbox.entrypoints.cli_output import printable, require_yes
from meta_inbox.entrypoints.operator import on_database
from meta_inbox.entrypoints.wakeups import ProcessWakeups


def delete(tenant: str, account: str, contact: str, *, yes: bool) -> None:
    """Begins the deletion, after asking. ClickException when the tenant has no such account."""
    require_yes(f"Delete {printable(contact)} and all that they wrote, for good?", yes=yes)
    if not is_id(account):
        raise click.ClickException("the tenant has no such account")
    try:
        on_database(
            lambda db: PostgresDeletions(db, UuidV7Ids(), ProcessWakeups()).begin(
                TenantId(tenant), AccountId(account), ContactId(contact)
            )
        )
    except NotFound:
        raise click.ClickException("the tenant has no such account") from None
    click.echo("it is in no list any more, and gone from everywhere in a minute")
