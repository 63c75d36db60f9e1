"""The sandbox's own page and its JSON API: playing contacts, and what nobody else may play."""

import json
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from meta_inbox.adapters.meta_graph import sandbox_assets
from tests.contracts.sandbox_stage import CASA_VERDE, CASAVERDE, Stage, staged

KINDS = {".html": "html", ".js": "javascript", ".css": "css"}
SHIPPED = {
    path.name: path.read_text(encoding="utf-8")
    for path in Path(sandbox_assets.__path__[0]).iterdir()
    if path.suffix in KINDS
}


def named(text: str) -> set[str]:
    return set(re.findall(r'"/assets/([\w.-]+)"', text))


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with staged() as opened:
        yield opened


async def test_the_page_brings_everything_itself(stage: Stage) -> None:
    page = await stage.http.get(f"{stage.url}/")
    policy = page.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy
    assert "style=" not in page.text
    assert "://" not in page.text
    left, seen = named(page.text), set[str]()
    while left:
        name = left.pop()
        seen.add(name)
        answer = await stage.http.get(f"{stage.url}/assets/{name}")
        assert KINDS[Path(name).suffix] in answer.headers["content-type"]
        assert answer.headers["content-security-policy"] == policy
        assert "innerHTML" not in answer.text
        left |= named(answer.text) - seen
    assert seen == SHIPPED.keys() - {"index.html"}


async def test_what_is_no_part_of_the_page_is_not_served_with_it(stage: Stage) -> None:
    for name in ("__init__.py", "none.js", "..%2fsandbox.py"):
        assert (await stage.http.get(f"{stage.url}/assets/{name}")).status_code == 404


async def test_the_page_has_every_word_in_both_languages(stage: Stage) -> None:
    page, *texts = [
        (await stage.http.get(f"{stage.url}/{name}")).text
        for name in ("", "assets/words-pt.js", "assets/words-en.js")
    ]
    portuguese, english = (
        {line.split(":")[0] for line in text.splitlines() if ": " in line} for text in texts
    )
    assert portuguese == english
    used = set(re.findall(r'data-(?:word|label|hint)="(\w+)"', page))
    used |= {name for text in SHIPPED.values() for name in re.findall(r'\b(?:word|wordOf)\("(\w+)"', text)}
    assert len(used) > 80
    assert used <= {name.strip() for name in portuguese}


async def test_the_state_shows_accounts_contacts_thread_and_faults(stage: Stage) -> None:
    await stage.page_token()
    contact = await stage.contact(CASAVERDE)
    await stage.play("POST", "faults", {"endpoint": "messages", "kind": "drop"})
    state = (await stage.play("GET", f"state?contact={contact}")).json()
    heard = {account["id"]: account["heard"] for account in state["accounts"]}
    assert (heard[CASA_VERDE], heard[CASAVERDE], heard["1002"]) == (True, True, False)
    assert [entry["text"] for entry in state["thread"]] == ["Oi!"]
    assert state["faults"][0]["fault"]["kind"] == "drop"
    assert state["contacts"][0]["last"] == "Oi!"


