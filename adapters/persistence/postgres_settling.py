"""What came of a send, written down under the lock of its message's row.

The echo may have come first: without our token it became a message of its own, which is now taken into
ours. Or it settled another send of ours that looked alike, which then is unknown again.
"""

from datetime import timedelta
from typing import Any, LiteralString

from meta_inbox.adapters.persistence.database import Connection
from meta_inbox.adapters.persistence.postgres_events import Change, log
from meta_inbox.adapters.persistence.postgres_media_rows import adopt_media
from meta_inbox.adapters.persistence.postgres_mids import changed, take_mid
from meta_inbox.adapters.persistence.postgres_parts import end_behind
from meta_inbox.adapters.persistence.postgres_pauses import pause, resume, wake_the_next
from meta_inbox.adapters.persistence.postgres_rows import ANSWERED, MESSAGE, message_of
from meta_inbox.adapters.persistence.postgres_written import marks_of, write
from meta_inbox.domain.errors import NotFound
from meta_inbox.domain.model.folding import receipted
from meta_inbox.domain.model.media_rules import MediaRules
from meta_inbox.domain.model.message import Message, MessageStatus
from meta_inbox.domain.model.outcome import LOOK_AFTER, LOOKS_END
from meta_inbox.domain.model.pause import pausing
from meta_inbox.domain.model.projection import GIVEN_UP, after_outcome, is_settled_by, merged
from meta_inbox.domain.model.sending import Claim, Failed, Later, NeedsLogin, Outcome, Sent

_MINE: LiteralString = (
    "select now(), "
    + MESSAGE
    + " from meta_inbox.messages m "
    + ANSWERED
    + """
    where m.tenant_id = %(tenant)s and m.id = %(id)s for update of m"""
)
# A statement of its own: one joined to the first would show it as it was before the lock was waited for.
_FENCE: LiteralString = """
    select fence::text, in_doubt from meta_inbox.outbox where tenant_id = %(tenant)s and message_id = %(id)s
"""
# Shared with other sends, but not with a disconnecting: that one fails what is queued, once.
_ACCOUNT: LiteralString = """
    select status from meta_inbox.accounts where tenant_id = %(tenant)s and id = %(account)s for share
"""
_LEAVE: LiteralString = """
    delete from meta_inbox.outbox where tenant_id = %(tenant)s and message_id = %(id)s
"""
_STAY: LiteralString = """
    update meta_inbox.outbox
    set state = %(status)s, fence = null, lease_until = null, looks = 0,
        next_attempt_at = coalesce(%(next_attempt_at)s, now() + %(patience)s),
        ended_at = case when %(ended)s then now() end,
        look_at = case when %(unknown)s then greatest(now(), started_at + %(look_after)s) end,
        looks_end_at = case when %(unknown)s then now() + %(looks_end)s end
    where tenant_id = %(tenant)s and message_id = %(id)s
"""
_UNTIL_LOGIN = timedelta(minutes=1)
"""How soon a send that needs a login is tried again if its account is, against expectation, active."""


async def settle(connection: Connection, claim: Claim, outcome: Outcome, rules: MediaRules) -> Message:
    """The message as it now is; what an echo or a later claim settled before stands. NotFound."""
    values: dict[str, Any] = _key(claim.message)
    mine = await connection.execute(_MINE, values)
    fence = await connection.execute(_FENCE, values)
    row = await mine.fetchone()
    if row is None:
        raise NotFound("no such message")
    now, *columns = row
    message = message_of(columns)
    present, in_doubt = await fence.fetchone() or (None, False)
    if not is_settled_by(message, outcome, fence_holds=present == claim.fence, in_doubt=in_doubt):
        if isinstance(outcome, Sent):  # its echo was faster
            await resume(connection, message)
        return message
    final = await _final(connection, values, outcome)
    after = after_outcome(message, final, now, in_doubt=in_doubt)
    await end_behind(connection, after)  # these are messages, and locked before the pause
    changes: list[Change] = []
    if (later := pausing(final)) is not None:
        held, changes = await pause(connection, message, later, now)
        after = held.shown_on(after, now)
    if isinstance(outcome, Sent):
        echoed, changes = await take_mid(connection, message, outcome.meta_message_id)
        if echoed is not None:
            after = await adopt_media(connection, merged(message, echoed), echoed.attachments, rules)
        after = receipted(after, await marks_of(connection, message))
    await write(connection, after)
    await move_on(connection, values, after)
    if isinstance(outcome, Sent):
        await resume(connection, message)
    await log(connection, message.tenant_id, [*changes, changed(after)])
    return after


async def _final(connection: Connection, values: dict[str, Any], outcome: Outcome) -> Outcome:
    """Nothing waits on an account that was disconnected meanwhile."""
    if not isinstance(outcome, Later | NeedsLogin):
        return outcome
    row = await (await connection.execute(_ACCOUNT, values)).fetchone()
    return Failed(error=GIVEN_UP) if row is not None and row[0] == "disconnected" else outcome


async def move_on(connection: Connection, values: dict[str, Any], message: Message) -> None:
    """What Meta has leaves the outbox; everything else keeps its place; the next may have its turn."""
    unknown, failed = (message.status is each for each in (MessageStatus.UNKNOWN, MessageStatus.FAILED))
    state = {
        "status": message.status.value,
        "next_attempt_at": message.next_attempt_at,
        "patience": _UNTIL_LOGIN,
        "ended": unknown or failed,
        "unknown": unknown,
        "look_after": LOOK_AFTER,
        "looks_end": LOOKS_END,
    }
    leaves = (message.status.is_settled and not failed) or message.error == GIVEN_UP
    await connection.execute(_LEAVE if leaves else _STAY, values | state)
    await wake_the_next(connection, message)


def _key(message: Message) -> dict[str, Any]:
    return {
        "tenant": message.tenant_id,
        "account": message.account_id,
        "contact": message.contact_id,
        "id": message.id,
    }
