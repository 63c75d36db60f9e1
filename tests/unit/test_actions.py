"""Typing, reacting and thread control: who may, when, and what is noted of it."""

from dataclasses import replace

import pytest

from meta_inbox.domain.errors import (
    AccessRevoked,
    AccountNotSendable,
    ContentRefused,
    GraphUnavailable,
    MessageDeleted,
    MessageNotSent,
    NotFound,
    RefusalKind,
    RefusedByMeta,
    ScopeMissing,
    WindowClosed,
)
from meta_inbox.domain.model.account import Account, AccountStatus, Login
from meta_inbox.domain.model.changes import OwnerChanged, Unsent
from meta_inbox.domain.model.ids import ContactId, MessageId, MetaMessageId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.model.reacting import by_account, reactable
from meta_inbox.domain.model.thread_control import Action, ThreadControl
from meta_inbox.domain.model.webhook import ItemKind
from meta_inbox.domain.use_cases.control_thread import ControlThread
from meta_inbox.domain.use_cases.mark_read import MarkRead
from meta_inbox.domain.use_cases.react_to_message import ReactToMessage
from meta_inbox.domain.use_cases.show_typing import ShowTyping
from tests.contracts.commenting import COMMENTER, commented
from tests.contracts.scene import ANA, CASA, RUI, instagram_candidate, says, wrote
from tests.contracts.yes_actions import YesActions
from tests.unit.doubles import AGENT, STRANGER, World

READER = Principal(CASA, "bea", frozenset({Scope.MESSAGES_READ}))
TAKE, RELEASE = ThreadControl(action="take"), ThreadControl(action="release")
GONE = RefusedByMeta("Meta said no", code="recipient_unavailable")


@pytest.fixture
def meta() -> YesActions:
    return YesActions()


@pytest.fixture
def typing(world: World, meta: YesActions) -> ShowTyping:
    return ShowTyping(
        accounts=world.accounts, conversations=world.conversations, actions=meta, clock=world.clock
    )


@pytest.fixture
def reacts(world: World, meta: YesActions) -> ReactToMessage:
    return ReactToMessage(
        accounts=world.accounts, conversations=world.conversations, actions=meta, clock=world.clock
    )


@pytest.fixture
def controls(world: World, meta: YesActions) -> ControlThread:
    return ControlThread(
        accounts=world.accounts, conversations=world.conversations, actions=meta, clock=world.clock
    )


@pytest.fixture
async def account(world: World) -> Account:
    """An account to which Ana wrote."""
    found = await world.scene.connected()
    await world.scene.happens(wrote("m-1"))
    return found


@pytest.fixture
async def message(world: World, account: Account) -> Message:
    return (await world.scene.messages(account))[0]


class TestTyping:
    """An indicator for the contact."""

    async def test_it_is_shown_and_ends(self, typing: ShowTyping, meta: YesActions, account: Account) -> None:
        for on in (True, False):
            await typing(by=AGENT, account=account.id, contact=ANA, on=on)
        assert meta.calls == [("typing_on", ANA), ("typing_off", ANA)]

    async def test_that_meta_does_not_answer_is_no_error(
        self, typing: ShowTyping, meta: YesActions, account: Account
    ) -> None:
        meta.trouble = GraphUnavailable("no answer")
        await typing(by=AGENT, account=account.id, contact=ANA)

    async def test_what_meta_refuses_is_told(
        self, typing: ShowTyping, meta: YesActions, account: Account
    ) -> None:
        meta.trouble = GONE
        with pytest.raises(RefusedByMeta) as refused:
            await typing(by=AGENT, account=account.id, contact=ANA)
        assert refused.value.kind is RefusalKind.STATE

    async def test_it_needs_an_open_window(
        self, world: World, typing: ShowTyping, meta: YesActions, account: Account
    ) -> None:
        with pytest.raises(WindowClosed):
            await typing(by=AGENT, account=account.id, contact=RUI)
        world.later(hours=24)
        with pytest.raises(WindowClosed):
            await typing(by=AGENT, account=account.id, contact=ANA)
        assert meta.calls == []

    async def test_it_needs_an_account_that_sends(
        self, world: World, typing: ShowTyping, meta: YesActions, account: Account
    ) -> None:
        await world.accounts.disconnect(CASA, account.id)
        with pytest.raises(AccountNotSendable):
            await typing(by=AGENT, account=account.id, contact=ANA)
        assert meta.calls == []

    async def test_it_is_for_the_tenants_senders(self, typing: ShowTyping, account: Account) -> None:
        with pytest.raises(ScopeMissing):
            await typing(by=READER, account=account.id, contact=ANA)
        with pytest.raises(NotFound):
            await typing(by=STRANGER, account=account.id, contact=ANA)


