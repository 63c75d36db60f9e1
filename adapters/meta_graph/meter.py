"""Reads Meta's usage off every answer, and holds calls back that would go over the limits.

For this process alone. What sends meet is kept in the database besides, for all processes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from meta_inbox.adapters.meta_graph.exchange import Answer, HeldBack
from meta_inbox.adapters.meta_graph.usage import usage_of
from meta_inbox.adapters.meta_graph.wire import Complaint
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.budget import USED_UP, Budget, Priority

Key = tuple[str, str]
_APP: Key = ("app", "")
_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """For whom a call is made, by Meta's ids; without an account it is the app's own."""

    account_id: str | None = None
    page_id: str | None = None
    priority: Priority = Priority.PEOPLE
    sends: bool = False

    @classmethod
    def of(cls, account: Account, priority: Priority, *, sends: bool = False) -> "Caller":
        """The account's call."""
        return cls(
            account_id=account.external_id, page_id=account.facebook_page_id, priority=priority, sends=sends
        )

    @property
    def keys(self) -> list[Key]:
        """The budgets that a call is counted on."""
        return [_APP, *self.own_keys]

    @property
    def own_keys(self) -> list[Key]:
        """Those of the account alone."""
        named = (("account", self.account_id), ("page", self.page_id))
        return [(kind, id_) for kind, id_ in named if id_ is not None]

    @property
    def waits_for(self) -> list[Key]:
        """The budgets that can bar it: Meta does not count the calls of Pages on the app's."""
        return self.own_keys or [_APP] if self.priority is Priority.PEOPLE else self.keys


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Meter:
    """The budgets of the app and its accounts; counts what Meta refused and what was held back."""

    clock: Callable[[], datetime] = _now
    refused: int = 0
    held_back: int = 0
    _budgets: dict[Key, Budget] = field(default_factory=dict[Key, Budget], repr=False)

    def begin(self, caller: Caller) -> None:
        """A call begins. HeldBack when it must wait."""
        now = self.clock()
        budgets = {key: self._budgets[key] for key in caller.waits_for if key in self._budgets}
        wait = max((budget.wait(caller.priority, now) for budget in budgets.values()), default=timedelta(0))
        if wait > timedelta(0):
            self.held_back += 1
            own = (budgets[key] for key in caller.own_keys if key in budgets)
            everyone = max((budget.all_wait(now) for budget in own), default=timedelta(0))
            raise HeldBack(wait, everyone=everyone)
        for key, budget in budgets.items():
            self._budgets[key] = budget.called(now)

    def end(self, caller: Caller, answer: Answer, complaint: Complaint | None) -> None:
        """Meta answered."""
        now = self.clock()
        usage = usage_of(answer.headers, caller.account_id)
        for key in caller.keys:
            level = {"app": usage.app, "page": usage.page, "account": usage.account}[key[0]]
            if level is not None:
                self._note(key, self._budget(key).read(level.used, level.regained_after, now))
            elif complaint is None and key in self._budgets:
                self._note(key, self._budgets[key].went_well())
        if complaint is not None and complaint.verdict.code == "rate_limited":
            used_up = usage.account is not None and usage.account.used >= USED_UP
            self._refused(caller, complaint, everything=caller.sends or used_up or complaint.is_timed)

    def _refused(self, caller: Caller, complaint: Complaint, *, everything: bool) -> None:
        self.refused += 1
        key = caller.keys[-1] if caller.account_id is None else ("account", caller.account_id)
        self._note(key, self._budget(key).refused(complaint.wait, self.clock(), everything=everything))

    def _budget(self, key: Key) -> Budget:
        return self._budgets.get(key) or Budget()

    def _note(self, key: Key, budget: Budget) -> None:
        """The oldest is forgotten when there are too many."""
        self._budgets.pop(key, None)
        self._budgets[key] = budget
        if len(self._budgets) > _KEPT:
            del self._budgets[next(iter(self._budgets))]
