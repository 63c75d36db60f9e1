"""Stories over the control API, and the pictures that are always there."""

from litestar import get, post
from litestar.params import FromPath, JSONBody

from meta_inbox.adapters.meta_graph.sandbox_bodies import Mid, Strict, Words
from meta_inbox.adapters.meta_graph.sandbox_given import TheMedia, TheWorld
from meta_inbox.adapters.meta_graph.world_values import Json


class StoryReply(Strict):
    """What a contact answers to a story of the account; None = its first."""

    text: Words
    story_id: str | None = None


class StoryMention(Strict):
    """A story of the contact's own, with its picture; None = a made-up one."""

    url: str | None = None


@get("/pictures")
async def list_pictures(media: TheMedia) -> list[dict[str, str]]:
    """Pictures to send, with their addresses."""
    return media.scenes()


@get("/contacts/{contact:str}/stories")
async def see_stories(contact: FromPath[str], world: TheWorld) -> list[Json]:
    """The stories that the account shows."""
    return world.stories.of(contact)


@post("/contacts/{contact:str}/story-replies")
async def reply_to_story(contact: FromPath[str], data: JSONBody[StoryReply], world: TheWorld) -> Mid:
    """The contact answers a story."""
    return Mid(mid=world.stories.reply(contact, data.text, data.story_id))


@post("/contacts/{contact:str}/story-mentions")
async def mention_in_story(contact: FromPath[str], data: JSONBody[StoryMention], world: TheWorld) -> Mid:
    """The contact mentions the account in a story."""
    return Mid(mid=world.stories.mention(contact, data.url))


STORY_ROUTES = (list_pictures, see_stories, reply_to_story, mention_in_story)
