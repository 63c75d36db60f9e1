"""The names of the webhook fields we ask for; nearly the same on both objects, and not interchangeable.

Sources: "Page Subscribed Apps", "App Subscriptions", and the SDK's enum of field names.
"""

import re
from collections.abc import Sequence

from meta_inbox.adapters.meta_graph.wire import Complaint
from meta_inbox.domain.model.account import Login

PAGE_FIELDS = (
    "messages",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_handovers",
    "messaging_optins",
    "messaging_account_linking",
    "messaging_feedback",
    "response_feedback",
    "standby",
    "messaging_policy_enforcement",
)
"""What a Page is asked to send, for itself and for its Instagram account alike."""

COMMENT_FIELDS = ("feed", "mention")
"""What a Page may send besides, if the app may read comments; messages never depend on it."""

INSTAGRAM_FIELDS = (
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "messaging_handover",
    "messaging_optins",
    "standby",
    "comments",
    "live_comments",
    "mentions",
)

ACCOUNT_FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_seen",
    "message_reactions",
    "messaging_referral",
    "message_edit",
)
"""What an account with its own login is asked to send ("Instagram API with Instagram Login")."""

ACCOUNT_COMMENT_FIELDS = ("comments", "live_comments", "mentions")

SOURCE_FIELDS = {
    Login.FACEBOOK: (PAGE_FIELDS, COMMENT_FIELDS),
    Login.INSTAGRAM: (ACCOUNT_FIELDS, ACCOUNT_COMMENT_FIELDS),
}
"""By login: what is needed, and what may come besides."""

APP_FIELDS = {"page": (*PAGE_FIELDS, *COMMENT_FIELDS), "instagram": INSTAGRAM_FIELDS}
"""What the app must hear of, object by object."""

INDISPENSABLE = "messages"

_REFUSED = re.compile(r"fields\[([0-9]{1,2})\]")


def without_refused(fields: Sequence[str], complaint: Complaint) -> Sequence[str] | None:
    """The fields but for the one that Meta refuses; None when that is not it, or it is indispensable.

    Meta tells the index of the name, and only in its text.
    """
    found = _REFUSED.search(complaint.said) if complaint.code == 100 else None
    index = int(found[1]) if found else len(fields)
    if index >= len(fields) or fields[index] == INDISPENSABLE:
        return None
    return [*fields[:index], *fields[index + 1 :]]
