"""What is told here, compared with Meta's own books."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.harness.agents import Answer
from tests.harness.business import Business

THEIRS = ("sent", "delivered", "read")
"""The statuses that say that Meta has a message."""

_OWN = "select count(*) from meta_inbox.messages where origin in ('agent', 'automation')"
_FOREIGN = "select meta_message_id from meta_inbox.messages where origin in ('native_app', 'other_app')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """After everything came to rest."""

    house: Business
    answers: Sequence[Answer]

    def compare(self) -> Counter[str]:
        """How many answers have which status. AssertionError when anything is told otherwise than it went."""
        ledger = self.house.meta.ledger()
        mids = {str(sent["metadata"]): str(sent["mid"]) for sent in ledger}
        statuses = self.house.statuses([answer.id for answer in self.answers])
        assert len(mids) == len(ledger), "Meta has a message twice"
        assert self.house.rows(_OWN) == [(len(self.answers),)]
        assert len(statuses) == len(self.answers), "an answer was lost, or two became one"
        assert mids.keys() <= statuses.keys(), "Meta has a message that nobody knows here"
        assert _wrong(statuses, mids) == []
        self._require_order(ledger)
        self._require_no_doubles(mids, statuses)
        return Counter(status for status, _ in statuses.values())

    def _require_order(self, ledger: Sequence[dict[str, Any]]) -> None:
        """Each contact has received them in the order in which they were written."""
        numbers = {answer.id: answer.number for answer in self.answers}
        threads: dict[str, list[int]] = {}
        for sent in ledger:
            threads.setdefault(sent["recipient_id"], []).append(numbers[sent["metadata"]])
        assert [thread for thread in threads.values() if any(a > b for a, b in pairwise(thread))] == []

    def _require_no_doubles(self, mids: dict[str, str], statuses: dict[str, tuple[str, str | None]]) -> None:
        """Only an answer that is still unknown may stand there a second time, as Meta told of it."""
        unknown = {mids.get(id_) for id_, (status, _) in statuses.items() if status == "unknown"}
        assert {mid for (mid,) in self.house.rows(_FOREIGN)} <= unknown


def _wrong(statuses: dict[str, tuple[str, str | None]], mids: dict[str, str]) -> list[str]:
    """What is told of a message that its fate at Meta does not bear out."""
    return [
        f"{id_} is {status} with {mid}, at Meta {mids.get(id_)}"
        for id_, (status, mid) in statuses.items()
        if not _bears_out(status, mid, mids.get(id_))
    ]


def _bears_out(status: str, mid: str | None, true_mid: str | None) -> bool:
    if status in THEIRS:
        return mid is not None and mid == true_mid
    return status == "unknown" or (status == "failed" and true_mid is None)
