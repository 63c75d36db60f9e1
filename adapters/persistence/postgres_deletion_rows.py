"""What goes with a contact, statement by statement."""

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Clearing:
    """Finds some messages, locked, and what is then done about them in the same transaction."""

    find: LiteralString
    steps: tuple[LiteralString, ...]


# The files' rows and the outbox go with their messages, and the bytes of the files soon after.
CLEAR = Clearing(
    find="""
      select m.id::text from meta_inbox.messages m
      where m.tenant_id = %(tenant)s and m.account_id = %(account)s and m.contact_id = any(%(contacts)s)
        and m.ordered_at <= %(until)s
      order by m.id limit %(limit)s for update
    """,
    steps=(
        # An answer that says nothing, and stays: one remembered only afterwards does not take its place.
        """
      update meta_inbox.idempotency_keys set answer = '{}'
      where tenant_id = %(tenant)s and message_id = any(%(ids)s::uuid[])
    """,
        """
      delete from meta_inbox.redactions where external_id = %(external_id)s and meta_message_id in (
        select m.meta_message_id from meta_inbox.messages m
        where m.tenant_id = %(tenant)s and m.id = any(%(ids)s::uuid[]))
    """,
        # A file that was uploaded for nobody else.
        """
      delete from meta_inbox.uploads u
      where u.tenant_id = %(tenant)s and u.blob in (
          select f.blob from meta_inbox.media f
          where f.tenant_id = %(tenant)s and f.message_id = any(%(ids)s::uuid[]))
        and not exists (
          select from meta_inbox.media o
          where o.tenant_id = u.tenant_id and o.blob = u.blob and o.message_id <> all(%(ids)s::uuid[]))
    """,
        "delete from meta_inbox.messages where tenant_id = %(tenant)s and id = any(%(ids)s::uuid[])",
    ),
)

# What is older than the deletion, or came after it of something that went with it.
_OF_THEM: LiteralString = """
    where e.tenant_id = %(tenant)s and e.account_id = %(account)s and e.contact_id = any(%(contacts)s)
      and (e.at <= %(until)s
           or e.message_id is not null and not exists (
             select from meta_inbox.messages m where m.tenant_id = e.tenant_id and m.id = e.message_id)
           or e.message_id is null and not exists (
             select from meta_inbox.conversations c
             where c.tenant_id = e.tenant_id and c.account_id = e.account_id and c.contact_id = e.contact_id))
"""
# An event that names nothing is passed over by every reader of the log; its number must stay.
_EVENTS: LiteralString = "update meta_inbox.events e set contact_id = null, message_id = null" + _OF_THEM
_DELIVERIES: LiteralString = (
    "update meta_inbox.webhook_deliveries e set contact_id = null, message_id = null" + _OF_THEM
)
_LETTERS: LiteralString = "delete from meta_inbox.dead_letters e" + _OF_THEM
_ITEMS: LiteralString = """
    delete from meta_inbox.journal_items i
    where i.external_id = %(external_id)s and i.created_at <= %(until)s
      and (i.contact_id = any(%(contacts)s) or i.awaits = any(%(messages)s))
"""
# By then nobody waits any more to be answered under the key, which may itself name somebody.
_KEYS: LiteralString = """
    delete from meta_inbox.idempotency_keys k
    where k.tenant_id = %(tenant)s and k.message_id is not null and k.created_at <= now() - %(answered)s
      and not exists (
        select from meta_inbox.messages m where m.tenant_id = k.tenant_id and m.id = k.message_id)
"""
SWEEPS = (_EVENTS, _DELIVERIES, _LETTERS, _ITEMS, _KEYS)

# What a webhook that was on its way made anew of a contact who then had no message any more.
LEFT_OVERS: tuple[LiteralString, ...] = (
    """
    delete from meta_inbox.conversations c
    where c.tenant_id = %(tenant)s and c.account_id = %(account)s and c.contact_id = any(%(contacts)s)
      and c.created_at <= %(until)s and not exists (
        select from meta_inbox.messages m
        where m.tenant_id = c.tenant_id and m.account_id = c.account_id and m.contact_id = c.contact_id)
    """,
    """
    delete from meta_inbox.contacts p
    where p.tenant_id = %(tenant)s and p.account_id = %(account)s and p.id = any(%(contacts)s)
      and p.created_at <= %(until)s and not exists (
        select from meta_inbox.conversations c
        where c.tenant_id = p.tenant_id and c.account_id = p.account_id and c.contact_id = p.id)
    """,
)
