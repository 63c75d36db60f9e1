"""Meta tells what happened: kept first, understood where it can be, then acknowledged."""

import re
from collections.abc import Awaitable
from dataclasses import dataclass

from meta_inbox.domain.errors import ContentRefused, SignatureInvalid
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.webhook import Delivery
from meta_inbox.domain.ports import Clock, Journal, Signatures, WebhookReader

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveWebhookEvent:
    """Returns only when the body is committed; whoever calls may then tell Meta so."""

    signatures: Signatures
    reader: WebhookReader
    journal: Journal
    clock: Clock

    async def __call__(self, *, body: bytes, signature: bytes | None) -> None:
        """SignatureInvalid; StorageUnavailable when it could not be stored in time."""
        await self.begin(body=body, signature=signature)

    def begin(self, *, body: bytes, signature: bytes | None) -> Awaitable[None]:
        """The same for a caller with no coroutine to spare: checked and read at once, stored when awaited."""
        signer = self.signatures.signer(body, signature)
        if signer is None:
            raise SignatureInvalid("the body is not signed with a secret of this app")
        reading = self.reader.read(body)
        if signer is Login.INSTAGRAM and reading.object == "page":
            raise SignatureInvalid("a Page's webhooks are signed with the Meta app's secret")
        return self.journal.append(
            Delivery(body=body, signed_by=signer, reading=reading, received_at=self.clock.now())
        )

    def answer_challenge(self, *, mode: str, token: str, challenge: str) -> str:
        """The challenge to echo; SignatureInvalid for a wrong mode or token, judged first."""
        if not self.signatures.is_verify_token(token) or mode != "subscribe":
            raise SignatureInvalid("the verify token or the mode is wrong")
        if not _CHALLENGE.fullmatch(challenge):
            raise ContentRefused(
                "the challenge has characters that Meta does not send", code="challenge_invalid"
            )
        return challenge
