"""The page that the dialog's window ends on: it hands over the outcome and can be read by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files

import msgspec

from meta_inbox.adapters.http.oauth_texts import (
    DELETED,
    FAILURE,
    NOT_DELETED,
    REASONS,
    SUCCESS,
    Language,
)
from meta_inbox.domain.use_cases.connect_account import Authorized

PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGES = files("meta_inbox.adapters.http") / "pages"
CALLBACK_JS = (_PAGES / "callback.js").read_bytes()
CALLBACK_CSS = (_PAGES / "callback.css").read_bytes()

_SOURCE = "meta-inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """For whom the page is: where its script and style are, its language, and who may be told."""

    base_path: str
    language: Language
    origins: tuple[str, ...]


def success_page(authorized: Authorized, context: PageContext) -> str:
    """Hands the completion to the opener; without one it offers the way back with it."""
    completion = authorized.completion.reveal()
    message = {"source": _SOURCE, "type": "oauth.authorized", "completion": completion}
    title, text, link = SUCCESS[context.language]
    target = f"{authorized.return_origin}{authorized.return_to}#completion={completion}"
    content = f'<p>{escape(text)}</p><p><a href="{escape(target)}">{escape(link)}</a></p>'
    handover = {"message": message, "origins": [authorized.return_origin], "closes": True}
    return _page(context, title, content, handover)


def failure_page(code: str, detail: str, context: PageContext) -> str:
    """Says what went wrong, and tells the opener the same by code."""
    message = {"source": _SOURCE, "type": "oauth.failed", "code": code, "detail": detail}
    title, text = FAILURE[context.language]
    reason = REASONS[context.language].get(code, detail)
    content = f"<p>{escape(reason)}</p><p>{escape(text)}</p><p><small>{escape(code)}</small></p>"
    return _page(context, title, content, {"message": message, "origins": context.origins, "closes": False})


def deletion_page(code: str | None, context: PageContext) -> str:
    """What became of a request to delete data; None = there was no such request."""
    title, text = (DELETED if code else NOT_DELETED)[context.language]
    content = f"<p>{escape(text)}</p>" + (f"<p><small>{escape(code)}</small></p>" if code else "")
    return _document(context, title, content, "")


def _page(context: PageContext, title: str, content: str, handover: Mapping[str, object]) -> str:
    script = (
        f'<script type="application/json" id="handover">{_data(handover)}</script>\n'
        f'<script src="{_base(context)}/callback.js"></script>'
    )
    return _document(context, title, content, script)


def _base(context: PageContext) -> str:
    return escape(f"{context.base_path}/oauth")


def _document(context: PageContext, title: str, content: str, script: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{context.language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{_base(context)}/callback.css"></head>\n'
        f"<body><main><h1>{escape(title)}</h1>{content}</main>\n"
        f"{script}</body>\n</html>\n"
    )


def _data(value: object) -> str:
    """JSON that cannot end the element it stands in."""
    text = msgspec.json.encode(value).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
