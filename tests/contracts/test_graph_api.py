"""Acting for a connected account: sends, profiles and subscriptions, in process and over HTTP alike."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.content import Button, ButtonsContent, MediaContent, TextContent
from meta_inbox.domain.model.ids import ContactId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Sent, Unknown
from tests.contracts.meta_stage import BY_PAGE, CASA_VERDE, CASAVERDE, PADARIA_SOL, Stage, account, opened

MESSAGE = "0192f0a0-0000-7000-8000-000000000001"
FOLLOWS: dict[str, int | bool] = {
    "follower_count": 312,
    "is_user_follow_business": True,
    "is_business_follow_user": False,
    "is_verified_user": False,
}


@pytest.fixture(params=["fake", "http"])
async def stage(request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with opened(request.param) as stage:
        yield stage


@pytest.mark.parametrize("external_id", [CASA_VERDE, CASAVERDE])
async def test_a_text_reaches_the_contact_with_our_id_beside_it(stage: Stage, external_id: str) -> None:
    contact = stage.contact(external_id)
    outcome = await stage.send(await stage.page_token(), contact)
    (sent,) = stage.world.ledger
    assert isinstance(outcome, Sent)
    assert (sent.mid, sent.recipient_id, sent.metadata) == (outcome.meta_message_id, contact.id, MESSAGE)
    assert (sent.message["text"], sent.tag) == ("Chega amanhã", None)


@pytest.mark.parametrize("external_id", [CASA_VERDE, CASAVERDE])
async def test_an_image_reaches_the_contact(stage: Stage, external_id: str) -> None:
    content = MediaContent(url="https://cdn.example/a.jpg")
    assert isinstance(await stage.send(await stage.page_token(), stage.contact(external_id), content), Sent)
    attachment = stage.world.ledger[0].message["attachment"]
    assert attachment["type"] == "image"
    assert attachment["payload"]["url"] == "https://cdn.example/a.jpg"


@pytest.mark.parametrize("external_id", [CASA_VERDE, CASAVERDE])
async def test_buttons_reach_the_contact(stage: Stage, external_id: str) -> None:
    buttons = (
        Button(type="web_url", title="Loja", url="https://shop.example"),
        Button(type="postback", title="Humano", payload="HUMAN"),
    )
    content = ButtonsContent(text="Escolha", buttons=buttons)
    assert isinstance(await stage.send(await stage.page_token(), stage.contact(external_id), content), Sent)
    payload = stage.world.ledger[0].message["attachment"]["payload"]
    assert (payload["template_type"], payload["text"]) == ("button", "Escolha")
    assert [button["type"] for button in payload["buttons"]] == ["web_url", "postback"]


async def test_an_answer_to_a_message_names_it(stage: Stage) -> None:
    contact = stage.contact()
    asked = stage.world.contacts.write(contact.id, "Quando chega?")
    outcome = await stage.send(await stage.page_token(), contact, reply_to=asked)
    assert isinstance(outcome, Sent)
    assert stage.world.contacts.thread(contact.id)[-1].reply_to == asked


async def test_after_the_window_only_a_human_agent_may_answer(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.advance(timedelta(hours=25))
    refused = await stage.send(token, contact)
    assert isinstance(refused, Failed)
    assert (refused.error.code, refused.error.meta_code, refused.error.meta_subcode) == (
        "window_closed",
        10,
        2018278,
    )
    assert refused.error.fbtrace_id
    assert isinstance(await stage.send(token, contact, human_agent=True), Sent)
    assert [sent.tag for sent in stage.world.ledger] == ["HUMAN_AGENT"]


async def test_somebody_who_blocked_the_business_is_unavailable(stage: Stage) -> None:
    contact = stage.contact()
    stage.world.contacts.change(contact.id, available=False)
    outcome = await stage.send(await stage.page_token(), contact)
    assert isinstance(outcome, Failed)
    assert outcome.error.code == "recipient_unavailable"


async def test_another_pages_contact_is_unavailable(stage: Stage) -> None:
    outcome = await stage.send(
        await stage.page_token(CASA_VERDE), replace(stage.contact(PADARIA_SOL), account_id=CASA_VERDE)
    )
    assert isinstance(outcome, Failed)
    assert (outcome.error.code, outcome.error.meta_subcode) == ("recipient_unavailable", 2018001)


async def test_an_instagram_account_that_hides_its_messages_is_told(stage: Stage) -> None:
    contact = stage.contact(CASAVERDE)
    state = stage.world.ground.state
    state.instagram[CASAVERDE] = replace(state.instagram[CASAVERDE], messages_allowed=False)
    outcome = await stage.send(await stage.page_token(), contact)
    assert isinstance(outcome, Failed)
    assert outcome.error.code == "account_not_sendable"
    assert "Allow access to messages" in outcome.error.detail


@pytest.mark.parametrize("subcode", [458, 460, 463, 467, 492])
async def test_a_dead_token_needs_a_login(stage: Stage, subcode: int) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.access.revoke(subcode)
    outcome = await stage.send(token, contact)
    assert isinstance(outcome, NeedsLogin)
    error = outcome.error
    assert (error.code, error.meta_code, error.meta_subcode) == ("reauth_required", 190, subcode)
    assert stage.world.ledger == ()


@pytest.mark.parametrize("text", ["", "EAAé", "EAA\r\nX-Evil: 1"])
async def test_a_damaged_token_needs_a_login_and_goes_nowhere(stage: Stage, text: str) -> None:
    assert isinstance(await stage.send(Secret(text), stage.contact()), NeedsLogin)


async def test_throttling_waits_as_long_as_meta_says(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.THROTTLE, seconds=300))
    outcome = await stage.send(token, contact)
    assert isinstance(outcome, Later)
    assert (outcome.after, outcome.error.code) == (timedelta(minutes=5), "rate_limited")
    assert stage.world.ledger == ()


async def test_a_temporary_fault_that_meta_owns_up_to_is_tried_later(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.REFUSE, code=2, subcode=2018344, status=500))
    assert isinstance(await stage.send(token, contact), Later)


@pytest.mark.parametrize("code", [4, 613, 80006])
async def test_every_limit_is_waited_for(stage: Stage, code: int) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.THROTTLE, code=code))
    outcome = await stage.send(token, contact)
    assert isinstance(outcome, Later)
    assert (outcome.error.code, outcome.error.meta_code) == ("rate_limited", code)


async def test_a_token_that_dies_in_the_middle_needs_a_login(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.TOKEN_DIES))
    for _ in range(2):
        outcome = await stage.send(token, contact)
        assert isinstance(outcome, NeedsLogin)
        assert (outcome.error.meta_code, outcome.error.meta_subcode) == (190, 460)
    assert isinstance(await stage.send(await stage.page_token(), contact), Sent)


@pytest.mark.parametrize("code", [1, 2])
async def test_a_fault_that_meta_does_not_explain_is_unknown(stage: Stage, code: int) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.REFUSE, code=code, status=500))
    assert isinstance(await stage.send(token, contact), Unknown)


DOUBTFUL = {
    Fault(kind=FaultKind.DROP): 0,
    Fault(kind=FaultKind.HTML_503): 0,
    Fault(kind=FaultKind.REDIRECT): 0,
    Fault(kind=FaultKind.EMPTY_500): 0,
    Fault(kind=FaultKind.ACCEPT_THEN_500): 1,
    Fault(kind=FaultKind.ACCEPT_THEN_REFUSE, code=1): 1,
    Fault(kind=FaultKind.ACCEPT_THEN_HANG): 1,
    Fault(kind=FaultKind.ACCEPT_THEN_RESET): 1,
    Fault(kind=FaultKind.BAD_JSON): 1,
    Fault(kind=FaultKind.DRIP, seconds=0.1): 1,
    Fault(kind=FaultKind.BOMB): 1,
    Fault(kind=FaultKind.ENDLESS): 1,
    Fault(kind=FaultKind.ANSWER_LATE, seconds=5): 1,
}


@pytest.mark.parametrize(("fault", "arrived"), DOUBTFUL.items(), ids=[fault.kind.value for fault in DOUBTFUL])
async def test_without_a_clear_answer_the_outcome_is_unknown(
    stage: Stage, fault: Fault, arrived: int
) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", fault)
    stage.hurry()
    begun = datetime.now(UTC)
    outcome = await stage.send(token, contact)
    assert isinstance(outcome, Unknown)
    assert outcome.error.code == "outcome_unknown"
    assert datetime.now(UTC) - begun < timedelta(seconds=3)
    assert len(stage.world.ledger) == arrived


async def test_after_a_fault_the_next_send_goes_through(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.ACCEPT_THEN_RESET))
    await stage.send(token, contact)
    assert isinstance(await stage.send(token, contact, TextContent(text="De novo")), Sent)
    assert [sent.message["text"] for sent in stage.world.ledger] == ["Chega amanhã", "De novo"]


async def test_a_page_is_subscribed_and_says_so(stage: Stage) -> None:
    token = await stage.page_token()
    assert await stage.api.subscribed_fields(BY_PAGE, token) == frozenset()
    await stage.api.subscribe(BY_PAGE, token)
    fields = await stage.api.subscribed_fields(BY_PAGE, token)
    assert {"messages", "message_echoes", "messaging_postbacks", "standby"} <= fields
    await stage.api.unsubscribe(BY_PAGE, token)
    assert await stage.api.subscribed_fields(BY_PAGE, token) == frozenset()


async def test_a_field_that_meta_no_longer_knows_is_left_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ["messages", "message_echoes", "messaging_postbacks"]
    monkeypatch.setattr("meta_inbox.adapters.meta_graph.world_subscriptions.PAGE_FIELDS", known)
    token = await stage.page_token()
    await stage.api.subscribe(BY_PAGE, token)
    assert await stage.api.subscribed_fields(BY_PAGE, token) == frozenset(known)


async def test_a_subscription_that_is_refused_is_told(stage: Stage) -> None:
    token = await stage.page_token()
    stage.world.permissions.answer("218471", "pages_manage_metadata", "declined")
    with pytest.raises(RefusedByMeta):
        await stage.api.subscribe(BY_PAGE, token)
    stage.world.access.revoke(460)
    with pytest.raises(AccessRevoked) as revoked:
        await stage.api.subscribe(BY_PAGE, token)
    assert (revoked.value.meta_code, revoked.value.meta_subcode) == (190, 460)


async def test_a_subscription_that_was_not_kept_is_tried_again(stage: Stage) -> None:
    token = await stage.page_token()
    stage.world.faults.plan("subscribed_apps", Fault(kind=FaultKind.HTML_503))
    with pytest.raises(GraphUnavailable):
        await stage.api.subscribe(BY_PAGE, token)


@pytest.mark.parametrize(
    ("external_id", "profile"),
    [
        (CASA_VERDE, ContactProfile(name="Ana Lima")),
        (CASAVERDE, ContactProfile(name="Ana Lima", username="analima", facts=FOLLOWS)),
    ],
)
async def test_a_contact_has_a_profile(stage: Stage, external_id: str, profile: ContactProfile) -> None:
    contact = stage.contact(external_id, "Ana Lima")
    found = await stage.api.profile(account(external_id), await stage.page_token(), ContactId(contact.id))
    assert found is not None
    assert replace(found, profile_picture_url=None) == profile
    assert found.profile_picture_url


async def test_a_profile_that_is_not_shown_is_none(stage: Stage) -> None:
    token = await stage.page_token()
    hidden = [stage.contact(CASAVERDE, wrote=False), stage.contact(CASA_VERDE)]
    stage.world.contacts.change(hidden[1].id, profile_shown=False)
    for contact in hidden:
        assert await stage.api.profile(account(contact.account_id), token, ContactId(contact.id)) is None
    assert await stage.api.profile(account(), token, ContactId("404")) is None


@pytest.mark.parametrize("odd", ["..", "../1001/messages", "a b", "%2e%2e", "?fields=x", "#", "é"])
async def test_an_odd_id_stays_one_part_of_the_address(stage: Stage, odd: str) -> None:
    assert await stage.api.profile(account(), await stage.page_token(), ContactId(odd)) is None


@pytest.mark.parametrize("code", [230, 9010, 2018218, 2018247])
async def test_a_profile_that_meta_withholds_is_none(stage: Stage, code: int) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("profile", Fault(kind=FaultKind.REFUSE, code=code, status=403))
    assert await stage.api.profile(account(), token, ContactId(contact.id)) is None


async def test_a_profile_during_an_outage_is_asked_for_again(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("profile", Fault(kind=FaultKind.DROP))
    with pytest.raises(GraphUnavailable):
        await stage.api.profile(account(), token, ContactId(contact.id))


@pytest.mark.parametrize("login", list(Login))
async def test_an_instagram_account_has_a_picture(stage: Stage, login: Login) -> None:
    owner = account(CASAVERDE, login)
    found = await stage.api.picture(owner, await stage.token_of(owner))
    assert found == f"{stage.world.ground.media_url}/media/avatar/{CASAVERDE}.png"


async def test_an_account_that_its_page_no_longer_has_has_no_picture(stage: Stage) -> None:
    token = await stage.page_token()
    stage.world.pages.link(CASA_VERDE, None)
    assert await stage.api.picture(account(CASAVERDE), token) is None


async def test_a_picture_during_an_outage_is_asked_for_again(stage: Stage) -> None:
    token = await stage.page_token()
    stage.world.faults.plan("page", Fault(kind=FaultKind.DROP))
    with pytest.raises(GraphUnavailable):
        await stage.api.picture(account(CASAVERDE), token)


async def test_a_dead_token_gets_no_picture(stage: Stage) -> None:
    token = await stage.page_token()
    stage.world.access.revoke(460)
    with pytest.raises(AccessRevoked):
        await stage.api.picture(account(CASAVERDE), token)


async def test_the_contact_is_shown_that_we_read(stage: Stage) -> None:
    contact = stage.contact()
    await stage.api.mark_seen(account(), await stage.page_token(), ContactId(contact.id))
    assert stage.world.ground.contact(contact.id).seen_by_business_at is not None
    assert stage.world.ledger == ()


async def test_a_read_mark_may_fail(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    stage.world.faults.plan("messages", Fault(kind=FaultKind.DROP))
    with pytest.raises(GraphUnavailable):
        await stage.api.mark_seen(account(), token, ContactId(contact.id))


async def test_a_token_is_inspected(stage: Stage) -> None:
    token = await stage.page_token()
    facts = await stage.api.inspect(account(), token)
    assert (facts.valid, facts.ours) == (True, True)
    assert "pages_messaging" in facts.scopes
    assert facts.data_access_expires_at is not None
    stage.world.quirks = replace(stage.world.quirks, debug_token_app_id="999")
    assert (await stage.api.inspect(account(), token)).ours is False
    stage.world.access.revoke(460)
    assert (await stage.api.inspect(account(), token)).valid is False


async def test_no_token_stands_in_an_outcome_or_an_error(stage: Stage) -> None:
    token, contact = await stage.page_token(), stage.contact()
    shown: list[str] = []
    for kind in (FaultKind.DROP, FaultKind.THROTTLE, FaultKind.HTML_503):
        stage.world.faults.plan("*", Fault(kind=kind), count=2)
        shown.append(repr(await stage.send(token, contact)))
        with pytest.raises(GraphUnavailable) as failed:
            await stage.api.inspect(account(), token)
        shown.append(repr(failed.value) + repr(failed.value.__cause__) + repr(failed.value.__context__))
    stage.world.access.revoke(460)
    shown.append(repr(await stage.send(token, contact)))
    assert token.reveal() not in "".join(shown)
    assert stage.meta.app.secret.reveal() not in "".join(shown) + repr(stage.api)
