"""Where Meta has the files: the same tests for the fake, and for the real source against the sandbox."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from meta_inbox.adapters.addresses.guard import AddressGuard
from meta_inbox.adapters.meta_graph.fake import FakeMeta
from meta_inbox.adapters.meta_graph.media_fetch import MediaFetcher
from meta_inbox.adapters.meta_graph.media_in_process import FakeMediaSource
from meta_inbox.adapters.meta_graph.media_source import MetaMediaSource
from meta_inbox.adapters.meta_graph.sandbox import create_sandbox
from meta_inbox.adapters.meta_graph.transport import HttpTransport
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_faults import ANY, Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_pictures import picture
from meta_inbox.domain.errors import (
    AccessRevoked,
    GraphUnavailable,
    LinkBarred,
    LinkDead,
    RefusedByMeta,
)
from meta_inbox.domain.model.ids import MetaMessageId
from meta_inbox.domain.model.media import MAX_BYTES, UNKNOWN_TYPE, FreshLinks
from meta_inbox.domain.model.media_rules import META_HOSTS, MediaHosts
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.ports import MediaSource
from tests.contracts.meta_stage import CASA_VERDE, CASAVERDE, Stage, account, calls_of, served

PHOTO = picture("Ana")


@dataclass(kw_only=True)
class Cdn:
    """What the tests hold."""

    stage: Stage
    source: MediaSource

    @property
    def world(self) -> World:
        return self.stage.world

    def sends(self, *parts: Any, account_id: str = CASA_VERDE, **more: Any) -> MetaMessageId:
        """Somebody sends this; its id."""
        contact = self.stage.contact(account_id)
        return MetaMessageId(self.world.contacts.write(contact.id, attachments=list(parts), **more))

    async def fresh(self, mid: MetaMessageId, account_id: str = CASA_VERDE) -> FreshLinks:
        token = await self.stage.page_token()
        return await self.source.fresh_links(account(account_id), token, mid)


@pytest.fixture(params=["fake", pytest.param("sandbox", marks=pytest.mark.real)])
async def cdn(request: pytest.FixtureRequest) -> AsyncIterator[Cdn]:
    """A Meta with files, in process or on a socket."""
    meta = FakeMeta()
    if request.param == "fake":
        yield Cdn(stage=Stage(meta=meta, calls=meta.calls), source=FakeMediaSource(meta, META_HOSTS))
        return
    sandbox = create_sandbox(meta.world, deliver_to=None, public_url="http://to-be-known.example")
    async with served(sandbox) as url, HttpTransport.open() as transport:
        meta.world.ground.public_url = meta.world.ground.media_url = url
        calls = calls_of(meta, transport, url)
        guard = AddressGuard(hosts=MediaHosts((url.removeprefix("http://"),)))
        async with MediaFetcher.open(guard) as fetcher:
            yield Cdn(
                stage=Stage(meta=meta, calls=calls), source=MetaMediaSource(graph=calls, fetcher=fetcher)
            )


def part(url: str, kind: str = "image") -> dict[str, Any]:
    return {"type": kind, "payload": {"url": url}}


async def test_a_photo_is_had_with_its_type_and_sides(cdn: Cdn) -> None:
    found = await cdn.source.fetch(cdn.world.media.put(PHOTO))
    assert (found.content, found.content_type, found.width, found.height) == (PHOTO, "image/png", 96, 96)


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_link_that_died_is_dead(cdn: Cdn, status: int) -> None:
    url = cdn.world.media.put(PHOTO)
    cdn.world.media.kill(url, status)
    with pytest.raises(LinkDead):
        await cdn.source.fetch(url)


async def test_a_cdn_in_trouble_is_trouble(cdn: Cdn) -> None:
    url = cdn.world.media.put(PHOTO)
    cdn.world.media.kill(url, 503)
    with pytest.raises(GraphUnavailable):
        await cdn.source.fetch(url)


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html><script>alert(1)</script>"]
)
@pytest.mark.parametrize("declared", ["image/png", "image/svg+xml", "text/html"])
async def test_what_is_no_picture_is_unknown_whatever_it_is_declared_as(
    cdn: Cdn, content: bytes, declared: str
) -> None:
    found = await cdn.source.fetch(cdn.world.media.put_any(content, declared))
    assert (found.content, found.content_type) == (content, UNKNOWN_TYPE)


async def test_a_file_that_is_too_large_is_barred(cdn: Cdn) -> None:
    just = await cdn.source.fetch(cdn.world.media.put_any(bytes(MAX_BYTES)))
    assert len(just.content) == MAX_BYTES
    with pytest.raises(LinkBarred):
        await cdn.source.fetch(cdn.world.media.put_any(bytes(MAX_BYTES + 1)))


async def test_a_redirect_is_followed_within_the_cdn_and_nowhere_else(cdn: Cdn) -> None:
    there, here = cdn.world.media.put(PHOTO), cdn.world.media.put_any(b"moved")
    cdn.world.media.redirect(here, there)
    assert (await cdn.source.fetch(here)).content == PHOTO
    cdn.world.media.redirect(here, "http://127.0.0.1:9/latest/meta-data")
    with pytest.raises(LinkBarred):
        await cdn.source.fetch(here)


@pytest.mark.parametrize("url", ["https://elsewhere.example/a.jpg", "ftp://scontent.xx.fbcdn.net/a", "x"])
async def test_another_host_is_barred(cdn: Cdn, url: str) -> None:
    with pytest.raises(LinkBarred):
        await cdn.source.fetch(url)


@pytest.mark.parametrize("account_id", [CASA_VERDE, CASAVERDE])
async def test_a_dead_link_is_replaced_by_asking_for_the_message(cdn: Cdn, account_id: str) -> None:
    first, second = cdn.world.media.put(PHOTO), cdn.world.media.put_any(b"a voice", "audio/mpeg")
    mid = cdn.sends(part(first), part(second, "audio"), account_id=account_id)
    assert await cdn.fresh(mid, account_id) == FreshLinks(attachments=(first, second))
    cdn.world.media.kill(first)
    links = await cdn.fresh(mid, account_id)
    assert links.attachments[0] not in (None, first)
    assert (await cdn.source.fetch(links.attachments[0] or "")).content == PHOTO
    assert links.attachments[1] == second


async def test_a_file_that_is_gone_has_no_fresh_link(cdn: Cdn) -> None:
    url = cdn.world.media.put(PHOTO)
    mid = cdn.sends(part(url))
    cdn.world.media.remove(url)
    assert (await cdn.fresh(mid)).attachments == (None,)
    with pytest.raises(LinkDead):
        await cdn.source.fetch(url)


async def test_a_story_has_a_link_of_its_own(cdn: Cdn) -> None:
    url = cdn.world.media.put(PHOTO)
    mentioned = cdn.sends(part(url, "story_mention"), account_id=CASAVERDE)
    replied = cdn.sends(account_id=CASAVERDE, text="wow", story={"id": "5", "url": url})
    cdn.world.media.kill(url)
    for mid in (mentioned, replied):
        fresh = (await cdn.fresh(mid, CASAVERDE)).story
        assert fresh not in (None, url)
        assert (await cdn.source.fetch(fresh or "")).content == PHOTO
    cdn.world.media.remove(url)
    assert (await cdn.fresh(replied, CASAVERDE)).story is None


async def test_a_message_that_meta_does_not_show_is_refused(cdn: Cdn) -> None:
    mid = cdn.sends(part(cdn.world.media.put(PHOTO)))
    contact = next(iter(cdn.world.ground.state.threads))
    cdn.world.contacts.unsend(contact, mid)
    for unknown in (mid, MetaMessageId("m_nothing")):
        with pytest.raises(RefusedByMeta):
            await cdn.fresh(unknown)


async def test_a_dead_token_and_a_meta_that_is_down_are_told_apart(cdn: Cdn) -> None:
    mid = cdn.sends(part(cdn.world.media.put(PHOTO)))
    with pytest.raises(AccessRevoked):
        await cdn.source.fresh_links(account(), Secret("nonsense"), mid)
    token = await cdn.stage.page_token()
    cdn.world.faults.plan(ANY, Fault(kind=FaultKind.REFUSE, code=2, status=503), count=None)
    with pytest.raises(GraphUnavailable):
        await cdn.source.fresh_links(account(), token, mid)
