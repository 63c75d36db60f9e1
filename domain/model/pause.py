"""An account that Meta asked to send more slowly, for every process alike.

Nothing of it leaves before ``resume_at``. Then one message at a time goes, at most one a second, until Meta
takes one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meta_inbox.domain.model.budget import BACKOFF, LONGEST_BACKOFF, SPACING
from meta_inbox.domain.model.message import Message, MessageStatus, SendError
from meta_inbox.domain.model.sending import Failed, Later, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """How long, and why; ``refusals`` counts how often Meta refused since it last took a message."""

    resume_at: datetime
    refusals: int
    error: SendError
    next_call_at: datetime | None = None

    def bars(self, now: datetime) -> bool:
        """Whether nothing may leave now."""
        return now < self.resume_at or (self.next_call_at is not None and now < self.next_call_at)

    def called(self, now: datetime) -> "Pause":
        """One message goes to find out."""
        return replace(self, next_call_at=now + SPACING)

    def shown_on(self, message: Message, now: datetime) -> Message:
        """The message with when it goes; one that waits for a login waits for that."""
        waits_for_login = message.error is not None and message.next_attempt_at is None
        if message.status is not MessageStatus.QUEUED or waits_for_login or now >= self.resume_at:
            return message
        again_at = max(message.next_attempt_at or self.resume_at, self.resume_at)
        return replace(message, next_attempt_at=again_at, error=self.error)


def pausing(outcome: Outcome) -> Later | None:
    """The outcome that pauses the account, if this one does."""
    if isinstance(outcome, Failed):
        return outcome.paused_by
    return outcome if isinstance(outcome, Later) and outcome.whole_account else None


def paused(former: Pause | None, later: Later, now: datetime) -> Pause:
    """The pause after one more refusal, or call held back; those that left before the first count as one."""
    refusals = former.refusals if former is not None else 0
    resume_at = now + later.pauses_for
    if former is not None and now < former.resume_at:
        resume_at = max(former.resume_at, resume_at)
    elif later.asked:
        refusals += 1
        resume_at = max(resume_at, now + _backoff(refusals)) if refusals > 1 else resume_at
    error = replace(later.error, fbtrace_id=None)
    return Pause(resume_at=resume_at, refusals=refusals, error=error)


def _backoff(refusals: int) -> timedelta:
    return min(BACKOFF * 2.0 ** min(refusals - 1, 10), LONGEST_BACKOFF)
