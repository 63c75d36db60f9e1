"""What Meta says of a dead token is of the login that it came from, and of no later one."""

from collections.abc import Awaitable, Callable

import pytest

from meta_inbox.domain.errors import AccessRevoked, AccountNotSendable
from meta_inbox.domain.model.account import Account, AccountStatus, StatusReason
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Unknown
from meta_inbox.domain.use_cases.at_meta import AtMeta
from tests.contracts.scene import CASA, OOPS, wrote
from tests.unit.doubles import AGENT, World

REVOKED = AccessRevoked(
    "the session ended",
    meta_code=190,
    meta_subcode=463,
    fbtrace_id="A1",
    user_title="Sessão expirada",
    user_message="Entre de novo",
)


@pytest.fixture
async def page(world: World) -> Account:
    """A connected Page to which Ana just wrote."""
    account = await world.scene.connected()
    await world.scene.happens(wrote("m-1", sent_at=world.clock.now()))
    return account


@pytest.fixture
async def unknown(world: World, page: Account) -> Message:
    """A send of which nobody knows what became, begun ten seconds ago."""
    world.graph.outcomes = [Unknown(error=OOPS)]
    message = await world.deliver(await world.scene.answers(page))
    world.later(seconds=10)
    return message


async def typing(world: World, page: Account) -> None:
    async def act(_: Secret) -> None:
        await world.graph.history(page, Secret("t"), None)

    with pytest.raises(AccountNotSendable):
        await AtMeta(accounts=world.accounts, clock=world.clock)(page, act)


async def checking(world: World, page: Account) -> None:
    (message,) = [each for each in await world.scene.messages(page) if each.sent_by is not None]
    with pytest.raises(AccountNotSendable):
        await world.check(by=AGENT, account=page.id, contact=message.contact_id, message=message.id)


async def settling(world: World, page: Account) -> None:
    assert await world.settle_unknown() == 1


async def syncing(world: World, page: Account) -> None:
    assert await world.sync() == 1


WAYS = [typing, checking, settling, syncing]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("unknown")
async def test_a_login_that_was_made_meanwhile_stays_good(
    world: World,
    page: Account,
    way: Callable[[World, Account], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def revoked_after_a_login(*_: object, **_how: object) -> PastPage:
        world.later(seconds=1)
        await world.scene.connected()
        raise REVOKED

    monkeypatch.setattr(type(world.graph), "history", revoked_after_a_login)
    await way(world, page)
    assert (await world.accounts.get(CASA, page.id)).status is AccountStatus.ACTIVE


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("unknown")
async def test_of_the_present_login_it_is_noted_in_metas_words(
    world: World, page: Account, way: Callable[[World, Account], Awaitable[None]]
) -> None:
    world.graph.pages = {None: REVOKED}
    await way(world, page)
    found = await world.accounts.get(CASA, page.id)
    assert found.status is AccountStatus.REAUTH_REQUIRED
    noted = StatusReason.of(REVOKED, world.clock.now())
    assert (found.status_reason, noted.user_message) == (noted, "Entre de novo")
