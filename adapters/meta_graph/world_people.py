"""Who is there when nobody says otherwise: one person with three Pages."""

from meta_inbox.adapters.meta_graph.world_ground import State
from meta_inbox.adapters.meta_graph.world_subscriptions import INSTAGRAM_FIELDS
from meta_inbox.adapters.meta_graph.world_values import (
    AppSubscription,
    InstagramAccount,
    Page,
    Person,
    Role,
)

ALL_TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")
NO_MESSAGING = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MODERATE")

CASA_VERDE = Page(id="1001", name="Casa Verde", instagram_id="17841400000000001")
PADARIA_SOL = Page(id="1002", name="Padaria Sol")
ATELIE_LUA = Page(id="1003", name="Ateliê Lua", instagram_id="17841400000000003")
CASAVERDE = InstagramAccount(id="17841400000000001", username="casaverde", name="Casa Verde Plantas")
ATELIELUA = InstagramAccount(id="17841400000000003", username="atelielua", name="Ateliê Lua")
MARINA = Person(
    id="218471",
    name="Marina Souza",
    roles=(
        Role(page_id=CASA_VERDE.id, tasks=ALL_TASKS),
        Role(page_id=PADARIA_SOL.id, tasks=ALL_TASKS),
        Role(page_id=ATELIE_LUA.id, tasks=NO_MESSAGING),
    ),
)
HEARD_OF_PAGES = (
    "messages",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_handovers",
    "messaging_optins",
    "messaging_account_linking",
    "messaging_feedback",
    "messaging_policy_enforcement",
    "response_feedback",
    "standby",
    "feed",
    "mention",
)


def settle(state: State) -> None:
    """Puts the default people, Pages and app-level subscriptions into an empty world."""
    state.people = {MARINA.id: MARINA}
    state.pages = {page.id: page for page in (CASA_VERDE, PADARIA_SOL, ATELIE_LUA)}
    state.instagram = {account.id: account for account in (CASAVERDE, ATELIELUA)}
    state.app_subscriptions = {
        "page": AppSubscription(fields=HEARD_OF_PAGES),
        "instagram": AppSubscription(fields=INSTAGRAM_FIELDS),
    }