async def test_a_dead_token_is_noted_on_the_account(
    world: World, typing: ShowTyping, meta: YesActions, account: Account
) -> None:
    meta.trouble = AccessRevoked("the connection expired", meta_code=190, meta_subcode=463)
    with pytest.raises(AccountNotSendable):
        await typing(by=AGENT, account=account.id, contact=ANA)
    found = await world.accounts.get(CASA, account.id)
    assert found.status is AccountStatus.REAUTH_REQUIRED
    assert found.status_reason is not None
    assert (found.status_reason.meta_code, found.status_reason.meta_subcode) == (190, 463)


class TestReacting:
    """The account's own reaction."""

    async def test_it_is_made_at_meta_and_noted(
        self, world: World, reacts: ReactToMessage, meta: YesActions, message: Message
    ) -> None:
        fire = "\U0001f525"
        steps: tuple[tuple[str | None, list[str]], ...] = (
            ("love", ["love"]),
            ("love", ["love"]),
            (fire, ["other"]),
            (None, []),
            (None, []),
        )
        for reaction, noted in steps:
            await reacts(
                by=AGENT, account=message.account_id, contact=ANA, message=message.id, reaction=reaction
            )
            shown = [each.reaction for each in (await world.scene.message(message)).shown_reactions]
            assert shown == noted
            world.later(seconds=1)
        assert [call[3] for call in meta.calls] == ["love", "love", fire, "", ""]

    @pytest.mark.parametrize("trouble", [GraphUnavailable("no answer"), GONE])
    async def test_what_meta_did_not_do_is_not_noted(
        self, world: World, reacts: ReactToMessage, meta: YesActions, message: Message, trouble: Exception
    ) -> None:
        meta.trouble = trouble
        with pytest.raises(type(trouble)):
            await reacts(
                by=AGENT, account=message.account_id, contact=ANA, message=message.id, reaction="love"
            )
        assert (await world.scene.message(message)).reactions == ()

    async def test_instagram_by_its_page_takes_love_alone(
        self, world: World, reacts: ReactToMessage, meta: YesActions
    ) -> None:
        account = await world.scene.connected(candidate=instagram_candidate("178", "1001"))
        await world.scene.happens(wrote("m-9", platform=account.platform, external_id="178"))
        [message] = await world.scene.messages(account)
        with pytest.raises(ContentRefused) as refused:
            await reacts(by=AGENT, account=account.id, contact=ANA, message=message.id, reaction="wow")
        assert refused.value.code == "not_supported_here"
        await reacts(by=AGENT, account=account.id, contact=ANA, message=message.id, reaction="love")
        assert [call[0] for call in meta.calls] == ["react"]

    @pytest.mark.parametrize("reaction", [" ", "a\nb"])
    async def test_nothing_is_no_reaction(
        self, reacts: ReactToMessage, meta: YesActions, message: Message, reaction: str
    ) -> None:
        with pytest.raises(ContentRefused):
            await reacts(
                by=AGENT, account=message.account_id, contact=ANA, message=message.id, reaction=reaction
            )
        assert meta.calls == []

    async def test_what_was_taken_back_has_no_reactions(
        self, world: World, reacts: ReactToMessage, meta: YesActions, message: Message
    ) -> None:
        await world.scene.happens(says(Unsent(), "m-1"))
        with pytest.raises(MessageDeleted):
            await reacts(
                by=AGENT, account=message.account_id, contact=ANA, message=message.id, reaction="love"
            )
        assert meta.calls == []

    async def test_what_meta_does_not_have_cannot_be_reacted_to(
        self, world: World, reacts: ReactToMessage, account: Account
    ) -> None:
        queued = await world.scene.answers(account)
        with pytest.raises(MessageNotSent):
            await reacts(by=AGENT, account=account.id, contact=ANA, message=queued.id, reaction="love")

    async def test_comments_and_notices_have_no_reactions(
        self, world: World, reacts: ReactToMessage, account: Account
    ) -> None:
        taken = wrote("ev:1", None, kind=ItemKind.NOTICE, type="thread_control", opens=None)
        await world.scene.happens(commented("c-1"), taken)
        [comment] = await world.scene.messages(account, COMMENTER)
        notice = next(one for one in await world.scene.messages(account) if one.type == "thread_control")
        for message in (comment, notice):
            with pytest.raises(ContentRefused) as refused:
                await reacts(
                    by=AGENT,
                    account=account.id,
                    contact=message.contact_id,
                    message=message.id,
                    reaction="love",
                )
            assert refused.value.code == "not_supported_here"

    async def test_it_needs_an_open_window(
        self, world: World, reacts: ReactToMessage, message: Message
    ) -> None:
        world.later(hours=24)
        with pytest.raises(WindowClosed):
            await reacts(
                by=AGENT, account=message.account_id, contact=ANA, message=message.id, reaction="love"
            )

    async def test_it_is_for_the_tenants_senders(self, reacts: ReactToMessage, message: Message) -> None:
        with pytest.raises(ScopeMissing):
            await reacts(
                by=READER, account=message.account_id, contact=ANA, message=message.id, reaction="love"
            )
        for by, contact, id_ in (
            (STRANGER, ANA, message.id),
            (AGENT, RUI, message.id),
            (AGENT, ANA, MessageId("nothing")),
        ):
            with pytest.raises(NotFound):
                await reacts(by=by, account=message.account_id, contact=contact, message=id_, reaction="love")


