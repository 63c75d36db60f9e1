"""One conversation read back: its messages turned into what their webhooks would have said.

Meta words a message otherwise when it is read: attachments by ``image_data``, ``video_data`` and
``file_url``, shares and stories beside them, times as text. Here it is worded as in webhooks and read by
the same code, so that what is imported looks like everything else.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from meta_inbox.adapters.meta_graph import reader_loose
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_id, as_list, as_message_id, as_text
from meta_inbox.adapters.meta_graph.reader_message import read_content
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.changes import Party
from meta_inbox.domain.model.history import PastConversation
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Attachment, Reaction
from meta_inbox.domain.model.webhook import ItemKind, WebhookItem
from meta_inbox.domain.model.window import OpeningKind

Json = dict[str, Any]

_MEDIA = ("image", "video", "audio")
_PLAIN = frozenset({"id", "created_time", "from", "to", "message"})
_BIGGEST = 2**31 - 1


def read_conversation(account: Account, node: Json) -> PastConversation | None:
    """The conversation, oldest message first; None for a group, or when nobody can tell who is who."""
    contact = _contact(account, node)
    updated_at = as_past_time(node.get("updated_time"))
    if contact is None or updated_at is None:
        return None
    contact_id = ContactId(as_id(contact.get("id")) or "")
    messages = [as_dict(message) or {} for message in _data(node.get("messages"))]
    read = [_item(account, contact_id, message) for message in messages]
    items = sorted((item for item in reversed(read) if item is not None), key=_moment)
    return PastConversation(
        contact_id=contact_id,
        name=as_text(contact.get("name")),
        username=as_text(contact.get("username")),
        updated_at=updated_at,
        items=tuple(items),
        reactions={
            item.meta_message_id: given
            for item in items
            if item.meta_message_id is not None and (given := _reactions(item, messages, contact_id))
        },
    )


def _reactions(item: WebhookItem, messages: list[Json], contact: ContactId) -> tuple[Reaction, ...]:
    """Who reacted to the message, one reaction a side."""
    node = next((each for each in messages if as_message_id(each.get("id")) == item.meta_message_id), {})
    given: dict[Party, Reaction] = {}
    for each in map(as_dict, _data(node.get("reactions"))):
        name = as_text((each or {}).get("reaction"))
        for user in map(as_dict, _data((each or {}).get("users"))):
            side = Party.CONTACT if as_id((user or {}).get("id")) == contact else Party.ACCOUNT
            if name is not None and item.sent_at is not None:
                emoji = as_text((each or {}).get("emoji"))
                given[side] = Reaction(by=side, reaction=name[:64], emoji=emoji, at=item.sent_at)
    return tuple(given[side] for side in sorted(given))


def _contact(account: Account, node: Json) -> Json | None:
    people = [person for person in map(as_dict, _data(node.get("participants"))) if person is not None]
    others = [person for person in people if not _is_business(account, person)]
    return others[0] if len(people) == 2 and len(others) == 1 and as_id(others[0].get("id")) else None


def _is_business(account: Account, person: Json) -> bool:
    ids = (as_id(person.get("id")), as_id(person.get("user_id")))
    return account.external_id in ids


def _item(account: Account, contact: ContactId, node: Json) -> WebhookItem | None:
    """The message; None when Meta gives its id alone, or does not say who wrote it."""
    mid, at = as_message_id(node.get("id")), as_past_time(node.get("created_time"))
    author = as_dict(node.get("from")) or {}
    by_contact = as_id(author.get("id")) == contact
    if mid is None or at is None or not (by_contact or _is_business(account, author)):
        return None
    item = WebhookItem(
        index=0,
        platform=account.platform,
        external_id=account.external_id,
        kind=ItemKind.MESSAGE if by_contact else ItemKind.ECHO,
        event="message" if by_contact else "echo",
        contact_id=contact,
        meta_message_id=MetaMessageId(mid),
        opens=OpeningKind.MESSAGE if by_contact else None,
        sent_at=at,
        raw=reader_loose.dumps(node),
        plain=node.keys() <= _PLAIN,
    )
    files = _data(node.get("attachments"))
    read_content(item, _as_webhook(node, [as_webhook_attachment(as_dict(file) or {}) for file in files]))
    item.attachments = _described(item.attachments, files)
    _name_story(item, node)
    return item


def _as_webhook(node: Json, files: list[Json]) -> Json:
    """The message in the words of webhooks, as far as they say the same."""
    story = as_dict(node.get("story")) or {}
    mention, answered = as_dict(story.get("mention")), as_dict(story.get("reply_to"))
    shares = [_share(as_dict(share) or {}) for share in _data(node.get("shares"))]
    if mention is not None:
        files = [{"type": "story_mention", "payload": {"url": mention.get("link")}}, *files]
    reply_to = as_dict(node.get("reply_to")) or {}
    reply: Json = {"mid": reply_to.get("mid") or reply_to.get("id")}
    if answered is not None:
        reply = {"story": {"id": answered.get("id"), "url": answered.get("link")}}
    return {
        "text": node.get("message"),
        "attachments": [*files, *shares],
        "reply_to": reply,
        "is_unsupported": node.get("is_unsupported"),
    }


def as_webhook_attachment(file: Json) -> Json:
    """An attachment as Graph nodes word it, in the words of webhooks."""
    image, video = as_dict(file.get("image_data")), as_dict(file.get("video_data"))
    if image is not None:
        sticker = image.get("render_as_sticker") is True
        return {"type": "sticker" if sticker else "image", "payload": {"url": image.get("url")}}
    if video is not None:
        return {"type": "video", "payload": {"url": video.get("url")}}
    template = as_dict(file.get("generic_template"))
    if template is not None:
        return {"type": "template", "payload": {"text": template.get("title")}}
    kind = (as_text(file.get("mime_type")) or "").partition("/")[0]
    return {"type": kind if kind in _MEDIA else "file", "payload": {"url": file.get("file_url")}}


def _share(share: Json) -> Json:
    return {"type": "share", "payload": {"url": share.get("link"), "title": share.get("name")}}


def _described(attachments: tuple[Attachment, ...], files: list[Any]) -> tuple[Attachment, ...]:
    """With what reading tells of files and webhooks do not; shares and stories have no more to tell."""
    told = iter([as_dict(file) or {} for file in files])
    return tuple(
        each if each.type in ("share", "story_mention") else _with_facts(each, next(told, {}))
        for each in attachments
    )


def _with_facts(attachment: Attachment, file: Json) -> Attachment:
    shape = as_dict(file.get("image_data")) or as_dict(file.get("video_data")) or {}
    return replace(
        attachment,
        name=as_text(file.get("name")) or attachment.name,
        content_type=(as_text(file.get("mime_type")) or "")[:128] or None,
        size=_count(file.get("size")),
        width=_count(shape.get("width")),
        height=_count(shape.get("height")),
    )


def _name_story(item: WebhookItem, node: Json) -> None:
    """Reading tells a mention's story by its id, too."""
    mention = as_dict((as_dict(node.get("story")) or {}).get("mention"))
    if mention is not None and item.story is not None:
        item.story = item.story | {"id": as_id(mention.get("id"))}


def _data(value: Any) -> list[Any]:
    return as_list((as_dict(value) or {}).get("data"))


def _count(value: Any) -> int | None:
    return (
        value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _BIGGEST else None
    )


def _moment(item: WebhookItem) -> datetime:
    if item.sent_at is None:
        raise ValueError("what was read back has a time")
    return item.sent_at


def as_past_time(value: Any) -> datetime | None:
    """A moment as Graph nodes write it, ``2026-11-12T19:11:07+0000``; years that were not yet are absurd."""
    text = as_text(value)
    if text is None or len(text) > 40:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None or not 2000 < found.year < 3000:
        return None
    return found.astimezone(UTC)
