"""The messaging window: until when a business may answer.

A person's own action opens it for 24 hours (Messenger Platform policy, 2026-09-28). After it a person,
never an automation, may answer with the human-agent tag until 7 days after that action.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

STANDARD = timedelta(hours=24)
HUMAN_AGENT = timedelta(days=7)

SenderKind = Literal["person", "automation"]


class OpeningKind(StrEnum):
    """The actions of a person that open the window."""

    MESSAGE = "message"
    POSTBACK = "postback"
    REACTION = "reaction"
    REFERRAL = "referral"
    OPT_IN = "opt_in"


class WindowReason(StrEnum):
    """Why nothing may be sent."""

    NEVER_OPENED = "never_opened"
    EXPIRED = "expired"
    ACCOUNT = "account"


class Allowance(StrEnum):
    """What a sender may do now."""

    FREELY = "freely"
    AS_HUMAN_AGENT = "as_human_agent"
    NOT_AT_ALL = "not_at_all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One action of the contact that opens the window."""

    kind: OpeningKind
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The state of the window at one moment."""

    open: bool
    closes_at: datetime | None
    human_agent_until: datetime | None
    reason: WindowReason | None


def last_opening(openings: Iterable[Opening]) -> datetime | None:
    """When the window was last opened; the order of the events does not matter."""
    return max((opening.at for opening in openings), default=None)


def window_at(opened_at: datetime | None, now: datetime, *, account_sendable: bool = True) -> Window:
    """The window as it stands at ``now``, given the last action that opened it."""
    reason = _why_closed(opened_at, now, account_sendable=account_sendable)
    return Window(
        open=reason is None,
        closes_at=opened_at + STANDARD if opened_at else None,
        human_agent_until=opened_at + HUMAN_AGENT if opened_at else None,
        reason=reason,
    )


def _why_closed(opened_at: datetime | None, now: datetime, *, account_sendable: bool) -> WindowReason | None:
    if not account_sendable:
        return WindowReason.ACCOUNT
    if opened_at is None:
        return WindowReason.NEVER_OPENED
    return None if now < opened_at + STANDARD else WindowReason.EXPIRED


def allowance(openings: Iterable[Opening], sender: SenderKind, now: datetime) -> Allowance:
    """What this kind of sender may do at ``now``: the whole rule as one pure function."""
    return allowed_after(last_opening(openings), sender, now)


def allowed_after(opened_at: datetime | None, sender: SenderKind, now: datetime) -> Allowance:
    """The same rule, when only the last opening is known."""
    if opened_at is None:
        return Allowance.NOT_AT_ALL
    if now < opened_at + STANDARD:
        return Allowance.FREELY
    if sender == "person" and now < opened_at + HUMAN_AGENT:
        return Allowance.AS_HUMAN_AGENT
    return Allowance.NOT_AT_ALL
