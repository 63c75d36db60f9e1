"""What becomes of a message for each error of Meta's, in process and over HTTP alike."""

from collections.abc import AsyncGenerator

import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import GraphUnavailable
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Outcome, Sent, Unknown
from tests.contracts.meta_error_table import ROWS, Row
from tests.contracts.meta_stage import CASAVERDE, Stage, account, opened

OUTCOMES: dict[str, type[Outcome]] = {
    "W": Later,
    "W1": Later,
    "R": NeedsLogin,
    "D": Failed,
    "C": Failed,
    "U": Unknown,
}
OF_THE_ACCOUNT = ("rate_limited", "account_restricted")


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


def refusal(row: Row, status: int = 400) -> Fault:
    """Meta answers this error, with words for people."""
    return Fault(
        kind=FaultKind.REFUSE,
        code=row.code,
        subcode=row.subcode,
        status=status,
        user_title="Não deu",
        user_message="Tente de outro jeito",
    )


async def test_every_error_leads_where_the_table_says(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    for row in ROWS:
        for status in (400, 500):
            stage.forget_usage()
            stage.world.faults.plan("messages", refusal(row, status))
            outcome = await stage.send(token, contact)
            assert isinstance(outcome, OUTCOMES[row.kind]), (row, outcome)
            assert not isinstance(outcome, Sent)
            error = outcome.error
            assert (error.code, error.meta_code, error.meta_subcode) == (row.ours, row.code, row.subcode)
            assert (error.user_title, error.user_message) == ("Não deu", "Tente de outro jeito")
            assert error.fbtrace_id
            if isinstance(outcome, Later):
                assert outcome.once is (row.kind == "W1")
                assert outcome.whole_account is (row.ours in OF_THE_ACCOUNT)
    assert stage.world.ledger == ()


async def test_an_answer_that_was_damaged_on_its_way_may_well_have_been_sent(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", refusal(Row(1, 1357046, "U", "outcome_unknown"), 500))
    outcome = await stage.send(token, contact)
    assert isinstance(outcome, Unknown)
    assert "probably sent" in outcome.error.detail


async def test_what_is_uncertain_of_a_read_is_read_again(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    for row in ROWS:
        if row.kind != "U":
            continue
        stage.world.faults.plan("profile", refusal(row, 500))
        with pytest.raises(GraphUnavailable):
            await stage.api.profile(account(), token, ContactId(contact.id))


@pytest.mark.parametrize(("external_id", "permission"), [(CASAVERDE, "instagram_manage_messages")])
async def test_a_permission_that_was_taken_back_needs_a_login(
    stage: Stage, external_id: str, permission: str
) -> None:
    token, contact = await stage.page_token(), stage.contact(external_id)
    (person,) = {token.person_id for token in stage.world.ground.state.tokens.values()}
    stage.world.permissions.answer(person, permission, "declined")
    outcome = await stage.send(token, contact)
    assert isinstance(outcome, NeedsLogin)
    assert (outcome.error.code, outcome.error.meta_code) == ("reauth_required", 10)
    stage.world.permissions.answer(person, permission, "granted")
    stage.world.faults.plan("messages", refusal(Row(10, None, "C", "account_not_sendable")))
    assert isinstance(await stage.send(token, contact), Failed)


async def test_a_permission_is_not_held_to_be_lost_while_meta_does_not_say(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", refusal(Row(10, None, "C", "account_not_sendable")))
    stage.world.faults.plan("debug_token", Fault(kind=FaultKind.DROP))
    assert isinstance(await stage.send(token, contact), Failed)
