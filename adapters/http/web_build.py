"""The web app as its build left it: files in memory, each with the form that is sent compressed."""

import gzip
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from meta_inbox.adapters.http.asgi import Headers

INDEX = "/index.html"
_UNCHANGING = "/assets/"  # what is below it has a digest of its content in its name
_WORTH_PACKING = 512
_OWN_ADDRESS = re.compile(rb'="(?:\./|/(?!/))')
_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "mjs": "text/javascript; charset=utf-8",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
_PACKED_ALREADY = frozenset({"mp3", "ogg", "png", "webp", "woff2"})


@dataclass(frozen=True, slots=True)
class Form:
    """A body, and what is said of it; ``tag`` is another for each form of a file."""

    body: bytes
    tag: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file to serve; ``packed`` is None where it would save nothing."""

    plain: Form
    packed: Form | None


def built_app() -> Mapping[str, bytes]:
    """What the package carries, by path; empty where the app was not built."""
    return found_below(files("meta_inbox.adapters.http") / "web")


def found_below(folder: Traversable) -> Mapping[str, bytes]:
    """Every file in the folder, by the path at which it is served."""
    return dict(_walked(folder, "")) if folder.is_dir() else {}


def _walked(folder: Traversable, at: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{at}/{entry.name}"
        if entry.is_dir():
            yield from _walked(entry, path)
        else:
            yield path, entry.read_bytes()


def below(mount: str, index: bytes) -> bytes:
    """The page with the addresses in it as they are behind a proxy's path, from wherever it is shown."""
    return _OWN_ADDRESS.sub(b'="%s/' % mount.encode(), index)


def to_serve(path: str, body: bytes) -> WebFile:
    """The file in both forms."""
    ending = path.rpartition(".")[2]
    lasting = path.startswith(_UNCHANGING)
    headers: Headers = [
        (b"content-type", _TYPES.get(ending, "application/octet-stream").encode()),
        (b"cache-control", b"public, max-age=31536000, immutable" if lasting else b"no-cache"),
        (b"vary", b"Accept-Encoding"),
    ]
    digest = hashlib.sha256(body).hexdigest()[:32]
    plain = _form(body, digest, headers)
    if ending in _PACKED_ALREADY or len(body) < _WORTH_PACKING:
        return WebFile(plain, None)
    packed = gzip.compress(body, mtime=0)
    return WebFile(plain, _form(packed, f"{digest}-gzip", [*headers, (b"content-encoding", b"gzip")]))


def _form(body: bytes, name: str, headers: Headers) -> Form:
    tag = f'"{name}"'.encode()
    return Form(body, tag, [*headers, (b"etag", tag)])
