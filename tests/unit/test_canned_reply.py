"""What may be kept as a canned reply, and by whom."""

import pytest

from meta_inbox.adapters.persistence.in_memory_canned_replies import InMemoryCannedReplies
from meta_inbox.domain.errors import ContentRefused, NotFound, ScopeMissing
from meta_inbox.domain.model.canned_reply import CannedReplyId, as_shortcut, as_text, key_of
from meta_inbox.domain.model.principal import Principal, Scope
from meta_inbox.domain.use_cases.change_canned_reply import ChangeCannedReply
from meta_inbox.domain.use_cases.create_canned_reply import CreateCannedReply
from meta_inbox.domain.use_cases.delete_canned_reply import DeleteCannedReply
from meta_inbox.domain.use_cases.list_canned_replies import ListCannedReplies
from tests.contracts.scene import CASA
from tests.unit.doubles import AGENT, STRANGER, World

READER = Principal(CASA, "rui", frozenset({Scope.MESSAGES_READ}))
SENDER = Principal(CASA, "bea", frozenset({Scope.MESSAGES_SEND}))


@pytest.mark.parametrize("shortcut", ["a", "Oi", "preço", "bom-dia_2", "x" * 32, "١٢", "日本"])
def test_letters_digits_underscores_and_hyphens_make_a_shortcut(shortcut: str) -> None:
    assert as_shortcut(shortcut) == shortcut


@pytest.mark.parametrize(
    "shortcut", ["", "x" * 33, "a b", "/oi", "oi!", "a.b", "½", "🥕", "a\n", "a\0", "\ud800"]
)
def test_nothing_else_does(shortcut: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        as_shortcut(shortcut)
    assert refused.value.code == "shortcut_invalid"


def test_an_accent_of_its_own_belongs_to_its_letter() -> None:
    assert as_shortcut("prec\u0327o") == "pre\u00e7o"
    assert key_of("PRE\u00c7O") == key_of("pre\u00e7o")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 2000,
        "Oi, {{contact.name}}!\nAqui é {{account.name}}, @{{contact.username}}",
        "{{{contact.name}}}",
        "{contact}",
        "até }} aqui",
    ],
)
def test_a_text_with_known_fields_is_kept_as_it_is(text: str) -> None:
    assert as_text(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_empty"),
        (" \n", "text_empty"),
        ("x" * 2001, "text_too_long"),
        ("Oi\0", "invalid_character"),
        ("Oi, {{name}}", "unknown_field"),
        ("Oi, {{ contact.name }}", "unknown_field"),
        ("Oi, {{Contact.Name}}", "unknown_field"),
        ("Oi, {{contact.name", "unknown_field"),
        ("{{}}", "unknown_field"),
        ("{{contact.name}}{{contact.phone}}", "unknown_field"),
    ],
)
def test_a_text_that_could_not_be_sent_so_is_refused(text: str, code: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        as_text(text)
    assert refused.value.code == code


def test_the_refusal_names_the_field_and_those_there_are() -> None:
    with pytest.raises(ContentRefused) as refused:
        as_text("Oi, {{contact.name}}, do {{contact.phone}}, até {{nunca}}")
    assert refused.value.detail == (
        "there is no field {{contact.phone}}; the fields are "
        "{{contact.name}}, {{contact.username}}, {{account.name}}"
    )


async def test_everybody_of_the_tenant_has_what_one_agent_kept(world: World) -> None:
    replies = InMemoryCannedReplies(world.store)
    create, change = (
        CreateCannedReply(replies=replies, ids=world.store.ids),
        ChangeCannedReply(replies=replies),
    )
    made = await create(by=SENDER, shortcut="pix", text="A chave é {{account.name}}")
    assert await ListCannedReplies(replies=replies)(by=READER) == [made]
    changed = await change(by=AGENT, reply=made.id, text="Oi")
    assert (changed.shortcut, changed.text) == ("pix", "Oi")
    assert await change(by=AGENT, reply=made.id) == changed
    await DeleteCannedReply(replies=replies)(by=SENDER, reply=made.id)
    assert await ListCannedReplies(replies=replies)(by=AGENT) == []


async def test_what_is_refused_changes_nothing(world: World) -> None:
    replies = InMemoryCannedReplies(world.store)
    create, change = (
        CreateCannedReply(replies=replies, ids=world.store.ids),
        ChangeCannedReply(replies=replies),
    )
    made = await create(by=AGENT, shortcut="pix", text="A chave")
    for wrong in ({"shortcut": "a b"}, {"shortcut": ""}, {"text": ""}, {"text": "{{x}}"}):
        with pytest.raises(ContentRefused):
            await change(by=AGENT, reply=made.id, **wrong)
    with pytest.raises(ContentRefused):
        await create(by=AGENT, shortcut="new", text=" ")
    assert await ListCannedReplies(replies=replies)(by=AGENT) == [made]


async def test_canned_replies_are_read_by_readers_and_kept_by_those_who_send(world: World) -> None:
    replies = InMemoryCannedReplies(world.store)
    made = CannedReplyId("nothing")
    with pytest.raises(ScopeMissing):
        await ListCannedReplies(replies=replies)(by=SENDER)
    with pytest.raises(ScopeMissing):
        await CreateCannedReply(replies=replies, ids=world.store.ids)(by=READER, shortcut="a", text="b")
    with pytest.raises(ScopeMissing):
        await ChangeCannedReply(replies=replies)(by=READER, reply=made)
    with pytest.raises(ScopeMissing):
        await DeleteCannedReply(replies=replies)(by=READER, reply=made)


async def test_another_tenants_canned_reply_is_none(world: World) -> None:
    replies = InMemoryCannedReplies(world.store)
    made = await CreateCannedReply(replies=replies, ids=world.store.ids)(by=AGENT, shortcut="a", text="b")
    assert await ListCannedReplies(replies=replies)(by=STRANGER) == []
    with pytest.raises(NotFound):
        await ChangeCannedReply(replies=replies)(by=STRANGER, reply=made.id, text="mine")
    with pytest.raises(NotFound):
        await DeleteCannedReply(replies=replies)(by=STRANGER, reply=made.id)
