"""Webhooks as Meta sends them, held against its published vector and against our own reader."""

import json
from dataclasses import replace
from typing import Any

import pytest

from meta_inbox.adapters.meta_graph.reader import MsgspecWebhookReader
from meta_inbox.adapters.meta_graph.signature import HmacSignatures
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE, CASAVERDE, PADARIA_SOL
from meta_inbox.adapters.meta_graph.world_webhooks import escaped
from meta_inbox.domain.model.account import Login
from meta_inbox.domain.model.webhook import ItemKind
from meta_inbox.domain.model.window import OpeningKind
from tests.unit.world_stage import (
    APP_ID,
    NOW,
    PAGE_FIELDS,
    SECRET,
    VERIFY,
    new_world,
    page,
    text,
    told,
)


@pytest.fixture
def world() -> World:
    return new_world()


def test_the_published_signature_vector_holds(world: World) -> None:
    message = {"mid": "m_abc", "text": "café 😀 a/b"}
    event = {
        "sender": {"id": "7001"},
        "recipient": {"id": "1001"},
        "timestamp": 1789999999000,
        "message": message,
    }
    entry = {"id": "1001", "time": 1790000000000, "messaging": [event]}
    world.webhooks.raw("page", escaped({"object": "page", "entry": [entry]}))
    webhook = world.webhooks.outgoing[0]
    assert rb'"caf\u00e9 \ud83d\ude00 a\/b"' in webhook.body
    assert webhook.headers["X-Hub-Signature-256"] == (
        "sha256=80776a9df00214c112f31c0943549596f273e114a8d0b4dc6aec0a729202acb5"
    )


def test_our_own_signature_check_and_reader_take_what_the_world_sends(world: World) -> None:
    page(world)
    ana = world.contacts.create(CASAVERDE.id, "Ana Lima", "ana.lima")
    mid = world.contacts.write(ana.id, "Vocês têm samambaia? 🌿")
    (webhook,) = world.webhooks.outgoing
    signatures = HmacSignatures(meta_secrets=[SECRET], instagram_secret=None, verify_token=VERIFY)
    header = webhook.headers["X-Hub-Signature-256"].encode()
    assert signatures.signer(webhook.body, header) is Login.FACEBOOK
    (item,) = MsgspecWebhookReader().read(webhook.body).items
    assert (item.kind, item.external_id, item.contact_id) == (ItemKind.MESSAGE, CASAVERDE.id, ana.id)
    assert (item.meta_message_id, item.text, item.opens) == (
        mid,
        "Vocês têm samambaia? 🌿",
        OpeningKind.MESSAGE,
    )
    assert item.sent_at == NOW


