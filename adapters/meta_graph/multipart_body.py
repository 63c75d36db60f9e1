"""A call with a file in it, as multipart/form-data (RFC 7578)."""

import secrets
from collections.abc import Mapping

from meta_inbox.adapters.meta_graph.exchange import FilePart

_ESCAPED = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def encode(form: Mapping[str, str], file: FilePart) -> tuple[str, bytes]:
    """The content type, and the body: the fields, then the file."""
    boundary = secrets.token_hex(16)
    lines: list[bytes] = []
    for name, value in form.items():
        lines += [_head(boundary, f'name="{name}"'), b"", value.encode()]
    named = f'name="{file.under}"; filename="{file.name.translate(_ESCAPED)}"'
    lines += [_head(boundary, named), f"Content-Type: {file.content_type}".encode(), b"", file.content]
    lines += [f"--{boundary}--".encode(), b""]
    return f"multipart/form-data; boundary={boundary}", b"\r\n".join(lines)


def _head(boundary: str, named: str) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {named}".encode()
