"""The people who write, on Postgres: whose profile is to be asked for, and what Meta told of them."""

from collections.abc import Sequence
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.domain.model.contact import Contact, ContactProfile
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId

_UNREACHABLE: LiteralString = """
    update meta_inbox.contacts set unreachable_at = now(), updated_at = now()
    where tenant_id = %(tenant)s and account_id = %(account)s and id = %(contact)s
"""
_DUE: LiteralString = """
    with due as materialized (
      select p.tenant_id, p.account_id, p.id
      from meta_inbox.contacts p
      join meta_inbox.accounts a on a.tenant_id = p.tenant_id and a.id = p.account_id and a.status = 'active'
      where p.profile_due_at <= now()
      order by p.profile_due_at limit %(limit)s for update of p skip locked
    )
    update meta_inbox.contacts p
    set profile_attempts = p.profile_attempts + 1,
        profile_due_at =
          now() + least(interval '1 min' * 2 ^ least(p.profile_attempts, 10), interval '1 hour')
    from due where p.tenant_id = due.tenant_id and p.account_id = due.account_id and p.id = due.id
    returning p.tenant_id, p.account_id::text, p.id, p.name, p.username, p.profile_picture_url
"""
_SAVE: LiteralString = """
    update meta_inbox.contacts
    set name = %(name)s, username = %(username)s, profile_picture_url = %(picture)s, profile_due_at = null,
        profile_attempts = 0, profile_fetched_at = now(), updated_at = now()
    where tenant_id = %(tenant)s and account_id = %(account)s and id = %(contact)s
    returning 1
"""
_ASK_LATER: LiteralString = """
    update meta_inbox.contacts set profile_due_at = now() + interval '1 day', profile_attempts = 0
    where tenant_id = %(tenant)s and account_id = %(account)s and id = %(contact)s
"""


class PostgresContacts:
    """What the conversations' adapter leaves to this one."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def unreachable(self, tenant: TenantId, account: AccountId, contact: ContactId) -> None:
        """Notes that Meta says the contact cannot receive messages."""

        async def work(connection: Connection) -> None:
            values = {"tenant": tenant, "account": account, "contact": contact}
            await connection.execute(_UNREACHABLE, values)

        await self._db.as_tenant(tenant, work)

    async def due_profiles(self, limit: int) -> Sequence[Contact]:
        """Claims contacts of active accounts, for a minute at first and ever longer while nobody answers."""

        async def work(connection: Connection) -> list[Contact]:
            return [
                Contact(
                    tenant_id=TenantId(tenant),
                    account_id=AccountId(account),
                    id=ContactId(contact),
                    name=name,
                    username=username,
                    profile_picture_url=picture,
                )
                for tenant, account, contact, name, username, picture in await (
                    await connection.execute(_DUE, {"limit": limit})
                ).fetchall()
            ]

        return await self._db.as_system(work)

    async def save_profile(self, contact: Contact, profile: ContactProfile | None) -> None:
        """Keeps the profile; None = Meta does not give it, which is asked again after a day."""
        tenant = contact.tenant_id
        values = {"tenant": tenant, "account": contact.account_id, "contact": contact.id}

        async def ask_later(connection: Connection) -> None:
            await connection.execute(_ASK_LATER, values)

        if profile is None:
            await self._db.as_tenant(tenant, ask_later)
            return
        known = {
            "name": _storable(profile.name),
            "username": _storable(profile.username),
            "picture": _storable(profile.profile_picture_url),
        }

        async def save(connection: Connection) -> None:
            if await (await connection.execute(_SAVE, values | known)).fetchone() is not None:
                change = Change(EventType.CONTACT_UPDATED, contact.account_id, contact.id)
                await log(connection, tenant, [change])

        await self._db.as_tenant(tenant, save)


def _storable(text: str | None) -> str | None:
    """Without what Postgres cannot hold; people choose their names."""
    return None if text is None else text.replace("\0", "").encode(errors="replace").decode()