def test_nothing_is_told_of_a_page_that_is_not_subscribed(world: World) -> None:
    ana = world.contacts.create(PADARIA_SOL.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    caller = page(world, PADARIA_SOL.id)
    assert world.webhooks.outgoing == []
    world.contacts.write(ana.id, "Oi?")
    assert len(world.webhooks.outgoing) == 1
    world.subscriptions.uninstall(caller, PADARIA_SOL.id)
    world.contacts.write(ana.id, "Alô?")
    assert len(world.webhooks.outgoing) == 1


def test_a_page_tells_only_the_fields_that_were_asked_for(world: World) -> None:
    caller = page(world, fields=["messages"])
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    mid = world.contacts.write(ana.id, "Oi")
    world.contacts.react(ana.id, mid, "love")
    world.messages.send(caller, CASA_VERDE.id, text(ana.id))
    assert [list(event)[-1] for event in told(world)] == ["message"]


def test_instagram_tells_everything_once_its_page_is_subscribed_to_anything(world: World) -> None:
    page(world, fields=["messages"])
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    mid = world.contacts.write(ana.id, "Oi")
    world.contacts.react(ana.id, mid, "love")
    world.contacts.edit(ana.id, mid, "Olá")
    world.contacts.unsend(ana.id, mid)
    events = told(world)
    assert [list(event)[-1] for event in events] == ["message", "reaction", "message_edit", "message"]
    assert events[1]["reaction"] == {"mid": mid, "action": "react", "reaction": "love", "emoji": "❤️"}
    assert events[2]["message_edit"] == {"mid": mid, "text": "Olá", "num_edit": 1}
    assert events[3]["message"] == {"mid": mid, "is_deleted": True}


def test_instagram_goes_silent_when_unlinked_or_when_its_owner_shuts_apps_out(world: World) -> None:
    page(world)
    ana = world.contacts.create(CASAVERDE.id, "Ana")
    world.ground.state.instagram[CASAVERDE.id] = replace(CASAVERDE, messages_allowed=False)
    world.contacts.write(ana.id, "Oi")
    world.ground.state.instagram[CASAVERDE.id] = CASAVERDE
    world.pages.link(CASA_VERDE.id, None)
    world.contacts.write(ana.id, "Oi?")
    assert world.webhooks.outgoing == []


def test_an_echo_on_messenger_carries_app_and_metadata_and_on_instagram_neither(world: World) -> None:
    caller = page(world)
    psid = world.contacts.create(CASA_VERDE.id, "Ana").id
    igsid = world.contacts.create(CASAVERDE.id, "Ana").id
    for contact in (psid, igsid):
        world.contacts.write(contact, "Oi")
        message = {"text": "Olá!", "metadata": "own-1"}
        world.messages.send(caller, CASA_VERDE.id, text(contact, message=message))
    echoes = [event["message"] for event in told(world) if event["message"].get("is_echo")]
    assert (echoes[0]["app_id"], echoes[0]["metadata"]) == (int(APP_ID), "own-1")
    assert echoes[0]["mid"].startswith("m_")
    assert echoes[1].keys() == {"is_echo", "mid", "text"}
    assert echoes[1]["mid"].startswith("aWdf")
    assert len(echoes[1]["mid"]) >= 168


def test_the_echo_goes_from_the_business_to_the_contact(world: World) -> None:
    caller = page(world)
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.write(ana.id, "Oi")
    world.messages.send(caller, CASA_VERDE.id, text(ana.id))
    inbound, echo = told(world)
    assert (inbound["sender"]["id"], inbound["recipient"]["id"]) == (ana.id, CASA_VERDE.id)
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == (CASA_VERDE.id, ana.id)


def test_reading_is_told_by_watermark_on_messenger_and_by_mid_on_instagram(world: World) -> None:
    caller = page(world)
    events: list[dict[str, Any]] = []
    for account in (CASA_VERDE.id, CASAVERDE.id):
        contact = world.contacts.create(account, "Ana").id
        world.contacts.write(contact, "Oi")
        mid = world.messages.send(caller, CASA_VERDE.id, text(contact))["message_id"]
        world.contacts.receive(contact)
        world.contacts.read(contact)
        events += [event for event in told(world) if "message" not in event]
        world.webhooks.outgoing.clear()
        assert mid
    delivery, page_read, instagram_read = events
    assert delivery["delivery"]["watermark"] == int(NOW.timestamp() * 1000)
    assert page_read["read"] == {"watermark": int(NOW.timestamp() * 1000)}
    assert instagram_read["read"] == {"mid": mid}


def test_a_batch_is_one_webhook_an_object_and_copies_are_the_same_bytes(world: World) -> None:
    page(world)
    ana, rui = (world.contacts.create(CASA_VERDE.id, name) for name in ("Ana", "Rui"))
    iris = world.contacts.create(CASAVERDE.id, "Íris")
    with world.webhooks.batch():
        for contact in (ana, rui, iris, ana):
            world.contacts.write(contact.id, "Oi")
    on_page, on_instagram = world.webhooks.outgoing
    assert len(json.loads(on_page.body)["entry"][0]["messaging"]) == 3
    assert on_instagram.object == "instagram"
    world.webhooks.repeat(2)
    assert [one.body for one in world.webhooks.outgoing[2:]] == [on_instagram.body] * 2


def test_the_dashboards_test_is_nobodys_and_signed(world: World) -> None:
    world.webhooks.test("instagram")
    (webhook,) = world.webhooks.outgoing
    (item,) = MsgspecWebhookReader().read(webhook.body).items
    assert item.kind is ItemKind.TEST


def test_photo_postback_and_link_are_read_as_such(world: World) -> None:
    page(world, fields=[*PAGE_FIELDS, "messaging_postbacks", "messaging_referrals"])
    ana = world.contacts.create(CASA_VERDE.id, "Ana")
    world.contacts.send_photo(ana.id, "https://cdn.example/a.jpg")
    world.contacts.press(ana.id, "PRICES", "Preços")
    world.contacts.follow_link(ana.id, "outono")
    items = [MsgspecWebhookReader().read(one.body).items[0] for one in world.webhooks.outgoing]
    assert items[0].attachments[0].source_url == "https://cdn.example/a.jpg"
    assert items[1].postback is not None
    assert items[1].postback["payload"] == "PRICES"
    openings = [item.opens for item in items]
    assert openings == [OpeningKind.MESSAGE, OpeningKind.POSTBACK, OpeningKind.REFERRAL]
