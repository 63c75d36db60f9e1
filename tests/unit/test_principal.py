"""Who asks, and what they may."""

import pytest

from meta_inbox.domain.errors import ScopeMissing
from meta_inbox.domain.model.principal import Principal, Scope


@pytest.mark.parametrize("text", ["", "x" * 65, "a\nb", "a\x00b", "a\u202eb"])
def test_an_id_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="tenant_id"):
        Principal(text, "bea")
    with pytest.raises(ValueError, match="user_id"):
        Principal("casa", text)


@pytest.mark.parametrize("text", ["1", "x" * 64, "loja são paulo", "a/b:c@d"])
def test_any_printable_id_is_taken(text: str) -> None:
    assert Principal(text, text).tenant == text


def test_somebody_without_stated_scopes_has_all() -> None:
    for scope in Scope:
        Principal("casa", "bea").require(scope)


def test_one_of_the_scopes_is_enough() -> None:
    reader = Principal("casa", "bea", frozenset({Scope.MESSAGES_READ}))
    reader.require(Scope.ACCOUNTS_MANAGE, Scope.MESSAGES_READ)


def test_the_missing_scope_is_named() -> None:
    reader = Principal("casa", "bea", frozenset({Scope.MESSAGES_READ}))
    with pytest.raises(ScopeMissing, match="messages:send") as missing:
        reader.require(Scope.MESSAGES_SEND, Scope.ACCOUNTS_MANAGE)
    assert missing.value.scope == "messages:send"


def test_no_scopes_are_not_all_scopes() -> None:
    with pytest.raises(ScopeMissing):
        Principal("casa", "bea", frozenset()).require(*Scope)


def test_an_automation_is_not_a_person() -> None:
    assert Principal("casa", "bea").is_person
    assert not Principal("casa", "bot", kind="automation").is_person
