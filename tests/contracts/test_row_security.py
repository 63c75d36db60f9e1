"""Tenants are kept apart twice: by every query's own filter, and by the database where one is forgotten."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, LiteralString, TypeVar, cast

import psycopg
import pytest
from psycopg import sql

from meta_inbox.adapters.persistence.database import TENANT, Connection, Database, Work
from meta_inbox.adapters.persistence.embedded_login import LOGIN
from meta_inbox.adapters.persistence.reading import Question
from meta_inbox.adapters.persistence.round_trip import Statement
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import NotFound, StorageUnavailable
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.event import LogPage
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.paging import Page
from tests.contracts.deeds import AS_SYSTEM, AS_TENANT, CANARY, Deed, Facts, casa_verde
from tests.contracts.postgres_stores import Opened, emptied, stores_on
from tests.contracts.scene import RIVAL, Scene

pytestmark = pytest.mark.real

T = TypeVar("T")
KEYS = KeyRing.parse(KeyRing.generate("k1"))
SYSTEM_ONLY = {"account_routes", "oauth_states", "oauth_completions", "media_discarded", "live_tickets"}
"""Found before anybody is known, so not by tenant."""
NOBODYS = {"journal", "journal_items", "key_canaries", "heartbeats"}


class WrongTenant(Database):
    """The queries name the owner, the transaction is the rival's: as if no query had a filter."""

    async def as_tenant(self, tenant: TenantId, work: Work[T]) -> T:
        """The work, for the rival."""
        return await super().as_tenant(RIVAL, work)

    async def read(
        self, tenant: TenantId, question: Question, values: Mapping[str, str]
    ) -> Sequence[tuple[Any, ...]]:
        """The rows, for the rival."""
        return await super().read(RIVAL, question, values)


class NoRowSecurity(Database):
    """Every transaction sees every row: only the queries' own filters are left."""

    reader_role = Statement(
        b"every_row", "select set_config('role', 'meta_inbox_system', true) where $1::text is not null"
    )

    async def as_tenant(self, tenant: TenantId, work: Work[T]) -> T:
        """The work, as the system."""
        return await super().as_system(work)


class NoRole(Database):
    """Forgets to take the role on."""

    system_role = Statement(b"no_role", "select 1")
    reader_role = Statement(b"no_role_to_read", "select 1 where $1::text is not null")

    async def _transact(self, role: LiteralString, tenant: str, work: Work[T]) -> T:
        async with self._pool.connection() as connection, connection.pipeline():
            return await work(connection)


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """An empty database."""
    async with emptied() as found:
        yield found


@pytest.fixture
async def facts(opened: Opened) -> Facts:
    """What there is of Casa Verde's."""
    return await casa_verde(Scene(stores_on(opened, KEYS)))


async def tables(opened: Opened) -> dict[str, bool]:
    """Every table with a tenant, partitions too, and whether row security is forced on it."""
    query: LiteralString = """
        select c.relname, c.relrowsecurity and c.relforcerowsecurity
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
        where c.relnamespace = 'meta_inbox'::regnamespace and c.relkind in ('r', 'p')
    """
    return dict(await (await opened.superuser.execute(query)).fetchall())


async def rows_of_casa_verde(opened: Opened) -> str:
    """All of it, as text that is the same only if nothing changed."""
    found: list[Any] = []
    for table in sorted(await tables(opened)):
        query = sql.SQL(
            "select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from meta_inbox.{} t"
            " where t.tenant_id = 'casa-verde'"
        ).format(sql.Identifier(table))
        found += await (await opened.superuser.execute(query)).fetchone() or ()
    return "\n".join(found)


async def answer_to(deed: Deed, scene: Scene, facts: Facts) -> object:
    """What it answers, or the refusal."""
    try:
        return await deed(scene, facts)
    except (NotFound, psycopg.errors.InsufficientPrivilege) as refusal:
        return refusal


def says_nothing(answer: object) -> bool:
    """Whether somebody learns no more from it than that there is nothing."""
    if isinstance(answer, Page):
        return cast("Page[object]", answer).items == ()
    if isinstance(answer, LogPage):
        return (answer.events, answer.up_to) == ((), 0)
    if isinstance(answer, Conversation):
        return answer.last_message is None and answer.opened_at is None
    return answer is None or answer is False or answer == [] or isinstance(answer, NotFound | psycopg.Error)


