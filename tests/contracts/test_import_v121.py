"""The first system's accounts and messages, brought over by the real command from a real database."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.errors import AccessRevoked
from meta_inbox.domain.model.account import Account, AccountStatus, Platform
from meta_inbox.domain.model.event import EventType
from meta_inbox.domain.model.ids import ContactId, TenantId
from meta_inbox.domain.model.message import Direction, Message, Origin
from tests.contracts.old_system import KEYS, MANY, OldSystem, old_system
from tests.contracts.postgres_stores import stores_on
from tests.contracts.sandbox_stage import CASA_VERDE, CASAVERDE, PADARIA_SOL
from tests.contracts.scene import Scene, wrote

pytestmark = pytest.mark.real

T1, T2 = TenantId("t1"), TenantId("t2")
ANA = ContactId("ana")
IMAGE = json.dumps([{"type": "image", "payload": {"url": "https://lookaside.fbsbx.com/a.jpg"}}])


@pytest.fixture
async def first(tmp_path: Path) -> AsyncIterator[OldSystem]:
    """A first system without anything in it."""
    async with old_system(tmp_path) as made:
        yield made


def scene(first: OldSystem) -> Scene:
    return Scene(stores_on(first.opened, KeyRing.parse(KEYS)))


async def accounts(first: OldSystem, tenant: TenantId = T1) -> list[Account]:
    return list(await scene(first).stores.accounts.list(tenant))


async def casaverde(first: OldSystem, **more: Any) -> str:
    """An Instagram account with good tokens, each in the other's column."""
    page, user = await first.meta.page_token(CASA_VERDE), await first.meta.user_token()
    values: dict[str, Any] = {
        "instagram": CASAVERDE,
        "username": "casaverde",
        "name": "Casa Verde",
        "picture": "https://scontent.cdninstagram.com/casa.jpg",
        "page": CASA_VERDE,
        "page_name": "Casa Verde",
        "first": first.sealed(page),
        "second": first.sealed(user),
        "expires": "2027-01-01 00:00",
    }
    return await first.account(**(values | more))


async def padaria(first: OldSystem, sealed: str, **more: Any) -> str:
    """A Page with one token, for the second tenant."""
    values: dict[str, Any] = {
        "tenant": "t2",
        "platform": "facebook",
        "page": PADARIA_SOL,
        "page_name": "Padaria Sol",
        "second": sealed,
    }
    return await first.account(**(values | more))


def flipped(sealed: str, place: int) -> str:
    """With one bit of that hex digit changed."""
    return sealed[:place] + format(int(sealed[place], 16) ^ 1, "x") + sealed[place + 1 :]


async def written(first: OldSystem, account: Account, contact: ContactId = ANA) -> list[Message]:
    """What was written, oldest first."""
    return list(reversed(await scene(first).messages(account, contact)))


async def test_an_account_is_what_it_was_and_can_send(first: OldSystem) -> None:
    await casaverde(first)
    report = await first.imported()
    assert report["accounts"] == {
        "read": 1,
        "imported": 1,
        "already_here": 0,
        "need_login": [],
        "left_out": [],
        "token_left_out": [],
    }
    (account,) = await accounts(first)
    assert (account.platform, account.status, account.status_reason) == (
        Platform.INSTAGRAM,
        AccountStatus.ACTIVE,
        None,
    )
    assert (account.instagram_account_id, account.instagram_username) == (CASAVERDE, "casaverde")
    assert (account.instagram_name, account.facebook_page_id) == ("Casa Verde", CASA_VERDE)
    assert (account.facebook_page_name, account.connected_by) == ("Casa Verde", "bea")
    assert account.token_expires_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert account.connected_at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert account.last_synced_at == datetime(2026, 10, 2, 10, tzinfo=UTC)
    assert account.updated_at == datetime(2026, 10, 3, 10, tzinfo=UTC)


async def test_the_token_that_meta_calls_the_pages_is_acted_with(first: OldSystem) -> None:
    await casaverde(first)
    await first.imported()
    (account,) = await accounts(first)
    token = (await scene(first).stores.accounts.token(T1, account.id)).reveal()
    told = await first.meta.call("GET", "me", token, fields="id")
    assert told.json()["id"] == CASA_VERDE
    kept = await (
        await first.opened.superuser.execute("select user_token, page_token from meta_inbox.accounts")
    ).fetchone()
    assert kept is not None
    assert all(sealed.startswith("v1.k1.") for sealed in kept)


async def test_webhooks_find_an_account_that_was_brought_over(first: OldSystem) -> None:
    await casaverde(first)
    await first.imported()
    (account,) = await accounts(first)
    await scene(first).happens(
        wrote("m-new", "still there?", platform=Platform.INSTAGRAM, external_id=CASAVERDE, contact_id=ANA)
    )
    assert [each.text for each in await written(first, account)] == ["still there?"]
    assert (await scene(first).conversation(account, ANA)).unread_count == 1