async def test_an_id_that_meta_did_not_give_is_no_target(world: World, message: Message) -> None:
    made_up = replace(message, meta_message_id=MetaMessageId("pb:abc"))
    with pytest.raises(ContentRefused):
        reactable(made_up)
    assert reactable(message) == "m-1"


def test_reactions_are_noted_in_the_words_of_webhooks() -> None:
    noted = {wanted: by_account(wanted) for wanted in ("love", "\U0001f44d", "\U0001f525", "clap", None)}
    assert {wanted: (one.reaction, one.emoji) for wanted, one in noted.items()} == {
        "love": ("love", "\u2764\ufe0f"),
        "\U0001f44d": ("like", "\U0001f44d"),
        "\U0001f525": ("other", "\U0001f525"),
        "clap": ("clap", None),
        None: (None, None),
    }


class TestThreads:
    """Which app answers a conversation."""

    async def test_it_is_passed_taken_and_released(
        self, world: World, controls: ControlThread, meta: YesActions, account: Account
    ) -> None:
        for control in (ThreadControl(action="pass", app_id="77"), TAKE, TAKE, RELEASE):
            await controls(by=AGENT, account=account.id, contact=ANA, control=control)
            assert (await world.scene.conversation(account)).thread_owner == control.owner
            world.later(seconds=1)
        assert [(call[0], call[2]) for call in meta.calls] == [
            ("pass", "77"),
            ("take", ""),
            ("take", ""),
            ("release", ""),
        ]

    async def test_what_meta_refuses_leaves_it_where_it_is(
        self, world: World, controls: ControlThread, meta: YesActions, account: Account
    ) -> None:
        await world.scene.happens(says(OwnerChanged(owner="77")))
        for trouble in (RefusedByMeta("no"), GraphUnavailable("no answer")):
            meta.trouble = trouble
            with pytest.raises(type(trouble)):
                await controls(by=AGENT, account=account.id, contact=ANA, control=TAKE)
        assert (await world.scene.conversation(account)).thread_owner == "77"

    async def test_it_takes_no_open_window(
        self, world: World, controls: ControlThread, account: Account
    ) -> None:
        world.later(days=9)
        await controls(by=AGENT, account=account.id, contact=ANA, control=TAKE)

    async def test_comments_are_not_shared_with_apps(
        self, world: World, controls: ControlThread, account: Account
    ) -> None:
        await world.scene.happens(commented("c-1"))
        with pytest.raises(ContentRefused):
            await controls(by=AGENT, account=account.id, contact=COMMENTER, control=TAKE)

    async def test_instagram_by_its_own_login_has_no_such_thing(
        self, world: World, controls: ControlThread, meta: YesActions, account: Account
    ) -> None:
        row = world.store.accounts[CASA, account.id]
        row.account = replace(
            row.account,
            platform=instagram_candidate("178", None).platform,
            login=Login.INSTAGRAM,
            instagram_account_id="178",
        )
        with pytest.raises(ContentRefused):
            await controls(by=AGENT, account=account.id, contact=ANA, control=TAKE)
        assert meta.calls == []

    async def test_it_is_for_the_tenants_senders_and_for_those_who_wrote(
        self, controls: ControlThread, account: Account
    ) -> None:
        with pytest.raises(ScopeMissing):
            await controls(by=READER, account=account.id, contact=ANA, control=TAKE)
        for by, contact in ((STRANGER, ANA), (AGENT, RUI), (AGENT, ContactId("nobody"))):
            with pytest.raises(NotFound):
                await controls(by=by, account=account.id, contact=contact, control=TAKE)

    @pytest.mark.parametrize(("action", "app_id"), [("pass", None), ("take", "77"), ("release", "77")])
    def test_an_app_is_named_for_passing_alone(self, action: Action, app_id: str | None) -> None:
        with pytest.raises(ValueError, match="app_id"):
            ThreadControl(action=action, app_id=app_id)


class TestReadMarks:
    """What marking read says at Meta."""

    async def test_of_comments_meta_hears_nothing(self, world: World, account: Account) -> None:
        await world.scene.happens(commented("c-1"))
        reads = MarkRead(
            accounts=world.accounts, conversations=world.conversations, graph=world.graph, clock=world.clock
        )
        await reads(by=AGENT, account=account.id, contact=COMMENTER)
        assert (await world.scene.conversation(account, COMMENTER)).unread_count == 0
        assert world.graph.calls == []

    async def test_a_dead_token_is_noted(self, world: World, account: Account) -> None:
        reads = MarkRead(
            accounts=world.accounts, conversations=world.conversations, graph=world.graph, clock=world.clock
        )
        world.graph.trouble = AccessRevoked("dead token", meta_code=190)
        await reads(by=AGENT, account=account.id, contact=ANA)
        assert (await world.accounts.get(CASA, account.id)).status is AccountStatus.REAUTH_REQUIRED
