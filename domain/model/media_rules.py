"""Which parts of a message are files, from where they may come, and whether they are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from meta_inbox.domain.model.message import Attachment, Message

META_HOSTS = (".fbcdn.net", ".cdninstagram.com", ".fbsbx.com", "lookaside.fbsbx.com")
_FILES = frozenset({"image", "video", "audio", "file", "sticker", "story_mention"})
"""Types that are files wherever they lie; any other is one only on a media host, else it is a page."""
_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class MediaHosts:
    """From where files may be fetched: ``host[:port]``, no port = any; a leading dot = every name below."""

    names: tuple[str, ...] = META_HOSTS

    def allow(self, host: str, port: int) -> bool:
        """Whether files may come from there, by https."""
        return any(_matches(name, host, port) for name in self.names)

    def trust(self, host: str, port: int) -> bool:
        """Whether the host is named exactly, and so may have a private address and speak plain http."""
        exact = (name for name in self.names if not name.startswith(".") and name not in META_HOSTS)
        return any(_matches(name, host, port) for name in exact)

    def have(self, url: str) -> bool:
        """Whether the address is of one of them."""
        try:
            parts = urlsplit(url)
            port = parts.port or _USUAL_PORTS.get(parts.scheme, 0)
        except ValueError:
            return False
        return self.allow((parts.hostname or "").lower(), port)


def _matches(name: str, host: str, port: int) -> bool:
    wanted, colon, number = name.rpartition(":")
    if not colon or name.endswith("]"):  # an IPv6 literal without a port
        wanted, number = name, ""
    wanted = wanted.strip("[]")
    if number and int(number) != port:
        return False
    return host.endswith(wanted) and host != wanted if wanted.startswith(".") else host == wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMedia:
    """A file that a new message brings; ``keep`` = to be fetched now, else when somebody looks at it."""

    id: str
    position: int
    type: str
    source_url: str
    name: str | None
    story: bool
    keep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRules:
    """What this deployment does with files; ``stores`` is its policy. Stories are never stored."""

    hosts: MediaHosts = field(default_factory=MediaHosts)
    stores: bool = True

    def mark(self, attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
        """The attachments, each told whether it is a file."""
        return tuple(self._marked(each) for each in attachments)

    def _marked(self, attachment: Attachment) -> Attachment:
        url = attachment.source_url
        if url is None or not (attachment.type in _FILES or self.hosts.have(url)):
            return replace(attachment, state="refused")
        return replace(attachment, has_file=True)

    def adopted(self, own: Sequence[Attachment], echoed: Sequence[Attachment]) -> tuple[Attachment, ...]:
        """An own message's attachments with the files that its echo shows in the same places."""
        found = self.mark(echoed)
        shown = {place: each for place, each in enumerate(found) if each.has_file}
        return tuple(
            replace(mine, source_url=shown[place].source_url, has_file=True)
            if place in shown and not mine.has_file
            else mine
            for place, mine in enumerate(own)
        )

    def mark_story(
        self,
        story: dict[str, Any] | None,
        attachments: Sequence[Attachment],
        new_id: Callable[[], str],
    ) -> dict[str, Any] | None:
        """The story with the id of its file: that of its mention's attachment, or a new one."""
        if story is None or not story.get("url"):
            return story
        same = (each.id for each in attachments if each.has_file and each.source_url == story["url"])
        return {**story, "media_id": next(same, None) or new_id()}

    def files(self, attachments: Sequence[Attachment], story: dict[str, Any] | None) -> tuple[NewMedia, ...]:
        """The files of a marked message."""
        of_story = story.get("media_id") if story is not None else None
        found = [
            self._file(each, position, story=each.story or each.id == of_story)
            for position, each in enumerate(attachments)
            if each.has_file
        ]
        if story is not None and of_story is not None and of_story not in {each.id for each in found}:
            part = Attachment(id=of_story, type="story", source_url=story["url"])
            found.append(self._file(part, -1, story=True))
        return tuple(found)

    def _file(self, part: Attachment, position: int, *, story: bool) -> NewMedia:
        return NewMedia(
            id=part.id,
            position=position,
            type=part.type,
            source_url=part.source_url or "",
            name=part.name,
            story=story,
            keep=self.stores and not story,
        )


def marked(message: Message, rules: MediaRules, new_id: Callable[[], str]) -> Message:
    """A new message that says of each of its parts whether it is a file."""
    attachments = rules.mark(message.attachments)
    return replace(
        message, attachments=attachments, story=rules.mark_story(message.story, attachments, new_id)
    )