async def test_no_token_is_shown_by_the_sandboxs_own_api(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact()
    await stage.send(token, contact)
    for path in ("state", "ledger", "webhooks", "accounts", "quirks", "contacts"):
        answer = await stage.play("GET", path)
        assert answer.is_success
        assert "EAAB" not in answer.text


async def test_every_act_of_a_contact_can_be_played(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact(CASAVERDE)
    mid = (await stage.send(token, contact)).json()["message_id"]
    own = (await stage.play("GET", f"contacts/{contact}/thread")).json()[0]["mid"]
    for what, body in (
        ("messages", {"text": "E foto?", "photo": True, "reply_to": mid}),
        ("postbacks", {"payload": "P", "title": "Preços"}),
        ("reactions", {"mid": mid, "reaction": "love"}),
        ("reactions", {"mid": mid, "reaction": None}),
        ("edits", {"mid": own, "text": "Olá"}),
        ("unsends", {"mid": own}),
        ("reads", None),
        ("deliveries", None),
        ("referrals", {"ref": "outono"}),
        ("native-replies", {"text": "Do celular"}),
    ):
        answer = await stage.play("POST", f"contacts/{contact}/{what}", body)
        assert answer.is_success, (what, answer.text)
    await stage.sandbox.courier.idle()
    told = [json.loads(body)["entry"][0]["messaging"][0] for body in stage.callback.bodies]
    kinds = [next(reversed(event)) for event in told]
    assert kinds == [
        *("message", "message", "message", "postback", "reaction", "reaction", "message_edit"),
        *("message", "read", "referral", "message"),
    ]


async def test_a_photo_is_kept_and_served_and_what_is_none_is_refused(stage: Stage) -> None:
    photo = b"\x89PNG\r\n\x1a\n" + b"pixels"
    kept = await stage.http.post(f"{stage.url}/sandbox/media", content=photo)
    url = kept.json()["url"].replace("http://meta.test", stage.url)
    assert (await stage.http.get(url)).content == photo
    refused = await stage.http.post(f"{stage.url}/sandbox/media", content=b"<script>")
    assert refused.status_code == 400
    assert (await stage.http.get(f"{stage.url}/media/photos/none.png")).status_code == 404


async def test_another_pages_request_is_refused(stage: Stage) -> None:
    body = {"endpoint": "messages", "kind": "drop"}
    foreign = await stage.play("POST", "faults", body, Origin="https://evil.example")
    assert foreign.status_code == 403
    own = await stage.play("POST", "faults", body, Origin=stage.url)
    assert own.is_success


async def test_slips_are_named(stage: Stage) -> None:
    for method, path, body, status in (
        ("POST", "contacts", {"account_id": "5", "name": "Ana"}, 404),
        ("POST", "contacts", {"account_id": CASA_VERDE, "nome": "Ana"}, 400),
        ("POST", "contacts/5/messages", {"text": "Oi"}, 404),
        ("POST", "faults", {"endpoint": "mesages", "kind": "drop"}, 400),
        ("POST", "faults", {"endpoint": "messages", "kind": "explode"}, 400),
        ("PATCH", "quirks", {"page_sise": 3}, 400),
        ("PATCH", "quirks", {"page_size": "many"}, 400),
        ("POST", "webhooks/repeat", {"count": 1}, 404),
        ("POST", "pages/1001/instagram", {"instagram_id": "5"}, 404),
    ):
        answer = await stage.play(method, path, body)
        assert answer.status_code == status, (path, answer.text)


async def test_unlinking_and_hiding_are_felt_by_the_app(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact(CASAVERDE)
    await stage.play("PATCH", f"contacts/{contact}", {"available": False})
    assert (await stage.send(token, contact)).json()["error"]["code"] == 551
    await stage.play("POST", "pages/1001/instagram", {"instagram_id": None})
    page = await stage.call("GET", CASA_VERDE, token, fields="instagram_business_account{id}")
    assert page.json() == {"id": CASA_VERDE}
    await stage.play(
        "POST", "people/218471/permissions", {"permission": "pages_messaging", "status": "declined"}
    )
    answer = await stage.send(token, await stage.contact())
    assert answer.json()["error"]["code"] == 10


async def test_a_restarted_sandbox_knows_its_tokens_contacts_and_subscriptions(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "world.json"
    async with staged(state_file=file) as first:
        token, contact = await first.page_token(), await first.contact()
    assert file.stat().st_mode & 0o777 == 0o600
    async with staged(state_file=file) as second:
        await second.play("POST", f"contacts/{contact}/messages", {"text": "Ainda aí?"})
        assert (await second.send(token, contact)).is_success
        await second.sandbox.courier.idle()
        assert len(second.callback.bodies) == 2


async def test_a_state_that_cannot_be_read_begins_a_new_world(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_bytes(b"{not json")
    async with staged(state_file=file) as stage:
        assert await stage.page_token()


async def test_whoever_has_the_state_already_is_told_the_time_alone(stage: Stage) -> None:
    contact = await stage.contact(CASAVERDE)
    path = f"state?contact={contact}"
    first = (await stage.play("GET", path)).json()
    again = (await stage.play("GET", f"{path}&known={first['version']}")).json()
    assert set(again) == {"version", "now"}
    await stage.play("POST", f"contacts/{contact}/messages", {"text": "Alguém aí?"})
    news = (await stage.play("GET", f"{path}&known={first['version']}")).json()
    assert news["version"] != first["version"]
    assert news["thread"][-1]["text"] == "Alguém aí?"


async def test_the_state_has_what_the_phone_shows(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact()
    await stage.send(token, contact)
    shown = (await stage.play("GET", f"state?contact={contact}")).json()
    (listed,) = shown["contacts"]
    assert (listed["unread"], listed["unreceived"]) == (1, 1)
    assert listed["latest"]["text"] == "Olá!"
    assert shown["phone"]["reactions"][0] == {"name": "love", "emoji": "❤️"}
    assert shown["phone"]["stories"] == []
    await stage.play("POST", f"contacts/{contact}/reads")
    assert (await stage.play("GET", "state")).json()["contacts"][0]["unread"] == 0


async def test_stories_can_be_played(stage: Stage) -> None:
    await stage.page_token()
    contact = await stage.contact(CASAVERDE)
    stories = (await stage.play("GET", f"contacts/{contact}/stories")).json()
    body = {"text": "Amei", "story_id": stories[1]["id"]}
    assert (await stage.play("POST", f"contacts/{contact}/story-replies", body)).is_success
    assert (await stage.play("POST", f"contacts/{contact}/story-mentions", {})).is_success
    await stage.sandbox.courier.idle()
    reply, mention = [
        json.loads(body)["entry"][0]["messaging"][0]["message"] for body in stage.callback.bodies[1:]
    ]
    assert reply["reply_to"]["story"] == stories[1]
    assert mention["attachments"][0]["type"] == "story_mention"
    on_page = await stage.contact()
    refused = await stage.play("POST", f"contacts/{on_page}/story-replies", {"text": "Oi"})
    assert refused.status_code == 404


async def test_the_pictures_that_are_there_can_be_fetched_and_sent(stage: Stage) -> None:
    contact = await stage.contact()
    pictures = (await stage.play("GET", "pictures")).json()
    for one in pictures:
        answer = await stage.http.get(one["url"].replace("http://meta.test", stage.url))
        assert answer.headers["content-type"] == "image/png"
    body = {"image_url": pictures[0]["url"]}
    assert (await stage.play("POST", f"contacts/{contact}/messages", body)).is_success
