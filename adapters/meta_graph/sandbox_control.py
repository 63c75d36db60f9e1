"""The sandbox's own JSON API, for its page, for tests and for curl; ``sandbox.py`` lists it."""

from datetime import timedelta
from hashlib import blake2b
from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody

from meta_inbox.adapters.meta_graph.sandbox_bodies import (
    Batch,
    Linking,
    MediaLink,
    OwnLogin,
    PermissionAnswer,
    Repeat,
    Revocation,
    TestEvent,
    TimeTravel,
)
from meta_inbox.adapters.meta_graph.sandbox_chaos import CHAOS_ROUTES
from meta_inbox.adapters.meta_graph.sandbox_contacts import CONTACT_ROUTES
from meta_inbox.adapters.meta_graph.sandbox_delivery import Delivery
from meta_inbox.adapters.meta_graph.sandbox_given import TheCourier, TheMedia, TheWorld, own_pages_only
from meta_inbox.adapters.meta_graph.sandbox_stories import STORY_ROUTES
from meta_inbox.adapters.meta_graph.sandbox_troubles import TROUBLE_ROUTES
from meta_inbox.adapters.meta_graph.sandbox_view import accounts, view
from meta_inbox.adapters.meta_graph.world_errors import NoSuchThing
from meta_inbox.adapters.meta_graph.world_media import MAX_FILE
from meta_inbox.adapters.meta_graph.world_values import Json, Page, Quirks, Sent


@get("/state")
async def see_state(
    world: TheWorld,
    courier: TheCourier,
    contact: FromQuery[str | None] = None,
    known: FromQuery[str | None] = None,
) -> Json:
    """What the page shows; whoever has it in this version already is told the time alone."""
    seen = view(world, courier, contact)
    version = blake2b(msgspec.json.encode(seen), digest_size=12).hexdigest()
    return ({} if known == version else seen) | {"version": version, "now": world.now()}


@get("/accounts")
async def list_accounts(world: TheWorld) -> list[Json]:
    """Whom a contact can write to."""
    return accounts(world)


@get("/ledger")
async def see_ledger(world: TheWorld) -> tuple[Sent, ...]:
    """Every send that was accepted."""
    return world.ledger


@post("/tokens/revoke")
async def revoke(data: JSONBody[Revocation], world: TheWorld) -> Json:
    """Kills tokens."""
    killed = world.access.revoke(data.subcode, person_id=data.person_id, page_id=data.page_id)
    return {"revoked": killed}


@post("/tokens/instagram")
async def log_in(data: JSONBody[OwnLogin], world: TheWorld) -> Json:
    """An Instagram account logs in by itself."""
    return {"access_token": world.instagram.token(data.instagram_id).text}


@post("/pages/{page:str}/instagram")
async def link(page: FromPath[str], data: JSONBody[Linking], world: TheWorld) -> Page:
    """Links or unlinks a Page's Instagram account."""
    world.pages.link(page, data.instagram_id)
    return world.ground.page(page)


@post("/people/{person:str}/permissions", status_code=204)
async def answer(person: FromPath[str], data: JSONBody[PermissionAnswer], world: TheWorld) -> None:
    """Grants or takes back a permission outside the dialog."""
    world.permissions.answer(person, data.permission, data.status)


@post("/clock")
async def travel(data: JSONBody[TimeTravel], world: TheWorld) -> Json:
    """Lets time pass."""
    world.advance(timedelta(seconds=data.advance_seconds))
    return {"now": world.now()}


@delete("/clock")
async def return_to_present(world: TheWorld) -> None:
    """Meta's clock shows the real time again."""
    world.return_to_present()


@get("/quirks")
async def see_quirks(world: TheWorld) -> Quirks:
    """What Meta's settings decide."""
    return world.quirks


@patch("/quirks")
async def change_quirks(data: JSONBody[dict[str, Any]], world: TheWorld) -> Quirks:
    """Changes some of them."""
    known: Json = msgspec.to_builtins(world.quirks)
    if unknown := data.keys() - known.keys():
        raise ValueError(f"there is no quirk {', '.join(sorted(unknown))}")
    world.quirks = msgspec.convert(known | data, Quirks)
    return world.quirks


@get("/webhooks")
async def list_deliveries(courier: TheCourier) -> tuple[Delivery, ...]:
    """How the latest webhooks fared."""
    return courier.deliveries


@post("/webhooks/repeat", status_code=204)
async def repeat(data: JSONBody[Repeat], world: TheWorld) -> None:
    """Sends the latest webhook again."""
    world.webhooks.repeat(data.count)


@post("/webhooks/test", status_code=204)
async def test(data: JSONBody[TestEvent], world: TheWorld) -> None:
    """Presses the dashboard's button."""
    world.webhooks.test(data.object)


@post("/webhooks/batch")
async def batch(data: JSONBody[Batch], world: TheWorld) -> list[str]:
    """Several contacts write at once; returns the mids."""
    for item in data.items:
        world.ground.contact(item.contact_id)
    with world.webhooks.batch():
        return [world.contacts.write(item.contact_id, item.text) for item in data.items]


@post("/media", request_max_body_size=MAX_FILE + 1)
async def upload(
    request: Request[Any, Any, State], media: TheMedia, kind: FromQuery[str | None] = None
) -> dict[str, str]:
    """Keeps a photo (the raw body), or anything declared as ``kind``; returns its address."""
    body = await request.body()
    return {"url": media.put(body) if kind is None else media.put_any(body, kind)}


@post("/media/links")
async def change_link(data: JSONBody[MediaLink], media: TheMedia) -> dict[str, str | None]:
    """A link dies, leads elsewhere or loses its file; else a link to the same file that works."""
    if data.gone:
        media.remove(data.url)
    elif data.location is not None:
        media.redirect(data.url, data.location)
    elif data.status is not None:
        media.kill(data.url, data.status)
    return {"url": media.fresh(data.url)}


def _not_found(_: Request[Any, Any, State], error: Exception) -> Response[dict[str, str]]:
    return Response({"detail": str(error)}, status_code=404)


def _refused(_: Request[Any, Any, State], error: Exception) -> Response[dict[str, str]]:
    return Response({"detail": str(error)}, status_code=400)


def control_routes() -> Router:
    """Everything under ``/sandbox``."""
    own = [
        see_state,
        list_accounts,
        see_ledger,
        revoke,
        log_in,
        link,
        answer,
    ]
    more = [
        travel,
        return_to_present,
        see_quirks,
        change_quirks,
        list_deliveries,
        repeat,
        test,
        batch,
        upload,
        change_link,
    ]
    return Router(
        "/sandbox",
        route_handlers=[*CONTACT_ROUTES, *STORY_ROUTES, *TROUBLE_ROUTES, *CHAOS_ROUTES, *own, *more],
        guards=[own_pages_only],
        exception_handlers={NoSuchThing: _not_found, ValueError: _refused},
    )
