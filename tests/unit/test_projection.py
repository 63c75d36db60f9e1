"""The pure decisions that every store shares: what an item says, and which send an echo is of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meta_inbox.domain.model.content import ButtonsContent, Content, MediaContent, TextContent
from meta_inbox.domain.model.ids import AccountId, MessageId, MetaMessageId
from meta_inbox.domain.model.message import Attachment, Message, MessageStatus, Origin, SendError
from meta_inbox.domain.model.projection import (
    ECHO_WAITS,
    EchoMatch,
    Known,
    Settles,
    Waits,
    WrittenElsewhere,
    after_outcome,
    arrived,
    clamped,
    is_message_id,
    is_settled_by,
    match_echo,
    merged,
    message_from,
    refusal_of,
)
from meta_inbox.domain.model.sending import Failed, Later, NeedsLogin, Outcome, Sent, Unknown
from meta_inbox.domain.model.webhook import WebhookItem
from tests.contracts.scene import ANA, BEA, CASA, OOPS, echo, wrote
from tests.unit.doubles import NOON

PAGE_ID = AccountId("0198a6a0-0000-7000-8000-000000000001")
NEW = MessageId("0198a6a0-0000-7000-8000-000000000002")
TICK = timedelta(microseconds=1)
SENT = Sent(meta_message_id=MetaMessageId("m-1"))


def own(status: MessageStatus = MessageStatus.SENDING, content: Content | None = None) -> Message:
    """An answer of Bea's, made at noon."""
    made = Message.queued(
        ids=("0198a6a0-0000-7000-8000-000000000003", "0198a6a0-0000-7000-8000-000000000004"),
        tenant=CASA,
        account=PAGE_ID,
        contact=ANA,
        content=content or TextContent(text="hello"),
        human_agent=False,
        reply_to=None,
        origin=Origin.AGENT,
        sent_by=BEA,
        now=NOON,
    )
    return replace(made, status=status)


def echoed(item: WebhookItem) -> Message:
    """The message that an echo makes by itself, a second after noon."""
    return made(item, NOON + timedelta(seconds=1), iter(("new",)))


def made(item: WebhookItem, received_at: datetime, ids: Iterator[str]) -> Message:
    """The message that an item makes by itself."""
    return message_from(
        item,
        id_=NEW,
        tenant=CASA,
        account=PAGE_ID,
        contact=item.contact_id,
        received_at=received_at,
        new_id=lambda: next(ids),
    )


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        (None, NOON),
        (NOON - timedelta(days=400), NOON - timedelta(days=400)),
        (NOON + timedelta(minutes=5), NOON + timedelta(minutes=5)),
        (NOON + timedelta(minutes=5) + TICK, NOON),
        (datetime(2004, 1, 1, tzinfo=UTC), datetime(2004, 1, 1, tzinfo=UTC)),
        (datetime(2004, 1, 1, tzinfo=UTC) - TICK, NOON),
        (datetime.max.replace(tzinfo=UTC), NOON),
        (datetime.min.replace(tzinfo=UTC), NOON),
    ],
)
def test_metas_time_is_believed_within_reason(told: datetime | None, believed: datetime) -> None:
    assert clamped(told, NOON) == believed


def test_an_inbound_message_is_the_contacts_and_its_attachments_are_named() -> None:
    parts = (Attachment(id="", type="image"), Attachment(id="", type="video"))
    ids = iter(("a-1", "a-2"))
    item = wrote("m-1", attachments=parts, reply_to="m-0", app_id="77")
    message = made(item, NOON, ids)
    assert (message.origin, message.status) == (Origin.CONTACT, MessageStatus.RECEIVED)
    assert [(part.id, part.type) for part in message.attachments] == [("a-1", "image"), ("a-2", "video")]
    assert (message.sent_at, message.created_at, message.ordered_at) == (NOON, NOON, NOON)
    assert message.reply_to is not None
    assert message.reply_to.meta_message_id == "m-0"


def test_an_item_without_a_contact_makes_no_message() -> None:
    with pytest.raises(ValueError, match="no contact"):
        echoed(echo("m-1", contact_id=None))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (NEW, True),
        (NEW.upper(), False),
        (NEW + "\n", False),
        (NEW.replace("-", ""), False),
        ("", False),
        ("x" * 36, False),
    ],
)
def test_only_what_looks_like_an_id_of_ours_can_be_one(text: str, form: bool) -> None:
    assert is_message_id(text) is form


