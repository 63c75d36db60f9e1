"""Meta's CDN: files that people send, under links that can die while the files live on.

Files are in memory alone and the latest only: a link to an old one is dead, as Meta's links are.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_pictures import SCENES, picture, scene

MAX_FILES = 100
MAX_PHOTO = 8 * 1024 * 1024
MAX_FILE = 32 * 1024 * 1024
FILES = "/media/photos/"
AVATARS = "/media/avatar/"
SCENERY = "/media/scenes/"
_KINDS = (
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"GIF8", "gif", "image/gif"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the CDN answers; ``kind`` is what it declares, which need not be true."""

    status: int = 200
    content: bytes = field(default=b"", repr=False)
    kind: str = "text/plain"
    location: str | None = None


@dataclass(slots=True)
class _Link:
    file: str
    status: int = 200
    location: str | None = None


@dataclass(slots=True, kw_only=True)
class Media:
    """The files with their links. Links are asked for by the last part of their address."""

    ground: Ground
    _files: OrderedDict[str, Served] = field(default_factory=OrderedDict[str, Served])
    _links: dict[str, _Link] = field(default_factory=dict[str, _Link])

    def put(self, photo: bytes) -> str:
        """Keeps a photo; returns its address. ValueError when it is none, or too large."""
        kind = next((one for one in _KINDS if photo.startswith(one[0])), None)
        if kind is None or len(photo) > MAX_PHOTO:
            raise ValueError("a photo is a JPEG, PNG or GIF of at most 8 MB")
        return self.put_any(photo, kind[2], kind[1])

    def put_any(self, content: bytes, kind: str = "application/octet-stream", ending: str = "bin") -> str:
        """Keeps whatever bytes, declared as ``kind``; returns their address. ValueError when too large."""
        if len(content) > MAX_FILE:
            raise ValueError("a file has at most 32 MB")
        file = f"{hashlib.sha256(kind.encode() + content).hexdigest()[:32]}.{ending}"
        self._files[file] = Served(content=content, kind=kind)
        self._files.move_to_end(file)
        if len(self._files) > MAX_FILES:
            self._forget(next(iter(self._files)))
        return self._address(self._live(file) or self._new(file))

    def scenes(self) -> list[dict[str, str]]:
        """Pictures that are always there to be sent: ``{name, url}``."""
        return [{"name": name, "url": f"{self.ground.media_url}{SCENERY}{name}.png"} for name in SCENES]

    def kill(self, url: str, status: int = 410) -> None:
        """The link dies; the file can still be had by a fresh one. NoSuchThing."""
        self._link(url).status = status

    def redirect(self, url: str, location: str) -> None:
        """The link leads elsewhere from now on. NoSuchThing."""
        link = self._link(url)
        link.status, link.location = 302, location

    def remove(self, url: str) -> None:
        """The file is gone, and every link to it dead. NoSuchThing."""
        self._forget(self._link(url).file)

    def fresh(self, url: str | None) -> str | None:
        """A link that works to the file of this address; None once the file is gone."""
        link = self._links.get(_name(url)) if url is not None else None
        if link is None:
            return url if url is None or not self._is_ours(url) else None
        if link.file not in self._files:
            return None
        return self._address(self._live(link.file) or self._new(link.file))

    def answer(self, path: str) -> Served:
        """What is served at this path."""
        if path.startswith(AVATARS):
            return Served(content=picture(path.removeprefix(AVATARS)), kind="image/png")
        if path.startswith(SCENERY):
            return _scene(path.removeprefix(SCENERY).removesuffix(".png"))
        link = self._links.get(path.removeprefix(FILES)) if path.startswith(FILES) else None
        if link is None or link.file not in self._files:
            return Served(status=404, content=b"this link has expired")
        if link.status != 200:
            return Served(status=link.status, content=b"this link has expired", location=link.location)
        return self._files[link.file]

    def _live(self, file: str) -> str | None:
        return next(
            (name for name, link in self._links.items() if link.file == file and link.status == 200), None
        )

    def _new(self, file: str) -> str:
        stem, _, ending = file.partition(".")
        name = file if file not in self._links else f"{stem}-{len(self._links)}.{ending}"
        self._links[name] = _Link(file)
        return name

    def _forget(self, file: str) -> None:
        self._files.pop(file, None)

    def _address(self, name: str) -> str:
        return f"{self.ground.media_url}{FILES}{name}"

    def _is_ours(self, url: str) -> bool:
        return url.startswith(f"{self.ground.media_url}{FILES}")

    def _link(self, url: str) -> _Link:
        if (link := self._links.get(_name(url))) is None:
            raise NoSuchThing("there is no such link")
        return link


def _scene(name: str) -> Served:
    if name not in SCENES:
        return Served(status=404, content=b"there is no such picture")
    return Served(content=scene(name), kind="image/png")


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix(FILES)
