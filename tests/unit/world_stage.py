"""A world with one app in it, and the steps that most tests of it begin with."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_access import Caller
from meta_inbox.adapters.meta_graph.world_errors import GraphError
from meta_inbox.adapters.meta_graph.world_oauth import ALL_PERMISSIONS, Dialog
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE
from meta_inbox.domain.model.secret import Secret

APP_ID = "102030405060"
SECRET = Secret("0123456789abcdef0123456789abcdef")
VERIFY = Secret("verify-me")
REDIRECT = "https://inbox.example/api/meta/oauth/callback"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAGE_FIELDS = ("messages", "message_echoes", "message_deliveries", "message_reads", "message_reactions")


def new_world(**more: Any) -> World:
    """A world whose clock stands at NOW until it is advanced."""
    return World(APP_ID, SECRET, verify_token=VERIFY, clock=lambda: NOW, **more)


def dialog(world: World, scopes: Sequence[str] = ALL_PERMISSIONS, **more: str) -> Dialog:
    params = {"client_id": APP_ID, "redirect_uri": REDIRECT, "state": "s-1", "scope": ",".join(scopes)}
    return world.oauth.dialog(params | more)


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def exchange(world: World, **params: str) -> dict[str, Any]:
    return world.oauth.access_token({"client_id": APP_ID, "client_secret": SECRET.reveal()} | params)


def redeem(world: World, code: str, redirect_uri: str = REDIRECT) -> str:
    return str(exchange(world, code=code, redirect_uri=redirect_uri)["access_token"])


def user(world: World, **ticked: Any) -> Caller:
    """A long-lived user token after a login with these Pages and permissions."""
    short = redeem(world, query(world.oauth.approve(dialog(world), **ticked))["code"])
    long = exchange(world, grant_type="fb_exchange_token", fb_exchange_token=short)
    return world.caller(str(long["access_token"]))


def page(world: World, page_id: str = CASA_VERDE.id, fields: Sequence[str] = PAGE_FIELDS) -> Caller:
    """The token of a Page that sends us webhooks."""
    node = world.pages.node(user(world), page_id, "access_token")
    caller = world.caller(str(node["access_token"]))
    if fields:
        world.subscriptions.install(caller, page_id, fields)
    return caller


def text(to: str, words: str = "Olá!", **more: Any) -> dict[str, Any]:
    return {"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": {"text": words}} | more


def told(world: World) -> list[dict[str, Any]]:
    bodies = [json.loads(webhook.body) for webhook in world.webhooks.outgoing]
    return [event for body in bodies for entry in body["entry"] for event in entry["messaging"]]


def refusal(act: Any, *args: Any, **kwargs: Any) -> tuple[int, int | None]:
    with pytest.raises(GraphError) as caught:
        act(*args, **kwargs)
    return caught.value.code, caught.value.subcode
