"""The examples, as they are written: processes on a real Postgres, with a Meta that is played."""

import signal
from collections.abc import Iterator

import pytest

from tests.examples.between import acknowledged, held_up_behind_the_lead, leads, until
from tests.examples.crm import EXAMPLES, Crm, Example, running
from tests.harness.service import common_server, new_database

pytestmark = pytest.mark.real


def name_of(example: Example) -> str:
    """What it is called among the tests."""
    return example.name


@pytest.fixture(scope="module", params=EXAMPLES, ids=name_of)
def crm(request: pytest.FixtureRequest) -> Iterator[Crm]:
    """One of them, with the Page "Casa Verde" connected."""
    with running(request.param, new_database(common_server(), "crm")) as started:
        started.connects_casa_verde()
        yield started


def test_a_message_becomes_a_lead_and_the_lead_is_answered(crm: Crm) -> None:
    ana = crm.is_written_to("Ana", "Vocês entregam?")
    until(lambda: bool(crm.leads()), "the lead")
    (lead,) = crm.leads()
    assert (lead["contact_id"], lead["text"]) == (ana, "Vocês entregam?")
    assert crm.answers(lead["id"], "Sim, hoje")["status"] == "sent"
    (sent,) = crm.meta.ledger()
    assert (sent["recipient_id"], sent["message"]["text"]) == (ana, "Sim, hoje")
    until(lambda: acknowledged(crm.database), "everything is acknowledged")
    assert len(crm.leads()) == 1, "what the CRM says itself is no lead"


def test_killed_between_the_commit_and_the_acknowledgement_it_finds_its_lead_again(crm: Crm) -> None:
    until(lambda: acknowledged(crm.database), "everything is acknowledged")
    before = leads(crm.database, crm.example.table)
    with held_up_behind_the_lead(
        crm.database, crm.example.table, lambda: crm.is_written_to("Rui", "Tem bolo?")
    ):
        crm.reader.kill()
    assert not acknowledged(crm.database)
    crm.reader.start()
    until(lambda: acknowledged(crm.database), "the event came again")
    assert leads(crm.database, crm.example.table) == before + 1
    assert [lead["text"] for lead in crm.leads()].count("Tem bolo?") == 1


def test_who_is_not_logged_in_sees_nothing(crm: Crm) -> None:
    crm.browser.cookies.clear()
    assert crm.browser.get("/leads").status_code in (302, 401)
    assert crm.browser.get("/inbox/api/meta/accounts").status_code == 401


def test_it_ends_when_it_is_told_to(crm: Crm) -> None:
    if crm.reader is not crm.server:
        assert crm.reader.stop() == 0
    assert crm.server.stop() == -signal.SIGTERM, "uvicorn closes everything, and then dies of the signal"
