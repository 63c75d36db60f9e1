"""The steps of the scenarios: each translates a sentence into one or two acts on the stage."""

from datetime import timedelta

from pytest_bdd import given, parsers, then, when

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_oauth import ALL_PERMISSIONS
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE
from meta_inbox.domain.model.content import Button, ButtonsContent, MediaContent, TextContent
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.secret import Secret
from tests.acceptance.stage import BIA, LOJA, OTTO, RIVAL, Stage, person_of
from tests.acceptance.views import SeenMessage
from tests.harness.webhooks import body_of, text_event

PICTURE = "https://cdn.casaverde.example/bolo.jpg"
AUTOMATION = Principal(BIA.tenant_id, "robot", kind="automation")


# Connecting


@given('Bia works at the shop "Casa Verde"')
def bia_works_there(stage: Stage) -> None:
    assert stage.accounts(BIA) == []


@given("Otto works at another shop")
def otto_works_elsewhere(stage: Stage) -> None:
    assert stage.accounts(OTTO) == []


@given("Bia connected her accounts")
@when("Bia connects her accounts")
def bia_connects(stage: Stage) -> None:
    stage.log_in()
    assert stage.outcome.refusal is None


@when('Bia connects only the Instagram account "casaverde"')
def bia_connects_one(stage: Stage) -> None:
    stage.log_in(keys=["instagram:17841400000000001"])


@given('Bia also manages the Page "Padaria Sol", which has no Instagram account')
def bia_also_manages(stage: Stage) -> None:
    stage.also_manages_padaria_sol()


@when("Bia cancels the login at Meta")
def bia_cancels(stage: Stage) -> None:
    stage.log_in_but_cancel()


@when("Bia connects her accounts without the permission to answer messages")
def bia_leaves_a_permission_out(stage: Stage) -> None:
    left = ("pages_messaging", "instagram_manage_messages")
    stage.log_in(permissions=[name for name in ALL_PERMISSIONS if name not in left])


@given("Otto of another shop sends Bia a link to connect")
def otto_sends_a_link(stage: Stage) -> None:
    stage.send_a_link(OTTO)


@when("Bia follows the link and approves it at Meta")
def bia_follows_the_link(stage: Stage) -> None:
    stage.follow_the_link()


@given("Bia has come back from Meta")
def bia_came_back(stage: Stage) -> None:
    stage.come_back_from_meta()


@when("the address she came back to is opened again")
def opened_again(stage: Stage) -> None:
    stage.come_back_again()


@given('another shop connected the Page "Casa Verde"')
def another_shop_connected(stage: Stage) -> None:
    stage.log_in(RIVAL, keys=[f"messenger:{CASA_VERDE.id}"])
    assert stage.account("Casa Verde", RIVAL).status == "active"


@given("that shop disconnected it")
def that_shop_disconnected(stage: Stage) -> None:
    stage.disconnect("Casa Verde", RIVAL)


@then('the Page "Casa Verde" and the Instagram account "casaverde" are connected')
def both_are_connected(stage: Stage) -> None:
    assert {account.name: account.status for account in stage.accounts()} == {
        "Casa Verde": "active",
        "casaverde": "active",
    }


@then(parsers.parse('the Page "{name}" is connected'))
@then(parsers.parse('the Instagram account "{name}" is connected'))
def is_connected(stage: Stage, name: str) -> None:
    assert stage.account(name).status == "active"


@then(parsers.parse('the Page "{name}" is not connected'))
def is_not_connected(stage: Stage, name: str) -> None:
    assert name not in {account.name for account in stage.accounts()}


@then("Meta sends their messages to us")
def meta_sends(stage: Stage) -> None:
    assert stage.hears()


