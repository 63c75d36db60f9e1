"""The exchange with one contact of one account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from meta_inbox.domain.errors import WindowClosed
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.contact import COMMENTS, Contact
from meta_inbox.domain.model.ids import AccountId, ContactId, TenantId
from meta_inbox.domain.model.message import Message
from meta_inbox.domain.model.window import Allowance, SenderKind, Window, allowed_after, window_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One thread per contact; ``opened_at`` is the last action of the contact that opens the window.

    ``ad_opened_at`` is when they last came by an advertisement, where that is held to open it for longer.

    ``referral`` is by what the contact came last: an advertisement, a link, a product.
    """

    tenant_id: TenantId
    account_id: AccountId
    contact: Contact
    last_message: Message | None = None
    last_message_at: datetime | None = None
    unread_count: int = 0
    opened_at: datetime | None = None
    ad_opened_at: datetime | None = None
    thread_owner: str | None = None
    referral: dict[str, Any] | None = None

    @property
    def kind(self) -> Literal["direct", "comments"]:
        """Whether it is private, or what somebody wrote in public under the account's posts."""
        return "comments" if self.contact.id.startswith(COMMENTS) else "direct"

    @property
    def has_begun(self) -> bool:
        """Whether anything was said or done in it."""
        return self.last_message_at is not None or self.opened_at is not None

    @property
    def contact_id(self) -> ContactId:
        """Whom the conversation is with."""
        return self.contact.id

    def window(self, now: datetime, account: Account) -> Window:
        """Until when, and whether, this contact may be answered."""
        return window_at(
            self.opened_at, now, ad_opened_at=self.ad_opened_at, account_sendable=account.may_send
        )

    def require_open(self, now: datetime, by: SenderKind, *, human_agent: bool) -> bool:
        """Whether the answer must carry the human-agent tag; raises WindowClosed when none may be sent."""
        allowed = allowed_after(self.opened_at, by, now, ad_opened_at=self.ad_opened_at)
        if allowed is Allowance.FREELY:
            return False
        if allowed is Allowance.AS_HUMAN_AGENT and human_agent:
            return True
        raise WindowClosed(self._why_closed(allowed))

    def _why_closed(self, allowed: Allowance) -> str:
        if self.opened_at is None:
            return "this contact has not written to the account, and only they can begin a conversation"
        if allowed is Allowance.AS_HUMAN_AGENT:
            return "the 24 hours after the contact wrote are over; a person may still answer as human agent"
        return "the messaging window is closed until the contact writes again"
