"""Prints the OpenAPI document, from which the web app's types are made: ``npm run api`` in frontend/."""

import asyncio
import json
import sys

import httpx

from meta_inbox import Settings, open_inbox


async def nobody(_request: object) -> None:
    """The document is told to anybody."""


async def described() -> str:
    """The document as the service answers it, in an order that does not change."""
    async with open_inbox(Settings.in_memory()) as inbox:
        transport = httpx.ASGITransport(app=inbox.asgi(identity=nobody))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            answer = await client.get("/api/meta/schema/openapi.json")
    return json.dumps(answer.raise_for_status().json(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(described()))
