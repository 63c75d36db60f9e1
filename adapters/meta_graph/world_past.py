"""How Meta shows a message when it is read back, which differs from how its webhook showed it."""

from collections.abc import Callable
from datetime import datetime

from meta_inbox.adapters.meta_graph.world_values import Entry, Json

Fresh = Callable[[str | None], str | None]
_MIME = {"image": "image/jpeg", "sticker": "image/png", "video": "video/mp4", "audio": "audio/mp4"}
_FILES = ("image", "sticker", "video", "audio", "file")


def shown(entry: Entry, fresh: Fresh) -> Json:
    """The message but for the people in it, every link made anew; what is None is left out by ``pick``."""
    files = [file for file in entry.attachments if file.get("type") in (*_FILES, "template")]
    return {
        "id": entry.mid,
        "created_time": iso(entry.at),
        "message": entry.text or "",
        "attachments": _data([_file(index, file, fresh) for index, file in enumerate(files)]),
        "shares": _data([share for file in entry.attachments if (share := _share(file))]),
        "story": _story(entry, fresh),
        "reply_to": {"mid": entry.reply_to} if entry.reply_to is not None else None,
        "is_unsupported": entry.unsupported or None,
    }


def reactions(entry: Entry, business: Json, person: Json) -> Json | None:
    """Who reacted, and how."""
    given = ((entry.business_reaction, business), (entry.contact_reaction, person))
    return _data([{"reaction": what, "users": {"data": [user]}} for what, user in given if what is not None])


def iso(at: datetime) -> str:
    """The moment as the Graph API writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _data(nodes: list[Json]) -> Json | None:
    return {"data": nodes} if nodes else None


def _file(index: int, file: Json, fresh: Fresh) -> Json:
    payload: Json = file.get("payload") or {}
    kind, url = file["type"], fresh(payload.get("url"))
    node: Json = {"id": str(index + 1), "mime_type": _MIME.get(kind, "application/pdf"), "size": 2048}
    if kind == "template":
        return {"id": str(index + 1), "generic_template": {"title": payload.get("text")}}
    if kind in ("image", "sticker"):
        image = {"url": url, "preview_url": url, "width": 800, "height": 600}
        return node | {"image_data": image | {"render_as_sticker": kind == "sticker"}}
    if kind == "video":
        return node | {"video_data": {"url": url, "preview_url": url, "width": 720, "height": 1280}}
    return node | {"name": f"{kind}-{index + 1}", "file_url": url}


def _share(file: Json) -> Json | None:
    payload: Json = file.get("payload") or {}
    if file.get("type") in (*_FILES, "template", "story_mention"):
        return None
    link = payload.get("url") or payload.get("story_media_url")
    return {"link": link, "name": payload.get("title")} if link else None


def _story(entry: Entry, fresh: Fresh) -> Json | None:
    if entry.story is not None:
        return {"reply_to": {"link": fresh(entry.story.get("url")), "id": entry.story.get("id")}}
    for file in entry.attachments:
        if file.get("type") == "story_mention":
            return {"mention": {"link": fresh((file.get("payload") or {}).get("url")), "id": entry.mid}}
    return None
