"""A tiny application behind the real server, started as a process of its own by the tests of its limits.

``python server_app.py '{"limits": {…}, "patience": {…}, "workers": 2, "start": "fails", …}'`` prints its
address once it serves. What the application lived through is written to standard output, a line each.
"""

import asyncio
import json
import logging
import os
import sys
import time
from typing import Any, cast

from meta_inbox.adapters.http.asgi import Headers, Receive, Scope, Send, answer
from meta_inbox.adapters.http.live_protocol import LiveProtocol
from meta_inbox.adapters.http.problems import Rejection
from meta_inbox.adapters.http.protocol import Limits
from meta_inbox.adapters.http.server import CannotListen, NotStarted, Patience, run_many, serve


class Hatch:
    """A lane for webhooks: the body says how long storing it takes, or that it fails."""

    path = b"/hatch"

    def begin(self, body: bytes, signature: bytes | None) -> "asyncio.Future[None]":
        """``wrong`` is refused at once, ``lost`` and a number of seconds end later."""
        say(f"stores {len(body)} {(signature or b'').decode()}")
        if body == b"wrong":
            raise Rejection(401, "signature_invalid", "no")
        return asyncio.ensure_future(self._store(body))

    async def _store(self, body: bytes) -> None:
        if body == b"lost":
            raise Rejection(503, "storage_unavailable", "not now")
        if body.startswith(b"wait"):
            await asyncio.sleep(float(body.removeprefix(b"wait")))

    def stored(self, seconds: float) -> Headers:
        """Told with every webhook."""
        say(f"stored {seconds >= 0}")
        return [(b"x-way", b"hatch")]

    def refused(self, error: Exception) -> tuple[int, Headers, bytes]:
        """The refusal as its status and code."""
        assert isinstance(error, Rejection)
        return error.status, [(b"x-way", b"hatch")], error.code.encode()


class Cellar:
    """The application: a path for everything that a server has to put up with."""

    def __init__(self, closing: asyncio.Event, options: dict[str, Any]) -> None:
        self._closing = closing
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path: str = scope["path"]
        if path.startswith("/slow/"):
            say("began")
            await asyncio.sleep(float(path.removeprefix("/slow/")))
            await answer(send, 200, [], b"slow")
        elif path == "/read":
            await self._read(receive, send)
        elif path in {"/stream", "/endless"}:
            await self._stream(send, heeds=path == "/stream")
        elif path == "/large":
            await answer(send, 200, [], b"x" * 30_000_000)
        elif path == "/fields":
            names = [f"{name.decode()}={value.decode()}" for name, value in scope["headers"]]
            await answer(send, 200, [], " ".join(names).encode())
        elif path == "/pid":
            await answer(send, 200, [], str(os.getpid()).encode())
        elif path == "/block":
            time.sleep(60)  # noqa: ASYNC251  # the loop that hangs is what is tried
        else:
            await answer(send, 200, [], path.encode())

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._options.get("start") == "fails":
            raise RuntimeError("the cellar is flooded")
        if self._options.get("start") == "hangs":
            say("starting")
            await asyncio.sleep(60)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        say("stopping")
        if self._options.get("stop") == "hangs":
            await asyncio.sleep(60)
        await send({"type": "lifespan.shutdown.complete"})

    async def _read(self, receive: Receive, send: Send) -> None:
        size = 0
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                say("disconnected")
                return
            size += len(event["body"])
            if not event["more_body"]:
                break
        await answer(send, 200, [], str(size).encode())

    async def _stream(self, send: Send, *, heeds: bool) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            if heeds:
                await self._closing.wait()
            else:
                await asyncio.sleep(60)
            await send({"type": "http.response.body", "body": b"last"})
        finally:
            say("stream ended")


class Upgraded(asyncio.Protocol):
    """What stands for a WebSocket library: takes the replayed head, then echoes."""

    def __init__(self, **_given: object) -> None:
        self._agreed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._agreed:
            self._transport.write(data)
        else:
            self._agreed = True
            self._transport.write(b"HTTP/1.1 101 Switching Protocols\r\nx-saw: " + data.split(b"\r\n")[0])
            self._transport.write(b"\r\n\r\n")


def say(what: str) -> None:
    """Tells the test."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main() -> int:
    """Serves as the options say: exit 1 with one line when that cannot be."""
    options: dict[str, Any] = json.loads(sys.argv[1])
    if "logs" in options:
        logging.basicConfig(level=options["logs"])
    patience = Patience(**options.get("patience", {}))
    host, port = options.get("host", "127.0.0.1"), options.get("port", 0)
    try:
        if options.get("workers", 1) > 1:
            run_many(
                lambda line: [
                    sys.executable,
                    __file__,
                    json.dumps(options | {"workers": 1, "inherited": line}),
                ],
                workers=options["workers"],
                host=host,
                port=port,
                on_ready=say,
                patience=patience,
            )
            return 0
        closing = asyncio.Event()
        serve(
            Cellar(closing, options),
            host=host,
            port=port,
            inherited=options.get("inherited"),
            closing=closing,
            on_ready=say,
            limits=Limits(**options.get("limits", {})),
            patience=patience,
            ws=Upgraded if options.get("upgrades") else LiveProtocol,
            open_lane=Hatch if options.get("lane") else None,
        )
    except (CannotListen, NotStarted, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
