"""One very long conversation, beside those of ``fill.py``."""

from typing import Final, LiteralString

import psycopg

from bench.fill import TENANT

CONTACT: Final = "2460099999999999"
_MESSAGES: LiteralString = """
    insert into meta_inbox.messages (
      tenant_id, account_id, contact_id, id, meta_message_id, direction, type, text, attachments, status,
      origin, sent_by, from_id, to_id, sent_at, ordered_at, created_at)
    select %(tenant)s, id, %(contact)s,
           (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000a'
            || lpad(to_hex(n), 15, '0'))::uuid,
           'm_long_' || n, case when inbound then 'inbound' else 'outbound' end, 'text',
           repeat('Vocês entregam em São Paulo ainda esta semana? ', 1 + mod(n, 4)) || n, '[]',
           case when inbound then 'received' else 'sent' end,
           case when inbound then 'contact' else 'agent' end,
           case when not inbound then 'ana' end, case when inbound then %(contact)s else external_id end,
           case when inbound then external_id else %(contact)s end, at, at, at
    from (select a.id, a.external_id, n, mod(n, 5) < 3 as inbound,
                 now() - interval '3 minutes' * (%(messages)s - n) as at
          from meta_inbox.accounts a, generate_series(1, %(messages)s) n
          where a.tenant_id = %(tenant)s and a.id = %(account)s::uuid) m
"""
_CONTACT: LiteralString = """
    insert into meta_inbox.contacts (tenant_id, account_id, id, name, username, profile_fetched_at)
    values (%(tenant)s, %(account)s::uuid, %(contact)s, 'Marina Costa', 'marina.costa', now())
"""
_CONVERSATION: LiteralString = """
    insert into meta_inbox.conversations (tenant_id, account_id, contact_id, last_message_id, last_message_at,
                                          unread_count, read_up_to, opened_at)
    select tenant_id, account_id, contact_id, (array_agg(id order by ordered_at desc, id desc))[1],
           max(ordered_at), 0, max(ordered_at), max(ordered_at) filter (where direction = 'inbound')
    from meta_inbox.messages where tenant_id = %(tenant)s and contact_id = %(contact)s group by 1, 2, 3
"""


def lengthen(database: str, account: str, *, messages: int) -> None:
    """Adds it to this account of ``TENANT``; its last message is of now."""
    given = {"tenant": TENANT, "account": account, "contact": CONTACT, "messages": messages}
    with psycopg.connect(database) as connection:
        for statement in (_MESSAGES, _CONTACT, _CONVERSATION):
            psycopg.ClientCursor(connection).execute(statement, given)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