@pytest.mark.parametrize("deed", AS_TENANT.values(), ids=AS_TENANT.keys())
async def test_without_its_filter_no_query_reaches_another_tenant(
    opened: Opened, facts: Facts, deed: Deed
) -> None:
    before = await rows_of_casa_verde(opened)
    assert CANARY in before
    scene = Scene(stores_on(Opened(WrongTenant(opened.pool), opened.pool, opened.superuser), KEYS))
    assert says_nothing(await answer_to(deed, scene, facts))
    assert await rows_of_casa_verde(opened) == before


@pytest.mark.parametrize("deed", AS_TENANT.values(), ids=AS_TENANT.keys())
async def test_without_row_security_no_query_reaches_another_tenant(
    opened: Opened, facts: Facts, deed: Deed
) -> None:
    before = await rows_of_casa_verde(opened)
    scene = Scene(stores_on(Opened(NoRowSecurity(opened.pool), opened.pool, opened.superuser), KEYS))
    assert says_nothing(await answer_to(deed, scene, facts.asked_by(RIVAL)))
    assert await rows_of_casa_verde(opened) == before


@pytest.mark.parametrize("name", [*AS_TENANT, *AS_SYSTEM])
async def test_without_a_role_every_method_is_refused(opened: Opened, facts: Facts, name: str) -> None:
    before = await rows_of_casa_verde(opened)
    scene = Scene(stores_on(Opened(NoRole(opened.pool), opened.pool, opened.superuser), KEYS))
    refusal: tuple[type[Exception], ...] = (psycopg.errors.InsufficientPrivilege,)
    if name == "journal.append":
        refusal = (StorageUnavailable,)
    with pytest.raises(refusal):
        await (AS_TENANT | AS_SYSTEM)[name](scene, facts)
    assert await rows_of_casa_verde(opened) == before


async def test_row_security_is_forced_on_every_table_with_a_tenant(opened: Opened) -> None:
    forced = await tables(opened)
    assert {
        "accounts",
        "messages",
        "outbox",
        "events",
        "account_routes",
        "media",
        "uploads",
        "upload_copies",
        "consumers",
        "dead_letters",
        "canned_replies",
        "contact_deletions",
        "webhook_endpoints",
        "webhook_deliveries",
    } <= forced.keys()
    assert all(forced.values()), [name for name, is_forced in forced.items() if not is_forced]


async def test_every_key_of_a_tenant_table_begins_with_the_tenant(opened: Opened) -> None:
    query: LiteralString = """
        select t.relname, i.relname, a.attname
        from pg_index x
        join pg_class i on i.oid = x.indexrelid
        join pg_class t on t.oid = x.indrelid
        join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
        where t.relnamespace = 'meta_inbox'::regnamespace and x.indisunique
    """
    found = await (await opened.superuser.execute(query)).fetchall()
    keys = [row for row in found if row[0] in await tables(opened) and row[0] not in SYSTEM_ONLY]
    assert len(keys) > 10
    assert [row for row in keys if row[2] != "tenant_id"] == []


@pytest.mark.parametrize(
    "table", sorted(SYSTEM_ONLY | {"journal", "journal_items", "key_canaries", "heartbeats"})
)
async def test_a_tenant_has_nothing_to_do_with_what_is_the_systems(opened: Opened, table: str) -> None:
    query = sql.SQL("select from meta_inbox.{}").format(sql.Identifier(table))

    async def work(connection: Connection) -> None:
        await (await connection.execute(query)).fetchall()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await opened.db.as_tenant(RIVAL, work)


async def test_the_roles_are_powerless_and_own_nothing(opened: Opened) -> None:
    roles = [LOGIN, TENANT, "meta_inbox_system"]
    query: LiteralString = """
        select r.rolname, r.rolsuper or r.rolbypassrls or r.rolinherit and r.rolcanlogin,
               (select count(*) from pg_class where relowner = r.oid)
               + (select count(*) from pg_proc where proowner = r.oid)
               + (select count(*) from pg_namespace where nspowner = r.oid)
        from pg_roles r where r.rolname = any(%s)
    """
    found = await (await opened.superuser.execute(query, [roles])).fetchall()
    assert sorted(found) == sorted((role, False, 0) for role in roles)


async def test_the_tenant_of_one_transaction_is_gone_in_the_next(opened: Opened, facts: Facts) -> None:
    async def count(connection: Connection) -> int:
        row = await (await connection.execute("select count(*) from meta_inbox.messages")).fetchone()
        assert row is not None
        return int(row[0])

    assert await opened.db.as_tenant(facts.tenant, count) == 6
    assert await opened.db.as_tenant(RIVAL, count) == 0
    assert await opened.db.as_tenant(TenantId(""), count) == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await NoRole(opened.pool).as_tenant(facts.tenant, count)
