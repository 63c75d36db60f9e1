"""Pictures drawn here, so that there is something to send and to show and nothing comes from elsewhere."""

import hashlib
import math
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

Colour = tuple[int, int, int]

_SIDE = 96
_BORDER = 12
_WIDTH, _HEIGHT = 480, 360


def picture(name: str) -> bytes:
    """A PNG whose colours follow from the name."""
    noise = hashlib.sha256(name.encode()).digest()
    inner, outer = (bytes(128 + byte // 2 for byte in noise[at : at + 3]) for at in (0, 3))
    edge = outer * _SIDE
    middle = outer * _BORDER + inner * (_SIDE - 2 * _BORDER) + outer * _BORDER
    return _png(_SIDE, [edge] * _BORDER + [middle] * (_SIDE - 2 * _BORDER) + [edge] * _BORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Disc:
    """The sun, or the moon."""

    x: int
    y: int
    radius: int
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hills:
    """Everything below a wavy line."""

    top: int
    height: int
    width: int
    colour: Colour

    def covers(self, x: int, y: int) -> bool:
        """Whether the point lies below the line."""
        return y >= self.top + self.height * math.sin(x / self.width)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    sky: tuple[Colour, Colour]
    disc: _Disc
    hills: Sequence[_Hills]


_SCENES: Mapping[str, _Scene] = {
    "sunset": _Scene(
        sky=((122, 61, 122), (255, 183, 94)),
        disc=_Disc(x=330, y=200, radius=52, colour=(255, 236, 170)),
        hills=(
            _Hills(top=240, height=22, width=70, colour=(125, 62, 92)),
            _Hills(top=295, height=18, width=45, colour=(66, 36, 66)),
        ),
    ),
    "sea": _Scene(
        sky=((106, 188, 236), (222, 244, 252)),
        disc=_Disc(x=120, y=90, radius=40, colour=(255, 224, 102)),
        hills=(
            _Hills(top=190, height=4, width=26, colour=(32, 140, 190)),
            _Hills(top=285, height=10, width=60, colour=(240, 214, 160)),
        ),
    ),
    "garden": _Scene(
        sky=((190, 228, 214), (244, 250, 232)),
        disc=_Disc(x=370, y=95, radius=34, colour=(255, 205, 112)),
        hills=(
            _Hills(top=200, height=34, width=80, colour=(112, 178, 112)),
            _Hills(top=262, height=24, width=48, colour=(52, 122, 76)),
        ),
    ),
    "night": _Scene(
        sky=((14, 20, 52), (58, 66, 120)),
        disc=_Disc(x=250, y=100, radius=36, colour=(240, 240, 220)),
        hills=(
            _Hills(top=230, height=30, width=64, colour=(28, 34, 70)),
            _Hills(top=290, height=20, width=90, colour=(12, 14, 34)),
        ),
    ),
}
SCENES = tuple(_SCENES)


@cache
def scene(name: str) -> bytes:
    """The PNG of one of the ``SCENES``."""
    drawn = _SCENES[name]
    return _png(_WIDTH, [_row(drawn, y) for y in range(_HEIGHT)])


def _row(drawn: _Scene, y: int) -> bytes:
    above, below = drawn.sky
    share = y / _HEIGHT
    sky = bytes(round(one + (other - one) * share) for one, other in zip(above, below, strict=True))
    row = bytearray(sky * _WIDTH)
    half = math.isqrt(max(0, drawn.disc.radius**2 - (y - drawn.disc.y) ** 2))
    _paint(row, drawn.disc.colour, lambda x: abs(x - drawn.disc.x) < half)
    for hills in drawn.hills:
        if y >= hills.top - hills.height:
            _paint(row, hills.colour, partial(hills.covers, y=y))
    return bytes(row)


def _paint(row: bytearray, colour: Colour, where: Callable[[int], bool]) -> None:
    for x in range(_WIDTH):
        if where(x):
            row[3 * x : 3 * x + 3] = bytes(colour)


def _png(width: int, rows: Sequence[bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)
    content = b"".join(b"\0" + row for row in rows)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(content)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
