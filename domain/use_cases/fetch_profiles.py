"""Names and pictures of contacts, fetched after their messages are visible."""

from dataclasses import dataclass

from meta_inbox.domain.errors import RefusedByMeta, Unavailable
from meta_inbox.domain.model.contact import Contact, ContactProfile
from meta_inbox.domain.model.ids import AccountId
from meta_inbox.domain.ports import Accounts, Conversations, GraphApi


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchProfiles:
    """Asks Meta who wrote; a refusal loses nothing, since a contact exists from its id alone."""

    accounts: Accounts
    conversations: Conversations
    graph: GraphApi

    async def __call__(self, limit: int = 20) -> int:
        """How many contacts were asked for; none once Meta does not answer, so that nobody hammers it."""
        due = await self.conversations.due_profiles(limit)
        silent: set[AccountId] = set()
        for contact in due:
            if contact.account_id not in silent and not await self._fetch(contact):
                silent.add(contact.account_id)
        return 0 if silent else len(due)

    async def _fetch(self, contact: Contact) -> bool:
        """Whether there was an answer; without one the claim runs out and the contact is due again."""
        try:
            account = await self.accounts.get(contact.tenant_id, contact.account_id)
            token = await self.accounts.token(contact.tenant_id, contact.account_id)
            profile: ContactProfile | None = await self.graph.profile(account, token, contact.id)
        except RefusedByMeta:
            profile = None
        except Unavailable:
            return False
        await self.conversations.save_profile(contact, profile)
        return True
