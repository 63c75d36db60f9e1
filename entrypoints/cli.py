"""``meta-inbox``: every command. What a command needs is imported when it runs, so that --help is instant."""

import sys
from typing import NoReturn

import click

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_PORT = click.IntRange(0, 65535)


@click.group(context_settings=_CONTEXT)
def cli() -> None:
    """Talk to Instagram and Messenger customers from your own CRM."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=_PORT, help="0 = any free one, said at start.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--no-jobs", is_flag=True, help="No background jobs here; a `worker` must run elsewhere.")
@click.option("--inherited-socket", type=int, hidden=True)
def serve(host: str, port: int, workers: int, no_jobs: bool, inherited_socket: int | None) -> None:
    """Serve the API and run the background jobs.

    Without DATABASE_URL an embedded Postgres under META_INBOX_DATA_DIR is used.
    """
    from meta_inbox.entrypoints import cli_serve

    if workers > 1:
        cli_serve.serve_many(host, port, workers, jobs=not no_jobs)
    else:
        cli_serve.serve(host, port, jobs=not no_jobs, inherited=inherited_socket)


@cli.command()
def worker() -> None:
    """Run the background jobs alone, for a second process or machine."""
    from meta_inbox.entrypoints import cli_serve

    cli_serve.work()


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, type=_PORT, help="0 = any free one, said at start.")
def sandbox(host: str, port: int) -> None:
    """Run a local Meta to try everything against: login, messages, faults."""
    from meta_inbox.entrypoints import sandbox as local_meta

    local_meta.serve(host, port)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema; safe to start twice at once."""
    from meta_inbox.entrypoints import cli_database

    cli_database.migrate()


@cli.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended from here, then check again.")
def doctor(fix: bool) -> None:
    """Check configuration, the app's webhooks, database, keys and accounts; exit 1 if anything is wrong.

    --fix subscribes the app at Meta (the service must be running where Meta reaches it), subscribes the
    Pages that send no messages, and makes missing partitions.
    """
    from meta_inbox.entrypoints import cli_doctor

    sys.exit(cli_doctor.examine(mend=fix))


@cli.command()
@click.option("--tenant", required=True, help="The tenant's id.")
@click.option("--user", required=True, help="The user's id.")
@click.option("--scope", help="Space-separated scopes; all of them when absent.")
@click.option("--hours", default=12.0, show_default=True, type=click.FloatRange(min=0, min_open=True))
def token(tenant: str, user: str, scope: str | None, hours: float) -> None:
    """Print a bearer token for trying the API; needs AUTH_JWT_SECRET."""
    from meta_inbox.entrypoints import cli_tokens

    click.echo(cli_tokens.bearer(tenant, user, scope, hours))


@cli.group()
def keys() -> None:
    """The keys that seal access tokens in the database."""


@keys.command("generate")
@click.option("--kid", help="The new key's id: 1 to 16 of a-z and 0-9.")
def keys_generate(kid: str | None) -> None:
    """Print a new key for META_INBOX_ENCRYPTION_KEYS."""
    from meta_inbox.entrypoints import cli_keys

    click.echo(cli_keys.generate(kid))


@keys.command("status")
def keys_status() -> None:
    """Say how many sealed values each key still holds."""
    from meta_inbox.entrypoints import cli_keys

    sys.exit(cli_keys.status())


@keys.command("rewrap")
def keys_rewrap() -> None:
    """Seal every value anew under the first key; may be interrupted and run again."""
    from meta_inbox.entrypoints import cli_keys

    cli_keys.rewrap()


@cli.group()
def webhooks() -> None:
    """Journalled webhooks that did not become messages."""


_STATES = click.Choice(["quarantined", "unrouted", "pending", "waiting", "kept"])


