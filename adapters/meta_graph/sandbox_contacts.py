"""Playing the contacts over HTTP: what each of them does, and what each of them sees."""

from datetime import datetime, timedelta

from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from meta_inbox.adapters.meta_graph.sandbox_bodies import (
    Change,
    Commenting,
    Edit,
    Elsewhere,
    Link,
    Mid,
    NewContact,
    Press,
    Reaction,
    Unsend,
    Writing,
)
from meta_inbox.adapters.meta_graph.sandbox_given import TheWorld
from meta_inbox.adapters.meta_graph.world import World
from meta_inbox.adapters.meta_graph.world_values import Comment, Contact, Entry, Json


@get("/contacts")
async def list_contacts(world: TheWorld, account_id: FromQuery[str | None] = None) -> list[Contact]:
    """Every contact, or those of one account."""
    everybody = world.ground.state.contacts.values()
    return [contact for contact in everybody if account_id in (None, contact.account_id)]


@post("/contacts")
async def create_contact(data: JSONBody[NewContact], world: TheWorld) -> Contact:
    """A new person."""
    return world.contacts.create(data.account_id, data.name, data.username)


@patch("/contacts/{contact:str}")
async def change_contact(contact: FromPath[str], data: JSONBody[Change], world: TheWorld) -> Contact:
    """Blocks or unblocks the business; hides or shows the profile."""
    return world.contacts.change(contact, available=data.available, profile_shown=data.profile_shown)


@get("/contacts/{contact:str}/thread")
async def see_thread(contact: FromPath[str], world: TheWorld) -> list[Entry]:
    """The conversation as the contact sees it."""
    return world.contacts.thread(contact)


@post("/contacts/{contact:str}/messages")
async def write(contact: FromPath[str], data: JSONBody[Writing], world: TheWorld) -> Mid:
    """The contact writes."""
    files = [*data.attachments, *(_image(url) for url in _images(data, world, contact))]
    if data.text is None and not files and not data.unsupported:
        raise ValueError("a message has a text, an image or attachments")
    mid = world.contacts.write(
        contact,
        data.text,
        attachments=files,
        reply_to=data.reply_to,
        story=data.story,
        unsupported=data.unsupported,
        quick_reply=data.quick_reply,
        referral=data.referral,
        at=_ago(world, data.ago_seconds),
    )
    if data.copies > 1 and world.webhooks.last is not None:
        world.webhooks.repeat(data.copies - 1)
    return Mid(mid=mid)


def _images(data: Writing, world: World, contact: str) -> list[str]:
    made_up = f"{world.ground.public_url}/media/avatar/photo-{contact}.png"
    return [url for url in (data.image_url, made_up if data.photo else None) if url]


def _image(url: str) -> Json:
    return {"type": "image", "payload": {"url": url}}


def _ago(world: World, seconds: float) -> datetime | None:
    return world.now() - timedelta(seconds=seconds) if seconds else None


@post("/contacts/{contact:str}/comments")
async def comment(contact: FromPath[str], data: JSONBody[Commenting], world: TheWorld) -> Mid:
    """The contact comments."""
    return Mid(mid=world.comments.write(contact, data.text, parent=data.parent, live=data.live))


@get("/comments")
async def list_comments(world: TheWorld) -> list[Comment]:
    """Every comment, also the business's own."""
    return list(world.ground.state.comments.values())


@post("/contacts/{contact:str}/postbacks")
async def press(contact: FromPath[str], data: JSONBody[Press], world: TheWorld) -> Mid:
    """The contact presses a button."""
    return Mid(mid=world.contacts.press(contact, data.payload, data.title))


@post("/contacts/{contact:str}/reactions", status_code=204)
async def react(contact: FromPath[str], data: JSONBody[Reaction], world: TheWorld) -> None:
    """The contact reacts."""
    world.contacts.react(contact, data.mid, data.reaction)


@post("/contacts/{contact:str}/edits", status_code=204)
async def edit(contact: FromPath[str], data: JSONBody[Edit], world: TheWorld) -> None:
    """The contact rewrites a message."""
    world.contacts.edit(contact, data.mid, data.text)


@post("/contacts/{contact:str}/unsends", status_code=204)
async def unsend(contact: FromPath[str], data: JSONBody[Unsend], world: TheWorld) -> None:
    """The contact takes a message back."""
    world.contacts.unsend(contact, data.mid)


@post("/contacts/{contact:str}/reads", status_code=204)
async def read(contact: FromPath[str], world: TheWorld) -> None:
    """The contact reads everything."""
    world.contacts.read(contact)


@post("/contacts/{contact:str}/deliveries", status_code=204)
async def receive(contact: FromPath[str], world: TheWorld) -> None:
    """What was sent reaches the contact's device."""
    world.contacts.receive(contact)


@post("/contacts/{contact:str}/referrals", status_code=204)
async def follow_link(contact: FromPath[str], data: JSONBody[Link], world: TheWorld) -> None:
    """The contact comes back through a link."""
    world.contacts.follow_link(contact, data.ref)


@post("/contacts/{contact:str}/native-replies")
async def answer_elsewhere(contact: FromPath[str], data: JSONBody[Elsewhere], world: TheWorld) -> Mid:
    """The business answers outside the app."""
    return Mid(mid=world.contacts.answered_elsewhere(contact, data.text, data.app_id))


CONTACT_ROUTES = [
    list_contacts,
    create_contact,
    change_contact,
    see_thread,
    write,
    comment,
    list_comments,
    press,
    react,
    edit,
    unsend,
    read,
    receive,
    follow_link,
    answer_elsewhere,
]
