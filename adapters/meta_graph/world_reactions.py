"""Reactions by name, and the emoji that each of them is."""

from collections.abc import Mapping

from meta_inbox.adapters.meta_graph.world_values import Surface

EMOJI = {
    "love": "\u2764\ufe0f",
    "like": "\U0001f44d",
    "dislike": "\U0001f44e",
    "smile": "\U0001f606",
    "laugh": "\U0001f606",
    "wow": "\U0001f62e",
    "sad": "\U0001f622",
    "angry": "\U0001f620",
}
REACTIONS: Mapping[Surface, tuple[str, ...]] = {
    "page": ("love", "smile", "wow", "sad", "angry", "like", "dislike"),
    "instagram": ("love", "laugh", "wow", "sad", "angry", "like"),
}
"""What a contact can choose by name; any other emoji can be given as itself."""


def emoji_of(reaction: str) -> str:
    """The emoji of a named reaction; an emoji is its own."""
    return EMOJI.get(reaction, reaction)
