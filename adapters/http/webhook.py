"""Meta's webhook, as plain ASGI: the framework's request and response would be most of its cost.

Only webhooks that are not answered with 200 are logged; all are counted.
"""

import asyncio
import time
from secrets import token_hex
from urllib.parse import parse_qsl

from meta_inbox.adapters.http.asgi import (
    Disconnected,
    Headers,
    Receive,
    Scope,
    Send,
    answer,
)
from meta_inbox.adapters.http.deadlines import Deadlines
from meta_inbox.adapters.http.errors import told, unexpected
from meta_inbox.adapters.http.observe import Metrics
from meta_inbox.adapters.http.options import API_PATH, HttpOptions
from meta_inbox.adapters.http.problems import Problem, Rejection, problem, raw_problem
from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import SignatureInvalid, StorageUnavailable
from meta_inbox.domain.use_cases.receive_webhook_event import ReceiveWebhookEvent

WEBHOOK_PATH = f"{API_PATH}/webhook"

_TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8")]
_IDENTITY = (b"", b"identity")

_log = log_named("meta_inbox.http")


class WebhookRoute:
    """``GET`` answers the verify handshake, ``POST`` takes what happened, by ASGI or by the lane."""

    path = WEBHOOK_PATH.encode()

    def __init__(
        self, receive_event: ReceiveWebhookEvent, options: HttpOptions, metrics: Metrics, headers: Headers
    ) -> None:
        self._receive_event = receive_event
        self._limit = options.max_webhook_body
        self._deadlines = Deadlines(options.webhook_deadline)
        self._metrics = metrics
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 only when the body is committed; 503 when that is not known in time."""
        began = time.perf_counter()
        try:
            signature = self._signature_of(scope["headers"])
            body = await _body(receive, self._limit)
        except Rejection as refused:
            await self._refuse(send, refused)
            return
        except Disconnected:
            return
        entry = self._deadlines.begin(lambda: self._refuse(send, _too_late()))
        failure: Exception | None = None
        try:
            await self._receive_event(body=body, signature=signature)
        except Exception as error:  # noqa: BLE001 - answered, and logged when nobody foresaw it
            failure = error
        finally:
            in_time = self._deadlines.end(entry)
        if not in_time:
            return
        if failure is not None:
            await self._refuse(send, failure)
            return
        await answer(send, 200, self.stored(time.perf_counter() - began))

    def begin(self, body: bytes, signature: bytes | None) -> "asyncio.Future[None]":
        """Starts storing a body. Its end is bounded by the journal."""
        return asyncio.ensure_future(self._receive_event.begin(body=body, signature=signature))

    def stored(self, seconds: float) -> Headers:
        """Counts a webhook that was stored; the headers of its answer."""
        self._metrics.webhook_stored(seconds)
        return self._headers

    def refused(self, error: Exception) -> tuple[int, Headers, bytes]:
        """Logs and counts one that was not; its answer."""
        trace_id = token_hex(16)
        found, more = told(error) or (unexpected(error, trace_id), {})
        _log.info("webhook_refused", status=found.status, code=found.code, trace_id=trace_id)
        self._metrics.webhook_refused(found.status)
        status, headers, body = raw_problem(found, more)
        return status, [*self._headers, *headers], body

    def _signature_of(self, headers: Headers) -> bytes | None:
        """The one signature; Rejection for two, for a body declared too large, and for a compressed one."""
        signature: bytes | None = None
        for name, value in headers:
            if name == b"x-hub-signature-256":
                if signature is not None:
                    raise Rejection(401, "signature_invalid", "there is more than one signature")
                signature = value
            elif name == b"content-length":
                if not value.isdigit() or len(value) > 10 or int(value) > self._limit:
                    raise _too_large()
            elif name == b"content-encoding" and value.strip().lower() not in _IDENTITY:
                raise Rejection(415, "unsupported_media_type", "the body must not be compressed")
        return signature

    async def _refuse(self, send: Send, error: Exception) -> None:
        await answer(send, *self.refused(error))

    async def _tell(self, send: Send, found: Problem, more: dict[str, str]) -> None:
        status, headers, body = raw_problem(found, more)
        await answer(send, status, [*self._headers, *headers], body)

    async def handshake(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The challenge as it came; a wrong token or mode is judged first."""
        del receive
        given = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        try:
            challenge = self._receive_event.answer_challenge(
                mode=given.get("hub.mode", ""),
                token=given.get("hub.verify_token", ""),
                challenge=given.get("hub.challenge", ""),
            )
        except SignatureInvalid as error:
            await self._tell(send, problem(403, "verify_token_invalid", str(error)), {})
        except Exception as error:  # noqa: BLE001 - answered, and logged when nobody foresaw it
            found, more = told(error) or (unexpected(error, scope.get("trace_id", "")), {})
            await self._tell(send, found, more)
        else:
            await answer(send, 200, [*self._headers, *_TEXT], challenge.encode())

    async def other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """405 for any other method."""
        del scope, receive
        found = problem(405, "method_not_allowed", "this address does not take that method")
        await self._tell(send, found, {"Allow": "GET, POST"})


def _too_late() -> StorageUnavailable:
    return StorageUnavailable("the body could not be stored in time")


async def _body(receive: Receive, limit: int) -> bytes:
    event = await receive()
    if event["type"] == "http.request" and not event.get("more_body", False):
        whole: bytes = event.get("body", b"")
        if len(whole) > limit:
            raise _too_large()
        return whole
    chunks: list[bytes] = []
    size = 0
    while event["type"] == "http.request":
        chunk: bytes = event.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large()
        chunks.append(chunk)
        if not event.get("more_body", False):
            return b"".join(chunks)
        event = await receive()
    raise Disconnected


def _too_large() -> Rejection:
    return Rejection(413, "body_too_large", "the body is larger than 3 MiB", {"Connection": "close"})
