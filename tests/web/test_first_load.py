"""How much script a browser fetches before somebody can work."""

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect

from tests.web.stack import Stack
from tests.web.walk import Walk

KB = 1000


def fetched(page: Page, address: str) -> dict[str, int]:
    """Every script of the page up to when nothing is fetched any more, by what it weighs compressed."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    scripts = [one for one in answers if urlsplit(one.url).path.endswith(".js")]
    assert all(one.header_value("content-encoding") == "gzip" or len(one.body()) < KB for one in scripts)
    return {urlsplit(one.url).path: len(gzip.compress(one.body(), mtime=0)) for one in scripts}


@pytest.mark.parametrize("path", ["/inbox", "/connections", "/canned-replies"])
def test_a_screen_needs_less_than_200_kb_of_script(stack: Stack, page: Page, path: str) -> None:
    stack.connect()
    weights = fetched(page, stack.session_url(path))
    assert len(weights) > 3
    assert sum(weights.values()) < 200 * KB, weights


def test_an_open_conversation_needs_less_than_250_kb(walk: Walk) -> None:
    walk.stack.connect()
    walk.wrote("Marina", "Oi!")
    page = walk.context.new_page()
    weights = fetched(page, walk.stack.session_url(walk.address("Marina")))
    expect(page.get_by_role("log", name="Conversa com")).to_be_visible()
    assert sum(weights.values()) < 250 * KB, weights


def test_one_language_is_fetched_and_the_other_when_it_is_chosen(stack: Stack, page: Page) -> None:
    paths = fetched(page, stack.session_url("/connections"))
    assert [path for path in paths if "/pt-BR-" in path]
    assert not [path for path in paths if "/en-" in path]
    page.get_by_role("button", name="Preferências").click()
    with page.expect_response(lambda answer: "/assets/en-" in answer.url):
        page.get_by_role("menuitemradio", name="English").click()
    expect(page.get_by_role("heading", name="Connections", level=1)).to_be_visible()
