"""What the server itself can do: a Litestar handler that reads the body and stores nothing."""

import sys
from typing import Any

import uvicorn
from litestar import Litestar, Request, post


@post("/api/meta/webhook", status_code=200)
async def webhook(request: Request[Any, Any, Any]) -> None:
    """Reads, answers, keeps nothing."""
    await request.body()


app = Litestar([webhook], openapi_config=None)

if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
    )
