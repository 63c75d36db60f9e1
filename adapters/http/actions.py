"""What an agent does beside writing: typing, reacting, passing a conversation on."""

from typing import Annotated

import msgspec
from litestar import delete, post
from litestar.params import FromPath, JSONBody

from meta_inbox.adapters.http.given import By, Core
from meta_inbox.adapters.http.request import account_id, contact_id, our_id
from meta_inbox.adapters.http.wire import Strict
from meta_inbox.domain.model.ids import MessageId
from meta_inbox.domain.model.thread_control import ThreadControl

REACTION = "/messages/{account:str}/{contact:str}/{message:str}/reaction"
_CONVERSATION = "/conversations/{account:str}/{contact:str}"


class TypingBody(Strict):
    """Whether somebody types, or no longer."""

    on: bool


class ReactionBody(Strict):
    """A name such as ``love``, or an emoji."""

    reaction: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Take(Strict, tag_field="action", tag="take"):
    """The conversation is answered from here."""

    def control(self) -> ThreadControl:
        """What is to become of the thread."""
        return ThreadControl(action="take")


class Release(Strict, tag_field="action", tag="release"):
    """The conversation is nobody's in particular."""

    def control(self) -> ThreadControl:
        """What is to become of the thread."""
        return ThreadControl(action="release")


class Pass(Strict, kw_only=True, tag_field="action", tag="pass"):
    """The conversation is answered by this app."""

    app_id: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,32}$")]

    def control(self) -> ThreadControl:
        """What is to become of the thread."""
        return ThreadControl(action="pass", app_id=self.app_id)


@post(f"{_CONVERSATION}/typing", status_code=204)
async def show_typing(
    account: FromPath[str], contact: FromPath[str], data: JSONBody[TypingBody], by: By, inbox: Core
) -> None:
    """Shows the contact that somebody types; no error when Meta does not answer."""
    await inbox.show_typing(by=by, account=account_id(account), contact=contact_id(contact), on=data.on)


@post(REACTION, status_code=204)
async def react(
    *,
    account: FromPath[str],
    contact: FromPath[str],
    message: FromPath[str],
    data: JSONBody[ReactionBody],
    by: By,
    inbox: Core,
) -> None:
    """Reacts to the message in the account's name, in place of a former reaction."""
    await inbox.react_to_message(
        by=by,
        account=account_id(account),
        contact=contact_id(contact),
        message=MessageId(our_id(message)),
        reaction=data.reaction,
    )


@delete(REACTION)
async def take_reaction_back(
    account: FromPath[str], contact: FromPath[str], message: FromPath[str], by: By, inbox: Core
) -> None:
    """Takes the account's reaction back; again: the same."""
    await inbox.react_to_message(
        by=by,
        account=account_id(account),
        contact=contact_id(contact),
        message=MessageId(our_id(message)),
        reaction=None,
    )


@post(f"{_CONVERSATION}/thread-control", status_code=204)
async def control_thread(
    account: FromPath[str], contact: FromPath[str], data: JSONBody[Take | Release | Pass], by: By, inbox: Core
) -> None:
    """Takes the conversation over from another app, passes it to one, or lets go of it."""
    await inbox.control_thread(
        by=by, account=account_id(account), contact=contact_id(contact), control=data.control()
    )