@then("she is told that the login was cancelled")
def told_cancelled(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "consent_cancelled"


@then("nothing is connected")
def nothing_is_connected(stage: Stage) -> None:
    assert stage.accounts() == []


@then("nothing is connected for Otto")
def nothing_for_otto(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.accounts(OTTO) == []
    assert stage.world.ground.state.tokens == {}


@then("she is told which permission is missing")
def told_the_permission(stage: Stage) -> None:
    assert stage.outcome.connection is not None
    refused = stage.outcome.connection.refused
    assert {code for code, _ in refused.values()} == {"permission_missing"}
    assert "pages_messaging" in " ".join(detail for _, detail in refused.values())


@then('she is told that "Padaria Sol" has no Instagram account')
def told_no_instagram(stage: Stage) -> None:
    assert stage.outcome.connection is not None
    codes = {code for code, detail in stage.outcome.connection.refused.values() if "Padaria Sol" in detail}
    assert codes == {"no_instagram_account"}


@then('she is told that the Page "Casa Verde" is connected elsewhere')
def told_in_use(stage: Stage) -> None:
    assert stage.outcome.connection is not None
    assert stage.outcome.connection.refused[f"messenger:{CASA_VERDE.id}"][0] == "account_in_use"


@then("nobody tells her by whom")
def not_told_by_whom(stage: Stage) -> None:
    assert stage.outcome.connection is not None
    told = " ".join(detail for _, detail in stage.outcome.connection.refused.values())
    assert RIVAL.tenant_id not in told
    assert RIVAL.user_id not in told


@then("that is refused")
def that_is_refused(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code in ("state_invalid", "signature_invalid")


@then("Meta was asked for an access token only once")
def asked_once(stage: Stage) -> None:
    codes = stage.world.ground.state.codes.values()
    assert [code.used for code in codes] == [True]
    users = [token for token in stage.world.ground.state.tokens.values() if token.type == "USER"]
    assert len([token for token in users if not token.long_lived]) == 1


# Disconnecting


@given(parsers.parse('Bia disconnected the Page "{name}"'))
@when(parsers.parse('Bia disconnects the Page "{name}"'))
@when(parsers.parse('Bia disconnects the Instagram account "{name}"'))
def bia_disconnects(stage: Stage, name: str) -> None:
    stage.disconnect(name)


@given("Meta does not answer")
def meta_is_down(stage: Stage) -> None:
    stage.meta_is_down(down=True)


@then(parsers.parse('the Page "{name}" shows as disconnected'))
@then(parsers.parse('the Instagram account "{name}" shows as disconnected'))
def shows_as_disconnected(stage: Stage, name: str) -> None:
    assert stage.account(name).status == "disconnected"


@then('nothing can be sent from the Page "Casa Verde"')
def nothing_can_be_sent(stage: Stage) -> None:
    stage.answers("Ana", TextContent(text="Oi"))
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "account_not_sendable"


@then('Meta still sends us the messages of "casaverde"')
def still_hears(stage: Stage) -> None:
    assert stage.hears()


@then("Meta no longer sends us anything")
def no_longer_hears(stage: Stage) -> None:
    assert not stage.hears()


@then("once Meta answers again it no longer sends us anything")
def once_meta_answers(stage: Stage) -> None:
    assert stage.hears()
    stage.meta_is_down(down=False)
    stage.run(stage.doors.backstage.hurry())

    async def deaf() -> bool:
        return not stage.hears()

    stage.eventually(deaf, "the Page is unsubscribed")


# Receiving


@given(parsers.parse('Ana wrote to the Page "{page}" "{text}"'))
@given(parsers.parse('Ana wrote to the Instagram account "{page}" "{text}"'))
@when(parsers.parse('Ana writes to the Page "{page}" "{text}"'))
@when(parsers.parse('Ana writes to the Instagram account "{page}" "{text}"'))
def ana_writes(stage: Stage, page: str, text: str) -> None:
    stage.writes("Ana", page, text)


@given(parsers.parse('Ana wrote to the Page "Casa Verde" {hours:d} hours ago'))
def ana_wrote_long_ago(stage: Stage, hours: int) -> None:
    stage.writes("Ana", "Casa Verde", "Quando chega meu pedido?", ago=timedelta(hours=hours))


@given(parsers.parse('Ana came to the Page "Casa Verde" by an advertisement {days:d} days ago'))
def ana_came_by_an_ad(stage: Stage, days: int) -> None:
    ad = {"source": "ADS", "type": "OPEN_THREAD", "ad_id": "23851"}
    contact, ago = stage.contact("Ana"), timedelta(days=days)
    stage.play(
        lambda: stage.world.contacts.write(
            contact.id, "Vi o anúncio", referral=ad, at=stage.world.now() - ago
        )
    )


@when('Ana sends a photo to the Page "Casa Verde"')
def ana_sends_a_photo(stage: Stage) -> None:
    stage.play(lambda: stage.world.contacts.send_photo(stage.contact("Ana").id, PICTURE))


@when("Meta tells of something new about Ana")
def something_new(stage: Stage) -> None:
    event = text_event("m_new", stage.contact("Ana").id, "?")
    del event["message"]
    stage.deliver(body_of([event | {"hologram": {"shape": "cat"}}]))


@when("Meta tells of something new about the Page")
def something_new_of_the_page(stage: Stage) -> None:
    stage.deliver(body_of([{"hologram": {"shape": "cat"}}]))


@then("Bia sees that something came which cannot be shown yet")
def bia_sees_the_unsupported(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.type == "unsupported", "the item")


@when("Meta delivers that message again")
def delivered_again(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.direction == "inbound", "the message")
    stage.play(lambda: stage.world.webhooks.repeat(3))


@when('Ana\'s messages "primeiro" and "segundo" arrive the other way round')
def the_other_way_round(stage: Stage) -> None:
    ana, now = stage.contact("Ana").id, int(stage.world.now().timestamp() * 1000)
    stage.deliver(body_of([text_event("m_2", ana, "segundo", at=now)]))
    stage.deliver(body_of([text_event("m_1", ana, "primeiro", at=now - 5000)]))


@when(parsers.parse('somebody answers Ana in Meta\'s own app "{text}"'))
def answered_in_metas_app(stage: Stage, text: str) -> None:
    stage.play(lambda: stage.world.contacts.answered_elsewhere(stage.contact("Ana").id, text))


@when("Bia marks the conversation with Ana as read")
def bia_marks_as_read(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.direction == "inbound", "the message")
    account, contact = stage.thread("Ana")
    stage.run(stage.doors.mark_read(BIA, account, contact))


@then(parsers.parse('Bia sees "{text}" from Ana'))
def bia_sees(stage: Stage, text: str) -> None:
    stage.sees("Ana", lambda message: message.text == text and message.direction == "inbound", text)


@then(parsers.parse('Bia sees "{text}" from Ana only once'))
def bia_sees_once(stage: Stage, text: str) -> None:
    stage.let_everything_arrive()
    assert [message.text for message in stage.messages("Ana")].count(text) == 1


@then("Bia sees a photo from Ana")
def bia_sees_a_photo(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.attachments == ("image",), "the photo")


@then("nothing is lost of it")
def nothing_is_lost(stage: Stage) -> None:
    assert stage.outcome.refusal is None
    assert stage.run(stage.doors.backstage.kept()) == 1


@then("Bia sees nothing new")
def bia_sees_nothing(stage: Stage) -> None:
    assert stage.messages("Ana") == []


@then(parsers.parse('Bia reads "{first}" before "{second}"'))
def bia_reads_in_order(stage: Stage, first: str, second: str) -> None:
    for text in (first, second):
        bia_sees(stage, text)
    assert [message.text for message in stage.messages("Ana")] == [second, first]


@then(parsers.parse('Bia sees the answer "{text}" as written in Meta\'s own app'))
def seen_as_native(stage: Stage, text: str) -> None:
    def matches(message: SeenMessage) -> bool:
        return (message.text, message.direction, message.origin) == (text, "outbound", "native_app")

    stage.sees("Ana", matches, text)


@then("the conversation with Ana is unread")
def is_unread(stage: Stage) -> None:
    assert stage.conversation("Ana").unread == 1


@then("the conversation with Ana is not unread")
def is_not_unread(stage: Stage) -> None:
    assert stage.conversation("Ana").unread == 0


@then("Ana sees that it was read")
def ana_sees_read(stage: Stage) -> None:
    assert stage.contact("Ana").seen_by_business_at is not None


@then("a moment later the conversation bears the name of Ana")
def bears_the_name(stage: Stage) -> None:
    async def named() -> bool:
        return (await stage.find_conversation("Ana")).contact_name == "Ana"

    stage.eventually(named, "the contact's name")


@then(parsers.parse('the conversation with Ana still holds "{text}"'))
def still_holds(stage: Stage, text: str) -> None:
    stage.sees("Ana", lambda message: message.text == text, text)


# Reading back


@given(parsers.parse('Ana wrote to the Page "{account}" "{text}" {minutes:d} minutes ago'))
@given(parsers.parse('Ana wrote to the Instagram account "{account}" "{text}" {minutes:d} minutes ago'))
def ana_wrote_minutes_ago(stage: Stage, account: str, text: str, minutes: int) -> None:
    stage.writes("Ana", account, text, ago=timedelta(minutes=minutes))


@given(parsers.parse('somebody answered Ana in Meta\'s own app "{text}" {minutes:d} minutes ago'))
def had_answered_in_metas_app(stage: Stage, text: str, minutes: int) -> None:
    at = stage.world.now() - timedelta(minutes=minutes)
    stage.play(lambda: stage.world.contacts.answered_elsewhere(stage.contact("Ana").id, text, at=at))


@given("Meta's webhooks do not reach us any more")
def webhooks_are_lost(stage: Stage) -> None:
    stage.lose_webhooks()


@given(parsers.parse('the Page "{name}" needs a new login'))
def needs_a_new_login(stage: Stage, name: str) -> None:
    stage.needs_a_login(name)


@given(parsers.parse('Bia answered Ana "{text}"'))
def bia_answered(stage: Stage, text: str) -> None:
    stage.answers("Ana", TextContent(text=text))
    assert stage.outcome.refusal is None


@when("the service is back")
def service_is_back(stage: Stage) -> None:
    stage.look_for_what_is_missing()


@when("everything is read back")
def everything_is_read_back(stage: Stage) -> None:
    stage.look_for_what_is_missing()
    stage.read_back()


@then("nobody was notified of a message")
def nobody_was_notified(stage: Stage) -> None:
    assert stage.run(stage.doors.backstage.notified()) == 0


@then(parsers.parse('Bia sees her answer "{text}" only once'))
def bia_sees_her_answer_once(stage: Stage, text: str) -> None:
    answers = [message for message in stage.messages("Ana") if message.text == text]
    assert [(one.direction, one.origin) for one in answers] == [("outbound", "agent")]


# Webhooks


@when("Meta asks whether this is our address")
def meta_asks(stage: Stage) -> None:
    stage.outcome.text = stage.try_to(stage.doors.challenge(stage.verify_token.reveal(), "1158201444"))


@when("somebody asks with another verify token")
def somebody_asks(stage: Stage) -> None:
    stage.try_to(stage.doors.challenge("guessed", "1158201444"))


@then("we answer with Meta's challenge")
def we_answer(stage: Stage) -> None:
    assert stage.outcome.text == "1158201444"


@when(parsers.parse('somebody who does not know our secret says that Ana wrote "{text}"'))
def forged(stage: Stage, text: str) -> None:
    event = text_event("m_forged", stage.contact("Ana").id, text)
    stage.deliver(body_of([event]), Secret("not-our-secret"))


# Answering


@given(parsers.parse('Bia answered Ana "{text}"'))
@when(parsers.parse('Bia answers Ana "{text}"'))
def bia_answers(stage: Stage, text: str) -> None:
    stage.answers("Ana", TextContent(text=text))


@when("Bia answers Ana with a picture")
def bia_answers_with_a_picture(stage: Stage) -> None:
    stage.answers("Ana", MediaContent(url=PICTURE))


@when(parsers.parse('Bia answers Ana "{text}" with the buttons "{one}" and "{two}"'))
def bia_answers_with_buttons(stage: Stage, text: str, one: str, two: str) -> None:
    buttons = tuple(Button(type="postback", title=title, payload=title.upper()) for title in (one, two))
    stage.answers("Ana", ButtonsContent(text=text, buttons=buttons))


@when(parsers.parse("Bia answers Ana with {count:d} bytes of text"))
def bia_answers_at_length(stage: Stage, count: int) -> None:
    stage.answers("Ana", TextContent(text="é" * (count // 2) + "x" * (count % 2)))


@when(parsers.parse('Bia answers Ana "{text}" as human agent'))
def bia_answers_as_human_agent(stage: Stage, text: str) -> None:
    stage.answers("Ana", TextContent(text=text), human_agent=True)


@when(parsers.parse('an automation answers Ana "{text}" as human agent'))
def automation_answers(stage: Stage, text: str) -> None:
    stage.answers("Ana", TextContent(text=text), by=AUTOMATION, human_agent=True)


@when(parsers.parse('an automation answers Ana "{text}"'))
def automation_answers_plainly(stage: Stage, text: str) -> None:
    stage.answers("Ana", TextContent(text=text), by=AUTOMATION)


@when(parsers.parse('Bia writes to Ana, who never wrote, "{text}"'))
def bia_writes_first(stage: Stage, text: str) -> None:
    stage.contact("Ana")
    stage.answers("Ana", TextContent(text=text))


@when(parsers.parse('Bia\'s browser sends the answer "{text}" twice'))
def sent_twice(stage: Stage, text: str) -> None:
    for _ in range(2):
        stage.answers("Ana", TextContent(text=text), key="one-click")


@when("Meta has told us of everything")
def everything_told(stage: Stage) -> None:
    stage.let_everything_arrive()


@given("Meta will take the next answer and say nothing")
def will_take_and_say_nothing(stage: Stage) -> None:
    stage.world.faults.plan("messages", Fault(kind=FaultKind.ACCEPT_THEN_RESET))


@given("Ana blocked the business")
def ana_blocked(stage: Stage) -> None:
    stage.play(lambda: stage.world.contacts.change(stage.contact("Ana").id, available=False))


@given("Bia changed her password at Meta")
def bia_changed_her_password(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.direction == "inbound", "the message")
    stage.play(lambda: stage.world.access.revoke(460))


@then(parsers.parse('Ana receives "{text}"'))
def ana_receives(stage: Stage, text: str) -> None:
    assert stage.outcome.refusal is None
    assert [message.get("text") for message in stage.received_by("Ana")] == [text]


@then(parsers.parse('Ana receives "{text}" only once'))
def ana_receives_once(stage: Stage, text: str) -> None:
    stage.let_everything_arrive()
    assert [message.get("text") for message in stage.received_by("Ana")] == [text]


@then("Ana receives nothing")
def ana_receives_nothing(stage: Stage) -> None:
    assert stage.received_by("Ana") == []


@then("Ana receives a picture")
def ana_receives_a_picture(stage: Stage) -> None:
    attachments = [message["attachment"] for message in stage.received_by("Ana")]
    assert [(one["type"], one["payload"]["url"]) for one in attachments] == [("image", PICTURE)]


@then(parsers.parse('Ana receives "{text}" with the buttons "{one}" and "{two}"'))
def ana_receives_buttons(stage: Stage, text: str, one: str, two: str) -> None:
    payloads = [message["attachment"]["payload"] for message in stage.received_by("Ana")]
    assert [payload["text"] for payload in payloads] == [text]
    assert [button["title"] for button in payloads[0]["buttons"]] == [one, two]


@then("the answer is shown as sent")
def shown_as_sent(stage: Stage) -> None:
    assert stage.outcome.answer is not None, stage.outcome.refusal
    assert stage.outcome.answer.status == "sent"
    assert stage.outcome.answer.mid is not None


@then("both times Bia is told the same")
def told_the_same(stage: Stage) -> None:
    first, second = stage.answers_given
    assert first == second


@then(parsers.parse('the conversation with Ana holds "{text}" only once'))
def holds_once(stage: Stage, text: str) -> None:
    assert [message.text for message in stage.messages("Ana")].count(text) == 1


@then("the answer is refused because the text is too long")
def refused_too_long(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "text_too_long"


@then("the answer is refused because the window is closed")
def refused_closed(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "window_closed"


@then("the answer is refused because Ana cannot be reached")
def refused_unreachable(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "recipient_unavailable"


@then("the failed answer is kept with its cause")
def kept_with_cause(stage: Stage) -> None:
    own = stage.own_answer("Ana")
    assert (own.status, own.error) == ("failed", "recipient_unavailable")


@then("the answer is not shown as failed")
def not_failed(stage: Stage) -> None:
    assert stage.own_answer("Ana").status in ("unknown", "sent")


@then("once Meta has told us of everything the answer is shown as sent")
def shown_as_sent_later(stage: Stage) -> None:
    stage.sees("Ana", lambda m: m.direction == "outbound" and m.status == "sent", "the answer as sent")


@then("the answer waits")
def the_answer_waits(stage: Stage) -> None:
    assert stage.outcome.answer is not None
    assert stage.outcome.answer.status == "queued"
    assert stage.received_by("Ana") == []


@then(parsers.parse('once Meta answers again Ana receives "{text}" only once'))
def receives_once_meta_answers(stage: Stage, text: str) -> None:
    stage.meta_is_down(down=False)
    _receives_at_last(stage, text)


@then('the Page "Casa Verde" needs a new login')
def needs_a_login(stage: Stage) -> None:
    assert stage.account("Casa Verde").status == "reauth_required"


@then(parsers.parse('once Bia connects her accounts again Ana receives "{text}" only once'))
def receives_after_login(stage: Stage, text: str) -> None:
    stage.log_in()
    _receives_at_last(stage, text)


def _receives_at_last(stage: Stage, text: str) -> None:
    async def received() -> bool:
        return bool(stage.received_by("Ana"))

    stage.eventually(received, text)
    stage.let_everything_arrive()
    assert [message.get("text") for message in stage.received_by("Ana")] == [text]


# Two tenants


@given('Otto connected his Page "Loja do Otto"')
def otto_connected(stage: Stage) -> None:
    stage.world.ground.state.people["otto"] = person_of(OTTO, LOJA)
    stage.log_in(OTTO, person="otto")
    assert stage.account(LOJA.name, OTTO).status == "active"


@when('Otto asks for the conversations of the Page "Casa Verde"')
def otto_asks(stage: Stage) -> None:
    account = stage.account("Casa Verde").id
    stage.try_to(stage.doors.conversations(OTTO, account))


@when('Otto answers Ana for the Page "Casa Verde"')
def otto_answers(stage: Stage) -> None:
    stage.answers("Ana", TextContent(text="Oi"), by=OTTO)


@when("Otto lists his accounts")
def otto_lists(stage: Stage) -> None:
    stage.outcome.accounts = stage.accounts(OTTO)


@when('one delivery tells that Ana wrote to "Casa Verde" and Caio to "Loja do Otto"')
def one_delivery(stage: Stage) -> None:
    def both() -> None:
        with stage.world.webhooks.batch():
            stage.world.contacts.write(stage.contact("Ana").id, "para a Casa Verde")
            stage.world.contacts.write(stage.contact("Caio", LOJA.name).id, "para o Otto")

    stage.play(both)


@then("he is told that there is no such account")
def told_no_such_account(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "not_found"


@then("he sees none")
def sees_none(stage: Stage) -> None:
    assert stage.outcome.accounts == []


@then("Bia sees only Ana's message")
def bia_sees_only_ana(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.text == "para a Casa Verde", "Ana's message")
    assert [one.contact_id for one in stage.all_conversations(BIA)] == [stage.contact("Ana").id]


@then("Otto sees only Caio's message")
def otto_sees_only_caio(stage: Stage) -> None:
    caio = stage.contact("Caio", LOJA.name).id
    assert [one.contact_id for one in stage.all_conversations(OTTO)] == [caio]
