"""Connecting: bound to one browser and one principal, and each failure named."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from meta_inbox.domain.errors import (
    ConnectFailed,
    ContentRefused,
    GraphUnavailable,
    LoginNotAvailable,
    NotFound,
    ScopeMissing,
)
from meta_inbox.domain.model.account import AccountStatus, Login
from meta_inbox.domain.model.oauth_state import CandidateReason, Wanted, new_handle
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.use_cases.connect_account import Authorized, SentToMeta
from tests.contracts.scene import CASA, RIVAL, instagram_candidate, page_candidate
from tests.unit.doubles import AGENT, STRANGER, FakeMetaLogin, World

ORIGIN = "https://crm.example"
CODE = Secret("the-code")


async def at_the_dialog(world: World, browser: Secret | None = None) -> SentToMeta:
    """Bea pressed the button and her browser stands at Meta's dialog."""
    ticket = await world.connect.start(by=AGENT, return_to="/connections", return_origin=ORIGIN)
    return await world.connect.authorize(ticket=ticket.ticket, browser=browser)


def state_of(sent: SentToMeta) -> Secret:
    """The state that Meta will bring back."""
    return Secret(parse_qs(urlsplit(sent.dialog_url).query)["state"][0])


async def back(
    world: World,
    sent: SentToMeta,
    *,
    browser: Secret | None = None,
    code: Secret | None = CODE,
    cancelled: bool = False,
) -> Authorized:
    """Meta sends a browser, by default hers, to the callback."""
    return await world.connect.callback(
        login=Login.FACEBOOK,
        state=state_of(sent),
        code=code,
        browser=browser or sent.browser,
        cancelled=cancelled,
    )


async def authorized(world: World) -> Secret:
    """The completion handle after a login that went well."""
    return (await back(world, await at_the_dialog(world))).completion


async def test_two_clicks_connect_every_account(world: World) -> None:
    done = await back(world, await at_the_dialog(world))
    assert (done.return_to, done.return_origin) == ("/connections", ORIGIN)
    candidates = await world.connect.candidates(by=AGENT, completion=done.completion)
    connection = await world.connect.complete(by=AGENT, completion=done.completion)
    assert [account.external_id for account in connection.connected] == ["1001", "9001"]
    assert [candidate.external_id for candidate in candidates] == ["1001", "9001"]
    assert connection.refused == ()
    assert {account.status for account in connection.connected} == {AccountStatus.ACTIVE}
    assert world.graph.calls == [("subscribe", "1001")] * 2
    token = await world.accounts.token(CASA, connection.connected[0].id)
    assert token.reveal() == "page-token-1001"


async def test_only_the_chosen_ones_are_connected(world: World) -> None:
    completion = await authorized(world)
    connection = await world.connect.complete(by=AGENT, completion=completion, keys=["instagram:9001"] * 2)
    assert [account.external_id for account in connection.connected] == ["9001"]
    assert len(await world.accounts.list(CASA)) == 1


async def test_choosing_nothing_connects_nothing(world: World) -> None:
    connection = await world.connect.complete(by=AGENT, completion=await authorized(world), keys=[])
    assert (connection.connected, connection.refused) == ((), ())


async def test_an_unknown_key_is_named_beside_those_that_work(world: World) -> None:
    completion = await authorized(world)
    connection = await world.connect.complete(
        by=AGENT, completion=completion, keys=["messenger:1001", "messenger:666"]
    )
    assert len(connection.connected) == 1
    assert [(refused.key, refused.code) for refused in connection.refused] == [
        ("messenger:666", "unknown_key")
    ]


async def test_what_cannot_be_connected_is_refused_with_its_reason(world: World) -> None:
    bare = replace(
        page_candidate("1002"), reason=CandidateReason.PERMISSION_MISSING, detail="pages_messaging is missing"
    )
    nameless = replace(page_candidate("1003"), external_id=None)
    world.login.grant = replace(world.login.grant, candidates=(bare, nameless, page_candidate("1001")))
    connection = await world.connect.complete(by=AGENT, completion=await authorized(world))
    assert [account.external_id for account in connection.connected] == ["1001"]
    assert [(refused.code, refused.detail) for refused in connection.refused] == [
        ("permission_missing", "pages_messaging is missing"),
        ("not_connectable", "this account cannot be connected"),
    ]


async def test_another_tenants_account_is_refused(world: World) -> None:
    await world.scene.connected(RIVAL)
    connection = await world.connect.complete(by=AGENT, completion=await authorized(world))
    assert [account.external_id for account in connection.connected] == ["9001"]
    assert [(refused.key, refused.code) for refused in connection.refused] == [
        ("messenger:1001", "account_in_use")
    ]


async def test_an_account_that_soon_expires_says_so_at_once(world: World) -> None:
    expiry = world.clock.now()
    world.login.grant = replace(world.login.grant, data_access_expires_at=expiry)
    connection = await world.connect.complete(by=AGENT, completion=await authorized(world))
    assert connection.connected[0].status is AccountStatus.EXPIRING


