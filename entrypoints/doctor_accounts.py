"""What the doctor says of every connected account, and subscribing what sends us nothing."""

from collections.abc import AsyncIterator, Sequence

from meta_inbox.adapters.persistence.database import Database
from meta_inbox.adapters.persistence.postgres_inspection import KnownAccount, PostgresInspection
from meta_inbox.domain.errors import MetaInboxError
from meta_inbox.domain.inbox import Inbox
from meta_inbox.domain.model.account import AccountStatus, Login
from meta_inbox.domain.model.health import HealthCheck
from meta_inbox.domain.model.principal import Principal
from meta_inbox.entrypoints.doctor_findings import MEND, Finding, bad, mended

_ASKS = "meta-inbox doctor"
_WEBHOOKS = "webhooks"
_SENDABLE = (AccountStatus.ACTIVE, AccountStatus.EXPIRING)


async def subscribe_pages(db: Database, inbox: Inbox) -> AsyncIterator[Finding]:
    """Subscribes whatever sends no messages of an active account to us; one for each account it helped."""
    for known in await PostgresInspection(db).accounts():
        by = Principal(known.tenant_id, _ASKS)
        try:
            account = await inbox.list_accounts.one(by=by, account=known.id)
            if account.status not in _SENDABLE or await _hears(inbox, known):
                continue
            await inbox.upkeep.keep_subscriptions.subscribe_now(account)
            if await _hears(inbox, known):
                its = "its Page" if account.login is Login.FACEBOOK else "it"
                yield mended(_name(known), f"subscribed {its} to this app")
        except MetaInboxError:
            continue  # told when it is looked at


async def account_findings(db: Database, inbox: Inbox) -> AsyncIterator[Finding]:
    """Every connected account of every tenant, as Meta sees it."""
    known = await PostgresInspection(db).accounts()
    if not known:
        yield Finding(what="accounts", ok=True, detail="none is connected")
    for account in known:
        yield await _finding(account, inbox)


async def _hears(inbox: Inbox, account: KnownAccount) -> bool:
    checks = await _checks(inbox, account)
    return all(check.ok for check in checks if check.name == _WEBHOOKS)


async def _checks(inbox: Inbox, account: KnownAccount) -> Sequence[HealthCheck]:
    return await inbox.check_health(by=Principal(account.tenant_id, _ASKS), account=account.id)


async def _finding(account: KnownAccount, inbox: Inbox) -> Finding:
    try:
        checks = await _checks(inbox, account)
    except MetaInboxError as error:
        return bad(_name(account), str(error))
    wrong = [check for check in checks if not check.ok]
    if not wrong:
        return Finding(what=_name(account), ok=True, detail="; ".join(check.detail for check in checks))
    details = [check.detail for check in wrong]
    fixes = [check.fix for check in wrong if check.fix]
    if [check.name for check in wrong] == [_WEBHOOKS]:
        fixes = [MEND + ", or connect the account again"]
        details += [f"the last try: {account.subscription_problem}"] if account.subscription_problem else []
    return bad(_name(account), "; ".join(details), " ".join(dict.fromkeys(fixes)) or None)


def _name(account: KnownAccount) -> str:
    return f"account {account.name} ({account.platform}, tenant {account.tenant_id})"
