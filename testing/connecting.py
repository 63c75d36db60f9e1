"""Connecting an account at a fake Meta, in one call."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from meta_inbox.domain.model.account import Account, Login
from meta_inbox.domain.model.principal import Principal
from meta_inbox.domain.model.secret import Secret

if TYPE_CHECKING:
    from meta_inbox.adapters.meta_graph.fake import FakeMeta
    from meta_inbox.domain.inbox import Inbox

AGENT = Principal("tenant-1", "agent-1", name="Bia")
"""Somebody of the business, for tests that do not mind who."""


async def connected(
    inbox: "Inbox",
    meta: "FakeMeta",
    name: str = "Casa Verde",
    *,
    by: Principal = AGENT,
    login: Login = Login.FACEBOOK,
) -> Account:
    """Connects the Page of this name, or the Instagram account of this username, by both clicks.

    With ``Login.INSTAGRAM`` the account logs in itself. ValueError when Meta knows no such account;
    ConnectFailed, and whatever else connecting may raise.
    """
    wanted = meta.account_id(name)
    ticket = await inbox.connect_account.start(by=by, login=login, return_origin="http://127.0.0.1:8000")
    sent = await inbox.connect_account.authorize(ticket=ticket.ticket, browser=None)
    itself = name if login is Login.INSTAGRAM else None
    back = parse_qs(urlsplit(meta.approve(sent.dialog_url, account=itself)).query)
    authorized = await inbox.connect_account.callback(
        login=login,
        state=Secret(back["state"][0]),
        code=Secret(back["code"][0]),
        browser=sent.browser,
    )
    found = await inbox.connect_account.candidates(by=by, completion=authorized.completion)
    keys = [one.key for one in found if one.external_id == wanted]
    done = await inbox.connect_account.complete(by=by, completion=authorized.completion, keys=keys)
    for refused in done.refused:
        raise ValueError(f"{name} cannot be connected: {refused.detail}")
    (account,) = done.connected
    return account
