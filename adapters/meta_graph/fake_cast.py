"""Who a test means: accounts by any of their names, contacts made up when they are first named."""

from collections.abc import Callable
from dataclasses import dataclass

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_values import Contact, Surface
from meta_inbox.domain.model.account import Account


def nobodys(_account: str) -> None:
    """Knows none of our own ids."""


@dataclass(slots=True, kw_only=True)
class Cast:
    """The accounts and contacts of a world, by the names that tests use."""

    world: World
    external_id_of: Callable[[str], str | None] = nobodys

    def account_id(self, account: Account | str) -> str:
        """Meta's id of an account, given that, a Page's name or an Instagram username. ValueError."""
        if isinstance(account, Account):
            return account.external_id
        state = self.world.ground.state
        names = {page.name: page.id for page in state.pages.values()}
        names |= {one.username: one.id for one in state.instagram.values()}
        found = self.external_id_of(account) or names.get(account, account)
        if found not in (*state.pages, *state.instagram):
            raise ValueError(f"Meta knows no account {account!r}")
        return found

    def contact(self, account: Account | str, name: str) -> Contact:
        """The account's contact of this id; whoever is new gets it as id and name. ValueError."""
        account_id, known = self.account_id(account), self.world.ground.state.contacts
        for contact_id in (name, f"{name}.{account_id}"):
            if contact_id not in known:
                return self._new(contact_id, account_id, name)
            if known[contact_id].account_id == account_id:
                return known[contact_id]
        raise ValueError(f"two other accounts have a contact {name} already")

    def _new(self, contact_id: str, account_id: str, name: str) -> Contact:
        surface: Surface = "page" if account_id in self.world.ground.state.pages else "instagram"
        username = "".join(name.lower().split())
        return self.world.ground.put(
            Contact(id=contact_id, surface=surface, account_id=account_id, name=name, username=username)
        )
