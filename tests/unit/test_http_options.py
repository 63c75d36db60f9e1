"""Where the API is served, and the words and languages of its page."""

import pytest

from meta_inbox.adapters.http.oauth_texts import FAILURE, REASONS, SUCCESS, preferred
from meta_inbox.adapters.http.options import HttpOptions

BASE = "https://crm.example/api/meta"


def test_without_front_end_origins_the_base_is_the_one() -> None:
    options = HttpOptions(base_url=BASE)
    assert options.origins == ("https://crm.example",)
    assert options.allows("https://crm.example")
    assert not options.allows("https://evil.example")


def test_with_front_end_origins_the_first_is_the_default_and_the_base_may_still_call() -> None:
    options = HttpOptions(base_url=BASE, frontend_origins=("https://app.example", "https://b.example"))
    assert options.origins[0] == "https://app.example"
    assert options.allows("https://crm.example")
    assert not options.allows("https://app.example.evil.example")
    assert not options.allows("null")


@pytest.mark.parametrize(
    ("base", "mount"),
    [(BASE, ""), ("https://crm.example/x/api/meta", "/x"), ("http://127.0.0.1:1/api/meta", "")],
)
def test_the_mount_is_what_stands_before_the_api(base: str, mount: str) -> None:
    assert HttpOptions(base_url=base).mount_path == mount


@pytest.mark.parametrize("base", ["", "crm.example/api/meta", "ftp://crm.example", BASE + "/"])
def test_a_base_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        HttpOptions(base_url=base)


@pytest.mark.parametrize("origin", ["https://a.example/", "a.example", "https://a.example/x", "*"])
def test_an_origin_that_is_more_or_less_than_one_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        HttpOptions(base_url=BASE, frontend_origins=(origin,))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "pt-BR"),
        ("en-GB,en;q=0.9", "en"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
        ("en;q=0.3, pt;q=0.7", "pt-BR"),
        ("de, en;q=0.5", "en"),
        ("de", "pt-BR"),
        ("en;q=wrong", "pt-BR"),
        ("en;q=0", "pt-BR"),
        ("en;q=nan, pt;q=0.1", "pt-BR"),
    ],
)
def test_the_page_speaks_the_language_that_the_browser_prefers(header: str, language: str) -> None:
    assert preferred(header) == language


def test_both_languages_say_the_same_things() -> None:
    assert SUCCESS.keys() == FAILURE.keys() == REASONS.keys() == {"pt-BR", "en"}
    assert REASONS["pt-BR"].keys() == REASONS["en"].keys()
