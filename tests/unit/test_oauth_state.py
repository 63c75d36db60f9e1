"""Handles and where a flow may return to."""

import pytest

from meta_inbox.domain.errors import ContentRefused
from meta_inbox.domain.model.account import Platform
from meta_inbox.domain.model.oauth_state import Wanted, digest, new_handle, safe_return_to


def test_handles_are_long_random_and_stored_as_something_else() -> None:
    handles = [new_handle() for _ in range(1000)]
    assert len({handle.reveal() for handle in handles}) == 1000
    assert {len(handle.reveal()) for handle in handles} == {43}
    assert len(digest(handles[0])) == 32
    assert handles[0].reveal().encode() not in digest(handles[0])


def test_a_person_wants_one_platform_or_all() -> None:
    assert all(Wanted.ALL.includes(platform) for platform in Platform)
    assert Wanted.INSTAGRAM.includes(Platform.INSTAGRAM)
    assert not Wanted.INSTAGRAM.includes(Platform.MESSENGER)


@pytest.mark.parametrize("path", ["/", "/connections?tab=meta&x=/y", "/caminho/ação", "/" + "a" * 2047])
def test_a_path_stays_on_its_origin(path: str) -> None:
    assert safe_return_to(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "connections",
        "//evil.example",
        "/\\evil.example",
        "/a\\b",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a#completion=stolen",
        "/a\r\nSet-Cookie: x",
        "/\tevil",
        "/" + "a" * 2048,
    ],
)
def test_anything_else_is_refused(path: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        safe_return_to(path)
    assert refused.value.code == "return_to_invalid"
