"""What several processes do at the same instant, on one real database: nothing is lost, doubled or stuck."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import LiteralString

import pytest

from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import AccountNotSendable
from meta_inbox.domain.model.account import AccountStatus, StatusReason
from meta_inbox.domain.model.changes import Seen
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import MessageStatus
from meta_inbox.domain.model.sending import Claim, Failed, Later, NeedsLogin, Outcome, Sent, Unknown
from meta_inbox.domain.model.webhook import WebhookItem
from tests.contracts.parts import part, put, sending
from tests.contracts.postgres_stores import Opened, emptied, stores_on
from tests.contracts.scene import (
    ANA,
    CASA,
    OOPS,
    RIVAL,
    RUI,
    Scene,
    echo,
    instagram_candidate,
    page_candidate,
    past,
    says,
    wrote,
)

pytestmark = pytest.mark.real

ROUNDS = 15


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """An empty database."""
    async with emptied() as found:
        yield found


@pytest.fixture
def scene(opened: Opened) -> Scene:
    """The adapters on it."""
    return Scene(stores_on(opened, KeyRing.parse(KeyRing.generate("k1"))))


async def count(opened: Opened, query: LiteralString) -> int:
    """The one number that the query gives."""
    row = await (await opened.superuser.execute(query)).fetchone()
    assert row is not None
    return int(row[0])


async def at_once(*deeds: Awaitable[object]) -> list[object]:
    """All of it together; what goes wrong is raised."""
    return await asyncio.gather(*deeds)


async def test_every_tenants_log_has_no_gap_and_is_in_the_order_of_its_messages(
    opened: Opened, scene: Scene
) -> None:
    casa, rival = await scene.connected(), await scene.connected(RIVAL, instagram_candidate("9001", None))
    await at_once(
        *(
            scene.answers(account, contact=ContactId(f"c-{n % 7}"))
            for n in range(30)
            for account in (casa, rival)
        )
    )
    for tenant in (CASA, RIVAL):
        events = await scene.stores.backstage.events(tenant)
        assert [event.seq for event in events] == list(range(1, 32))
    assert await count(opened, "select count(*) from meta_inbox.outbox where state = 'queued'") == 60


@pytest.mark.parametrize("named", [True, False], ids=["by its token", "without a token"])
async def test_an_echo_at_the_instant_of_the_answer_leaves_one_sent_message(
    opened: Opened, scene: Scene, named: bool
) -> None:
    account = await scene.connected()
    for n in range(ROUNDS):
        contact, mid = ContactId(f"c-{n}"), f"m-{n}"
        claim = await scene.sending(account, f"hello {n}", contact=contact)
        token = claim.message.id if named else None
        await scene.comes(echo(mid, f"hello {n}", contact_id=contact, client_token=token))
        await at_once(
            scene.settle_down(),
            scene.stores.outbox.settle(claim, Sent(meta_message_id=MetaMessageId(mid))),
        )
        await scene.stores.backstage.age_items(timedelta(seconds=5))
        await scene.settle_down()
        (message,) = await scene.messages(account, contact)
        assert (message.id, message.status) == (claim.message.id, MessageStatus.SENT)
        assert message.meta_message_id == mid
        assert (await scene.conversation(account, contact)).last_message == message
    assert await count(opened, "select count(*) from meta_inbox.outbox") == 0
    assert await count(opened, "select count(*) from meta_inbox.journal_items") == 0


@pytest.mark.parametrize("outcome", [Unknown(error=OOPS), Failed(error=OOPS)])
async def test_an_echo_at_the_instant_of_a_doubt_ends_it(
    opened: Opened, scene: Scene, outcome: Outcome
) -> None:
    account = await scene.connected()
    for n in range(2 * ROUNDS):
        contact = ContactId(f"c-{n}")
        claim = await scene.sending(account, contact=contact)
        await scene.comes(echo(f"m-{n}", contact_id=contact, client_token=claim.message.id))
        await at_once(scene.settle_down(), settled_after(n * 0.0005, scene, claim, outcome))
        assert (await scene.message(claim.message)).status is MessageStatus.SENT
    assert await count(opened, "select count(*) from meta_inbox.outbox") == 0


async def settled_after(seconds: float, scene: Scene, claim: Claim, outcome: Outcome) -> None:
    """The answer comes a little later each round, so that the two meet in every order."""
    await asyncio.sleep(seconds)
    await scene.stores.outbox.settle(claim, outcome)


async def test_connecting_and_disconnecting_at_once_end_in_one_or_the_other(
    opened: Opened, scene: Scene
) -> None:
    account = await scene.connected()
    for _ in range(ROUNDS):
        await at_once(
            scene.connects(), scene.stores.accounts.disconnect(CASA, account.id), scene.connects(RIVAL)
        )
        owned = await count(opened, "select count(*) from meta_inbox.accounts where status = 'active'")
        assert owned == await count(opened, "select count(*) from meta_inbox.account_routes")
        assert owned <= 1
        agreeing: LiteralString = """
            select count(*) from meta_inbox.account_routes r join meta_inbox.accounts a
              on a.tenant_id = r.tenant_id and a.id = r.account_id and a.status = 'active'
             and a.platform = r.platform and a.external_id = r.external_id and a.login = r.login
        """
        assert await count(opened, agreeing) == owned
        for tenant in (CASA, RIVAL):
            for each in await scene.stores.accounts.list(tenant):
                await scene.stores.accounts.disconnect(tenant, each.id)
        await scene.connected()


@pytest.mark.parametrize("outcome", [Later(error=OOPS, after=timedelta()), NeedsLogin(error=OOPS)])
async def test_nothing_waits_on_an_account_that_is_disconnected_meanwhile(
    opened: Opened, scene: Scene, outcome: Outcome
) -> None:
    account = await scene.connected()
    for n in range(ROUNDS):
        claim = await scene.sending(account, contact=ContactId(f"c-{n}"))
        await scene.answers(account, contact=ContactId(f"d-{n}"))
        results = await asyncio.gather(
            scene.answers(account, contact=ContactId(f"e-{n}")),
            scene.stores.outbox.settle(claim, outcome),
            scene.stores.accounts.disconnect(CASA, account.id),
            return_exceptions=True,
        )
        wrong = [each for each in results if isinstance(each, BaseException)]
        assert all(isinstance(each, AccountNotSendable) for each in wrong)
        assert await count(opened, "select count(*) from meta_inbox.outbox") == 0
        waiting = "select count(*) from meta_inbox.messages where status <> 'failed'"
        assert await count(opened, waiting) == 0
        account = await scene.connected()


async def test_what_was_queued_fails_visibly_when_its_account_is_disconnected(scene: Scene) -> None:
    account = await scene.connected()
    message = await scene.answers(account)
    await scene.stores.accounts.disconnect(CASA, account.id)
    failed = await scene.message(message)
    assert failed.status is MessageStatus.FAILED
    assert failed.error is not None
    assert failed.error.code == "account_not_sendable"
    assert (EventType.MESSAGE_UPDATED, message.id) in await scene.told()
    with pytest.raises(AccountNotSendable):
        await scene.answers(account)


async def test_a_send_that_met_a_dead_token_waits_for_the_login_however_late_it_says_so(scene: Scene) -> None:
    account = await scene.connected()
    claim = await scene.sending(account)
    await scene.stores.accounts.needs_login(
        CASA, account.id, StatusReason(code="dead", detail="dead"), as_of=account.connected_at
    )
    assert (await scene.connected()).status is AccountStatus.ACTIVE
    await scene.stores.outbox.settle(claim, NeedsLogin(error=OOPS))
    await scene.stores.backstage.age_message(claim.message, timedelta(minutes=2))
    assert await scene.stores.outbox.claim(CASA, claim.message.id) is not None


async def test_a_login_outlives_what_is_said_of_the_former_one_at_that_moment(scene: Scene) -> None:
    former, dead = await scene.connected(), StatusReason(code="dead", detail="dead")
    for _ in range(10):
        await at_once(
            scene.connected(),
            *(
                scene.stores.accounts.needs_login(CASA, former.id, dead, as_of=former.connected_at)
                for _ in range(5)
            ),
        )
        former = await scene.stores.accounts.get(CASA, former.id)
        assert former.status is AccountStatus.ACTIVE


async def test_many_workers_send_everything_once_and_in_order(opened: Opened, scene: Scene) -> None:
    accounts = [await scene.connected(candidate=page_candidate(page)) for page in ("1", "2", "3")]
    talks = [(account, who) for account in accounts for who in (ANA, RUI)]
    for n in range(4):
        await at_once(*(scene.answers(account, str(n), contact=who) for account, who in talks))
    sent: list[tuple[str, str, str | None]] = []

    async def worker() -> None:
        idle = 0
        while idle < 5:
            claims = await scene.stores.outbox.claim_due(2)
            idle = 0 if claims else idle + 1
            for claim in claims:
                sent.append((claim.message.account_id, claim.message.contact_id, claim.message.text))
                mid = MetaMessageId(f"m-{claim.message.id}")
                await scene.stores.outbox.settle(claim, Sent(meta_message_id=mid))
            await asyncio.sleep(0.01)

    await at_once(*(worker() for _ in range(5)))
    assert len(sent) == 24
    for account, who in talks:
        texts = [text for owner, contact, text in sent if (owner, contact) == (account.id, who)]
        assert texts == ["0", "1", "2", "3"]
    assert await count(opened, "select count(*) from meta_inbox.outbox") == 0


async def test_webhooks_at_the_instant_of_a_repair_lose_and_double_nothing(
    opened: Opened, scene: Scene
) -> None:
    account = await scene.connected()
    (run,) = await scene.stores.histories.claim_due(1)
    await scene.stores.histories.finish(run, scene.now)
    await scene.stores.backstage.age_histories(timedelta(days=1))
    (repair,) = await scene.stores.histories.claim_due(1)
    people = [ContactId(f"c-{n}") for n in range(6)]
    at = {f"m-{n}": scene.now - timedelta(minutes=30 - n) for n in range(24)}
    told = [
        wrote(mid, contact_id=who, meta_message_id=MetaMessageId(f"{who}.{mid}"), sent_at=when)
        for mid, when in at.items()
        for who in people
    ]
    random.Random(7).shuffle(told)
    found = [
        past(
            scene,
            contact=who,
            items=tuple(
                sorted(
                    (item for item in told if item.contact_id == who),
                    key=lambda item: item.sent_at or scene.now,
                )
            ),
        )
        for who in people
    ]
    await at_once(
        *(scene.comes(*told[n : n + 9]) for n in range(0, len(told), 9)),
        *(scene.stores.histories.keep(repair, found[n:] + found[:n], "next") for n in range(6)),
        *(scene.comes(*reversed(told[n : n + 9])) for n in range(0, len(told), 9)),
    )
    await scene.settle_down()
    assert await scene.stores.backstage.count_messages(CASA) == len(told)
    for who in people:
        conversation = await scene.conversation(account, who)
        assert conversation.unread_count == len(at)
        assert conversation.last_message_at == max(at.values())
        assert conversation.opened_at == max(at.values())


async def test_a_part_that_fails_waits_for_those_behind_it_before_it_holds_the_pause(
    opened: Opened, scene: Scene
) -> None:
    """Messages first: whoever holds one of them may still have to pause the account."""
    account = await scene.connected()
    whole = await put(scene, account)
    failing, other = await sending(scene, whole, 0), await scene.sending(account, contact=RUI)
    slower = Later(error=OOPS, after=timedelta(minutes=5), whole_account=True)
    async with opened.superuser.transaction():
        await opened.superuser.execute(
            "select from meta_inbox.messages where id = %s for update", [part(whole, 2)]
        )
        failed = asyncio.ensure_future(
            scene.stores.outbox.settle(failing, Failed(error=OOPS, paused_by=slower))
        )
        for _ in range(60):
            if await count(opened, "select count(*) from pg_locks where not granted"):
                break
            await asyncio.sleep(0.01)
        await asyncio.wait_for(scene.stores.outbox.settle(other, slower), 1)
    assert (await failed).status is MessageStatus.FAILED
    assert [each.status for each in (await scene.message(whole)).parts] == [MessageStatus.FAILED] * 3


async def soon(deed: Awaitable[None]) -> None:
    """Within some milliseconds."""
    await asyncio.sleep(random.random() * 0.006)
    await deed


async def both_at_once(scene: Scene, one: WebhookItem, other: WebhookItem) -> None:
    """Two workers do these two items at the same instant, or nearly so."""
    await scene.comes(one)
    await scene.comes(other)
    claims = [await scene.stores.journal.claim_due(1) for _ in range(2)]
    await asyncio.gather(scene.project(claims[0]), soon(scene.project(claims[1])))


async def test_an_echo_and_its_receipt_at_the_same_instant(scene: Scene) -> None:
    account = await scene.connected()
    at = scene.now - timedelta(minutes=1)
    people = [ContactId(f"r{number}") for number in range(60)]
    for contact in people:
        await scene.happens(wrote(f"w-{contact}", contact_id=contact, sent_at=at - timedelta(minutes=1)))
        said = echo(f"e-{contact}", contact_id=contact, sent_at=at)
        await both_at_once(scene, said, says(Seen(up_to=at), contact_id=contact))
    await scene.settle_down()
    shown = [(await scene.messages(account, contact))[0].status for contact in people]
    assert set(shown) == {MessageStatus.READ}


async def test_an_answer_from_elsewhere_while_the_contact_writes(scene: Scene) -> None:
    account = await scene.connected()
    at = scene.now - timedelta(minutes=5)
    people = [ContactId(f"u{number}") for number in range(60)]
    for contact in people:
        await scene.happens(wrote(f"w-{contact}", contact_id=contact, sent_at=at))
        await scene.comes(echo(f"e-{contact}", contact_id=contact, sent_at=at + timedelta(minutes=1)))
        (claim,) = await scene.stores.journal.claim_due(1)
        later = wrote(f"l-{contact}", contact_id=contact, sent_at=at + timedelta(minutes=2))
        await asyncio.gather(scene.project([claim]), scene.comes(later))
    await scene.settle_down()
    unread = [(await scene.conversation(account, contact)).unread_count for contact in people]
    assert set(unread) == {1}
