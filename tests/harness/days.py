"""A recorded day: everything that may happen in some hundred conversations, as Meta would tell of it."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.harness.webhooks import PAGE

_BEGIN = 1_795_300_000_000
_APP = "555666777"


@dataclass
class _Talk:
    contact: str
    inbound: list[str] = field(default_factory=lambda: ["m_lost"])
    outbound: list[str] = field(default_factory=lambda: ["e_lost"])


def recorded_day(seed: int, events: int) -> list[tuple[str, dict[str, Any]]]:
    """So many events, each with the part of the entry it belongs to; no two at the same millisecond."""
    dice = random.Random(seed)
    talks = [_Talk(f"24600{number:07d}") for number in range(max(events // 40, 4))]
    return [_event(dice, dice.choice(talks), number, _BEGIN + number * 37) for number in range(events)]


def _event(dice: random.Random, talk: _Talk, number: int, at: int) -> tuple[str, dict[str, Any]]:
    made = dice.choices(list(_KINDS), weights=list(_KINDS.values()))[0](dice, talk, number, at)
    if "value" in made:
        return "changes", made
    sender, recipient = (PAGE, talk.contact) if made.pop("ours", False) else (talk.contact, PAGE)
    head = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": at}
    return ("standby" if dice.random() < 0.03 else "messaging"), head | made


def _text(_: random.Random, talk: _Talk, number: int, at: int) -> dict[str, Any]:
    talk.inbound.append(f"m_{number}")
    return {"message": {"mid": f"m_{number}", "text": f"text {number} at {at}"}}


def _photo(_: random.Random, talk: _Talk, number: int, __: int) -> dict[str, Any]:
    talk.inbound.append(f"m_{number}")
    files = [{"type": "location", "payload": {"coordinates": {"lat": number / 100, "long": 1.5}}}]
    return {"message": {"mid": f"m_{number}", "attachments": files}}


def _echo(dice: random.Random, talk: _Talk, number: int, __: int) -> dict[str, Any]:
    talk.outbound.append(f"e_{number}")
    app = {"app_id": int(_APP)} if dice.random() < 0.3 else {}
    return {
        "ours": True,
        "message": {"is_echo": True, "mid": f"e_{number}", "text": f"answer {number}"} | app,
    }


def _edit(dice: random.Random, talk: _Talk, number: int, _: int) -> dict[str, Any]:
    edit = {"mid": dice.choice(talk.inbound), "text": f"edit {number}", "num_edit": dice.randrange(1, 5)}
    return {"message_edit": edit}


def _reaction(dice: random.Random, talk: _Talk, _: int, __: int) -> dict[str, Any]:
    mid = dice.choice(talk.inbound + talk.outbound)
    if dice.random() < 0.3:
        return {"reaction": {"mid": mid, "action": "unreact"}}
    name = dice.choice(["love", "wow", "sad"])
    return {"reaction": {"mid": mid, "action": "react", "reaction": name, "emoji": "❤️"}}


def _unsend(dice: random.Random, talk: _Talk, _: int, __: int) -> dict[str, Any]:
    return {"message": {"mid": dice.choice(talk.inbound), "is_deleted": True}}


def _read(_: random.Random, __: _Talk, ___: int, at: int) -> dict[str, Any]:
    return {"read": {"watermark": at - 5000}}


def _delivery(dice: random.Random, talk: _Talk, _: int, at: int) -> dict[str, Any]:
    return {"delivery": {"mids": [dice.choice(talk.outbound)], "watermark": at - 3000}}


def _postback(_: random.Random, __: _Talk, number: int, ___: int) -> dict[str, Any]:
    return {"postback": {"mid": f"p_{number}", "title": "Preços", "payload": "PRICES"}}


def _referral(_: random.Random, __: _Talk, number: int, ___: int) -> dict[str, Any]:
    return {"referral": {"ref": f"r{number}", "source": "SHORTLINK", "type": "OPEN_THREAD"}}


def _owner(dice: random.Random, _: _Talk, __: int, ___: int) -> dict[str, Any]:
    return {"pass_thread_control": {"new_owner_app_id": dice.choice([_APP, 102030405060])}}


def _unknown(_: random.Random, __: _Talk, number: int, ___: int) -> dict[str, Any]:
    return {"hologram": {"shape": number}}


def _comment(_: random.Random, talk: _Talk, number: int, __: int) -> dict[str, Any]:
    value = {"item": "comment", "verb": "add", "post_id": "1001_55", "parent_id": "1001_55"}
    value |= {
        "comment_id": f"c_{number}",
        "created_time": _BEGIN // 1000 + number,
        "message": f"comment {number}",
    }
    return {"field": "feed", "value": value | {"from": {"id": talk.contact, "name": f"Ana {talk.contact}"}}}


_KINDS = {
    _text: 40,
    _photo: 4,
    _echo: 15,
    _edit: 6,
    _reaction: 8,
    _unsend: 3,
    _read: 8,
    _delivery: 6,
    _postback: 3,
    _referral: 2,
    _owner: 1,
    _unknown: 1,
    _comment: 3,
}


def bodies_of(day: Sequence[tuple[str, dict[str, Any]]], dice: random.Random, *, most: int) -> list[bytes]:
    """The events in this order, split into bodies of one to ``most`` events."""
    bodies: list[bytes] = []
    rest = list(day)
    while rest:
        cut = dice.randrange(1, most + 1)
        entry: dict[str, Any] = {"id": PAGE, "time": _BEGIN}
        for where, event in rest[:cut]:
            entry.setdefault(where, []).append(event)
        bodies.append(json.dumps({"object": "page", "entry": [entry]}).encode())
        rest = rest[cut:]
    return bodies