async def test_messages_stand_where_they_stood(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.message(old, "m-1", text="Do you deliver?", raw='{"odd": [1, 2]}')
    answer = {"from": CASAVERDE, "from_name": "casaverde", "to": "ana", "to_name": "ana.c"}
    await first.message(old, "m-2", direction="outbound", text="We do", sent="2026-10-01 12:05", **answer)
    await first.message(old, "m-3", direction=None, sent="2026-10-01 12:06", text=None, attachments=IMAGE)
    report = await first.imported()
    assert report["messages"] == {"read": 3, "imported": 3, "already_here": 0, "left_out": []}
    (account,) = await accounts(first)
    asked, answered, shown = await written(first, account)
    assert all(each.imported for each in (asked, answered, shown))
    assert (asked.text, asked.direction, asked.origin) == (
        "Do you deliver?",
        Direction.INBOUND,
        Origin.CONTACT,
    )
    assert asked.sent_at == asked.ordered_at == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert (answered.text, answered.direction) == ("We do", Direction.OUTBOUND)
    assert (shown.type, [each.type for each in shown.attachments]) == ("image", ["image"])
    assert await first.count("media") == 1


async def test_a_conversation_is_quiet_and_its_window_as_old_as_its_messages(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.message(old, "m-1")
    await first.message(old, "m-2", sent="2026-10-01 12:30")
    await first.imported()
    (account,) = await accounts(first)
    conversation = await scene(first).conversation(account, ANA)
    assert (conversation.unread_count, conversation.contact.username) == (0, "ana.c")
    assert conversation.opened_at == conversation.last_message_at == datetime(2026, 10, 1, 12, 30, tzinfo=UTC)
    told = await scene(first).stores.backstage.events(T1)
    assert [(event.type, event.contact_id) for event in told] == [
        (EventType.ACCOUNT_UPDATED, None),
        (EventType.CONVERSATION_UPDATED, ANA),
    ]


async def test_a_changed_token_is_reported_and_not_brought_over(first: OldSystem) -> None:
    await casaverde(first)
    good = first.sealed(await first.meta.page_token(PADARIA_SOL))
    old = await padaria(first, flipped(good, 40))
    report = await first.imported()
    (noted,) = report["accounts"]["need_login"]
    assert (noted["id"], noted["tenant"]) == (old, "t2")
    assert "cannot be opened, or was changed" in noted["reason"]
    (account,) = await accounts(first, T2)
    assert account.status is AccountStatus.REAUTH_REQUIRED
    assert account.status_reason is not None
    assert account.status_reason.code == "token_unreadable"
    with pytest.raises(AccessRevoked):
        await scene(first).stores.accounts.token(T2, account.id)


async def test_a_change_that_leaves_the_shape_of_a_token_is_found_by_asking_meta(first: OldSystem) -> None:
    await casaverde(first)
    good = first.sealed(await first.meta.page_token(PADARIA_SOL))
    await padaria(first, flipped(good, 1))
    report = await first.imported()
    (noted,) = report["accounts"]["need_login"]
    assert noted["reason"] == "its second token is no longer accepted by Meta"
    (account,) = await accounts(first, T2)
    assert account.status is AccountStatus.REAUTH_REQUIRED


async def test_another_pages_token_is_not_taken_for_this_pages(first: OldSystem) -> None:
    await padaria(first, first.sealed(await first.meta.page_token(CASA_VERDE)))
    report = await first.imported()
    (noted,) = report["accounts"]["need_login"]
    assert noted["reason"] == "its second token is of another Page"


async def test_another_apps_token_is_not_brought_over(first: OldSystem) -> None:
    await casaverde(first)
    first.meta.world.quirks = replace(first.meta.world.quirks, debug_token_app_id="999")
    report = await first.imported()
    (noted,) = report["accounts"]["need_login"]
    assert noted["reason"] == (
        "its first token is of another Meta app; its second token is of another Meta app"
    )


async def test_an_account_whose_page_token_lives_needs_no_other(first: OldSystem) -> None:
    old = await casaverde(first, second=first.sealed("EAAB" + "long-expired" * 4))
    report = await first.imported()
    assert report["accounts"]["need_login"] == []
    (noted,) = report["accounts"]["token_left_out"]
    assert (noted["id"], noted["reason"]) == (old, "its second token is no longer accepted by Meta")
    (account,) = await accounts(first)
    assert account.status is AccountStatus.ACTIVE
    assert await scene(first).stores.accounts.token(T1, account.id)


async def test_one_changed_token_of_two_means_a_login(first: OldSystem) -> None:
    user = first.sealed(await first.meta.user_token())
    await casaverde(first, second=flipped(user, 60))
    report = await first.imported()
    (noted,) = report["accounts"]["need_login"]
    assert noted["reason"] == "its second token cannot be opened, or was changed"
    (account,) = await accounts(first)
    assert account.status is AccountStatus.REAUTH_REQUIRED


async def test_statuses_come_over(first: OldSystem) -> None:
    await casaverde(first, status="expired")
    await padaria(first, first.sealed(await first.meta.page_token(PADARIA_SOL)), status="disconnected")
    await first.imported()
    (casa,), (sol,) = await accounts(first), await accounts(first, T2)
    assert casa.status is AccountStatus.REAUTH_REQUIRED
    assert sol.status is AccountStatus.DISCONNECTED
    with pytest.raises(AccessRevoked):
        await scene(first).stores.accounts.token(T2, sol.id)


async def test_another_tenants_account_is_reported_and_not_taken(first: OldSystem) -> None:
    older = await casaverde(first, tenant="t2", connected="2026-09-01 10:00")
    await casaverde(first)
    await first.message(older, "m-theirs", tenant="t2")
    report = await first.imported()
    (left,) = report["accounts"]["left_out"]
    assert (left["id"], left["reason"]) == (older, "another tenant has this account here")
    assert await accounts(first, T2) == []
    assert [each["reason"] for each in report["messages"]["left_out"]] == ["its account was not brought over"]
    assert await first.count("messages") == 0


async def test_what_cannot_be_kept_is_counted_with_its_reason(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.account(tenant=None, instagram="1")
    await first.account(platform="telegram", instagram="2")
    await first.account(instagram=None)
    await first.message(old, None)
    await first.message(old, "m-1", tenant="t2")
    await first.message(old, "m-2", direction=None, to="nobody")
    await first.message(old, "m-3", sent="1999-01-01", tenant="t1")
    await first.message(old, "m-4", **{"from": None})
    report = await first.imported()
    assert sorted(each["reason"] for each in report["accounts"]["left_out"]) == [
        "it belongs to no tenant",
        "it has no id of Meta's",
        "its platform is not known: telegram",
    ]
    left = {each["reason"]: (each["count"], each["first"]) for each in report["messages"]["left_out"]}
    assert left == {
        "it does not say who the contact is": (1, ["5"]),
        "it has no id of Meta's, so it may never have been sent": (1, ["1"]),
        "it is of another tenant than its account": (1, ["2"]),
        "nobody can tell who wrote it": (1, ["3"]),
    }
    assert (report["messages"]["read"], report["messages"]["imported"]) == (5, 1)


async def test_what_webhooks_brought_stays_as_it_is(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.imported()
    (account,) = await accounts(first)
    at = datetime.now(UTC)
    await scene(first).happens(
        wrote("m-1", "by webhook", platform=Platform.INSTAGRAM, external_id=CASAVERDE, contact_id=ANA)
    )
    await first.message(old, "m-1", sent=at.replace(tzinfo=None))
    await first.message(old, "m-0")
    report = await first.imported()
    assert (report["accounts"]["imported"], report["accounts"]["already_here"]) == (0, 1)
    assert (report["messages"]["imported"], report["messages"]["already_here"]) == (1, 1)
    assert [each.text for each in await written(first, account)] == ["text of m-0", "by webhook"]
    assert (await scene(first).conversation(account, ANA)).unread_count == 1


async def test_an_account_that_is_here_is_left_as_it_is(first: OldSystem) -> None:
    await casaverde(first)
    await first.imported()
    (account,) = await accounts(first)
    await first.old.execute(
        "update meta_instagram_accounts set status = 'disconnected', instagram_name = 'X'"
    )
    await first.imported()
    assert await accounts(first) == [account]


@pytest.mark.parametrize("begun", ["accounts", "messages"])
async def test_an_import_that_was_killed_goes_on(first: OldSystem, begun: str) -> None:
    old = await casaverde(first)
    count = 6000
    await first.old.execute(MANY, {"account": old, "own": CASAVERDE, "count": count})
    command = await first.start()
    async with asyncio.timeout(30):
        while not await first.count(begun):
            pass
    command.kill()
    await command.wait()
    halfway = await first.count("messages")
    assert halfway < count
    assert halfway or begun == "accounts"
    report = await first.imported()
    assert (report["accounts"]["imported"], report["accounts"]["already_here"]) == (0, 1)
    assert report["messages"] == {
        "read": count,
        "imported": count - halfway,
        "already_here": halfway,
        "left_out": [],
    }
    assert await first.count("messages") == count
    assert (await first.imported())["messages"]["imported"] == 0
    (account,) = await accounts(first)
    page = await scene(first).stores.accounts.token(T1, account.id)
    assert page.reveal()
    thread = await written(first, account, ContactId("c3"))
    assert [each.ordered_at for each in thread] == sorted(each.ordered_at for each in thread)


async def test_two_imports_at_once_double_nothing(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.old.execute(MANY, {"account": old, "own": CASAVERDE, "count": 1000})
    ends = await asyncio.gather(first.run(), first.run())
    assert [code for code, _, _ in ends] == [0, 0]
    assert await first.count("accounts") == await first.count("account_routes") == 1
    assert await first.count("messages") == 1000


async def test_who_was_deleted_here_does_not_come_back(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.message(old, "m-1")
    await first.imported()
    (account,) = await accounts(first)
    await scene(first).stores.deletions.begin(T1, account.id, ANA)
    await first.message(old, "m-2")
    report = await first.imported()
    assert (report["messages"]["imported"], report["messages"]["left_out"]) == (0, [])
    assert "m-2" not in [each.meta_message_id for each in await written(first, account)]


async def test_an_answer_under_way_holds_back_what_may_be_it(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.message(old, "m-1")
    await first.imported()
    (account,) = await accounts(first)
    await scene(first).answers(account, contact=ANA)
    await first.message(old, "m-2", direction="outbound", **{"from": CASAVERDE, "to": "ana"})
    (left,) = (await first.imported())["messages"]["left_out"]
    assert left["count"] == 1
    assert left["reason"].startswith("an answer in that conversation is under way")


async def test_trying_it_out_writes_nothing(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.message(old, "m-1")
    report = await first.imported("--dry-run")
    assert (report["dry_run"], report["accounts"]["imported"], report["messages"]["imported"]) == (True, 1, 1)
    assert await first.count("accounts") == await first.count("account_routes") == 0
    assert await first.count("messages") == await first.count("events") == 0
    await first.imported()
    await first.message(old, "m-2")
    report = await first.imported("--dry-run")
    assert (report["messages"]["imported"], report["messages"]["already_here"]) == (1, 1)
    assert await first.count("messages") == 1


async def test_the_old_database_is_not_written_to(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.message(old, "m-1")
    await first.old.execute("""
        create function refuse() returns trigger language plpgsql as $$
        begin raise exception 'written'; end $$;
        create trigger refuse before insert or update or delete or truncate on instagram_messages
          execute function refuse();
        create trigger refuse before insert or update or delete or truncate on meta_instagram_accounts
          execute function refuse();
    """)
    assert (await first.imported())["messages"]["imported"] == 1


async def test_a_wrong_app_secret_is_told_before_anything_is_written(first: OldSystem) -> None:
    await casaverde(first)
    first.secret = "another"
    code, _, err = await first.run()
    assert code == 1
    assert "none of the first 2 tokens can be opened" in err
    assert "Traceback" not in err
    assert await first.count("accounts") == 0
    report = await first.imported("--without-tokens")
    assert [each["reason"] for each in report["accounts"]["need_login"]] == [
        "its tokens were not brought over"
    ]
    (account,) = await accounts(first)
    assert account.status is AccountStatus.REAUTH_REQUIRED


async def test_columns_that_are_missing_are_named_at_once_and_may_be_renamed(first: OldSystem) -> None:
    old = await casaverde(first)
    await first.message(old, "m-1")
    await first.old.execute("alter table instagram_messages rename message_text to body")
    await first.old.execute('alter table meta_instagram_accounts rename status to "State"')
    code, _, err = await first.run()
    assert code == 1
    assert "meta_instagram_accounts.status, instagram_messages.message_text" in err
    assert len(err.splitlines()) == 1
    assert await first.count("accounts") == 0
    renamed = (
        "--column",
        "instagram_messages.message_text=body",
        "--column",
        "meta_instagram_accounts.status=State",
    )
    assert (await first.imported(*renamed))["messages"]["imported"] == 1
    code, _, err = await first.run("--column", "instagram_messages.nonsense=x")
    assert code == 2
    assert "instagram_messages.nonsense is not read" in err


async def test_a_meta_that_does_not_answer_is_one_line_and_nothing_is_lost(first: OldSystem) -> None:
    await casaverde(first)
    code, _, err = await first.run(META_GRAPH_BASE_URL="http://127.0.0.1:9")
    assert code == 1
    assert err.startswith("meta-inbox: Meta did not answer")
    assert await first.count("accounts") == 0
    assert (await first.imported())["accounts"]["imported"] == 1


async def test_an_old_database_that_is_not_there_is_one_line_without_its_password(first: OldSystem) -> None:
    first.dsn = "postgresql://me:canary@127.0.0.1:1/none"
    code, out, err = await first.run()
    assert code == 1
    assert err.startswith("meta-inbox: the old database cannot be read")
    assert "canary" not in out + err
