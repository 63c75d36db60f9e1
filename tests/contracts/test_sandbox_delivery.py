"""The sandbox's webhooks arrive signed, in order, and again until they are taken."""

import hashlib
import hmac
import json
from collections.abc import AsyncGenerator

import pytest

from tests.contracts.sandbox_stage import APP_ID, CASAVERDE, PADARIA_SOL, SECRET, Stage, staged


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    async with staged() as opened:
        yield opened


def texts(stage: Stage) -> list[str]:
    bodies = [json.loads(body) for body in stage.callback.bodies]
    events = [event for body in bodies for entry in body["entry"] for event in entry["messaging"]]
    return [event["message"]["text"] for event in events]


async def test_webhooks_arrive_signed_over_the_escaped_bytes(stage: Stage) -> None:
    await stage.page_token()
    await stage.contact(text="café 😀 a/b")
    await stage.sandbox.courier.idle()
    (body,), (signature,) = stage.callback.bodies, stage.callback.signatures
    assert rb"caf\u00e9 \ud83d\ude00 a\/b" in body
    assert signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


async def test_webhooks_arrive_in_order_and_the_echo_after_the_message(stage: Stage) -> None:
    token, contact = await stage.page_token(), await stage.contact(text="1")
    for number in range(2, 6):
        await stage.play("POST", f"contacts/{contact}/messages", {"text": f"{number}"})
    await stage.send(token, contact, "6")
    await stage.sandbox.courier.idle()
    assert texts(stage) == ["1", "2", "3", "4", "5", "6"]


async def test_nothing_arrives_of_a_page_that_is_not_subscribed(stage: Stage) -> None:
    await stage.page_token()
    await stage.contact(PADARIA_SOL)
    await stage.sandbox.courier.idle()
    assert stage.callback.bodies == []


async def test_a_webhook_that_is_not_taken_comes_again_with_the_same_bytes(stage: Stage) -> None:
    stage.callback.statuses = [503, 302, 500]
    await stage.page_token()
    await stage.contact()
    await stage.sandbox.courier.idle()
    assert len(stage.callback.bodies) == 4
    assert len(set(stage.callback.bodies)) == 1
    (delivery,) = (await stage.play("GET", "webhooks")).json()
    assert (delivery["tries"], delivery["outcome"], delivery["done"]) == (4, "200", True)


async def test_a_webhook_is_given_up_after_so_many_tries(stage: Stage) -> None:
    stage.callback.statuses = [500] * 9
    await stage.page_token()
    await stage.contact()
    await stage.sandbox.courier.idle()
    (delivery,) = (await stage.play("GET", "webhooks")).json()
    assert (delivery["tries"], delivery["outcome"], delivery["done"]) == (4, "500", True)
    assert len(stage.callback.bodies) == 4


async def test_copies_batches_and_the_test_event_can_be_asked_for(stage: Stage) -> None:
    await stage.page_token()
    ana, iris = await stage.contact(text=None), await stage.contact(CASAVERDE, text=None)
    await stage.play("POST", f"contacts/{ana}/messages", {"text": "Oi", "copies": 3})
    await stage.sandbox.courier.idle()
    assert texts(stage) == ["Oi"] * 3
    stage.callback.bodies.clear()
    items = [{"contact_id": who, "text": f"{number}"} for number, who in enumerate((ana, iris, ana))]
    assert len((await stage.play("POST", "webhooks/batch", {"items": items})).json()) == 3
    await stage.play("POST", "webhooks/repeat", {"count": 1})
    await stage.sandbox.courier.idle()
    assert texts(stage) == ["0", "2", "1", "1"]
    await stage.play("POST", "webhooks/test", {"object": "instagram"})
    await stage.sandbox.courier.idle()
    assert json.loads(stage.callback.bodies[-1])["entry"][0]["id"] == "0"


async def test_an_app_subscription_names_where_its_object_goes(stage: Stage) -> None:
    await stage.page_token()
    elsewhere = stage.callback_url.replace("/webhook", "/elsewhere")
    wanted = {"object": "page", "fields": "messages", "callback_url": elsewhere, "verify_token": "verify-me"}
    app = f"{APP_ID}|{SECRET}"
    assert (await stage.call("POST", f"{APP_ID}/subscriptions", app, json=wanted)).is_success
    await stage.contact(text="Oi")
    await stage.sandbox.courier.idle()
    assert texts(stage) == ["Oi"]
    await stage.call("DELETE", f"{APP_ID}/subscriptions", app, object="page")
    await stage.contact(text="Alô?")
    await stage.sandbox.courier.idle()
    assert texts(stage) == ["Oi"]
