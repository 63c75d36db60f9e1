"""A person takes the app's access back at Meta, or asks there for their data to be deleted."""

from dataclasses import dataclass
from datetime import timedelta

from meta_inbox.domain.errors import SignatureInvalid
from meta_inbox.domain.ports import Accounts, Clock, Signatures

CLOCKS_APART = timedelta(minutes=5)
"""By how much Meta's clock may be behind ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPerson:
    """What is known of whoever connected accounts goes, and their accounts are disconnected.

    The conversations stay: they are the business's. What the person connected after saying so stays as well,
    so that nothing happens when the same request comes once more, whenever that is.
    """

    accounts: Accounts
    signatures: Signatures
    clock: Clock

    async def __call__(self, *, signed_request: str) -> int:
        """How many accounts were theirs, 0 for somebody unknown. SignatureInvalid."""
        taken_back = self.signatures.person(signed_request)
        if taken_back is None:
            raise SignatureInvalid("this was not signed by Meta for this app")
        now = self.clock.now()
        until = now if taken_back.at is None else min(now, taken_back.at + CLOCKS_APART)
        return await self.accounts.forget_person(taken_back.person, until)
