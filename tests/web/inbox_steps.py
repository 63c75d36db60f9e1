"""Steps about what customers do, and what Ana sees of it."""

import re

from playwright.sync_api import expect
from pytest_bdd import given, parsers, then, when

from tests.web.conftest import PHONE
from tests.web.walk import AT_ONCE, Walk


@given("Ana uses a phone at night")
def phone_at_night(walk: Walk) -> None:
    walk.wants |= {"viewport": PHONE, "is_mobile": True, "has_touch": True, "color_scheme": "dark"}


@given("Ana has the inbox open")
@when("Ana opens the inbox")
def inbox_open(walk: Walk) -> None:
    walk.open("/inbox")
    expect(walk.page.get_by_role("navigation")).to_be_visible()


@given("Ana has the inbox open in two tabs")
def two_tabs(walk: Walk) -> None:
    for _ in range(2):
        inbox_open(walk)
        expect(walk.page.get_by_text("Nenhuma conversa ainda")).to_be_visible()
    walk.require_access()


@given("Ana has the conversation with Marina open")
@when("Ana opens the address of the conversation with Marina")
def conversation_open(walk: Walk) -> None:
    walk.open(walk.address("Marina"))
    expect(walk.conversation().log).to_be_visible()
    expect(walk.conversation().box).to_be_visible()


@when("Ana opens the conversation with Marina")
def opens_from_the_list(walk: Walk) -> None:
    walk.conversation().open()


@given(parsers.parse('Marina wrote "{text}"'))
def marina_wrote(walk: Walk, text: str) -> None:
    walk.wrote("Marina", text)


@when(parsers.parse('Marina writes "{text}"'))
def marina_writes(walk: Walk, text: str) -> None:
    walk.person("Marina").writes(text)


@then(parsers.parse('both tabs show "{text}" at once'))
def both_tabs_show(walk: Walk, text: str) -> None:
    for page in walk.screens:
        expect(page.get_by_role("region", name="Lista de conversas").get_by_text(text)).to_be_visible(
            timeout=AT_ONCE
        )


@then("the title of both tells of 1 unread message")
def titles_tell(walk: Walk) -> None:
    for page in walk.screens:
        expect(page).to_have_title("(1) Conversas · meta-inbox")
    walk.require_access()
    walk.conversation().open()
    for page in walk.screens:
        expect(page).to_have_title("Conversas · meta-inbox")


@then("no tab was loaded again")
def not_loaded_again(walk: Walk) -> None:
    walk.require_not_loaded_again()


@when("Marina takes her message back")
def takes_back(walk: Walk) -> None:
    walk.person("Marina").unsends(walk.mid("Marina", by_contact=True))


@then("Ana sees that Marina took a message back")
def sees_a_tombstone(walk: Walk) -> None:
    expect(walk.conversation().by("Marina")).to_contain_text("Mensagem apagada pelo contato")


@then(parsers.parse('"{text}" is nowhere to be seen'))
def nowhere(walk: Walk, text: str) -> None:
    expect(walk.page.get_by_text(text)).to_have_count(0)


@when(parsers.parse('Marina corrects it to "{text}"'))
def corrects(walk: Walk, text: str) -> None:
    walk.person("Marina").edits(walk.mid("Marina", by_contact=True), text)


@then(parsers.parse('the conversation shows "{text}" from Marina'))
def shows_from_marina(walk: Walk, text: str) -> None:
    expect(walk.conversation().by("Marina").filter(has_text=text)).to_be_visible()


@then(parsers.parse('Ana can see that it said "{text}" before'))
def said_before(walk: Walk, text: str) -> None:
    message = walk.conversation().by("Marina")
    message.get_by_role("button", name="Editada. Ver o que dizia antes").click()
    expect(message.get_by_role("region", name="Versões anteriores")).to_contain_text(text)


@when("Marina reacts to the answer")
def reacts(walk: Walk) -> None:
    walk.person("Marina").reacts(walk.mid("Marina", by_contact=False))


@then(parsers.parse('Ana sees Marina\'s reaction at "{text}"'))
def sees_the_reaction(walk: Walk, text: str) -> None:
    reactions = walk.conversation().message(text).get_by_role("list", name="Reações")
    expect(reactions.get_by_role("img", name="Marina reagiu: amei")).to_be_visible()


@when(parsers.parse('Marina answers the story of the shop "{text}"'))
def answers_the_story(walk: Walk, text: str) -> None:
    walk.person("Marina").answers_story(text)


@then(parsers.parse('"{text}" is shown with the story that it answers'))
def shown_with_the_story(walk: Walk, text: str) -> None:
    message = walk.conversation().message(text)
    expect(message).to_contain_text("Respondeu ao seu story")
    picture = message.get_by_role("img", name="Story")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("(one) => one.naturalWidth") > 0
    assert re.match(re.escape(walk.stack.url), picture.evaluate("(one) => one.src"))
