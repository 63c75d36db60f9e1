"""The database a service runs on: the one it was given, or the embedded one."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.adapters.persistence.embedded import EmbeddedPostgres
from meta_inbox.adapters.persistence.embedded_login import ensure_login
from meta_inbox.adapters.persistence.migrate import migrate
from meta_inbox.domain.model.secret import Secret
from meta_inbox.entrypoints.settings import Settings

_log = log_named("meta_inbox.storage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """How to reach it: for units of work, directly for LISTEN, and as the owner of the schema."""

    runtime: Secret
    direct: Secret
    owner: Secret
    data_dir: Path
    embedded: bool = False

    @property
    def pooled(self) -> bool:
        """Whether units of work go through somebody's transaction pooler."""
        return self.runtime != self.direct

    def given_to(self, settings: Settings) -> Settings:
        """The settings of a service on this database."""
        return replace(
            settings,
            database_url=self.runtime,
            meta_inbox_direct_database_url=self.direct,
            meta_inbox_data_dir=self.data_dir,
        )

    def bring_up_to_date(self) -> list[str]:
        """Applies pending migrations under the advisory lock; blocks. Their names.

        MigrationNotAllowed, naming ``meta-inbox migrate``, when there are some and the login may not.
        """
        applied = migrate(self.owner.reveal())
        if applied:
            _log.info("migrated", applied=applied)
        return applied


@contextmanager
def storage(url: Secret | None, direct: Secret | None, data_dir: Path) -> Generator[Storage]:
    """Without a URL an embedded Postgres runs meanwhile, stopped at the end by whoever started it.

    Blocks. To be entered in a thread that stays, the main one if possible: where the system can, the
    server ends with the thread that started it.
    """
    if url is not None:
        near = direct or url
        yield Storage(runtime=url, direct=near, owner=near, data_dir=data_dir)
        return
    server = EmbeddedPostgres(data_dir)
    superuser = server.start()
    try:
        if server.notice:
            _log.warning("data_directory_moved", detail=server.notice)
        _log.info("embedded_postgres", data_dir=str(server.data_dir), started_here=server.owned)
        logins = ensure_login(superuser)
        runtime = Secret(logins.runtime)
        yield Storage(
            runtime=runtime,
            direct=runtime,
            owner=Secret(logins.migrations),
            data_dir=server.data_dir,
            embedded=True,
        )
    finally:
        server.stop()
