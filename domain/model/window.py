"""The messaging window: until when a business may answer.

A person's own action opens it for 24 hours; coming by an advertisement may open it for up to 7 days
(Messenger Platform policy, 2026-09-28, which leaves the conditions open: Meta's answer decides). After it a
person, never an automation, may answer with the human-agent tag until 7 days after the last action.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

STANDARD = timedelta(hours=24)
AD_OPENED = timedelta(days=7)
HUMAN_AGENT = timedelta(days=7)

SenderKind = Literal["person", "automation"]


class OpeningKind(StrEnum):
    """The actions of a person that open the window."""

    MESSAGE = "message"
    POSTBACK = "postback"
    REACTION = "reaction"
    REFERRAL = "referral"
    OPT_IN = "opt_in"
    AD = "ad"


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
    """When the contact last did something; the order of the events does not matter."""
    return max((opening.at for opening in openings), default=None)


def closes_at(opened_at: datetime | None, ad_opened_at: datetime | None = None) -> datetime | None:
    """When everybody may write until, given the contact's last action and the last by an advertisement."""
    if ad_opened_at is None:
        return None if opened_at is None else opened_at + STANDARD
    by_ad = ad_opened_at + AD_OPENED
    return by_ad if opened_at is None else max(by_ad, opened_at + STANDARD)


def window_at(
    opened_at: datetime | None,
    now: datetime,
    *,
    ad_opened_at: datetime | None = None,
    account_sendable: bool = True,
) -> Window:
    """The window at ``now``, given the contact's last action, and the last by an advertisement."""
    ends = closes_at(opened_at, ad_opened_at)
    reason = _why_closed(ends, now, account_sendable=account_sendable)
    return Window(
        open=reason is None,
        closes_at=ends,
        human_agent_until=opened_at + HUMAN_AGENT if opened_at else None,
        reason=reason,
    )


def _why_closed(ends: datetime | None, now: datetime, *, account_sendable: bool) -> WindowReason | None:
    if not account_sendable:
        return WindowReason.ACCOUNT
    if ends is None:
        return WindowReason.NEVER_OPENED
    return None if now < ends else WindowReason.EXPIRED


def allowance(openings: Iterable[Opening], sender: SenderKind, now: datetime) -> Allowance:
    """What this kind of sender may do at ``now``: the whole rule as one pure function."""
    known = tuple(openings)
    by_ad = last_opening(opening for opening in known if opening.kind is OpeningKind.AD)
    return allowed_after(last_opening(known), sender, now, ad_opened_at=by_ad)


def allowed_after(
    opened_at: datetime | None, sender: SenderKind, now: datetime, *, ad_opened_at: datetime | None = None
) -> Allowance:
    """The same rule, when only the last openings are known."""
    ends = closes_at(opened_at, ad_opened_at)
    if ends is None:
        return Allowance.NOT_AT_ALL
    if now < ends:
        return Allowance.FREELY
    if sender == "person" and opened_at is not None and now < opened_at + HUMAN_AGENT:
        return Allowance.AS_HUMAN_AGENT
    return Allowance.NOT_AT_ALL
