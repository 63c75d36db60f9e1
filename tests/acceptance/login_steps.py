"""Steps about Instagram's own login."""

from pytest_bdd import given, parsers, then, when

from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.content import TextContent
from tests.acceptance.stage import BIA, CASAVERDE, Stage

NEEDED = "instagram_business_manage_messages"


@given("each of Meta's logins knows contacts by ids of its own")
def ids_differ(stage: Stage) -> None:
    stage.knows_contacts_differently()


@given('Bia connected "casaverde" by Instagram\'s own login')
@when('Bia connects "casaverde" by Instagram\'s own login')
def connects_itself(stage: Stage) -> None:
    stage.log_in_with_instagram()
    assert stage.outcome.refusal is None


@when("Bia cancels Instagram's own login")
def cancels(stage: Stage) -> None:
    stage.log_in_but_cancel(Login.INSTAGRAM)


@when('Bia connects "casaverde" by Instagram\'s own login without the permission to answer messages')
def leaves_messages_out(stage: Stage) -> None:
    stage.log_in_with_instagram(permissions=["instagram_business_basic"])


@then("she is told that the permission for messages is missing")
def told_messages(stage: Stage) -> None:
    assert stage.outcome.connection is not None
    ((code, detail),) = stage.outcome.connection.refused.values()
    assert code == "permission_missing"
    assert NEEDED in detail


@then('the account "casaverde" belongs to no Page')
def no_page(stage: Stage) -> None:
    assert [account.name for account in stage.accounts()] == ["casaverde"]
    assert stage.world.ground.state.installed == {}
    assert CASAVERDE.id in stage.world.ground.state.installed_by_login


@then("Instagram sends us no more messages of it")
def sends_no_more(stage: Stage) -> None:
    async def deaf() -> bool:
        return not stage.world.ground.state.installed_by_login

    stage.eventually(deaf, "the account is unsubscribed")


@then('there is one Instagram account "casaverde"')
def one_account(stage: Stage) -> None:
    found = [account for account in stage.accounts() if account.name == "casaverde"]
    assert [account.status for account in found] == ["active"]


@then('Meta still sends us the messages of the Page "Casa Verde"')
def page_still_sends(stage: Stage) -> None:
    stage.run(stage.doors.backstage.hurry())
    stage.writes("Rui", "Casa Verde", "Oi!")
    stage.arrives("Rui")
    assert stage.hears()


@then(parsers.parse('one conversation of "casaverde" holds "{text}", and there are {count:d}'))
def one_holds(stage: Stage, text: str, count: int) -> None:
    stage.sees("Ana", lambda message: message.text == text, f"{text} arrives")
    account = stage.account("casaverde").id
    conversations = stage.run(stage.doors.conversations(BIA, account))
    assert len(conversations) == count
    found = [stage.run(stage.doors.messages(BIA, account, one.contact_id)) for one in conversations]
    holding = [messages for messages in found if text in [message.text for message in messages]]
    assert len(holding) == 1


@then(parsers.parse('the answer "{text}" to it reaches Ana'))
def answer_reaches(stage: Stage, text: str) -> None:
    stage.answers("Ana", TextContent(text=text))
    assert [one.get("text") for one in stage.received_by("Ana")] == [text]
