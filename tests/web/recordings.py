"""A recording and a film, made here, that every Chromium plays; they are silent and of one picture."""

import io
import struct

from PIL import Image

_SILENCE = b"\xff\xfb\x90\x64" + bytes(413)
"""A frame of MPEG-1 Layer III at 128 kbit/s and 44.1 kHz: 26 milliseconds."""


def voice(seconds: float = 7) -> bytes:
    """An MP3."""
    return _SILENCE * round(seconds * 44100 / 1152)


def film(picture: bytes) -> bytes:
    """A WebM of two seconds, which shows the picture: a key frame of VP8 is what a WebP has in it."""
    packed = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as drawn:
        width, height = drawn.size
        drawn.convert("RGB").save(packed, "WEBP", quality=60, method=4)
    frame = packed.getvalue()[20:]  # behind the heads of the file and of its one part
    head = _part("4286", 1) + _part("42f7", 1) + _part("42f2", 4) + _part("42f3", 8)
    head += _part("4282", b"webm") + _part("4287", 2) + _part("4285", 2)
    info = (
        _part("2ad7b1", 1_000_000)
        + _part("4489", struct.pack(">d", 2000))
        + _part("4d80", b"x")
        + _part("5741", b"x")
    )
    shape = _part("b0", width) + _part("ba", height)
    track = _part("d7", 1) + _part("73c5", 1) + _part("83", 1) + _part("86", b"V_VP8") + _part("e0", shape)
    blocks = b"".join(_part("a3", b"\x81" + struct.pack(">h", at) + b"\x80" + frame) for at in (0, 1900))
    body = (
        _part("1549a966", info)
        + _part("1654ae6b", _part("ae", track))
        + _part("1f43b675", _part("e7", 0) + blocks)
    )
    return _part("1a45dfa3", head) + _part("18538067", body)


def _part(name: str, content: bytes | int) -> bytes:
    if isinstance(content, int):
        content = content.to_bytes(max(1, (content.bit_length() + 7) // 8), "big")
    short = len(content) < 127
    size = bytes([128 + len(content)]) if short else b"\x01" + len(content).to_bytes(7, "big")
    return bytes.fromhex(name) + size + content
