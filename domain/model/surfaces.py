"""What each surface offers beside messages.

Sources: Send API, "Sender actions" (Instagram by its Page documents ``love`` alone), "Messenger Profile",
"Conversation Routing" (edges of a Page).
"""

from dataclasses import dataclass
from enum import StrEnum

from meta_inbox.domain.model.account import Account, Login, Platform


class Surface(StrEnum):
    """Where Meta's rules differ: Messenger, Instagram by its Page, Instagram by its own login."""

    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    INSTAGRAM_LOGIN = "instagram_login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What one surface offers; ``reactions`` None = any."""

    reactions: frozenset[str] | None = None
    thread_control: bool = True
    greeting: bool = False
    get_started: bool = False
    composer_can_be_off: bool = False
    greeting_limit: int = 160
    max_ice_breakers: int = 4
    max_menu_items: int = 20
    menu_title_limit: int = 30
    payload_limit: int = 1000
    url_limit: int = 2048


EXTRAS = {
    Surface.MESSENGER: Extras(greeting=True, get_started=True, composer_can_be_off=True),
    Surface.INSTAGRAM: Extras(reactions=frozenset({"love"})),
    Surface.INSTAGRAM_LOGIN: Extras(thread_control=False),
}


def surface_of(account: Account) -> Surface:
    """The surface on which the account is spoken to."""
    if account.platform is Platform.MESSENGER:
        return Surface.MESSENGER
    return Surface.INSTAGRAM_LOGIN if account.login is Login.INSTAGRAM else Surface.INSTAGRAM


def extras_of(account: Account) -> Extras:
    """What the account's surface offers."""
    return EXTRAS[surface_of(account)]
