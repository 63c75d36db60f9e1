"""How the sandbox answers a Graph call, well or badly."""

import asyncio
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from meta_inbox.adapters.meta_graph.world_errors import GraphError
from meta_inbox.adapters.meta_graph.world_faults import Attempt, Fault, FaultKind

_HTML_503 = b"<!DOCTYPE html><html><title>Error</title><body>Sorry, something went wrong.</body></html>"
_BOMB = 300 * 1024 * 1024
_CHUNK = 64 * 1024
_INVALID_TOKEN = 190


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer that can still be sent as it should be."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, attempt: Attempt[Any], version: str, usage: Mapping[str, str]) -> "Answer":
        """The answer of the Graph API to this attempt, with what it tells of usage."""
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "facebook-api-version": version,
            **usage,
        }
        if attempt.error is None:
            return cls(status=200, body=_json(attempt.answer), headers=headers)
        headers |= _error_headers(attempt.error)
        return cls(status=attempt.error.status, body=_json(attempt.error.body()), headers=headers)

    async def send(self, send: Send) -> None:
        """Sends it whole."""
        await self.start(send, len(self.body))
        await send({"type": "http.response.body", "body": self.body, "more_body": False})

    async def start(self, send: Send, length: int | None) -> None:
        """Sends what comes before the body."""
        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def _error_headers(error: GraphError) -> dict[str, str]:
    if error.code != _INVALID_TOKEN:
        return {}
    return {"WWW-Authenticate": 'OAuth "Facebook Platform" "invalid_token" "The access token is not valid"'}


async def play(fault: Fault | None, answer: Answer, receive: Receive, send: Send) -> None:
    """Sends the answer as far as the fault lets it through."""
    match fault.kind if fault else None:
        case FaultKind.DROP | FaultKind.ACCEPT_THEN_RESET:
            await hang_up(receive, send)
        case FaultKind.ACCEPT_THEN_HANG:
            await until_gone(receive)
        case FaultKind.HTML_503:
            await Answer(status=503, body=_HTML_503, headers={"Content-Type": "text/html"}).send(send)
        case FaultKind.EMPTY_500 | FaultKind.ACCEPT_THEN_500:
            await Answer(status=500, body=b"", headers={"Content-Type": "text/html"}).send(send)
        case FaultKind.ACCEPT_THEN_REFUSE:
            await _denied(fault, answer).send(send)
        case FaultKind.BAD_JSON:
            await Answer(status=200, body=b"{", headers=answer.headers).send(send)
        case FaultKind.REDIRECT:
            away = {"Location": "http://127.0.0.1:9/elsewhere"}
            await Answer(status=302, body=b"", headers=away).send(send)
        case FaultKind.BOMB:
            await _bomb(answer, send)
        case FaultKind.DRIP | FaultKind.ENDLESS:
            await _trickle(fault, answer, receive, send)
        case _:
            await answer.send(send)


async def play_page(fault: Fault | None, page: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A page under a fault: it waits and is shown all the same, or nothing is done at all."""
    if fault is None or fault.kind in (FaultKind.DELAY, FaultKind.ANSWER_LATE):
        await asyncio.sleep(fault.seconds if fault else 0)
        await page(scope, receive, send)
        return
    error = fault.error
    body = _json(error.body() if error else {})
    headers = {"Content-Type": "application/json"}
    answer = Answer(status=error.status if error else 200, body=body, headers=headers)
    await play(fault, answer, receive, send)


def _denied(fault: Fault | None, answer: Answer) -> Answer:
    """What was done, told as an error."""
    error = fault.error if fault is not None else None
    return answer if error is None else replace(answer, status=error.status, body=_json(error.body()))


async def _bomb(answer: Answer, send: Send) -> None:
    packed = await asyncio.to_thread(gzip.compress, b" " * _BOMB, 9)
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    await Answer(status=200, body=packed, headers=headers).send(send)


async def _trickle(fault: Fault | None, answer: Answer, receive: Receive, send: Send) -> None:
    """The answer byte by byte, or blanks without end, until the caller has gone."""
    gone = asyncio.ensure_future(until_gone(receive))
    drips = fault is not None and fault.kind is FaultKind.DRIP
    pieces = [bytes([byte]) for byte in answer.body] if drips else [b" " * _CHUNK]
    pause = max(fault.seconds, 0.01) if fault is not None and drips else 0
    try:
        await answer.start(send, len(answer.body) if drips else None)
        sent = 0
        while not gone.done() and (sent < len(pieces) or not drips):
            await send(_piece(pieces[sent % len(pieces)], more=True))
            sent += 1
            await asyncio.sleep(pause)
        await send(_piece(b"", more=False))
    finally:
        gone.cancel()


def _piece(body: bytes, *, more: bool) -> Any:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def until_gone(receive: Receive) -> None:
    """Returns when the caller has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def hang_up(receive: Receive, send: Send) -> None:
    """Closes the connection without an answer.

    ASGI has no word for this. uvicorn's ``send`` is bound to an object that knows the transport; under
    anything else the error is raised through the app, which an in-process client sees as what it is.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    abort = getattr(transport, "abort", None)
    if abort is None:
        raise ConnectionResetError("the sandbox closed the connection")
    abort()
    await until_gone(receive)
