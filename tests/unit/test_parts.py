"""What people see of a message in parts: the text whole, and a state that its parts decide."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.domain.model.changes import Party
from meta_inbox.domain.model.content import TextContent
from meta_inbox.domain.model.ids import AccountId, ContactId, MessageId, MetaMessageId, TenantId, UserId
from meta_inbox.domain.model.message import Message, MessageStatus, Origin, Part, Reaction, SendError
from meta_inbox.domain.model.parts import (
    assembled,
    in_parts,
    part_from,
    part_messages,
    parts_to_resend,
)
from meta_inbox.domain.model.splitting import Piece

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
OOPS = SendError(code="meta_error", detail="Meta said no")
OTHER = SendError(code="part_not_sent", detail="not sent")
QUEUED, SENDING, UNKNOWN, FAILED, SENT, DELIVERED, READ = (
    MessageStatus.QUEUED,
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.FAILED,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.READ,
)
WHOLE = in_parts(
    Message.queued(
        ids=("whole", "file"),
        tenant=TenantId("casa-verde"),
        account=AccountId("page"),
        contact=ContactId("ana"),
        content=TextContent(text=" one\n\ntwo three "),
        human_agent=True,
        reply_to=None,
        origin=Origin.AGENT,
        sent_by=UserId("bea"),
        now=NOON,
    ),
    [
        Piece(before=" ", text="one"),
        Piece(before="\n\n", text="two"),
        Piece(before=" ", text="three", after=" "),
    ],
    iter(["p0", "p1", "p2"]).__next__,
)


def parts(*statuses: MessageStatus) -> list[Part]:
    """The parts in these states."""
    return [replace(part, status=status) for part, status in zip(WHOLE.parts, statuses, strict=True)]


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ((QUEUED, QUEUED, QUEUED), QUEUED),
        ((SENDING, QUEUED, QUEUED), SENDING),
        ((SENT, SENDING, QUEUED), SENDING),
        ((READ, SENT, QUEUED), QUEUED),
        ((UNKNOWN, QUEUED, QUEUED), QUEUED),
        ((UNKNOWN, SENT, SENT), UNKNOWN),
        ((UNKNOWN, FAILED, FAILED), UNKNOWN),
        ((SENT, FAILED, FAILED), FAILED),
        ((READ, DELIVERED, SENT), SENT),
        ((READ, DELIVERED, READ), DELIVERED),
        ((READ, READ, READ), READ),
    ],
)
def test_the_state_is_that_of_whichever_is_least_far(
    statuses: tuple[MessageStatus, ...], status: MessageStatus
) -> None:
    whole = assembled(replace(WHOLE, text=None), parts(*statuses))
    assert whole.status is status
    assert whole.text == WHOLE.text


def test_nothing_changes_by_putting_it_together_again() -> None:
    alone = replace(WHOLE, text=None, status=READ, parts=())
    again = [
        part_from(each, p.before, p.after) for each, p in zip(part_messages(WHOLE), WHOLE.parts, strict=True)
    ]
    assert assembled(alone, again) == WHOLE


def test_the_error_is_that_of_the_first_part_that_has_the_state() -> None:
    one, two, three = parts(SENT, FAILED, FAILED)
    whole = assembled(WHOLE, [one, replace(two, error=OOPS), replace(three, error=OTHER)])
    assert whole.error == OOPS
    one, two, three = parts(UNKNOWN, QUEUED, QUEUED)
    whole = assembled(
        WHOLE, [replace(one, error=OOPS), replace(two, error=OTHER, next_attempt_at=LATER), three]
    )
    assert (whole.error, whole.next_attempt_at) == (OTHER, LATER)


def test_metas_id_and_time_are_the_first_parts() -> None:
    one, two, three = parts(SENT, SENT, QUEUED)
    one = replace(one, meta_message_id=MetaMessageId("m-1"), sent_at=NOON)
    two = replace(two, meta_message_id=MetaMessageId("m-2"), sent_at=LATER)
    whole = assembled(WHOLE, [one, two, three])
    assert (whole.meta_message_id, whole.sent_at) == ("m-1", NOON)


def test_reactions_and_edits_are_those_of_all_parts() -> None:
    love = Reaction(by=Party.CONTACT, reaction="love", emoji=None, at=NOON)
    gone = Reaction(by=Party.ACCOUNT, reaction=None, emoji=None, at=NOON)
    one, two, three = parts(SENT, SENT, SENT)
    whole = assembled(
        WHOLE,
        [
            replace(one, reactions=(love, gone)),
            replace(two, reactions=(love,)),
            replace(three, edited_at=LATER),
        ],
    )
    assert whole.reactions == (love, love)
    assert whole.edited_at == LATER


def test_how_its_parts_came_to_be_sent_is_seen_on_the_whole() -> None:
    persona = replace(WHOLE, details={"persona_id": "77"})
    one, two, three = parts(SENT, SENT, SENT)
    again = [one, replace(two, resent=2, matched_by="content"), replace(three, resent=1)]
    whole = assembled(persona, again)
    assert whole.details == {"persona_id": "77", "resent": 2, "matched_by": "content"}
    assert [each.details for each in part_messages(whole)] == [
        {"persona_id": "77"},
        {"persona_id": "77", "resent": 2, "matched_by": "content"},
        {"persona_id": "77", "resent": 1},
    ]
    assert [part_from(each, "", "").resent for each in part_messages(whole)] == [0, 2, 1]
    assert assembled(WHOLE, [one, two, three]).details is None


def test_a_part_that_was_unsent_drops_out() -> None:
    one, two, three = parts(UNKNOWN, SENT, READ)
    whole = assembled(WHOLE, [replace(one, text="", deleted_at=NOON), two, three])
    assert (whole.text, whole.status, whole.deleted_at) == ("two three ", SENT, None)
    assert [part.index for part in whole.parts] == [1, 2]
    whole = assembled(WHOLE, [one, replace(two, text="", deleted_at=NOON), three])
    assert whole.text == " one three "


def test_when_every_part_was_unsent_so_was_the_whole() -> None:
    whole = assembled(WHOLE, [replace(each, text="", deleted_at=NOON) for each in parts(READ, SENT, READ)])
    assert (whole.type, whole.text, whole.deleted_at, whole.parts) == ("deleted", None, NOON, ())
    assert whole.status is SENT


def test_each_part_is_a_message_of_its_own_behind_the_one_before() -> None:
    messages = part_messages(WHOLE)
    assert [(each.id, each.text, each.status) for each in messages] == [
        ("p0", "one", QUEUED),
        ("p1", "two", QUEUED),
        ("p2", "three", QUEUED),
    ]
    assert {each.shown_id for each in messages} == {WHOLE.shown_id} == {MessageId("whole")}
    assert all(each.human_agent and each.part_of == "whole" for each in messages)
    places = [each.ordered_at for each in messages]
    assert places == sorted(set(places))
    assert places[0] == WHOLE.ordered_at


@pytest.mark.parametrize(
    ("statuses", "again"),
    [
        ((SENT, FAILED, FAILED), ["p1", "p2"]),
        ((FAILED, FAILED, FAILED), ["p0", "p1", "p2"]),
        ((UNKNOWN, SENT, FAILED), ["p0", "p2"]),
        ((READ, DELIVERED, SENT), []),
        ((SENT, SENDING, QUEUED), []),
    ],
)
def test_what_may_go_again_is_what_is_not_known_to_have_arrived(
    statuses: tuple[MessageStatus, ...], again: list[str]
) -> None:
    assert [part.id for part in parts_to_resend(parts(*statuses))] == again
