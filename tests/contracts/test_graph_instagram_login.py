"""An Instagram account by its own login: at another host, for itself, in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_errors import GraphError
from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import AccessRevoked, RefusedByMeta
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.content import (
    Button,
    ButtonsContent,
    Content,
    MediaContent,
    PrivateReplyContent,
    PublicReplyContent,
    TextContent,
)
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Sent, Unknown
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, Stage, account, opened

OWNER = account(CASAVERDE, Login.INSTAGRAM)
LOGIN = Login.INSTAGRAM


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


@pytest.mark.parametrize(
    "content",
    [
        TextContent(text="Chega amanhã"),
        MediaContent(url="https://cdn.example/a.jpg"),
        ButtonsContent(text="Escolha", buttons=(Button(type="postback", title="Humano", payload="HUMAN"),)),
    ],
)
async def test_what_is_sent_reaches_the_contact(stage: Stage, content: Content) -> None:
    contact = stage.contact(CASAVERDE)
    outcome = await stage.send(await stage.token_of(OWNER), contact, content, login=LOGIN)
    (sent,) = stage.world.ledger
    assert isinstance(outcome, Sent)
    assert (sent.mid, sent.recipient_id, sent.account_id) == (
        outcome.meta_message_id,
        contact.id,
        CASAVERDE,
    )


async def test_a_page_that_the_account_had_before_is_not_spoken_to(stage: Stage) -> None:
    assert OWNER.facebook_page_id == CASA_VERDE
    contact = stage.contact(CASAVERDE)
    del stage.world.ground.state.pages[CASA_VERDE]
    assert isinstance(await stage.send(await stage.token_of(OWNER), contact, login=LOGIN), Sent)


async def test_after_the_window_a_human_agent_alone_may_answer(stage: Stage) -> None:
    token, contact = await stage.token_of(OWNER), stage.contact(CASAVERDE)
    stage.world.advance(timedelta(hours=25))
    refused = await stage.send(token, contact, login=LOGIN)
    assert isinstance(refused, Failed)
    assert (refused.error.code, refused.error.meta_subcode) == ("window_closed", 2534022)
    assert isinstance(await stage.send(token, contact, human_agent=True, login=LOGIN), Sent)


async def test_each_hosts_tokens_are_worthless_at_the_other(stage: Stage) -> None:
    contact = stage.contact(CASAVERDE)
    own, pages = await stage.token_of(OWNER), await stage.page_token()
    assert isinstance(await stage.send(pages, contact, login=LOGIN), NeedsLogin)
    assert isinstance(await stage.send(own, contact), NeedsLogin)
    assert stage.world.ledger == ()


async def test_its_calls_carry_no_proof(stage: Stage) -> None:
    token = stage.world.instagram.token(CASAVERDE).text
    proven = Caller(token=token, proof=stage.world.access.proof(token), host="instagram")
    with pytest.raises(GraphError, match="appsecret_proof"):
        stage.world.access.require(proven)
    assert isinstance(await stage.send(Secret(token), stage.contact(CASAVERDE), login=LOGIN), Sent)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(kind=FaultKind.ACCEPT_THEN_HANG), Unknown),
        (Fault(kind=FaultKind.REFUSE, code=1), Unknown),
        (Fault(kind=FaultKind.THROTTLE, seconds=300), Later),
        (Fault(kind=FaultKind.REFUSE, code=190, subcode=463, status=401), NeedsLogin),
    ],
)
async def test_what_goes_wrong_is_judged_as_everywhere(stage: Stage, fault: Fault, outcome: type) -> None:
    token, contact = await stage.token_of(OWNER), stage.contact(CASAVERDE)
    stage.world.faults.plan("messages", fault)
    stage.hurry()
    assert isinstance(await stage.send(token, contact, login=LOGIN), outcome)


async def test_a_token_lives_for_sixty_days(stage: Stage) -> None:
    token, contact = await stage.token_of(OWNER), stage.contact(CASAVERDE)
    stage.world.advance(timedelta(days=60))
    outcome = await stage.send(token, contact, login=LOGIN)
    assert isinstance(outcome, NeedsLogin)
    assert outcome.error.meta_subcode == 463


async def test_the_contact_is_shown_that_it_was_read(stage: Stage) -> None:
    contact = stage.contact(CASAVERDE)
    await stage.api.mark_seen(OWNER, await stage.token_of(OWNER), ContactId(contact.id))
    assert stage.world.ground.contact(contact.id).seen_by_business_at is not None


async def test_profiles_are_read(stage: Stage) -> None:
    token, contact = await stage.token_of(OWNER), stage.contact(CASAVERDE, "Ana Lima")
    found = await stage.api.profile(OWNER, token, ContactId(contact.id))
    assert found is not None
    assert (found.name, found.username) == ("Ana Lima", "analima")
    silent = stage.contact(CASAVERDE, "Rui", wrote=False)
    assert await stage.api.profile(OWNER, token, ContactId(silent.id)) is None


async def test_its_conversations_are_read_back_and_no_others(stage: Stage) -> None:
    token, contact = await stage.token_of(OWNER), stage.contact(CASAVERDE)
    stage.contact(CASA_VERDE, "Rui")
    page = await stage.api.history(OWNER, token, None)
    assert [one.contact_id for one in page.conversations] == [contact.id]
    assert [item.text for one in page.conversations for item in one.items] == ["Oi!"]


async def test_comments_are_answered_and_hidden(stage: Stage) -> None:
    token, (ana, comment) = await stage.token_of(OWNER), stage.comment(CASAVERDE)
    private = PrivateReplyContent(comment=MetaMessageId(comment), text="Para você R$ 40")
    public = PublicReplyContent(comment=MetaMessageId(comment), text="R$ 40")
    for content in (private, public):
        assert isinstance(await stage.send(token, ana, content, login=LOGIN), Sent)
    assert [sent.recipient_id for sent in stage.world.ledger] == [ana.id]
    await stage.api.hide_comment(OWNER, token, MetaMessageId(comment), hide=True)
    assert stage.world.ground.comment(comment).hidden


async def test_what_the_account_did_not_grant_is_refused(stage: Stage) -> None:
    ana, comment = stage.comment(CASAVERDE)
    few = ("instagram_business_basic", "instagram_business_manage_messages")
    token = Secret(stage.world.instagram.token(CASAVERDE, few).text)
    with pytest.raises(RefusedByMeta) as refused:
        await stage.api.hide_comment(OWNER, token, MetaMessageId(comment), hide=True)
    assert refused.value.code == "account_not_sendable"
    stage.world.access.revoke(458, person_id=CASAVERDE)
    with pytest.raises(AccessRevoked):
        await stage.api.mark_seen(OWNER, token, ContactId(ana.id))


async def test_a_page_and_its_contacts_are_out_of_its_reach(stage: Stage) -> None:
    token, contact = await stage.token_of(OWNER), stage.contact(CASA_VERDE)
    outcome = await stage.send(token, replace(contact, account_id=CASAVERDE), login=LOGIN)
    assert isinstance(outcome, Failed)
    assert outcome.error.code == "recipient_unavailable"


async def test_the_account_says_who_it_is(stage: Stage) -> None:
    token = await stage.token_of(OWNER)
    found = await stage.calls.of(OWNER).get("me", token=token, query={"fields": "user_id,username"})
    assert (found["user_id"], found["username"]) == (CASAVERDE, "casaverde")
