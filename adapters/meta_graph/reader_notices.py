"""What a person or an app did that is no message, but belongs into the conversation.

A referral, an opt-in, a linked login, a booking, feedback, another app taking the thread over: each becomes
a line with a type of its own and what it says in ``details``; a kind that this release does not know becomes
a line of type ``unsupported``. What names no person stays with the operator.
"""

from typing import Any, Protocol

from meta_inbox.adapters.meta_graph.json_values import as_dict, as_label, as_list
from meta_inbox.adapters.meta_graph.reader_ids import made_up_id, message_id
from meta_inbox.adapters.meta_graph.reader_message import read_referral
from meta_inbox.domain.model.changes import OwnerChanged
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

_STOPPED = "STOP_NOTIFICATIONS"
_LONGEST = 2000
_MOST = 20


class _Read(Protocol):
    def __call__(self, item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None: ...


def read_notice(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    """Fills the item in from what is neither a message nor about one."""
    NOTICES.get(item.event, _read_unknown)(item, event, ours=ours)


def _line(item: WebhookItem, event: dict[str, Any], type_: str, *, ours: bool, names: str) -> None:
    """A line with these members of its body, in order; a list or object among them is left out."""
    if item.contact_id is None or not item.external_id:
        return
    body = as_dict(event.get(item.event)) or {}
    item.kind = ItemKind.NOTICE if ours else ItemKind.MESSAGE
    item.type = type_
    item.meta_message_id = made_up_id(item, event)
    item.details = {name: said for name in names.split() if (said := _said(body.get(name))) is not None}


def _said(value: Any) -> str | None:
    label = as_label(value)
    return None if label is None else label[:_LONGEST]


def _read_referral(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    _line(item, event, "referral", ours=ours, names="")
    item.details = None
    item.referral = read_referral(event["referral"])
    if item.kind is ItemKind.MESSAGE:
        item.opens = OpeningKind.REFERRAL


def _read_optin(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    """The token of a marketing opt-in stays in the raw JSON: it is a key, not a text."""
    names = "type title payload ref notification_messages_status notification_messages_timezone"
    _line(item, event, "opt_in", ours=ours, names=names)
    if (item.details or {}).get("notification_messages_status") == _STOPPED:
        item.type = "opt_out"
    elif item.kind is ItemKind.MESSAGE:
        item.opens = OpeningKind.OPT_IN


def _read_optout(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    _line(item, event, "opt_out", ours=ours, names="type title payload ref")


def _read_linking(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    _line(item, event, "account_linking", ours=ours, names="status")


def _read_appointment(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    names = "booking_id id status start_time end_time timezone"
    _line(item, event, "appointment", ours=ours, names=names)


def _read_order(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    _line(item, event, "order", ours=ours, names="note id")
    if item.details is None:
        return
    body = as_dict(event.get(item.event)) or {}
    products = [as_dict(product) or {} for product in as_list(body.get("products"))[:_MOST]]
    item.details["products"] = [
        {name: said for name in ("id", "retailer_id", "name", "unit_price", "quantity", "currency")
         if (said := _said(product.get(name))) is not None}
        for product in products
    ]  # fmt: skip


def _read_response_feedback(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    _line(item, event, "feedback", ours=ours, names="feedback")
    item.reply_to = message_id((as_dict(event.get(item.event)) or {}).get("mid"))


def _read_feedback(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    """The answers of a feedback template, question by question."""
    _line(item, event, "feedback", ours=ours, names="")
    if item.details is None:
        return
    body = as_dict(event.get(item.event)) or {}
    answers: list[dict[str, str | None]] = []
    for screen in as_list(body.get("feedback_screens"))[:_MOST]:
        questions = as_dict((as_dict(screen) or {}).get("questions")) or {}
        for name, given in questions.items():
            answer = as_dict(given) or {}
            follow_up = as_dict(answer.get("follow_up")) or {}
            score, words = _said(answer.get("payload")), _said(follow_up.get("payload"))
            answers.append({"question": _said(name), "answer": score, "words": words})
    item.details["answers"] = answers[:_MOST]


def _read_owner(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    """Thread control went from one app to another; asking for it changes nothing yet."""
    del ours  # whoever Meta names as sender, an app did it
    names = "previous_owner_app_id new_owner_app_id requested_owner_app_id metadata"
    _line(item, event, "thread_control", ours=True, names=names)
    if item.details is None:
        return
    body = as_dict(event.get(item.event)) or {}
    if (words := _said((as_dict(body.get("thread_control_metadata")) or {}).get("text"))) is not None:
        item.details.setdefault("metadata", words)
    item.details["action"] = item.event.removesuffix("_thread_control")
    if item.details["action"] != "request":
        item.says = OwnerChanged(owner=item.details.get("new_owner_app_id"))


def _read_unknown(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    """What this release does not know: shown as such, with its name."""
    _line(item, event, "unsupported", ours=ours, names="")
    if item.details is not None:
        item.details["event"] = item.event


def _keep(item: WebhookItem, event: dict[str, Any], *, ours: bool) -> None:
    """About the account, not about a person: the operator sees it."""
    del item, event, ours


NOTICES: dict[str, _Read] = {
    "referral": _read_referral,
    "optin": _read_optin,
    "optout": _read_optout,
    "account_linking": _read_linking,
    "appointment": _read_appointment,
    "appointments": _read_appointment,
    "messaging_appointments": _read_appointment,
    "order": _read_order,
    "response_feedback": _read_response_feedback,
    "messaging_feedback": _read_feedback,
    "pass_thread_control": _read_owner,
    "take_thread_control": _read_owner,
    "request_thread_control": _read_owner,
    "app_roles": _keep,
}
