"""Answering comments and hiding them at Meta, in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.content import PrivateReplyContent, PublicReplyContent
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Sent, Unknown
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, PADARIA_SOL, Stage, account, opened

MESSAGE = "0192f0a0-0000-7000-8000-000000000001"
BOTH = pytest.mark.parametrize("external_id", [CASA_VERDE, CASAVERDE])


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


def private(comment: str, text: str = "R$ 40 para você") -> PrivateReplyContent:
    return PrivateReplyContent(comment=MetaMessageId(comment), text=text)


def public(comment: str, text: str = "R$ 40") -> PublicReplyContent:
    return PublicReplyContent(comment=MetaMessageId(comment), text=text)


@BOTH
async def test_a_private_answer_reaches_who_commented_with_our_id_beside_it(
    stage: Stage, external_id: str
) -> None:
    ana, comment = stage.comment(external_id)
    outcome = await stage.send(await stage.page_token(), ana, private(comment))
    (sent,) = stage.world.ledger
    assert isinstance(outcome, Sent)
    assert (sent.mid, sent.recipient_id, sent.metadata) == (outcome.meta_message_id, ana.id, MESSAGE)
    assert sent.message["text"] == "R$ 40 para você"


@BOTH
async def test_a_second_private_answer_is_refused_as_that(stage: Stage, external_id: str) -> None:
    token, (ana, comment) = await stage.page_token(), stage.comment(external_id)
    await stage.send(token, ana, private(comment))
    outcome = await stage.send(token, ana, private(comment))
    assert isinstance(outcome, Failed)
    assert outcome.error.code == "private_reply_used"
    assert len(stage.world.ledger) == 1


@BOTH
async def test_a_private_answer_that_comes_too_late_is_refused_as_that(
    stage: Stage, external_id: str
) -> None:
    ana, comment = stage.comment(external_id)
    stage.world.advance(timedelta(days=7))
    outcome = await stage.send(await stage.page_token(), ana, private(comment))
    assert isinstance(outcome, Failed)
    assert outcome.error.code == "window_closed"


async def test_so_is_one_after_the_broadcast(stage: Stage) -> None:
    token, (ana, comment) = await stage.page_token(), stage.comment(CASAVERDE, live=True)
    stage.world.comments.end_broadcast()
    outcome = await stage.send(token, ana, private(comment))
    assert isinstance(outcome, Failed)
    assert (outcome.error.code, outcome.error.meta_subcode) == ("window_closed", 2534025)


@BOTH
async def test_a_public_answer_stands_under_the_comment(stage: Stage, external_id: str) -> None:
    ana, comment = stage.comment(external_id)
    outcome = await stage.send(await stage.page_token(), ana, public(comment))
    assert isinstance(outcome, Sent)
    answer = stage.world.ground.comment(outcome.meta_message_id)
    assert (answer.text, answer.parent, answer.by_business) == ("R$ 40", comment, True)
    assert stage.world.ledger == ()


@BOTH
async def test_a_public_answer_to_what_is_gone_is_refused(stage: Stage, external_id: str) -> None:
    token, (ana, comment) = await stage.page_token(), stage.comment(external_id)
    stage.world.comments.remove(comment)
    for gone in (comment, "404", "..", "1001/messages"):
        outcome = await stage.send(token, ana, public(gone))
        assert isinstance(outcome, Failed)
        assert outcome.error.code == "refused_by_meta"


@pytest.mark.parametrize(
    ("kind", "arrived"),
    [(FaultKind.DROP, False), (FaultKind.ACCEPT_THEN_RESET, True), (FaultKind.BAD_JSON, True)],
)
async def test_without_a_clear_answer_a_public_one_is_unknown(
    stage: Stage, kind: FaultKind, *, arrived: bool
) -> None:
    token, (ana, comment) = await stage.page_token(), stage.comment()
    stage.world.faults.plan("comment_replies", Fault(kind=kind))
    assert isinstance(await stage.send(token, ana, public(comment)), Unknown)
    assert len(stage.world.ground.state.comments) == 1 + arrived


async def test_throttling_and_dead_tokens_are_as_with_every_send(stage: Stage) -> None:
    token, (ana, comment) = await stage.page_token(), stage.comment()
    stage.world.faults.plan("comment_replies", Fault(kind=FaultKind.THROTTLE, seconds=300))
    outcome = await stage.send(token, ana, public(comment))
    assert isinstance(outcome, Later)
    assert outcome.after == timedelta(minutes=5)
    stage.forget_usage()
    stage.world.access.revoke(460)
    for content in (public(comment), private(comment)):
        assert isinstance(await stage.send(token, ana, content), NeedsLogin)


@BOTH
async def test_a_comment_is_hidden_and_shown_again(stage: Stage, external_id: str) -> None:
    token, (_, comment) = await stage.page_token(), stage.comment(external_id)
    for hide in (True, True, False):
        await stage.api.hide_comment(account(external_id), token, MetaMessageId(comment), hide=hide)
        assert stage.world.ground.comment(comment).hidden is hide


async def test_what_meta_does_not_hide_is_told(stage: Stage) -> None:
    token, (_, comment) = await stage.page_token(), stage.comment()
    hidden = MetaMessageId(comment)
    with pytest.raises(RefusedByMeta):
        await stage.api.hide_comment(account(), token, MetaMessageId("404"), hide=True)
    other = await stage.page_token(PADARIA_SOL)
    with pytest.raises(RefusedByMeta):
        await stage.api.hide_comment(account(PADARIA_SOL), other, hidden, hide=True)
    stage.world.faults.plan("comment", Fault(kind=FaultKind.DROP))
    with pytest.raises(GraphUnavailable):
        await stage.api.hide_comment(account(), token, hidden, hide=True)
    stage.world.access.revoke(460)
    with pytest.raises(AccessRevoked):
        await stage.api.hide_comment(account(), token, hidden, hide=True)
    assert not stage.world.ground.comment(comment).hidden
