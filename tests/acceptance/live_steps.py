"""Steps about what appears on screens by itself."""

from collections.abc import Callable, Iterator

import pytest
from pytest_bdd import given, parsers, then, when

from meta_inbox.domain.model.principal import Principal
from tests.acceptance.screens import Screen
from tests.acceptance.stage import BIA, OTTO, Stage

COLLEAGUE = Principal(BIA.tenant_id, "caio", name="Caio")


class Desk:
    """The screens of a scenario, by whose they are."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.screens: dict[str, Screen] = {}

    def opens(self, by: Principal, after: str | None = None) -> None:
        """Somebody opens the inbox."""
        screen = self._stage.run(self._stage.doors.watch(by, after))
        self.screens[by.user_id] = screen
        self.shows(by, lambda: screen.is_ready, "the connection is open")

    def shows(self, by: Principal, holds: Callable[[], bool], what: str) -> None:
        """Waits until it holds of what came so far."""

        async def held() -> bool:
            return holds()

        self._stage.eventually(held, f"on the screen of {by.user_id}: {what}")

    def hangs_up(self) -> None:
        """Everybody leaves."""
        for screen in self.screens.values():
            self._stage.run(screen.close())


@pytest.fixture
def desk(stage: Stage) -> Iterator[Desk]:
    """Nobody has the inbox open yet."""
    found = Desk(stage)
    yield found
    found.hangs_up()


@given("Bia has the inbox open")
def bia_has_it_open(desk: Desk) -> None:
    desk.opens(BIA)


@given("Bia's colleague has the inbox open")
def colleague_has_it_open(stage: Stage, desk: Desk) -> None:
    stage.sees("Ana", lambda message: message.direction == "inbound", "what Ana wrote")
    desk.opens(COLLEAGUE)


@given("Otto of another shop has the inbox open")
def otto_has_it_open(desk: Desk) -> None:
    desk.opens(OTTO)


@given("Bia's laptop fell asleep")
def laptop_sleeps(stage: Stage, desk: Desk) -> None:
    stage.run(desk.screens[BIA.user_id].close())


@when("Bia's laptop wakes up")
def laptop_wakes(desk: Desk) -> None:
    desk.opens(BIA, after=desk.screens[BIA.user_id].cursor)


@then(parsers.parse('"{text}" from Ana appears on Bia\'s screen'))
def appears(desk: Desk, text: str) -> None:
    screen = desk.screens[BIA.user_id]
    desk.shows(BIA, lambda: screen.texts() == [text], text)


@then("the conversation with Ana is shown as unread there")
def shown_as_unread(desk: Desk) -> None:
    (told,) = desk.screens[BIA.user_id].told("message.created")
    assert told["conversation"]["unread_count"] == 1


@then(parsers.parse('"{text}" appears on the colleague\'s screen as sent'))
def appears_as_sent(desk: Desk, text: str) -> None:
    screen = desk.screens[COLLEAGUE.user_id]

    def sent() -> bool:
        updated = [data["message"] for data in screen.told("message.updated")]
        return any(each["text"] == text and each["status"] == "sent" for each in updated)

    desk.shows(COLLEAGUE, sent, text)
    assert screen.texts() == [text]


@then("the conversation with Ana is shown as read on the colleague's screen")
def shown_as_read(desk: Desk) -> None:
    screen = desk.screens[COLLEAGUE.user_id]

    def read() -> bool:
        updated = screen.told("conversation.updated")
        return bool(updated) and updated[-1]["conversation"]["unread_count"] == 0

    desk.shows(COLLEAGUE, read, "read")


@then(parsers.parse('"{first}" and "{second}" appear on Bia\'s screen, in that order and once'))
def appear_in_order(stage: Stage, desk: Desk, first: str, second: str) -> None:
    stage.sees("Ana", lambda message: message.text == second, second)
    screen = desk.screens[BIA.user_id]
    desk.shows(BIA, lambda: screen.texts()[-1:] == [second], second)
    assert screen.texts() == [first, second]


@then("nothing appears on Otto's screen")
def nothing_appears(desk: Desk) -> None:
    assert [frame["type"] for frame in desk.screens[OTTO.user_id].frames] == ["ready"]
