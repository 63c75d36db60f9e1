"""Meta's CDN: the photos that contacts send, and made-up profile pictures."""

import hashlib
import struct
import zlib
from collections import OrderedDict
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

MAX_PHOTOS = 100
MAX_BYTES = 8 * 1024 * 1024
_SIDE = 96
_BORDER = 12
_KINDS = (
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"GIF8", "gif", "image/gif"),
)


class Media:
    """The latest photos, in memory alone: a link to an old one is dead, as Meta's links are."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._photos: OrderedDict[str, tuple[bytes, str]] = OrderedDict()

    def put(self, photo: bytes) -> str:
        """Keeps a photo; returns its address. ValueError when it is none, or too large."""
        kind = next((one for one in _KINDS if photo.startswith(one[0])), None)
        if kind is None or len(photo) > MAX_BYTES:
            raise ValueError("a photo is a JPEG, PNG or GIF of at most 8 MB")
        name = f"{hashlib.sha256(photo).hexdigest()[:32]}.{kind[1]}"
        self._photos[name] = (photo, kind[2])
        self._photos.move_to_end(name)
        if len(self._photos) > MAX_PHOTOS:
            self._photos.popitem(last=False)
        return f"{self._public_url}/media/photos/{name}"

    def get(self, name: str) -> tuple[bytes, str] | None:
        """A photo and its type."""
        return self._photos.get(name)


def picture(name: str) -> bytes:
    """A PNG whose colours follow from the name."""
    noise = hashlib.sha256(name.encode()).digest()
    inner, outer = (bytes(128 + byte // 2 for byte in noise[at : at + 3]) for at in (0, 3))
    edge = b"\0" + outer * _SIDE
    middle = b"\0" + outer * _BORDER + inner * (_SIDE - 2 * _BORDER) + outer * _BORDER
    rows = edge * _BORDER + middle * (_SIDE - 2 * _BORDER) + edge * _BORDER
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def media_routes(media: Media) -> list[Any]:
    """Where pictures are fetched."""

    @get("/media/photos/{name:str}")
    async def photo(name: FromPath[str]) -> Response[bytes]:
        found = media.get(name)
        if found is None:
            raise NotFoundException("this link has expired")
        return _picture(*found)

    @get("/media/avatar/{name:str}")
    async def avatar(name: FromPath[str]) -> Response[bytes]:
        return _picture(picture(name), "image/png")

    return [photo, avatar]


def _picture(content: bytes, kind: str) -> Response[bytes]:
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
    return Response(content, media_type=kind, headers=headers)
