"""What an import did: counted while it runs, told at the end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_EXAMPLES = 20


@dataclass(slots=True, kw_only=True)
class LeftOut:
    """How many were left out for one reason, and the first of them."""

    count: int = 0
    first: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One account of the first system, by its id there, and what is to be known of it."""

    id: str
    tenant: str | None
    reason: str


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """Grows with the number of accounts, not of messages."""

    dry_run: bool
    accounts_read: int = 0
    accounts_new: int = 0
    accounts_here: int = 0
    need_login: list[Noted] = field(default_factory=list[Noted])
    accounts_left: list[Noted] = field(default_factory=list[Noted])
    tokens_left: list[Noted] = field(default_factory=list[Noted])
    messages_read: int = 0
    messages_new: int = 0
    messages_here: int = 0
    messages_left: dict[str, LeftOut] = field(default_factory=dict[str, LeftOut])

    def leave_out(self, reason: str, id_: str, count: int = 1) -> None:
        """Counts messages that are not brought over."""
        left = self.messages_left.setdefault(reason, LeftOut())
        left.count += count
        if len(left.first) < _EXAMPLES:
            left.first.append(id_)

    def write(self, path: Path) -> None:
        """Keeps it as JSON. OSError."""
        path.write_text(json.dumps(self.as_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def as_json(self) -> dict[str, Any]:
        """The whole of it."""
        return {
            "dry_run": self.dry_run,
            "accounts": {
                "read": self.accounts_read,
                "imported": self.accounts_new,
                "already_here": self.accounts_here,
                "need_login": [_noted(each) for each in self.need_login],
                "left_out": [_noted(each) for each in self.accounts_left],
                "token_left_out": [_noted(each) for each in self.tokens_left],
            },
            "messages": {
                "read": self.messages_read,
                "imported": self.messages_new,
                "already_here": self.messages_here,
                "left_out": [
                    {"reason": reason, "count": left.count, "first": left.first}
                    for reason, left in sorted(self.messages_left.items())
                ],
            },
        }

    def lines(self) -> Iterator[str]:
        """The same for people."""
        if self.dry_run:
            yield "nothing was written; this is what an import would do"
        yield (
            f"accounts: {self.accounts_read} read, {self.accounts_new} imported, "
            f"{self.accounts_here} here already, {len(self.accounts_left)} left out"
        )
        noted_as = {
            "needs a login": self.need_login,
            "left out": self.accounts_left,
            "can send, but without a token": self.tokens_left,
        }
        for title, noted in noted_as.items():
            for each in noted:
                yield f"  {title}: {each.id} of tenant {each.tenant or '-'}: {each.reason}"
        left = sum(each.count for each in self.messages_left.values())
        yield (
            f"messages: {self.messages_read} read, {self.messages_new} imported, "
            f"{self.messages_here} here already or deleted here, {left} left out"
        )
        for reason, many in sorted(self.messages_left.items()):
            yield f"  left out: {many.count}: {reason} (the first: {', '.join(many.first[:3])})"


def _noted(each: Noted) -> dict[str, str | None]:
    return {"id": each.id, "tenant": each.tenant, "reason": each.reason}
