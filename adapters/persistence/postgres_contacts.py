"""The people who write, on Postgres: whose profile is to be asked for, and what Meta told of them."""

from collections.abc import Sequence
from typing import LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_rows import as_json
from meta_inbox.domain.model.contact import PROFILE_IS_FRESH, Contact, ContactProfile
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId

_UNREACHABLE: LiteralString = """
    update meta_inbox.contacts set unreachable_at = now(), updated_at = now()
    where tenant_id = %(tenant)s and account_id = %(account)s and id = %(contact)s
"""
# Known people who did not write since, and those of accounts that cannot ask: many at once, without a call.
_PASS_OVER: LiteralString = """
    with idle as materialized (
      select p.tenant_id, p.account_id, p.id,
             case when a.status = 'active' then %(fresh)s else interval '1 day' end as after
      from (
        (select tenant_id, account_id, id from meta_inbox.contacts
         where profile_rank = 1 and profile_due_at <= now() order by profile_due_at limit 500)
        union
        (select tenant_id, account_id, id from meta_inbox.contacts
         where profile_due_at <= now() order by profile_due_at limit 500)
      ) next
      join meta_inbox.contacts p
        on p.tenant_id = next.tenant_id and p.account_id = next.account_id and p.id = next.id
      join meta_inbox.accounts a on a.tenant_id = p.tenant_id and a.id = p.account_id
      left join meta_inbox.conversations c
        on c.tenant_id = p.tenant_id and c.account_id = p.account_id and c.contact_id = p.id
      where p.profile_due_at <= now() and (
        a.status <> 'active'
        or p.profile_fetched_at is not null and coalesce(c.opened_at <= p.profile_fetched_at, true))
      for update of p skip locked
    )
    update meta_inbox.contacts p set profile_due_at = now() + idle.after
    from idle where p.tenant_id = idle.tenant_id and p.account_id = idle.account_id and p.id = idle.id
"""
# Each rank by itself along the index, so that those who just wrote never wait for the others.
_DUE: LiteralString = """
    with due as materialized (
      select p.tenant_id, p.account_id, p.id
      from (
        (select tenant_id, account_id, id from meta_inbox.contacts
         where profile_rank = 0 and profile_due_at <= now() order by profile_due_at limit %(limit)s)
        union all
        (select tenant_id, account_id, id from meta_inbox.contacts
         where profile_rank = 1 and profile_due_at <= now() order by profile_due_at limit %(limit)s)
        union all
        (select tenant_id, account_id, id from meta_inbox.contacts
         where profile_rank = 2 and profile_due_at <= now() order by profile_due_at limit %(limit)s)
      ) next
      join meta_inbox.contacts p
        on p.tenant_id = next.tenant_id and p.account_id = next.account_id and p.id = next.id
      join meta_inbox.accounts a on a.tenant_id = p.tenant_id and a.id = p.account_id and a.status = 'active'
      where p.profile_due_at <= now()
      order by p.profile_rank, p.profile_due_at limit %(limit)s for update of p skip locked
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
    set name = %(name)s, username = %(username)s, profile_picture_url = %(picture)s,
        picture_id = case when %(picture)s::text is not null then coalesce(picture_id, gen_random_uuid()) end,
        facts = %(facts)s::jsonb,
        profile_due_at = now() + %(fresh)s, profile_rank = 1, profile_attempts = 0, profile_refusals = 0,
        profile_fetched_at = now(), updated_at = now()
    where tenant_id = %(tenant)s and account_id = %(account)s and id = %(contact)s
    returning 1
"""
_ASK_LATER: LiteralString = """
    update meta_inbox.contacts
    set profile_due_at = now() + least(interval '1 day' * 2 ^ least(profile_refusals, 10), %(fresh)s),
        profile_rank = 1, profile_attempts = 0, profile_refusals = least(profile_refusals + 1, 10)
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
        """Claims contacts of active accounts, for a minute at first and ever longer while nobody answers.

        Known people who did not write since are not asked for; their turn comes again in a week.
        """

        async def work(connection: Connection) -> list[Contact]:
            await connection.execute(_PASS_OVER, {"fresh": PROFILE_IS_FRESH})
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
        """Keeps the profile for a week; None = Meta does not give it, asked again ever more rarely."""
        tenant = contact.tenant_id
        values = {
            "tenant": tenant,
            "account": contact.account_id,
            "contact": contact.id,
            "fresh": PROFILE_IS_FRESH,
        }

        async def ask_later(connection: Connection) -> None:
            await connection.execute(_ASK_LATER, values)

        if profile is None:
            await self._db.as_tenant(tenant, ask_later)
            return
        known = {
            "name": _storable(profile.name),
            "username": _storable(profile.username),
            "picture": _storable(profile.profile_picture_url),
            "facts": None if profile.facts is None else as_json(profile.facts),
        }

        async def save(connection: Connection) -> None:
            if await (await connection.execute(_SAVE, values | known)).fetchone() is not None:
                change = Change(EventType.CONTACT_UPDATED, contact.account_id, contact.id)
                await log(connection, tenant, [change])

        await self._db.as_tenant(tenant, save)


def _storable(text: str | None) -> str | None:
    """Without what Postgres cannot hold; people choose their names."""
    return None if text is None else text.replace("\0", "").encode(errors="replace").decode()
