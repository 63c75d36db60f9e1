"""What a host's own tests see of outgoing webhooks: signed as ever, and nothing leaves the process."""

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from meta_inbox import FakeMeta, Settings, open_inbox
from meta_inbox.domain.errors import LinkBarred
from meta_inbox.domain.model.webhook_delivery import Posted
from meta_inbox.domain.model.webhook_endpoint import new_signing_secret
from meta_inbox.entrypoints.plugin import OpenInbox
from meta_inbox.testing.connecting import AGENT, connected
from tests.contracts.receivers import OK, Receiver
from tests.contracts.test_webhook_poster import BARRED, poster

URL = "https://crm.example/hooks"


@pytest.fixture
def meta() -> FakeMeta:
    return FakeMeta()


@pytest.fixture
async def inbox(meta: FakeMeta, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenInbox]:
    def nobody(*given: Any, **more: Any) -> Any:
        raise AssertionError("a name was asked for")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    async with open_inbox(Settings.in_memory(meta)) as opened:
        yield opened


async def test_an_event_is_kept_as_its_receiver_would_have_had_it(inbox: OpenInbox, meta: FakeMeta) -> None:
    page = await connected(inbox, meta, "Casa Verde")
    made = await inbox.create_webhook_endpoint(by=AGENT, url=URL, types=["message.created"])
    await meta.contact_writes(page, "Ana", "Tem bolo?")
    (posted,) = await inbox.receivers.heard()
    assert posted.url == URL
    assert posted.event["data"]["message"]["text"] == "Tem bolo?"
    read = Webhook(made.secret.reveal()).verify(posted.body, posted.headers)
    assert read == posted.event
    assert posted.headers["webhook-id"] == posted.event["id"]


async def test_a_receiver_says_200_unless_a_test_wants_something_else(inbox: OpenInbox) -> None:
    made = await inbox.create_webhook_endpoint(by=AGENT, url=URL)
    inbox.receivers.say(503, 410)
    found = [await inbox.test_webhook_endpoint(by=AGENT, endpoint=made.endpoint.id) for _ in range(3)]
    assert found == [Posted(status=503), Posted(status=410), Posted(status=200)]
    assert [posted.event["type"] for posted in inbox.receivers.posted] == ["ping"] * 3


async def test_whoever_waits_for_what_does_not_come_waits_no_longer_than_said(inbox: OpenInbox) -> None:
    with pytest.raises(TimeoutError):
        await inbox.receivers.heard(within=0.01)


@pytest.mark.parametrize("address", BARRED)
async def test_addresses_are_judged_as_ever(inbox: OpenInbox, address: str) -> None:
    url = address.replace("{port}", "8443")
    fake = inbox.test_webhook_endpoint.poster
    with pytest.raises(LinkBarred):
        fake.require_allowed(url)
    assert await fake.post(url, [new_signing_secret()], "id", b"{}") == Posted(error="address_barred")
    assert await poster().post(url, [new_signing_secret()], "id", b"{}") == Posted(error="address_barred")


async def test_a_host_that_is_named_is_posted_to() -> None:
    async with Receiver([OK]).listening() as receiver:
        settings = replace(Settings.in_memory(), meta_inbox_webhook_hosts=("127.0.0.1",))
        async with open_inbox(settings) as opened:
            made = await opened.create_webhook_endpoint(by=AGENT, url=receiver.url)
            found = await opened.test_webhook_endpoint(by=AGENT, endpoint=made.endpoint.id)
            assert (found, opened.receivers.posted) == (Posted(status=204), [])
        assert len(receiver.seen) == 1
