"""The steps about a shop's own systems, which are told of events."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when
from standardwebhooks.webhooks import Webhook

from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE
from tests.acceptance.stage import BIA, OTTO, Stage
from tests.acceptance.views import SeenEndpoint
from tests.contracts.receivers import OK, Receiver, saying

INSIDE = "https://10.0.0.7/events"


@dataclass
class Crm:
    """A system that listens on this machine, and what it was given to check what it is told."""

    receiver: Receiver = field(default_factory=lambda: Receiver([OK]))
    endpoint: SeenEndpoint | None = None
    secrets: list[str] = field(default_factory=list[str])

    @property
    def told(self) -> list[dict[str, Any]]:
        """What it was told, in order."""
        return [json.loads(request.body) for request in self.receiver.seen]

    @property
    def id(self) -> str:
        """By what Bia names it."""
        assert self.endpoint is not None
        return self.endpoint.id

    def heard(self, text: str) -> list[dict[str, Any]]:
        """How often it was told of a message with this text."""
        return [event for event in self.told if event["data"]["message"]["text"] == text]


@pytest.fixture
def crms(stage: Stage) -> Iterator[dict[str, Crm]]:
    """Bia's and Otto's, on the stage's own loop."""
    found = {"Bia": Crm(), "Otto": Crm()}
    listening = [crm.receiver.listening() for crm in found.values()]
    for each in listening:
        stage.run(each.__aenter__())
    yield found
    for each in listening:
        stage.run(each.__aexit__(None, None, None))


@pytest.fixture
def crm(crms: dict[str, Crm]) -> Crm:
    """Bia's."""
    return crms["Bia"]


@given("her CRM is to be told of new messages")
def bias_crm_is_told(stage: Stage, crm: Crm) -> None:
    crm.endpoint = stage.run(stage.doors.tell_of_messages(BIA, crm.receiver.url))
    crm.secrets.append(crm.endpoint.secret)


@given("Otto's CRM is to be told of new messages")
def ottos_crm_is_told(stage: Stage, crms: dict[str, Crm]) -> None:
    stage.run(stage.doors.tell_of_messages(OTTO, crms["Otto"].receiver.url))


@given("the CRM cannot take the next event")
def crm_restarts(crm: Crm) -> None:
    crm.receiver.answers = [saying("503 Service Unavailable"), OK]


@given("the CRM wants to hear no more")
def crm_is_gone(crm: Crm) -> None:
    crm.receiver.answers = [saying("410 Gone")]


@given(parsers.parse('the CRM was told "{text}" by Ana'))
@then(parsers.parse('a moment later the CRM is told "{text}" by Ana'))
def crm_is_told(stage: Stage, crm: Crm, text: str) -> None:
    async def heard() -> bool:
        return bool(crm.heard(text))

    stage.eventually(heard, f'the CRM is told "{text}"')
    message = crm.heard(text)[0]["data"]["message"]
    assert message["contact_id"] == stage.contact("Ana", CASA_VERDE.name).id


@then(parsers.parse('later the CRM is told "{text}" by Ana'))
def crm_is_told_later(stage: Stage, crm: Crm, text: str) -> None:
    crm_is_told(stage, crm, text)
    told_twice_later(stage, crm)


@when("Bia has it told once more")
def told_once_more(stage: Stage, crm: Crm) -> None:
    stage.run(stage.doors.tell_again(BIA, crm.id))


@then("later it was told so twice, under one id")
def told_twice_later(stage: Stage, crm: Crm) -> None:
    async def heard() -> bool:
        await stage.doors.backstage.hurry()
        return len(crm.told) > 1

    stage.eventually(heard, "the CRM is told again")
    told_twice(crm)


@then("it was told so twice, under one id")
def told_twice(crm: Crm) -> None:
    first, second = crm.told
    assert first["data"]["message"]["text"] == second["data"]["message"]["text"]
    assert {request.headers["webhook-id"] for request in crm.receiver.seen} == {first["id"]}


@then("the CRM can be sure that we said so")
@then("the CRM can be sure that we said so, by either secret")
def crm_is_sure(crm: Crm) -> None:
    for request in crm.receiver.seen:
        for secret in crm.secrets:
            Webhook(secret).verify(request.body, request.headers)


@when("Bia has the CRM's secret replaced")
def secret_is_replaced(stage: Stage, crm: Crm) -> None:
    crm.secrets.append(stage.run(stage.doors.replace_secret(BIA, crm.id)))
    assert len(set(crm.secrets)) == 2


@then("Otto's CRM was told nothing")
def ottos_crm_heard_nothing(crms: dict[str, Crm]) -> None:
    assert crms["Otto"].told == []


@then("a moment later Bia sees that her CRM is no longer told")
def crm_is_no_longer_told(stage: Stage, crm: Crm) -> None:
    async def over() -> bool:
        return not await stage.doors.is_told(BIA, crm.id)

    stage.eventually(over, "the CRM is no longer told")


@when("Bia has events sent to an address inside the network")
def events_go_inside(stage: Stage) -> None:
    stage.try_to(stage.doors.tell_of_messages(BIA, INSIDE))


@then("she is told that events do not go there")
def told_that_they_do_not(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "webhook_url_refused"
