"""What a file is, by its bytes: what may be shown, and what only looks like it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_inbox.adapters.meta_graph.media_kind import as_file
from meta_inbox.adapters.meta_graph.world_pictures import picture
from meta_inbox.domain.model.media import UNKNOWN_TYPE


def jpeg(width: int = 640, height: int = 480, *, before: bytes = b"") -> bytes:
    frame = b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" + bytes(9)
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + before + frame + b"\xff\xd9"
    )


def gif(width: int = 3, height: int = 5, rest: bytes = b"\x80\x00\x00\x3b") -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + rest


def webp(chunk: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


EXTENDED = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\x3f\x01\x00" + b"\xef\x00\x00"
LOSSLESS = b"VP8L" + struct.pack("<I", 10) + b"\x2f" + (319 | 239 << 14).to_bytes(4, "little") + bytes(5)
LOSSY = b"VP8 " + struct.pack("<I", 10) + bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 320, 240) + bytes(4)
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(200)
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + bytes(200)
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42" + bytes(200)
OGG = b"OggS\x00\x02" + bytes(200)
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(200)
AAC = b"\xff\xf1\x50\x80\x00\x1f\xfc" + bytes(200)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + bytes(200)
WEBM = (
    b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82\x84webm"
    + bytes(99)
)


@pytest.mark.parametrize(
    ("content", "kind", "sides"),
    [
        (picture("Ana"), "image/png", (96, 96)),
        (jpeg(), "image/jpeg", (640, 480)),
        (jpeg(before=b"\xff\xe1\x00\x08Exif\x00\x00\xff\xff\xdb\x00\x04\x00\x00"), "image/jpeg", (640, 480)),
        (gif(), "image/gif", (3, 5)),
        (webp(EXTENDED), "image/webp", (320, 240)),
        (webp(LOSSLESS), "image/webp", (320, 240)),
        (webp(LOSSY), "image/webp", (320, 240)),
        (MP4, "video/mp4", None),
        (MOV, "video/quicktime", None),
        (WEBM, "video/webm", None),
        (M4A, "audio/mp4", None),
        (OGG, "audio/ogg", None),
        (MP3, "audio/mpeg", None),
        (AAC, "audio/aac", None),
        (PDF, "application/pdf", None),
    ],
)
def test_what_is_known_is_known_with_its_sides(
    content: bytes, kind: str, sides: tuple[int, int] | None
) -> None:
    found = as_file(content)
    assert (found.content_type, found.content) == (kind, content)
    assert (found.width, found.height) == (sides or (None, None))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html><html><body>hi",
        b"\xef\xbb\xbf<html>",
        b"#!/bin/sh\n",
        b"MZ" + bytes(500),
        b"PK\x03\x04" + bytes(500),
        b"BM" + bytes(500),
        b"II*\x00" + bytes(500),
        b"\x7fELF" + bytes(500),
        bytes(1000),
    ],
)
def test_everything_else_is_unknown(content: bytes) -> None:
    found = as_file(content)
    assert (found.content_type, found.width, found.height) == (UNKNOWN_TYPE, None, None)


@pytest.mark.parametrize(
    "content",
    [
        gif(rest=b"/*<script>alert(1)</script>*/"),
        gif(rest=bytes(9000) + b"<SCRIPT>alert(1)</SCRIPT>"),
        jpeg() + b"<html><body onload=alert(1)>",
        picture("Ana") + b"<!doctype html>",
        picture("Ana") + b"<IFRAME src=x>",
        PDF + b"<script>app.alert(1)</script>",
        b"GIF89a" + bytes(4) + b"no sides",
        b"\x89PNG\r\n\x1a\n" + b"no header at all",
        b"\xff\xd8\xff" + b"no frame",
        b"\xff\xd8\xff\xe0\xff\xff" + bytes(100),
        webp(b"VP9X" + bytes(40)),
        gif(rest=b"<svg onload=alert(1)>"),
    ],
)
def test_a_polyglot_or_a_broken_image_is_only_a_download(content: bytes) -> None:
    assert as_file(content).content_type == UNKNOWN_TYPE


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x00\x00\x00\x00WEBP", b"%PDF"]),
    st.binary(),
)
def test_no_bytes_make_it_fail(head: bytes, rest: bytes) -> None:
    found = as_file(head + rest)
    assert (found.width is None) == (found.height is None)
