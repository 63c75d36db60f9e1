"""What a host's tests get: fixtures and steps, in a project that has nothing else of ours."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = """
import pytest
pytest_plugins = ["meta_inbox.testing.steps"]
"""
FEATURE = """
Feature: A shop answers
  Background:
    Given the Instagram account "casaverde" is connected

  Scenario: A customer asks
    Given Ana wrote "Vocês entregam?"
    When the agent answers Ana "Sim, hoje"
    Then Ana receives "Sim, hoje"
    And the answer to Ana is sent

  Scenario: A customer reads what she was told
    Given Ana wrote "Oi"
    And the agent answered Ana "Bom dia"
    When Ana reads the answer
    And Ana reacts to the answer with "love"
    Then the answer to Ana is read

  Scenario: A customer changes her mind
    Given Ana wrote "Quero dois"
    When Ana changes that to "Quero três"
    Then the agent sees "Quero três" from Ana
    And the conversation with Ana is unread

  Scenario: Too late
    Given Ana wrote "Ainda tem?" 25 hours ago
    When the agent answers Ana "Tem"
    Then the answer is refused with "window_closed"
    And Ana receives nothing

  Scenario: Meta is away for a while
    Given Ana wrote "Oi"
    And Meta does not answer
    And the agent answered Ana "Bom dia"
    When Meta answers again
    Then Ana receives "Bom dia"

  Scenario: Two accounts
    Given the Page "Casa Verde" is connected
    When Rui writes to "casaverde" "Oi"
    Then the agent sees "Oi" from Rui

  Scenario: A customer takes back what she wrote
    Given Ana wrote "Quero dois"
    When Ana takes that back
    Then the agent no longer sees "Quero dois" from Ana

  Scenario: A customer asks in public
    When Ana comments "Quanto custa?"
    Then the agent sees the comment "Quanto custa?" of Ana

  Scenario: A customer wants to hear nothing more
    Given Ana wrote "Oi"
    And Ana blocked the business
    When the agent answers Ana "Bom dia"
    Then the answer is refused with "recipient_unavailable"

  Scenario: A login that ended
    Given Ana wrote "Oi"
    And the business's login at Meta has ended
    When the agent answers Ana "Bom dia"
    Then the answer to Ana is queued
    And Ana receives nothing

  Scenario: An answer in doubt
    Given Ana wrote "Oi"
    And Meta will take the next answer and say nothing
    When the agent answers Ana "Bom dia"
    Then Ana receives "Bom dia"

  Scenario: A step of the host's own
    Given Ana wrote "Quero dois"
    Then the shop has an order of Ana's
"""
TESTS = """
import pytest
from pytest_bdd import scenarios, then
from meta_inbox.testing.connecting import AGENT, connected

scenarios("shop.feature")

@then("the shop has an order of Ana's")
def has_an_order(meta_stage):
    assert meta_stage.conversation("Ana").last_message.text == "Quero dois"

@pytest.mark.asyncio
async def test_on_the_tests_own_loop(meta_inbox, fake_meta):
    page = await connected(meta_inbox, fake_meta)
    await fake_meta.contact_writes(page, "Ana", "Oi")
    _, found = await meta_inbox.list_conversations(by=AGENT, account=page.id)
    assert [one.contact.id for one in found.items] == ["Ana"]

@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_on_the_loop_of_anyio(meta_inbox, fake_meta):
    assert (await connected(meta_inbox, fake_meta)).facebook_page_name == "Casa Verde"

def test_without_a_loop(blocking_meta_inbox, fake_meta, meta_inbox_settings):
    assert meta_inbox_settings.fake_meta is fake_meta
    assert blocking_meta_inbox.list_accounts(by=AGENT) == []
"""
OWN = """
import asyncio

import pytest
from anyio.from_thread import start_blocking_portal
from pytest_bdd import scenarios

from meta_inbox import open_inbox
from meta_inbox.entrypoints.blocking import BlockingInbox
from meta_inbox.entrypoints.plain_calls import Loop

scenarios("shop.feature")

async def here():
    return asyncio.get_running_loop()

@pytest.fixture
def blocking_meta_inbox(meta_inbox_settings):
    opening = open_inbox(meta_inbox_settings)
    with start_blocking_portal() as application, application.wrap_async_context_manager(opening) as inbox:
        yield BlockingInbox(inbox, Loop(application.call(here)))
"""
UNUSED = """
import sys

def test_nothing_of_it_is_loaded():
    loaded = {name for name in sys.modules if name.partition(".")[0] in ("meta_inbox", "litestar", "psycopg")}
    assert loaded == {"meta_inbox", "meta_inbox.testing", "meta_inbox.testing.plugin"}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A host's project, with tests and nothing else."""
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"
    )
    return tmp_path


def test_a_host_writes_scenarios_and_tests_with_them(project: Path) -> None:
    (project / "conftest.py").write_text(CONFTEST)
    (project / "shop.feature").write_text(FEATURE)
    (project / "test_shop.py").write_text(TESTS)
    assert "15 passed" in pytest_in(project)


def test_scenarios_play_on_the_inbox_that_an_application_opened(project: Path) -> None:
    (project / "conftest.py").write_text(CONFTEST)
    (project / "shop.feature").write_text(FEATURE.partition("  Scenario: A step of")[0])
    (project / "test_shop.py").write_text(OWN)
    assert "11 passed" in pytest_in(project)


def test_a_host_that_uses_none_of_them_pays_nothing(project: Path) -> None:
    (project / "test_other.py").write_text(UNUSED)
    assert "1 passed" in pytest_in(project)


def test_they_can_be_left_out(project: Path) -> None:
    (project / "test_none.py").write_text("def test_one(fake_meta): ...\n")
    assert "fixture 'fake_meta' not found" in pytest_in(project, "-p", "no:meta_inbox", fails=True)


def pytest_in(project: Path, *options: str, fails: bool = False) -> str:
    """What pytest says of it, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stdout
