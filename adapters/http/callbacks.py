"""What Meta calls when a person takes the app's access back, or asks for their data to be deleted.

Both bring one form field, ``signed_request``. Sources: "Deauthorize Callback", "Data Deletion Request
Callback".
"""

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath

from meta_inbox.adapters.http.given import Core, Options
from meta_inbox.adapters.http.identity import PUBLIC
from meta_inbox.adapters.http.oauth_pages import PAGE_CSP, PageContext, deletion_page
from meta_inbox.adapters.http.oauth_texts import preferred
from meta_inbox.adapters.http.options import HttpOptions
from meta_inbox.adapters.http.problems import Rejection, invalid
from meta_inbox.domain.errors import SignatureInvalid
from meta_inbox.domain.inbox import Inbox

_LONGEST = 8192
_CODE = re.compile(r"[0-9a-f]{96}")
_PURPOSE = b"data-deletion "


class DeletionAccepted(msgspec.Struct, kw_only=True):
    """Where the person can see what became of the request."""

    url: str
    confirmation_code: str


async def _forgotten(request: Request[Any, Any, Any], inbox: Inbox) -> str:
    """The signed request, once it is carried out. Rejection 400."""
    body = await request.body()
    try:
        given = parse_qs(body.decode("ascii"), max_num_fields=8).get("signed_request", [])
    except ValueError:
        given = []
    if len(given) != 1 or len(given[0]) > _LONGEST:
        raise invalid("the form must have signed_request, once")
    try:
        await inbox.forget_person(signed_request=given[0])
    except SignatureInvalid as error:
        raise Rejection(400, "signature_invalid", str(error)) from error
    return given[0]


def _code(signed_request: str, key: bytes) -> str:
    """128 bits that follow from the request, which may come twice, and 256 by which we know it as ours."""
    named = hashlib.sha256(_PURPOSE + signed_request.encode()).hexdigest()[:32]
    return named + _seal(named, key)


def _seal(named: str, key: bytes) -> str:
    return hmac.digest(key, _PURPOSE + named.encode(), "sha256").hex()


def _is_ours(code: str, options: HttpOptions) -> bool:
    if _CODE.fullmatch(code) is None:
        return False
    return any(hmac.compare_digest(_seal(code[:32], key), code[32:]) for key in options.media_keys)


@post("/deauthorize", status_code=200, media_type=MediaType.TEXT, opt=PUBLIC)
async def deauthorize(request: Request[Any, Any, Any], inbox: Core) -> None:
    """Disconnects the accounts of the person who took the app's access back, and forgets the person."""
    await _forgotten(request, inbox)


@post("/data-deletion", status_code=200, opt=PUBLIC)
async def delete_data(request: Request[Any, Any, Any], inbox: Core, options: Options) -> DeletionAccepted:
    """The same for a person who asks for their data to be deleted; it is done when this is answered."""
    code = _code(await _forgotten(request, inbox), options.media_keys[0])
    return DeletionAccepted(url=f"{options.base_url}/data-deletion/{code}", confirmation_code=code)


@get("/data-deletion/{code:str}", media_type=MediaType.HTML, opt=PUBLIC)
async def show_deletion(
    request: Request[Any, Any, Any], code: FromPath[str], options: Options
) -> Response[str]:
    """What became of a request, for people; 404 for a code that was not given out here."""
    known = _is_ours(code, options)
    context = PageContext(
        base_path=options.base_path,
        language=preferred(request.headers.get("accept-language", "")),
        origins=(),
    )
    page = deletion_page(code if known else None, context)
    policy = {"Content-Security-Policy": PAGE_CSP}
    return Response(page, status_code=200 if known else 404, media_type=MediaType.HTML, headers=policy)