async def test_a_page_that_cannot_be_subscribed_yet_is_connected_and_tried_again(world: World) -> None:
    world.graph.trouble = GraphUnavailable("Meta did not answer")
    connection = await world.connect.complete(by=AGENT, completion=await authorized(world))
    assert len(connection.connected) == 2
    world.graph.trouble = None
    world.later(hours=1)
    assert await world.subscriptions.due() == 2
    world.later(hours=1)
    assert await world.subscriptions.due() == 0


class TestStart:
    """What may not even begin."""

    async def test_needs_the_scope(self, world: World) -> None:
        reader = Principal(CASA, "bea", frozenset({Scope.MESSAGES_READ, Scope.MESSAGES_SEND}))
        with pytest.raises(ScopeMissing):
            await world.connect.start(by=reader, return_origin=ORIGIN)
        with pytest.raises(ScopeMissing):
            await world.connect.candidates(by=reader, completion=new_handle())
        with pytest.raises(ScopeMissing):
            await world.connect.complete(by=reader, completion=new_handle())

    async def test_instagram_login_is_not_configured(self, world: World) -> None:
        with pytest.raises(LoginNotAvailable):
            await world.connect.start(by=AGENT, login=Login.INSTAGRAM, return_origin=ORIGIN)

    async def test_instagram_login_gives_no_pages(self, world: World) -> None:
        world.logins[Login.INSTAGRAM] = world.login
        with pytest.raises(LoginNotAvailable, match="Instagram accounts alone"):
            await world.connect.start(
                by=AGENT, login=Login.INSTAGRAM, wanted=Wanted.MESSENGER, return_origin=ORIGIN
            )

    async def test_may_not_return_elsewhere(self, world: World) -> None:
        with pytest.raises(ContentRefused):
            await world.connect.start(by=AGENT, return_to="//evil.example", return_origin=ORIGIN)

    async def test_asks_for_what_is_wanted(self, world: World) -> None:
        ticket = await world.connect.start(by=AGENT, wanted=Wanted.INSTAGRAM, return_origin=ORIGIN)
        sent = await world.connect.authorize(ticket=ticket.ticket, browser=None)
        assert sent.dialog_url.endswith("wanted=instagram")


class TestAuthorize:
    """A ticket opens the dialog once, within a minute."""

    async def test_a_used_ticket(self, world: World) -> None:
        ticket = await world.connect.start(by=AGENT, return_origin=ORIGIN)
        await world.connect.authorize(ticket=ticket.ticket, browser=None)
        with pytest.raises(ConnectFailed) as failed:
            await world.connect.authorize(ticket=ticket.ticket, browser=None)
        assert failed.value.code == "ticket_invalid"

    async def test_an_old_ticket(self, world: World) -> None:
        ticket = await world.connect.start(by=AGENT, return_origin=ORIGIN)
        world.later(seconds=61)
        with pytest.raises(ConnectFailed) as failed:
            await world.connect.authorize(ticket=ticket.ticket, browser=None)
        assert failed.value.code == "ticket_invalid"

    async def test_a_browser_that_is_known_keeps_its_handle(self, world: World) -> None:
        browser = new_handle()
        assert (await at_the_dialog(world, browser)).browser == browser
        assert (await at_the_dialog(world)).browser != (await at_the_dialog(world)).browser


class TestInstagramLogin:
    """The other login: its own dialog, code, token and expiry."""

    def offered(self, world: World) -> FakeMetaLogin:
        grant = replace(
            world.scene.grant(),
            candidates=(instagram_candidate("9001", None),),
            page_tokens={},
            meta_user_id="9081726354",
        )
        world.logins[Login.INSTAGRAM] = own = FakeMetaLogin(grant)
        return own

    async def begun(self, world: World) -> SentToMeta:
        ticket = await world.connect.start(by=AGENT, login=Login.INSTAGRAM, return_origin=ORIGIN)
        return await world.connect.authorize(ticket=ticket.ticket, browser=None)

    async def test_connects_the_account_that_logged_in(self, world: World) -> None:
        own, sent = self.offered(world), await self.begun(world)
        authorized = await world.connect.callback(
            login=Login.INSTAGRAM, state=state_of(sent), code=CODE, browser=sent.browser
        )
        done = await world.connect.complete(by=AGENT, completion=authorized.completion)
        (account,) = done.connected
        assert (own.redeemed, world.login.redeemed) == (["the-code"], [])
        assert (account.login, account.instagram_account_id) == (Login.INSTAGRAM, "9001")
        assert (account.facebook_page_id, account.connected_by_meta_id) == (None, "9081726354")
        assert account.token_expires_at == own.grant.user_token_expires_at
        assert world.graph.calls == [("subscribe", "9001")]

    async def test_its_code_is_not_taken_for_the_other_logins(self, world: World) -> None:
        own, sent = self.offered(world), await self.begun(world)
        with pytest.raises(ConnectFailed) as failed:
            await world.connect.callback(
                login=Login.FACEBOOK, state=state_of(sent), code=CODE, browser=sent.browser
            )
        assert failed.value.code == "state_invalid"
        assert (own.redeemed, world.login.redeemed) == ([], [])

    async def test_no_longer_configured_is_said(self, world: World) -> None:
        self.offered(world)
        ticket = await world.connect.start(by=AGENT, login=Login.INSTAGRAM, return_origin=ORIGIN)
        del world.logins[Login.INSTAGRAM]
        with pytest.raises(ConnectFailed) as failed:
            await world.connect.authorize(ticket=ticket.ticket, browser=None)
        assert failed.value.code == "login_not_available"


