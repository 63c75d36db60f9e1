"""Agents who answer many contacts at once, and ask again under the same key until they were answered."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.harness.business import bearer

BUSY = 503
_STOPPED = ("account_not_sendable", "reauth_required")


@dataclass(slots=True, kw_only=True)
class Answer:
    """One answer that an agent wrote, and what the service said of it."""

    account: str
    contact: str
    number: int
    text: str
    key: str
    id: str = ""
    status: str = ""
    tries: int = 0


@dataclass(slots=True, kw_only=True)
class Agents:
    """``bases`` are the processes' APIs; a broken connection leads to the next of them."""

    bases: Sequence[str]
    most: int = 32
    met: Counter[str] = field(default_factory=Counter[str])
    done: int = 0
    odd: list[str] = field(default_factory=list[str])

    async def write(self, talks: Sequence[Sequence[Answer]]) -> None:
        """Writes every conversation's answers, one after the other."""
        gate = asyncio.Semaphore(self.most)
        limits = httpx.Limits(max_connections=self.most, max_keepalive_connections=self.most)
        async with httpx.AsyncClient(trust_env=False, timeout=20, headers=bearer(), limits=limits) as client:
            await asyncio.gather(*(self._talk(client, gate, talk) for talk in talks))

    async def _talk(self, client: httpx.AsyncClient, gate: asyncio.Semaphore, talk: Sequence[Answer]) -> None:
        for answer in talk:
            async with gate:
                await self._until_answered(client, answer)
            self.done += 1

    async def _until_answered(self, client: httpx.AsyncClient, answer: Answer) -> None:
        renewed = 0
        for number in range(2000):
            answer.tries += 1
            key = answer.key if renewed == 0 else f"{answer.key}-{renewed}"
            try:
                got = await client.post(
                    self.bases[(answer.number + number) % len(self.bases)] + "/send-message",
                    json=_body(answer),
                    headers={"Idempotency-Key": key},
                )
            except httpx.TransportError as error:
                self.met[type(error).__name__] += 1
                await asyncio.sleep(0.05)
                continue
            code = _code(got)
            self.met[code] += 1
            if got.status_code in (201, 202):
                answer.id, answer.status = got.json()["id"], got.json()["status"]
                return
            if code in _STOPPED:  # nothing is kept of it, and the key stands for that refusal
                renewed += 1
            elif code != "in_flight" and got.status_code != BUSY:
                self.odd.append(f"{got.status_code} {got.text}")
                return
            await asyncio.sleep(0.3)
        self.odd.append(f"never answered: {answer.key}")


def _body(answer: Answer) -> Any:
    message = {"type": "text", "text": answer.text}
    return {"account_id": answer.account, "recipient_id": answer.contact, "message": message}


def _code(got: httpx.Response) -> str:
    if got.is_success:
        return f"{got.status_code} {got.json()['status']}"
    try:
        return str(got.json().get("code", got.status_code))
    except ValueError:
        return str(got.status_code)


def talks(name: str, account: str, contacts: Sequence[str], each: Callable[[int], int]) -> list[list[Answer]]:
    """So many answers to each contact; every seventh is the same few words again."""
    return [
        [
            Answer(
                account=account,
                contact=contact,
                number=number,
                text="Obrigada!" if number % 7 == 6 else f"Resposta {number} de {name} para {contact}",
                key=f"{name}-{contact}-{number}",
            )
            for number in range(each(place))
        ]
        for place, contact in enumerate(contacts)
    ]
