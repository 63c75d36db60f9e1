"""A body with a file in it, as the sandbox takes it: its fields, and the file."""

import re
from dataclasses import dataclass, field

from multipart import (  # type: ignore[import-untyped]  # it has no types
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from meta_inbox.adapters.meta_graph.world_attachments import Given
from meta_inbox.adapters.meta_graph.world_errors import invalid_parameter

KIND = "multipart/form-data"
_MOST_PARTS = 16
_BOUNDARY = re.compile(r'boundary="?([^";]{1,70})', re.IGNORECASE)


@dataclass(slots=True)
class _Form:
    fields: dict[str, str] = field(default_factory=dict[str, str])
    file: Given | None = None

    def add(self, part: MultipartSegment, content: bytes) -> None:
        if part.filename is not None:
            kind = part.content_type or "application/octet-stream"
            self.file = Given(name=part.filename, kind=kind, content=content)
        else:
            self.fields[part.name or ""] = content.decode()


def read_multipart(declared: str, body: bytes) -> tuple[dict[str, str], Given | None]:
    """The fields and the file. GraphError when it is no such body."""
    boundary = _BOUNDARY.search(declared)
    form, content = _Form(), bytearray()
    part: MultipartSegment | None = None
    try:
        with PushMultipartParser(boundary[1] if boundary else "", max_segment_count=_MOST_PARTS) as parser:
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    part = event
                elif event is not None:
                    content += event
                elif part is not None:
                    form.add(part, bytes(content))
                    content.clear()
    except (MultipartError, UnicodeDecodeError):
        raise invalid_parameter("the body is not valid multipart") from None
    return form.fields, form.file