@webhooks.command("list")
@click.option(
    "--state", "states", multiple=True, type=_STATES, help="May be given again; default: the first two."
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
def webhooks_list(states: tuple[str, ...], limit: int) -> None:
    """List items by state, newest first: id, time, state, event, account, reason."""
    from meta_inbox.entrypoints import cli_webhooks

    cli_webhooks.show_all(states or ("quarantined", "unrouted"), limit)


@webhooks.command("count")
def webhooks_count() -> None:
    """Count what did not become messages, by state and kind of event."""
    from meta_inbox.entrypoints import cli_webhooks

    cli_webhooks.count()


@webhooks.command("show")
@click.argument("item")
def webhooks_show(item: str) -> None:
    """Show one item with the body it came in. The body is a customer's: handle it as such."""
    from meta_inbox.entrypoints import cli_webhooks

    cli_webhooks.show(item)


@webhooks.command("replay")
@click.argument("items", nargs=-1)
@click.option("--state", type=_STATES, help="Every item of this state instead.")
@click.option("--all", "everything", is_flag=True, help="The whole journal, read anew by this version.")
def webhooks_replay(items: tuple[str, ...], state: str | None, everything: bool) -> None:
    """Have items projected again by whatever worker runs; a second time changes nothing.

    --all adds what an older version could not read.
    """
    from meta_inbox.entrypoints import cli_webhooks

    if sum((bool(items), bool(state), everything)) != 1:
        raise click.UsageError("name items, or give --state or --all")
    if everything:
        cli_webhooks.replay_all()
    else:
        cli_webhooks.replay(items, state)


@cli.group()
def events() -> None:
    """Who reads the event log, how far they are, and what their handlers failed at."""


@events.command("consumers")
def events_consumers() -> None:
    """List consumers: name, tenants, events behind, the oldest of these, dead letters."""
    from meta_inbox.entrypoints import cli_events

    cli_events.consumers()


_OF_TENANT = click.option("--tenant", required=True, help="The tenant's id.")
_TENANT = click.option("--tenant", help="Of this tenant alone.")
_YES = click.option("--yes", is_flag=True, help="Do not ask.")


@cli.group()
def contact() -> None:
    """What is kept of one contact."""


@contact.command("delete")
@_OF_TENANT
@click.option("--account", required=True, help="The account's id.")
@click.option("--contact", "person", required=True, help="Meta's id of the contact, as in the API.")
@_YES
def contact_delete(tenant: str, account: str, person: str, yes: bool) -> None:
    """Delete a contact with every copy of what they wrote.

    Gone from the lists at once, and from everywhere within a minute where a service or worker runs. What Meta
    tells of before that is not taken in any more; who writes again begins a new conversation.
    """
    from meta_inbox.entrypoints import cli_contacts

    cli_contacts.delete(tenant, account, person, yes=yes)


@events.command("forget")
@click.argument("consumer")
@_TENANT
@_YES
def events_forget(consumer: str, tenant: str | None, yes: bool) -> None:
    """Forget a consumer that is no longer used: its places in the log, and its dead letters.

    Refused while it has events in hand. Who comes again with that name begins with the oldest event.
    """
    from meta_inbox.entrypoints import cli_events

    cli_events.forget(consumer, tenant, yes=yes)


@events.group("dead-letters")
def dead_letters() -> None:
    """Events that a handler failed at for good."""


_CONSUMER = click.option("--consumer", help="Of this consumer alone.")
_EVERYTHING = click.option("--all", "everything", is_flag=True, help="All, or all of --consumer or --tenant.")


@dead_letters.command("list")
@_CONSUMER
@_TENANT
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
def dead_letters_list(consumer: str | None, tenant: str | None, limit: int) -> None:
    """List them, what failed first on top: id, consumer, tenant, type, times, attempts, error."""
    from meta_inbox.entrypoints import cli_events

    cli_events.dead_letters(consumer, tenant, limit)


@dead_letters.command("replay")
@click.argument("events", nargs=-1)
@_CONSUMER
@_TENANT
@_EVERYTHING
def dead_letters_replay(
    events: tuple[str, ...], consumer: str | None, tenant: str | None, everything: bool
) -> None:
    """Have events handled once more, by whatever process runs the handler."""
    from meta_inbox.entrypoints import cli_events

    _require_one(events, everything=everything)
    cli_events.replay(consumer, tenant, events)


@dead_letters.command("discard")
@click.argument("events", nargs=-1)
@_CONSUMER
@_TENANT
@_EVERYTHING
@_YES
def dead_letters_discard(
    events: tuple[str, ...], consumer: str | None, tenant: str | None, everything: bool, yes: bool
) -> None:
    """Forget events for good. --all asks first."""
    from meta_inbox.entrypoints import cli_events

    _require_one(events, everything=everything)
    if everything:
        cli_events.discard_all(consumer, tenant, yes=yes)
    else:
        cli_events.discard(consumer, tenant, events)


def _require_one(events: tuple[str, ...], *, everything: bool) -> None:
    if bool(events) == everything:
        raise click.UsageError("name events, or give --all")


@cli.group("webhook-endpoints")
def webhook_endpoints() -> None:
    """Outgoing webhooks: where tenants have their events posted."""


@webhook_endpoints.command("list")
@click.option("--tenant", help="This tenant's alone.")
@click.option("--disabled", is_flag=True, help="Only those that nothing is posted to.")
def webhook_endpoints_list(tenant: str | None, disabled: bool) -> None:
    """List endpoints: tenant, id, state, waiting and failed deliveries, address without its query."""
    from meta_inbox.entrypoints import cli_webhook_endpoints

    cli_webhook_endpoints.show_all(tenant, disabled=disabled)


@webhook_endpoints.command("replay")
@click.argument("endpoint")
@click.argument("cursors", nargs=-1, type=click.IntRange(min=1))
@click.option(
    "--failed-since", metavar="TIME", help="Every failed one made since, such as 2026-03-01T12:00Z."
)
def webhook_endpoints_replay(endpoint: str, cursors: tuple[int, ...], failed_since: str | None) -> None:
    """Have events posted to an endpoint once more, by whatever worker runs, with the ids that they had."""
    from meta_inbox.entrypoints import cli_webhook_endpoints

    if bool(cursors) == bool(failed_since):
        raise click.UsageError("name cursors, or give --failed-since")
    if failed_since:
        cli_webhook_endpoints.replay_failed(endpoint, cli_webhook_endpoints.moment(failed_since))
    else:
        cli_webhook_endpoints.replay(endpoint, cursors)


@cli.command("import-v121")
@click.option(
    "--from", "source", required=True, metavar="DSN", help="The first system's database; only read."
)
@click.option("--app-secret-stdin", is_flag=True, help="Its app secret is on stdin; else META_APP_SECRET.")
@click.option("--without-tokens", is_flag=True, help="Bring accounts as ones to be connected again.")
@click.option("--salt", default="salt", show_default=True, help="Of the key that sealed its tokens.")
@click.option("--scrypt-n", default=16384, show_default=True, type=click.IntRange(2, 2**20))
@click.option("--scrypt-r", default=8, show_default=True, type=click.IntRange(1, 64))
@click.option("--scrypt-p", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--column", "columns", multiple=True, metavar="TABLE.OURS=THEIRS", help="A column by another name; again."
)
@click.option("--report", type=click.Path(dir_okay=False, writable=True), help="Keep the report as JSON.")
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
def import_v121(
    *,
    source: str,
    app_secret_stdin: bool,
    without_tokens: bool,
    salt: str,
    scrypt_n: int,
    scrypt_r: int,
    scrypt_p: int,
    columns: tuple[str, ...],
    report: str | None,
    dry_run: bool,
) -> None:
    """Bring over the accounts and messages of the first system.

    What is here already stays as it is: run it again after an interruption, or for what came meanwhile.
    """
    from pathlib import Path

    from meta_inbox.adapters.persistence.v121_tokens import Derivation
    from meta_inbox.entrypoints import cli_import

    cli_import.import_v121(
        cli_import.Wanted(
            source=source,
            secret_from_stdin=app_secret_stdin,
            without_tokens=without_tokens,
            how=Derivation(salt=salt, n=scrypt_n, r=scrypt_r, p=scrypt_p),
            columns=columns,
            report=None if report is None else Path(report),
            dry_run=dry_run,
        )
    )


@cli.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    click.echo(installed("meta-inbox"))


def main() -> NoReturn:
    """Runs one command: exit 0, 2 for wrong usage, 1 with one line on stderr for what failed."""
    try:
        code = cli.main(prog_name="meta-inbox", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # whatever it is, a person reads one line of it
        from meta_inbox.entrypoints.cli_output import in_one_line

        click.echo(f"meta-inbox: {in_one_line(error)}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