class TestEchoes:
    """Whose echo it is."""

    def match(
        self,
        item: WebhookItem,
        *others: Message,
        named: Message | None = None,
        known: Message | None = None,
        waited: timedelta = timedelta(0),
    ) -> EchoMatch:
        """The decision for an echo that came at noon."""
        return match_echo(
            item, received_at=NOON, now=NOON + waited, named=named, known=known, own=list(others)
        )

    @pytest.mark.parametrize("status", ["queued", "sending", "unknown", "failed"])
    def test_a_token_settles_whatever_is_not_settled(self, status: str) -> None:
        message = own(MessageStatus(status))
        assert self.match(echo("m-1", client_token=message.id), named=message) == Settles(message)

    @pytest.mark.parametrize("status", ["sent", "delivered", "read"])
    def test_a_token_of_a_settled_one_says_nothing_new(self, status: str) -> None:
        assert self.match(echo("m-1"), named=own(MessageStatus(status))) == Known()

    def test_a_token_wins_over_a_message_made_before(self) -> None:
        message = own(MessageStatus.UNKNOWN)
        assert self.match(echo("m-1"), named=message, known=echoed(echo("m-1"))) == Settles(message)

    def test_a_known_id_says_nothing_new(self) -> None:
        assert self.match(echo("m-1"), own(), known=echoed(echo("m-1"))) == Known()

    def test_a_foreign_token_is_not_guessed_at(self) -> None:
        item = echo("m-1", client_token="theirs")
        assert self.match(item, own(MessageStatus.UNKNOWN), own()) == WrittenElsewhere()

    def test_with_nothing_under_way_it_was_written_elsewhere(self) -> None:
        assert self.match(echo("m-1")) == WrittenElsewhere()

    def test_one_unknown_alike_is_it(self) -> None:
        alike, other = own(MessageStatus.UNKNOWN), own(MessageStatus.UNKNOWN, TextContent(text="other"))
        assert self.match(echo("m-1", " hello\n"), alike, other) == Settles(alike)

    def test_of_two_unknown_alike_it_is_neither(self) -> None:
        two = [own(MessageStatus.UNKNOWN), own(MessageStatus.UNKNOWN)]
        assert self.match(echo("m-1"), *two) == WrittenElsewhere()

    def test_an_unknown_and_a_sending_one_alike_have_to_wait(self) -> None:
        assert self.match(echo("m-1"), own(MessageStatus.UNKNOWN), own()) == Waits()

    def test_an_unknown_alike_does_not_wait_for_a_different_one(self) -> None:
        alike = own(MessageStatus.UNKNOWN)
        assert self.match(echo("m-1"), alike, own(content=TextContent(text="other"))) == Settles(alike)

    def test_it_waits_for_a_send_under_way_but_not_for_ever(self) -> None:
        assert self.match(echo("m-1"), own(), waited=ECHO_WAITS - TICK) == Waits()
        assert self.match(echo("m-1"), own(), waited=ECHO_WAITS) == WrittenElsewhere()

    @pytest.mark.parametrize(
        ("after", "settles"),
        [
            (-timedelta(minutes=1), True),
            (-timedelta(minutes=1) - TICK, False),
            (timedelta(minutes=10), True),
            (timedelta(minutes=10) + TICK, False),
        ],
    )
    def test_it_must_be_from_about_the_same_time(self, after: timedelta, settles: bool) -> None:
        message = replace(own(MessageStatus.UNKNOWN), created_at=NOON - after)
        assert isinstance(self.match(echo("m-1"), message), Settles) is settles

    @pytest.mark.parametrize(
        ("content", "shown", "settles"),
        [
            (MediaContent(url="https://a.example/1"), ("image", None), True),
            (MediaContent(url="https://a.example/1"), ("video", None), False),
            (ButtonsContent(text="Which?", buttons=()), ("template", "Which?"), True),
            (ButtonsContent(text="Which?", buttons=()), ("template", None), True),
            (ButtonsContent(text="Which?", buttons=()), ("template", "What?"), False),
            (ButtonsContent(text="Which?", buttons=()), ("text", "Which?"), False),
            (TextContent(text="Which?"), ("template", "Which?"), False),
        ],
    )
    def test_it_must_show_the_same(
        self, content: Content, shown: tuple[str, str | None], settles: bool
    ) -> None:
        item = echo("m-1", shown[1], type=shown[0])
        match = self.match(item, own(MessageStatus.UNKNOWN, content))
        assert isinstance(match, Settles) is settles


class TestOutcomes:
    """What comes of an attempt."""

    def test_what_arrived_has_no_error_and_keeps_its_place(self) -> None:
        failed = own().failed(OOPS)
        message = arrived(failed, MetaMessageId("m-1"), NOON + timedelta(minutes=1))
        assert (message.status, message.error, message.meta_message_id) == (MessageStatus.SENT, None, "m-1")
        assert message.ordered_at == NOON
        assert arrived(message, None, NOON).meta_message_id == "m-1"

    def test_a_merged_message_is_ours_with_the_echos_id_and_time(self) -> None:
        message = merged(own(), echoed(echo("m-1", sent_at=NOON - timedelta(seconds=3))))
        assert (message.id, message.origin, message.meta_message_id) == (own().id, Origin.AGENT, "m-1")
        assert message.sent_at == NOON - timedelta(seconds=3)

    @pytest.mark.parametrize(
        ("outcome", "status", "again"),
        [
            (SENT, MessageStatus.SENT, None),
            (Failed(error=OOPS), MessageStatus.FAILED, None),
            (Unknown(error=OOPS), MessageStatus.UNKNOWN, None),
            (
                Later(error=OOPS, after=timedelta(seconds=8)),
                MessageStatus.QUEUED,
                NOON + timedelta(seconds=8),
            ),
            (NeedsLogin(error=OOPS), MessageStatus.QUEUED, None),
        ],
    )
    def test_each_outcome_has_its_status(
        self, outcome: Outcome, status: MessageStatus, again: datetime | None
    ) -> None:
        message = after_outcome(own(), outcome, NOON)
        assert (message.status, message.next_attempt_at) == (status, again)
        assert message.error == (None if outcome is SENT else OOPS)

    @pytest.mark.parametrize("holds", [True, False])
    @pytest.mark.parametrize("status", list(MessageStatus))
    def test_only_what_is_open_is_settled(self, status: MessageStatus, holds: bool) -> None:
        settled = is_settled_by(own(status), SENT, fence_holds=holds)
        vague = is_settled_by(own(status), NeedsLogin(error=OOPS), fence_holds=holds)
        assert settled is (status is MessageStatus.UNKNOWN or (holds and status is MessageStatus.SENDING))
        assert vague is (holds and status is MessageStatus.SENDING)

    def test_a_failed_message_is_a_refusal_and_no_other(self) -> None:
        assert refusal_of(own(MessageStatus.UNKNOWN)) is None
        refusal = refusal_of(own().failed(SendError(code="window_closed", detail="too late")))
        assert refusal is not None
        assert (refusal.code, refusal.kind, refusal.detail) == ("window_closed", "state", "too late")
