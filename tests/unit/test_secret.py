"""A secret is given out by one method and by nothing else."""

import json
import logging
import pickle
import traceback
from dataclasses import dataclass

import pytest

from meta_inbox.domain.model.secret import Secret

TEXT = "EAAB-canary"
SECRET = Secret(TEXT)


@dataclass
class Holder:
    """Something that has a secret."""

    token: Secret


def test_it_is_given_out_when_asked_for() -> None:
    assert SECRET.reveal() == TEXT


@pytest.mark.parametrize(
    "shown",
    [
        str(SECRET),
        repr(SECRET),
        f"{SECRET}",
        f"{SECRET:>40}",
        f"{SECRET!r}",
        "%s" % SECRET,  # noqa: UP031 - each way of formatting is tried
        repr(Holder(SECRET)),
        repr([SECRET]),
        json.dumps({"token": SECRET}, default=str),
    ],
)
def test_it_is_not_shown(shown: str) -> None:
    assert TEXT not in shown
    assert "***" in shown


def test_it_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("t").error("token %s %r", SECRET, Holder(SECRET))
    assert TEXT not in caplog.text


def test_it_is_not_in_a_traceback() -> None:
    with pytest.raises(ValueError) as raised:
        raise ValueError(SECRET)
    assert TEXT not in "".join(traceback.format_exception(raised.value))


def test_it_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(SECRET)


def test_it_has_no_dict_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(SECRET)


def test_equal_texts_are_equal_secrets() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
    assert Secret("a")
