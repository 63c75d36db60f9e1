"""Rows of the first system, as far as they are only read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.former_messages import read_former
from meta_inbox.adapters.persistence.v121_columns import ColumnNames
from meta_inbox.domain.model.account import AccountStatus, Platform
from meta_inbox.domain.model.former import FormerAccount, FormerMessage
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem

NOW = datetime(2026, 11, 28, tzinfo=UTC)
URL = "https://lookaside.fbsbx.com/a"
MESSAGE = FormerMessage(
    id="1",
    tenant_id="t1",
    account_id="a",
    mid="m-1",
    from_id="ana",
    from_username="ana.c",
    to_id="17",
    to_username="casaverde",
    text=None,
    attachments=None,
    direction="inbound",
    raw=None,
    sent_at=NOW,
    created_at=NOW,
)
ACCOUNT = FormerAccount(
    id="a",
    tenant_id="t1",
    user_id="bea",
    platform="instagram",
    status="active",
    instagram_account_id="17",
    instagram_username=None,
    instagram_name=None,
    profile_picture_url=None,
    facebook_page_id="10",
    facebook_page_name=None,
    access_token="sealed-one",
    page_access_token="sealed-two",
    token_expires_at=None,
    connected_at=None,
    last_synced_at=None,
    updated_at=None,
)


def read(**more: Any) -> WebhookItem:
    found = read_former(replace(MESSAGE, **more), Platform.INSTAGRAM, "17", by_business=False)
    assert isinstance(found, WebhookItem)
    return found


@pytest.mark.parametrize(
    "attachments",
    [
        [{"type": "image", "payload": {"url": URL}}],
        {"type": "image", "payload": {"url": URL}},
        [{"type": "image", "url": URL}],
        {"data": [{"mime_type": "image/jpeg", "image_data": {"url": URL}}]},
        [{"id": "9", "mime_type": "image/jpeg", "file_url": URL}],
    ],
)
def test_an_attachment_is_read_however_it_was_kept(attachments: Any) -> None:
    item = read(attachments=json.dumps(attachments))
    assert (item.type, [(each.type, each.source_url) for each in item.attachments]) == (
        "image",
        [("image", URL)],
    )


@pytest.mark.parametrize(
    "attachments", [None, "", "null", "[]", "{}", '{"data": []}', "not JSON", "[1, null]"]
)
def test_no_attachment_is_none(attachments: str | None) -> None:
    assert read(text="hello", attachments=attachments).attachments == ()


def test_the_payload_is_kept_with_what_no_database_holds_mended() -> None:
    item = read(text="hello", raw='{"odd": "a\\u0000b"}')
    assert (item.plain, b"\\u0000" in item.raw, b"odd" in item.raw) == (False, False, True)
    assert read(text="hello").plain


def test_what_the_business_wrote_is_of_whom_it_wrote_to() -> None:
    item = read_former(MESSAGE, Platform.INSTAGRAM, "17", by_business=True)
    assert item == "it does not say who the contact is"
    item = read_former(replace(MESSAGE, to_id="ana"), Platform.INSTAGRAM, "17", by_business=True)
    assert isinstance(item, WebhookItem)
    assert (item.kind, item.contact_id, item.opens) == (ItemKind.ECHO, "ana", None)


def test_who_wrote_follows_from_the_direction_or_else_from_the_ends() -> None:
    own = ACCOUNT.own_ids
    assert MESSAGE.by_business(own) is False
    assert replace(MESSAGE, direction="OUTGOING").by_business(own) is True
    assert replace(MESSAGE, direction=None).by_business(own) is False
    assert replace(MESSAGE, direction=None, from_id="10", to_id="ana").by_business(own) is True
    assert replace(MESSAGE, direction="?", to_id="rui").by_business(own) is None


def test_a_time_that_cannot_be_true_gives_way_to_the_next() -> None:
    before = NOW - timedelta(days=1)
    assert replace(MESSAGE, sent_at=before).moment(NOW) == before
    assert replace(MESSAGE, sent_at=NOW + timedelta(days=1)).moment(NOW) == NOW
    assert replace(MESSAGE, sent_at=None, created_at=None).moment(NOW) is None


@pytest.mark.parametrize(
    ("said", "was"),
    [
        ("active", AccountStatus.ACTIVE),
        (None, AccountStatus.ACTIVE),
        (" Connected ", AccountStatus.ACTIVE),
        ("disconnected", AccountStatus.DISCONNECTED),
        ("false", AccountStatus.DISCONNECTED),
        ("expired", AccountStatus.REAUTH_REQUIRED),
        ("anything else", AccountStatus.REAUTH_REQUIRED),
    ],
)
def test_a_status_is_put_in_our_words(said: str | None, was: AccountStatus) -> None:
    assert replace(ACCOUNT, status=said).was is was


def test_an_account_shows_no_token() -> None:
    assert "sealed" not in repr(ACCOUNT)


@pytest.mark.parametrize("text", ["x", "instagram_messages=x", "instagram_messages.id=", "nowhere.id=x"])
def test_a_column_that_is_not_named_right_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not table\.ours=theirs|is not read"):
        ColumnNames.parse([text])
