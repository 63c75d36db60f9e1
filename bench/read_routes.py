"""The ways of asking for lists that are measured, and the places at which their pages begin."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import LiteralString
from urllib.parse import quote

import psycopg

from bench.fill import TENANT
from bench.load import Run
from bench.plans import Places
from meta_inbox.adapters.http.cursors import conversation_cursor, message_cursor
from meta_inbox.domain.model.paging import After

# A fifth of the account's conversations lie before the first of these places, a tenth behind the last.
_TALKS: LiteralString = """
    select last_message_at, contact_id from (
      select last_message_at, contact_id, ntile(1000) over newest as part, row_number() over newest as n
      from meta_inbox.conversations where tenant_id = %(tenant)s and account_id = %(account)s
      window newest as (order by last_message_at desc, contact_id desc)
    ) c where part between 200 and 900 and n %% 7 = 0 order by n
"""
_PEOPLE: LiteralString = """
    select contact_id from meta_inbox.conversations
    where tenant_id = %(tenant)s and account_id = %(account)s order by md5(contact_id) limit 1000
"""
# Of the longest conversation.
_MESSAGES: LiteralString = """
    select contact_id, ordered_at, id::text from (
      select contact_id, ordered_at, id, row_number() over (order by ordered_at desc, id desc) as n,
             count(*) over () as length
      from meta_inbox.messages where tenant_id = %(tenant)s and account_id = %(account)s and contact_id = (
        select contact_id from meta_inbox.messages where tenant_id = %(tenant)s and account_id = %(account)s
        group by contact_id order by count(*) desc limit 1)
    ) m where n between length / 5 and length * 9 / 10 order by n
"""


@dataclass(slots=True)
class Route:
    """One way of asking, and what came of it; ``judged`` when the limit is for it."""

    name: str
    paths: Sequence[str]
    judged: bool = True
    items: int = 0
    runs: list[Run] = field(default_factory=list[Run])
    cpu: list[float] = field(default_factory=list[float])

    def percentile(self, share: float) -> float:
        """In ms; the median of the rounds, of which others on the machine may have spoilt one."""
        return statistics.median(run.percentile(share) for run in self.runs) * 1000

    @property
    def cpu_ms(self) -> float:
        """What a request costs the service's process."""
        return statistics.median(self.cpu) * 1000


def routes_to(database: str, account: str) -> tuple[list[Route], Places]:
    """All of them for one account, and the deepest pages of both lists."""
    values = {"tenant": TENANT, "account": account}
    with psycopg.connect(database) as connection:
        talks = [After(at, id_) for at, id_ in connection.execute(_TALKS, values).fetchall()]
        people = [str(row[0]) for row in connection.execute(_PEOPLE, values).fetchall()]
        messages = connection.execute(_MESSAGES, values).fetchall()
    contact = str(messages[0][0])
    deep = [After(at, id_) for _, at, id_ in messages]
    lists, thread = f"/api/meta/conversations/{account}", f"/api/meta/messages/{account}"
    routes = [
        Route("conversations, first page", [lists]),
        Route("conversations, at depth", [f"{lists}?cursor={conversation_cursor(at)}" for at in talks]),
        Route("conversations, unread=true", [f"{lists}?unread=true"]),
        Route("conversations, unread=false", [f"{lists}?unread=false"]),
        Route("conversations, q= of many", [f"{lists}?q=souza"], judged=False),
        Route("conversations, q= of nobody", [f"{lists}?q={quote('nobody at all')}"], judged=False),
        Route("messages, first page", [f"{thread}/{one}" for one in people]),
        Route("messages, at depth", [f"{thread}/{contact}?cursor={message_cursor(at)}" for at in deep]),
    ]
    return routes, Places(account=account, conversation=talks[-1], contact=contact, message=deep[-1])
