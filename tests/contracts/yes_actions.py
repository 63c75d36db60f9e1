"""A Meta that agrees to everything done beside messages, or raises ``trouble``."""

from dataclasses import dataclass, field

from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.messenger_profile import MessengerProfile
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.thread_control import ThreadControl


@dataclass(slots=True)
class YesActions:
    """Notes every call."""

    calls: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    trouble: Exception | None = None

    async def typing(self, account: Account, token: Secret, contact: ContactId, *, on: bool) -> None:
        """Shows it."""
        self._called("typing_on" if on else "typing_off", contact)

    async def react(
        self,
        account: Account,
        token: Secret,
        contact: ContactId,
        message: MetaMessageId,
        reaction: str | None,
    ) -> None:
        """Reacts."""
        self._called("react", contact, message, reaction or "")

    async def control_thread(
        self, account: Account, token: Secret, contact: ContactId, control: ThreadControl
    ) -> None:
        """Moves the thread."""
        self._called(control.action, contact, control.app_id or "")

    def _called(self, *call: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.calls.append(call)


@dataclass(slots=True)
class YesProfiles:
    """Keeps one profile."""

    kept: MessengerProfile = field(default_factory=MessengerProfile)
    trouble: Exception | None = None

    async def get(self, account: Account, token: Secret) -> MessengerProfile:
        """What was set."""
        if self.trouble is not None:
            raise self.trouble
        return self.kept

    async def replace(self, account: Account, token: Secret, profile: MessengerProfile) -> None:
        """Sets."""
        if self.trouble is not None:
            raise self.trouble
        self.kept = profile
