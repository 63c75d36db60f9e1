"""A database as a busy business has it after three months, made by SQL alone.

Messages lie in the order in which they came, all conversations and both tenants mixed, so that a page of
one conversation is spread over the table as it is in life. A few conversations are long: the longest of
50,000 has some 4,000 of a million messages, the median 14.
"""

from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg

TENANT: Final = "bench"

# The conversation decides the account: half of them are the first account's.
_ACCOUNT_OF: LiteralString = """
    create temporary table account_of as
    select tenant, part, gen_random_uuid() as id, tenant || '-page-' || part as page
    from (values ('bench', 0), ('bench', 1), ('bench', 2), ('bench', 3), ('noise', 0)) a (tenant, part)
"""
_ACCOUNTS: LiteralString = """
    insert into meta_inbox.accounts (tenant_id, id, platform, login, external_id, facebook_page_id, status,
                                     connected_at, connected_by)
    select tenant, id, 'messenger', 'facebook', page, page, 'active', now() - interval '91 days', 'somebody'
    from account_of order by tenant, id
"""
_ROUTES: LiteralString = """
    insert into meta_inbox.account_routes (platform, external_id, login, tenant_id, account_id)
    select 'messenger', page, 'facebook', tenant, id from account_of
"""
# Nobody's history is read back while reading is measured.
_HISTORIES: LiteralString = """
    insert into meta_inbox.history_runs (tenant_id, account_id, due_at)
    select tenant, id, 'infinity' from account_of
"""
# Every conversation gets one message first. The rest is spread by the square of an even sequence (multiples
# of the golden ratio), which makes a few conversations long. Both tenants write to the same people.
_WRITTEN: LiteralString = """
    create temporary table written as
    select row_number() over (order by k::float8 / messages, tenant) as n, tenant, talk, k,
           case when tenant = 'noise' or talk % 20 < 10 then 0 when talk % 20 < 15 then 1
                when talk % 20 < 18 then 2 else 3 end as part
    from (
      select tenant, messages, k,
             case when k < talks then k
                  else floor(power(k * 0.6180339887498949 % 1, 2) * talks)::int end as talk
      from volume, generate_series(0, messages - 1) k
    ) m
"""
_VOLUME: LiteralString = """
    create temporary table volume as
    select * from (values ('bench', %(messages)s::int, %(talks)s::int),
                          ('noise', %(messages)s::int / 10, %(talks)s::int / 10)) v (tenant, messages, talks)
"""
_MESSAGES: LiteralString = """
    insert into meta_inbox.messages (
      tenant_id, account_id, contact_id, id, meta_message_id, direction, type, text, attachments,
      reply_to_meta_id, status, origin, sent_by, from_id, to_id, raw_payload, sent_at, ordered_at, created_at)
    select m.tenant, a.id, contact,
           (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008'
            || lpad(to_hex(n), 15, '0'))::uuid,
           mid, case when inbound then 'inbound' else 'outbound' end,
           case when image then 'image' else 'text' end, body,
           case when image then jsonb_build_array(jsonb_build_object(
             'id', gen_random_uuid(), 'type', 'image', 'state', 'pending',
             'url', 'https://cdn.example/' || md5(mid))) else '[]' end,
           case when n % 16 = 0 then 'm_' || repeat(md5(m.tenant || talk), 3) end,
           case when inbound then 'received' else 'sent' end,
           case when inbound then 'contact' else 'agent' end, case when not inbound then 'ana' end,
           case when inbound then contact else a.page end, case when inbound then a.page else contact end,
           case when inbound then json_build_object('sender', json_build_object('id', contact),
             'recipient', json_build_object('id', a.page), 'timestamp', extract(epoch from at)::bigint * 1000,
             'message', json_build_object('mid', mid, 'text', body)) end,
           at, at, at
    from (
      select *, '24600' || lpad(talk::text, 11, '0') as contact, 'm_' || repeat(md5(tenant || k), 3) as mid,
             n % 5 < 3 as inbound, n % 20 = 0 as image,
             now() - interval '90 days' * (1 - n::float8 / (select sum(messages) from volume)) as at,
             'Oi! Vocês entregam em São Paulo ainda esta semana? Obrigada! '
               || left(md5(n::text), (n % 30)::int) as body
      from written
    ) m join account_of a using (tenant, part)
    order by n
"""
_CONTACTS: LiteralString = """
    insert into meta_inbox.contacts (tenant_id, account_id, id, name, username, profile_picture_url,
                                     profile_fetched_at)
    select tenant, account, contact, name, lower(replace(name, ' ', '.')) || number,
           'https://cdn.example/people/' || contact, now()
    from (
      select m.tenant_id as tenant, m.account_id as account, m.contact_id as contact,
             right(m.contact_id, 11)::int as number,
             (array['Ana', 'Bruno', 'Carla', 'Davi', 'Elisa', 'Fábio', 'Gabi', 'Heitor', 'Iara', 'João',
                    'Kátia', 'Lucas', 'Marina', 'Nuno', 'Olga', 'Paulo', 'Rita', 'Sérgio', 'Tainá', 'Vera']
             )[1 + right(m.contact_id, 11)::int / 20 % 20] || ' ' ||
             (array['Alves', 'Barros', 'Costa', 'Dias', 'Farias', 'Gomes', 'Lima', 'Melo', 'Nunes', 'Pinto',
                    'Ramos', 'Silva', 'Souza'])[1 + right(m.contact_id, 11)::int % 13] as name
      from meta_inbox.messages m group by 1, 2, 3
    ) p order by tenant, account, contact
"""
_CONVERSATIONS: LiteralString = """
    insert into meta_inbox.conversations (tenant_id, account_id, contact_id, last_message_id, last_message_at,
                                          unread_count, read_up_to, opened_at)
    select tenant_id, account_id, contact_id, (array_agg(id order by ordered_at desc, id desc))[1],
           max(ordered_at), case when unread then 1 else 0 end,
           case when unread then max(ordered_at) - interval '1 second' else max(ordered_at) end,
           max(ordered_at) filter (where direction = 'inbound')
    from (select *, right(contact_id, 11)::int % 7 = 0 as unread from meta_inbox.messages) m
    group by tenant_id, account_id, contact_id, unread order by tenant_id, account_id, contact_id
"""
_MADE: LiteralString = """
    select (select id::text from account_of where tenant = 'bench' and part = 0),
           (select count(*) from meta_inbox.messages), (select count(*) from meta_inbox.conversations)
"""
_ROWS = (_ACCOUNTS, _ROUTES, _HISTORIES, _MESSAGES, _CONTACTS, _CONVERSATIONS)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: the largest account, and how much of both tenants together."""

    account: str
    messages: int
    conversations: int


def fill(database: str, *, messages: int) -> Filled:
    """Fills a migrated, empty database with so many messages of ``TENANT``, and a tenth of that of another's.

    There is one conversation for twenty messages.
    """
    with psycopg.connect(database) as connection:
        connection.execute("set local work_mem = '256MB'")
        psycopg.ClientCursor(connection).execute(_VOLUME, {"messages": messages, "talks": messages // 20})
        for statement in (_WRITTEN, "analyze written", _ACCOUNT_OF, *_ROWS):
            connection.execute(statement)
        made = connection.execute(_MADE).fetchone()
    assert made is not None
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
        connection.execute("checkpoint")
    return Filled(*made)
