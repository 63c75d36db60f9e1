"""The Messenger profile at Meta. Source: "Messenger Profile API" (10 calls in 10 minutes for each Page)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from meta_inbox.adapters.meta_graph.calls import GraphCalls, Json, own_node, required
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_list, as_text
from meta_inbox.adapters.meta_graph.wire import Complaint
from meta_inbox.domain.model.account import Account, Platform
from meta_inbox.domain.model.capabilities import extras_of
from meta_inbox.domain.model.messenger_profile import (
    Greeting,
    IceBreaker,
    IceBreakers,
    Menu,
    MenuItem,
    MessengerProfile,
)
from meta_inbox.domain.model.secret import Secret

T = TypeVar("T")

_EDGE = "messenger_profile"
_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMessengerProfiles:
    """Looks at the profile and sets it."""

    graph: GraphCalls

    async def get(self, account: Account, token: Secret) -> MessengerProfile:
        """The profile as it is. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        query = {"fields": ",".join(_offered(account)), **_platform(account)}
        calls = self.graph.of(account)
        found = _patient(await calls.try_get(own_node(account), _EDGE, token=token, query=query))
        rows = as_list(found.get("data"))
        return _profile({name: value for row in rows for name, value in (as_dict(row) or {}).items()})

    async def replace(self, account: Account, token: Secret, profile: MessengerProfile) -> None:
        """Sets first and removes then, so that what Meta refuses to set changes nothing."""
        calls, node, given = self.graph.of(account), own_node(account), _json(account, profile)
        absent = [name for name in _offered(account) if name not in given]
        platform = _platform(account)
        if given:
            _patient(await calls.try_do(node, _EDGE, token=token, json={**given, **platform}))
        if absent:
            gone = {"fields": absent, **platform}
            _patient(await calls.try_delete(node, _EDGE, token=token, json=gone))


def _patient(found: Json | Complaint) -> Json:
    """What was found; throttled calls count, so the whole ten minutes are to be waited."""
    if isinstance(found, Complaint) and found.verdict.code == "rate_limited":
        found = replace(found, wait=max(found.wait, _PAUSE))
    return required(found)


def _platform(account: Account) -> dict[str, str]:
    return {"platform": "instagram"} if account.platform is Platform.INSTAGRAM else {}


def _offered(account: Account) -> list[str]:
    can = extras_of(account)
    first = (["get_started"] if can.get_started else []) + (["greeting"] if can.greeting else [])
    return [*first, "ice_breakers", "persistent_menu"]


def _json(account: Account, profile: MessengerProfile) -> Json:
    """What is set, as Meta writes it."""
    can_be_off = extras_of(account).composer_can_be_off
    parts: Json = {
        "get_started": {"payload": profile.get_started} if profile.get_started is not None else None,
        "greeting": [{"locale": each.locale, "text": each.text} for each in profile.greeting or ()],
        "ice_breakers": [
            {
                "locale": each.locale,
                "call_to_actions": [
                    {"question": asked.question, "payload": asked.payload} for asked in each.call_to_actions
                ],
            }
            for each in profile.ice_breakers or ()
        ],
        "persistent_menu": [_menu(each, can_be_off=can_be_off) for each in profile.persistent_menu or ()],
    }
    return {name: part for name, part in parts.items() if part}


def _menu(menu: Menu, *, can_be_off: bool) -> Json:
    items = [_item_json(item) for item in menu.call_to_actions]
    off = {"composer_input_disabled": menu.composer_input_disabled} if can_be_off else {}
    return {"locale": menu.locale, **off, "call_to_actions": items}


def _item_json(item: MenuItem) -> Json:
    leads = {"url": item.url} if item.type == "web_url" else {"payload": item.payload}
    return {"type": item.type, "title": item.title, **leads}


def _profile(found: Json) -> MessengerProfile:
    """What Meta has, as far as it is understood."""
    return MessengerProfile(
        get_started=as_text((as_dict(found.get("get_started")) or {}).get("payload")),
        greeting=_each(found.get("greeting"), _greeting),
        ice_breakers=_each(found.get("ice_breakers"), _ice_breakers),
        persistent_menu=_each(found.get("persistent_menu"), _read_menu),
    )


def _each(rows: Any, read: Callable[[Json], T | None]) -> tuple[T, ...]:
    found: Iterable[T | None] = (read(as_dict(row) or {}) for row in as_list(rows))
    return tuple(one for one in found if one is not None)


def _locale(row: Json) -> str:
    return (as_text(row.get("locale")) or "default")[:16]


def _greeting(row: Json) -> Greeting | None:
    text = as_text(row.get("text"))
    return None if text is None else Greeting(locale=_locale(row), text=text)


def _ice_breakers(row: Json) -> IceBreakers | None:
    asked = _each(row.get("call_to_actions"), _ice_breaker)
    return IceBreakers(locale=_locale(row), call_to_actions=asked) if asked else None


def _ice_breaker(row: Json) -> IceBreaker | None:
    question, payload = as_text(row.get("question")), as_text(row.get("payload"))
    return None if question is None else IceBreaker(question=question, payload=payload or "")


def _read_menu(row: Json) -> Menu | None:
    items = _each(row.get("call_to_actions"), _item)
    off = row.get("composer_input_disabled") is True
    return Menu(locale=_locale(row), call_to_actions=items, composer_input_disabled=off)


def _item(row: Json) -> MenuItem | None:
    title, url, payload = (as_text(row.get(name)) for name in ("title", "url", "payload"))
    match row.get("type"):
        case "web_url":
            return MenuItem(type="web_url", title=title or "", url=url)
        case "postback":
            return MenuItem(type="postback", title=title or "", payload=payload)
        case _:
            return None
