"""Names and pictures of contacts, fetched after their messages are visible."""

from dataclasses import dataclass

from meta_inbox.domain.errors import RefusedByMeta, Unavailable
from meta_inbox.domain.model.contact import Contact, ContactProfile
from meta_inbox.domain.ports import Accounts, Conversations, GraphApi


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchProfiles:
    """Asks Meta who wrote; a refusal loses nothing, since a contact exists from its id alone."""

    accounts: Accounts
    conversations: Conversations
    graph: GraphApi

    async def __call__(self, limit: int = 20) -> int:
        """How many contacts were asked for."""
        due = await self.conversations.due_profiles(limit)
        for contact in due:
            await self._fetch(contact)
        return len(due)

    async def _fetch(self, contact: Contact) -> None:
        try:
            account = await self.accounts.get(contact.tenant_id, contact.account_id)
            token = await self.accounts.token(contact.tenant_id, contact.account_id)
            profile: ContactProfile | None = await self.graph.profile(account, token, contact.id)
        except RefusedByMeta:
            profile = None
        except Unavailable:
            return  # the claim runs out and it is asked again
        await self.conversations.save_profile(contact, profile)
