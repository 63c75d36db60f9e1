"""Every name of Meta's field and event lists is somewhere in the corpus.

Sources: the SDK's enums of subscribed fields for Pages and for Instagram accounts, the Webhooks reference
of both objects, the Messenger webhook events.
"""

import json
from collections.abc import Iterator
from typing import Any, TypeGuard, cast

import pytest

from tests.corpus import bodies

PAGE_FIELDS = """
    messages message_echoes message_deliveries message_reads message_reactions message_edits message_context
    message_mention message_template_status_update messaging_account_linking messaging_appointments
    messaging_checkout_updates messaging_customer_information messaging_direct_sends
    messaging_fblogin_account_linking messaging_feedback messaging_game_plays messaging_handovers
    messaging_in_thread_lead_form_submit messaging_integrity messaging_optins messaging_optouts
    messaging_payments messaging_policy_enforcement messaging_postbacks messaging_pre_checkouts
    messaging_referrals standby response_feedback send_cart inbox_labels agent_messages calls
    marketing_message_delivery_failed feed mention ratings conversations leadgen
"""
INSTAGRAM_FIELDS = """
    comments live_comments mentions messages message_edit message_reactions messaging_handover
    messaging_optins messaging_postbacks messaging_referral messaging_seen standby story_insights
    story_reactions story_poll_response comment_poll_response follow agent_messages share_to_story delta
    onboarding_welcome_message_series creator_marketplace_projects
    creator_marketplace_invited_creator_onboarding message_echoes response_feedback
    messaging_policy_enforcement
"""
PAGE_EVENTS = """
    message delivery read reaction message_edit postback referral optin optout account_linking
    policy-enforcement policy_enforcement pass_thread_control take_thread_control request_thread_control
    app_roles response_feedback messaging_feedback messaging_customer_information order game_play payment
    pre_checkout checkout_update message_context admin_text appointment
"""
INSTAGRAM_EVENTS = """
    message message_edit reaction postback read referral optin pass_thread_control policy_enforcement
    response_feedback
"""
MEMBERS = {
    "type": """
        image video audio file sticker like_heart share ig_post post ig_reel reel story ig_story
        story_mention ephemeral media template fallback location appointment_booking unsupported_type
        notification_messages one_time_notif_req OPEN_THREAD LEAD_COMPLETE LEAD_INCOMPLETE coupon
    """,
    "reaction": "angry sad wow love like laugh other smile dislike",
    "action": "react unreact warning block unblock",
    "item": "post status comment reaction photo video share album event note link",
    "verb": "add edited edit remove hide unhide granted",
    "reaction_type": "like love wow haha sorry anger care",
    "source": "ADS SHORTLINK SHORTLINKS CUSTOMER_CHAT_PLUGIN",
    "notification_messages_status": "STOP_NOTIFICATIONS RESUME_NOTIFICATIONS",
    "status": "linked unlinked requested confirmed declined cancelled",
    "is_echo": "True",
    "is_self": "True",
    "is_deleted": "True",
    "is_unsupported": "True",
    "media_product_type": "FEED AD LIVE REELS",
    "template_type": "button generic",
}


def is_dict(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def parts(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def readable() -> Iterator[dict[str, Any]]:
    """The bodies that are JSON objects."""
    for body in bodies():
        try:
            found = json.loads(body.raw)
        except ValueError:
            continue
        if is_dict(found):
            yield found


def entries(name: str) -> Iterator[dict[str, Any]]:
    for body in readable():
        if body.get("object") == name:
            yield from filter(is_dict, parts(body.get("entry")))


def changes(name: str) -> Iterator[dict[str, Any]]:
    for entry in entries(name):
        yield from filter(is_dict, [*parts(entry.get("changes")), entry])


def events(name: str) -> Iterator[dict[str, Any]]:
    for entry in entries(name):
        yield from filter(is_dict, [*parts(entry.get("messaging")), *parts(entry.get("standby"))])


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member at any depth."""
    if is_dict(value):
        yield from value.items()
    for part in value.values() if is_dict(value) else parts(value):
        yield from members(part)


@pytest.mark.parametrize(("name", "fields"), [("page", PAGE_FIELDS), ("instagram", INSTAGRAM_FIELDS)])
def test_every_field_is_there(name: str, fields: str) -> None:
    assert set(fields.split()) - {change.get("field") for change in changes(name)} == set()


@pytest.mark.parametrize(("name", "kinds"), [("page", PAGE_EVENTS), ("instagram", INSTAGRAM_EVENTS)])
def test_every_kind_of_event_is_there(name: str, kinds: str) -> None:
    assert set(kinds.split()) - {key for event in events(name) for key in event} == set()


@pytest.mark.parametrize(("member", "values"), MEMBERS.items(), ids=MEMBERS)
def test_every_value_of_an_enumeration_is_there(member: str, values: str) -> None:
    met = {str(value) for body in readable() for key, value in members(body) if key == member}
    assert set(values.split()) - met == set()


@pytest.mark.parametrize("name", ["page", "instagram"])
@pytest.mark.parametrize("where", ["messaging", "standby", "changes"])
def test_every_form_is_there_for_both_objects(name: str, where: str) -> None:
    assert any(parts(entry.get(where)) for entry in entries(name))


def test_batches_are_there() -> None:
    assert any(len(parts(body.get("entry"))) > 1 for body in readable())
    assert any(len(parts(entry.get("messaging"))) > 1 for entry in entries("page"))
    assert any("field" in entry for entry in entries("instagram"))
