"""The messaging window: 24 hours for everybody, 7 days for people who say that they are people."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from meta_inbox.domain.errors import WindowClosed
from meta_inbox.domain.model.contact import Contact
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.conversation import Conversation
from meta_inbox.domain.model.ids import AccountId, UserId
from meta_inbox.domain.model.message import Message, Origin
from meta_inbox.domain.model.window import (
    Allowance,
    Opening,
    OpeningKind,
    SenderKind,
    WindowReason,
    allowance,
    last_opening,
    window_at,
)
from tests.contracts.scene import ANA, CASA
from tests.unit.doubles import World

WROTE = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, WEEK, TICK = timedelta(hours=24), timedelta(days=7), timedelta(microseconds=1)
OPENED = [Opening(kind=OpeningKind.MESSAGE, at=WROTE)]


@pytest.mark.parametrize(
    ("after", "person", "automation"),
    [
        (timedelta(0), Allowance.FREELY, Allowance.FREELY),
        (DAY - TICK, Allowance.FREELY, Allowance.FREELY),
        (DAY, Allowance.AS_HUMAN_AGENT, Allowance.NOT_AT_ALL),
        (WEEK - TICK, Allowance.AS_HUMAN_AGENT, Allowance.NOT_AT_ALL),
        (WEEK, Allowance.NOT_AT_ALL, Allowance.NOT_AT_ALL),
    ],
)
def test_what_may_be_sent_depends_on_the_time_and_on_who_sends(
    after: timedelta, person: Allowance, automation: Allowance
) -> None:
    assert allowance(OPENED, "person", WROTE + after) is person
    assert allowance(OPENED, "automation", WROTE + after) is automation


@pytest.mark.parametrize("sender", ["person", "automation"])
def test_an_advertisement_opens_it_for_seven_days_whatever_is_written_meanwhile(sender: SenderKind) -> None:
    by_ad = [Opening(kind=OpeningKind.AD, at=WROTE)]
    for openings in (by_ad, [*by_ad, Opening(kind=OpeningKind.MESSAGE, at=WROTE + DAY)]):
        assert allowance(openings, sender, WROTE + WEEK - TICK) is Allowance.FREELY
    assert allowance(by_ad, sender, WROTE + WEEK) is Allowance.NOT_AT_ALL
    later = [*by_ad, Opening(kind=OpeningKind.MESSAGE, at=WROTE + WEEK - DAY / 2)]
    assert allowance(later, sender, WROTE + WEEK + DAY / 2 - TICK) is Allowance.FREELY


def test_a_window_that_an_advertisement_opened_says_until_when() -> None:
    window = window_at(WROTE + DAY, WROTE + 3 * DAY, ad_opened_at=WROTE)
    assert (window.open, window.closes_at) == (True, WROTE + WEEK)
    assert window.human_agent_until == WROTE + DAY + WEEK
    assert (
        conversation(WROTE, by_ad=WROTE).require_open(WROTE + 2 * DAY, "automation", human_agent=False)
        is False
    )


@pytest.mark.parametrize("sender", ["person", "automation"])
def test_nobody_writes_first(sender: SenderKind) -> None:
    assert allowance([], sender, WROTE) is Allowance.NOT_AT_ALL


@pytest.mark.parametrize("kind", list(OpeningKind))
def test_every_action_of_a_person_opens_it(kind: OpeningKind) -> None:
    assert allowance([Opening(kind=kind, at=WROTE)], "automation", WROTE) is Allowance.FREELY


def test_the_last_action_counts_in_whatever_order_they_are_told() -> None:
    openings = [Opening(kind=OpeningKind.MESSAGE, at=WROTE + timedelta(hours=n)) for n in range(4)]
    assert {last_opening(order) for order in permutations(openings)} == {WROTE + timedelta(hours=3)}


@pytest.mark.parametrize(
    ("opened_at", "after", "sendable", "reason"),
    [
        (WROTE, DAY - TICK, True, None),
        (WROTE, DAY, True, WindowReason.EXPIRED),
        (None, DAY, True, WindowReason.NEVER_OPENED),
        (WROTE, timedelta(0), False, WindowReason.ACCOUNT),
    ],
)
def test_a_window_says_whether_and_why_not(
    opened_at: datetime | None, after: timedelta, sendable: bool, reason: WindowReason | None
) -> None:
    window = window_at(opened_at, WROTE + after, account_sendable=sendable)
    assert (window.open, window.reason) == (reason is None, reason)
    assert window.closes_at == (opened_at + DAY if opened_at else None)
    assert window.human_agent_until == (opened_at + WEEK if opened_at else None)


@pytest.mark.parametrize(
    ("after", "by", "human_agent", "tagged"),
    [
        (timedelta(0), "person", True, False),
        (timedelta(0), "automation", True, False),
        (DAY, "person", True, True),
    ],
)
def test_the_tag_is_carried_only_where_it_is_needed(
    after: timedelta, by: SenderKind, human_agent: bool, tagged: bool
) -> None:
    assert conversation(WROTE).require_open(WROTE + after, by, human_agent=human_agent) is tagged


@pytest.mark.parametrize(
    ("opened_at", "after", "by", "human_agent", "why"),
    [
        (None, timedelta(0), "person", True, "has not written"),
        (WROTE, DAY, "person", False, "human agent"),
        (WROTE, DAY, "automation", True, "closed until the contact writes"),
        (WROTE, WEEK, "person", True, "closed until the contact writes"),
    ],
)
def test_a_closed_window_says_why(
    opened_at: datetime | None, after: timedelta, by: SenderKind, human_agent: bool, why: str
) -> None:
    with pytest.raises(WindowClosed, match=why):
        conversation(opened_at).require_open(WROTE + after, by, human_agent=human_agent)


async def test_an_account_that_cannot_send_closes_every_window(world: World) -> None:
    account = await world.scene.connected()
    assert conversation(WROTE).window(WROTE, account).open
    await world.accounts.disconnect(CASA, account.id)
    account = await world.accounts.get(CASA, account.id)
    assert conversation(WROTE).window(WROTE, account).reason is WindowReason.ACCOUNT


def conversation(opened_at: datetime | None, *, by_ad: datetime | None = None) -> Conversation:
    """Ana's, opened or not."""
    contact = Contact(tenant_id=CASA, account_id=AccountId("casa"), id=ANA)
    return Conversation(
        tenant_id=CASA,
        account_id=contact.account_id,
        contact=contact,
        opened_at=opened_at,
        ad_opened_at=by_ad,
    )


def test_no_message_of_an_automation_says_that_it_is_a_persons() -> None:
    values: dict[str, Any] = {
        "ids": ("m-1",),
        "tenant": CASA,
        "account": AccountId("casa"),
        "contact": ANA,
        "content": TextContent(text="Oi"),
        "human_agent": True,
        "reply_to": None,
        "sent_by": UserId("bot"),
        "now": WROTE,
    }
    assert Message.queued(**values, origin=Origin.AGENT).human_agent
    with pytest.raises(ValueError, match="person"):
        Message.queued(**values, origin=Origin.AUTOMATION)
