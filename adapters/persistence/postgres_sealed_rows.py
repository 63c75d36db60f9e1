"""Everything sealed that the database holds: where it is, and how it is put back sealed under another key."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection, Database
from meta_inbox.adapters.persistence.sealed_grants import GrantPlace, SealedGrant
from meta_inbox.adapters.persistence.sealed_tokens import AccountTokens, endpoint_place, unsubscription_place
from meta_inbox.adapters.persistence.sealing import Binding, KeyRing
from meta_inbox.domain.model.account import Login, WebhookSource
from meta_inbox.domain.model.ids import StateId, TenantId

Row = tuple[Any, ...]
_BATCH = 200

_ACCOUNTS: LiteralString = """
    select tenant_id, id::text, login, external_id, user_token, page_token from meta_inbox.accounts
    where (tenant_id, id) > (%(tenant)s, %(id)s) order by tenant_id, id limit %(limit)s
"""
_UNSUBSCRIPTIONS: LiteralString = """
    select tenant_id, id::text, login, page_id, token from meta_inbox.unsubscriptions
    where (tenant_id, id) > (%(tenant)s, %(id)s) order by tenant_id, id limit %(limit)s
"""
_GRANTS: LiteralString = """
    select g.tenant_id, g.state_id::text, s.login, g.granted::text
    from meta_inbox.oauth_completions g join meta_inbox.oauth_states s on s.id = g.state_id
    where (g.tenant_id, g.state_id) > (%(tenant)s, %(id)s) and g.expires_at > now()
    order by g.tenant_id, g.state_id limit %(limit)s
"""
_ENDPOINTS: LiteralString = """
    select tenant_id, id::text, secret, former_secret from meta_inbox.webhook_endpoints
    where (tenant_id, id) > (%(tenant)s, %(id)s) order by tenant_id, id limit %(limit)s
"""
# Each compares with what was read, so that whoever changes the row meanwhile wins.
_SWAP_USER: LiteralString = """
    update meta_inbox.accounts set user_token = %(new)s
    where tenant_id = %(tenant)s and id = %(id)s and user_token = %(old)s
    returning true
"""
_SWAP_PAGE: LiteralString = """
    update meta_inbox.accounts set page_token = %(new)s
    where tenant_id = %(tenant)s and id = %(id)s and page_token = %(old)s
    returning true
"""
_SWAP_UNSUBSCRIPTION: LiteralString = """
    update meta_inbox.unsubscriptions set token = %(new)s
    where tenant_id = %(tenant)s and id = %(id)s and token = %(old)s
    returning true
"""
_SWAP_GRANT: LiteralString = """
    update meta_inbox.oauth_completions set granted = %(new)s::jsonb
    where tenant_id = %(tenant)s and state_id = %(id)s and granted = %(old)s::jsonb
    returning true
"""
_SWAP_SECRET: LiteralString = """
    update meta_inbox.webhook_endpoints set secret = %(new)s
    where tenant_id = %(tenant)s and id = %(id)s and secret = %(old)s
    returning true
"""
_SWAP_FORMER: LiteralString = """
    update meta_inbox.webhook_endpoints set former_secret = %(new)s
    where tenant_id = %(tenant)s and id = %(id)s and former_secret = %(old)s
    returning true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One stored text with sealed values in it; ``resealed`` may raise SealBroken."""

    tenant_id: str
    id: str
    text: str = field(repr=False)
    blobs: tuple[str, ...] = field(repr=False)
    resealed: Callable[[KeyRing], str]
    swap: LiteralString


async def everything_sealed(db: Database) -> AsyncIterator[Held]:
    """Reads on in small transactions, so that the service goes on meanwhile."""
    for query, read in _sources():
        tenant, id_ = "", "00000000-0000-0000-0000-000000000000"
        while rows := await _page(db, query, tenant, id_):
            for row in rows:
                for held in read(row):
                    yield held
            tenant, id_ = rows[-1][:2]


def _sources() -> list[tuple[LiteralString, Callable[[Row], list[Held]]]]:
    return [
        (_ACCOUNTS, _accounts),
        (_UNSUBSCRIPTIONS, _unsubscriptions),
        (_GRANTS, _grants),
        (_ENDPOINTS, _endpoints),
    ]


async def put_back(db: Database, held: Held, text: str) -> bool:
    """Whether the row still held what was read, and now holds this."""

    async def work(connection: Connection) -> bool:
        values = {"tenant": held.tenant_id, "id": held.id, "old": held.text, "new": text}
        return await (await connection.execute(held.swap, values)).fetchone() is not None

    return await db.as_system(work)


async def _page(db: Database, query: LiteralString, tenant: str, id_: str) -> Sequence[Row]:
    async def work(connection: Connection) -> Sequence[Row]:
        values = {"tenant": tenant, "id": id_, "limit": _BATCH}
        return await (await connection.execute(query, values)).fetchall()

    return await db.as_system(work)


def _accounts(row: Row) -> list[Held]:
    tenant, id_, login, external_id, user_token, page_token = row
    place = AccountTokens(tenant_id=tenant, account_id=id_, login=Login(login), external_id=external_id)
    held: list[Held] = []
    if user_token is not None:
        held.append(_single(tenant, id_, user_token, place.binding("user_token"), _SWAP_USER))
    if page_token is not None:
        held.append(_single(tenant, id_, page_token, place.binding("page_token"), _SWAP_PAGE))
    return held


def _unsubscriptions(row: Row) -> list[Held]:
    tenant, id_, login, source_id, token = row
    source = WebhookSource(login=Login(login), id=source_id)
    return [_single(tenant, id_, token, unsubscription_place(tenant, id_, source), _SWAP_UNSUBSCRIPTION)]


def _grants(row: Row) -> list[Held]:
    tenant, id_, login, text = row
    place = GrantPlace(tenant_id=TenantId(tenant), state_id=StateId(id_), login=Login(login))
    grant = SealedGrant.read(text)
    return [
        Held(
            tenant_id=tenant,
            id=id_,
            text=text,
            blobs=tuple(grant.blobs()),
            resealed=lambda keys: SealedGrant.of(grant.opened(keys, place), keys, place).json(),
            swap=_SWAP_GRANT,
        )
    ]


def _endpoints(row: Row) -> list[Held]:
    tenant, id_, *blobs = row
    place = endpoint_place(tenant, id_)
    found = zip(blobs, (_SWAP_SECRET, _SWAP_FORMER), strict=True)
    return [_single(tenant, id_, blob, place, swap) for blob, swap in found if blob is not None]


def _single(tenant: str, id_: str, blob: str, place: Binding, swap: LiteralString) -> Held:
    return Held(
        tenant_id=tenant,
        id=id_,
        text=blob,
        blobs=(blob,),
        resealed=lambda keys: keys.seal(keys.open(blob, place), place),
        swap=swap,
    )