class TestCallback:
    """The code is redeemed once, for the browser that began, or not at all."""

    async def refused(self, world: World, sent: SentToMeta, browser: Secret) -> None:
        """This browser is told that the state is not its own, and Meta hears nothing."""
        with pytest.raises(ConnectFailed) as failed:
            await back(world, sent, browser=browser)
        assert failed.value.code == "state_invalid"
        assert failed.value.return_origin is None

    async def test_somebody_elses_link_connects_nothing(self, world: World) -> None:
        sent = await at_the_dialog(world)
        await self.refused(world, sent, new_handle())
        assert world.login.redeemed == []
        assert (await back(world, sent)).completion

    async def test_a_state_works_once(self, world: World) -> None:
        sent = await at_the_dialog(world)
        await back(world, sent)
        await self.refused(world, sent, sent.browser)
        assert world.login.redeemed == ["the-code"]

    async def test_an_old_state(self, world: World) -> None:
        sent = await at_the_dialog(world)
        world.later(minutes=10, seconds=1)
        await self.refused(world, sent, sent.browser)

    async def test_the_other_logins_callback(self, world: World) -> None:
        sent = await at_the_dialog(world)
        with pytest.raises(ConnectFailed) as failed:
            await world.connect.callback(
                login=Login.INSTAGRAM, state=state_of(sent), code=CODE, browser=sent.browser
            )
        assert failed.value.code == "state_invalid"

    @pytest.mark.parametrize("missing", ["state", "browser"])
    async def test_without_a_state_or_a_browser(self, world: World, missing: str) -> None:
        sent = await at_the_dialog(world)
        state = None if missing == "state" else state_of(sent)
        browser = None if missing == "browser" else sent.browser
        with pytest.raises(ConnectFailed) as failed:
            await world.connect.callback(login=Login.FACEBOOK, state=state, code=CODE, browser=browser)
        assert failed.value.code == "state_invalid"

    @pytest.mark.parametrize(
        ("cancelled", "code", "expected"),
        [
            (True, None, "consent_cancelled"),
            (True, CODE, "consent_cancelled"),
            (False, None, "consent_failed"),
        ],
    )
    async def test_a_login_that_was_not_finished(
        self, world: World, cancelled: bool, code: Secret | None, expected: str
    ) -> None:
        sent = await at_the_dialog(world)
        with pytest.raises(ConnectFailed) as failed:
            await back(world, sent, code=code, cancelled=cancelled)
        assert (failed.value.code, failed.value.return_origin) == (expected, ORIGIN)
        assert world.login.redeemed == []
        await self.refused(world, sent, sent.browser)

    @pytest.mark.parametrize(
        ("trouble", "code", "by_meta"),
        [
            (GraphUnavailable("no answer"), "meta_unavailable", True),
            (ConnectFailed("of another app", code="wrong_app"), "wrong_app", False),
            (ConnectFailed("spent", code="code_invalid"), "code_invalid", False),
            (ConnectFailed("no", code="meta_refused", by_meta=True), "meta_refused", True),
        ],
    )
    async def test_a_code_that_is_not_redeemed(
        self, world: World, trouble: Exception, code: str, by_meta: bool
    ) -> None:
        world.login.trouble = trouble
        sent = await at_the_dialog(world)
        with pytest.raises(ConnectFailed) as failed:
            await back(world, sent)
        assert (failed.value.code, failed.value.by_meta) == (code, by_meta)
        assert failed.value.return_origin == ORIGIN
        await self.refused(world, sent, sent.browser)


class TestCompletion:
    """The handle is this user's, for one use, within ten minutes."""

    @pytest.mark.parametrize("who", [STRANGER, Principal(CASA, "rui")])
    async def test_somebody_elses(self, world: World, who: Principal) -> None:
        completion = await authorized(world)
        with pytest.raises(NotFound):
            await world.connect.candidates(by=who, completion=completion)
        with pytest.raises(NotFound):
            await world.connect.complete(by=who, completion=completion)
        assert (await world.connect.complete(by=AGENT, completion=completion)).connected

    async def test_a_used_one(self, world: World) -> None:
        completion = await authorized(world)
        await world.connect.complete(by=AGENT, completion=completion, keys=[])
        with pytest.raises(NotFound):
            await world.connect.complete(by=AGENT, completion=completion)

    async def test_an_old_one(self, world: World) -> None:
        completion = await authorized(world)
        world.later(minutes=10, seconds=1)
        with pytest.raises(NotFound):
            await world.connect.complete(by=AGENT, completion=completion)
