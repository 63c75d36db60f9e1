"""Which parts of a message are files, and from where they may come."""

import pytest

from meta_inbox.domain.model.media import FreshLinks
from meta_inbox.domain.model.media_rules import MediaHosts, MediaRules
from meta_inbox.domain.model.message import Attachment

CDN = "https://scontent.xx.fbcdn.net/a"
ELSEWHERE = "https://www.instagram.com/p/x"


def part(type_: str, url: str | None = CDN, *, story: bool = False) -> Attachment:
    return Attachment(id=f"id-{type_}", type=type_, source_url=url, story=story)


@pytest.mark.parametrize(
    ("names", "host", "port", "allowed", "trusted"),
    [
        ((".fbcdn.net",), "a.fbcdn.net", 443, True, False),
        ((".fbcdn.net",), "a.b.fbcdn.net", 8443, True, False),
        ((".fbcdn.net",), "fbcdn.net", 443, False, False),
        ((".fbcdn.net",), "evilfbcdn.net", 443, False, False),
        ((".fbcdn.net:443",), "a.fbcdn.net", 443, True, False),
        ((".fbcdn.net:443",), "a.fbcdn.net", 8443, False, False),
        (("lookaside.fbsbx.com",), "lookaside.fbsbx.com", 443, True, False),
        (("127.0.0.1:8001",), "127.0.0.1", 8001, True, True),
        (("127.0.0.1:8001",), "127.0.0.1", 8002, False, False),
        (("127.0.0.1",), "127.0.0.1", 8002, True, True),
        (("[::1]:8001",), "::1", 8001, True, True),
        (("[::1]",), "::1", 9, True, True),
        (("[::1]:8001",), "::1", 9, False, False),
        (("cdn.example",), "a.cdn.example", 443, False, False),
        ((), "a.fbcdn.net", 443, False, False),
    ],
)
def test_hosts_are_named_exactly_or_by_what_they_end_in(
    names: tuple[str, ...], host: str, port: int, *, allowed: bool, trusted: bool
) -> None:
    hosts = MediaHosts(names)
    assert (hosts.allow(host, port), hosts.trust(host, port)) == (allowed, trusted)


@pytest.mark.parametrize("type_", ["image", "video", "audio", "file", "sticker", "story_mention"])
@pytest.mark.parametrize("url", [CDN, "https://elsewhere.example/a"])
def test_a_file_is_one_wherever_it_lies(type_: str, url: str) -> None:
    (marked,) = MediaRules().mark([part(type_, url)])
    assert (marked.has_file, marked.state) == (True, "pending")


@pytest.mark.parametrize("type_", ["share", "reel", "template", "something_new"])
def test_a_page_is_a_file_only_on_a_media_host(type_: str) -> None:
    marked = MediaRules().mark([part(type_, ELSEWHERE), part(type_, CDN), part(type_, "https://[bad/")])
    assert [each.has_file for each in marked] == [False, True, False]
    assert [each.state for each in marked] == ["refused", "pending", "refused"]


def test_a_part_without_an_address_is_no_file() -> None:
    marked = MediaRules().mark([part("location", None), part("sticker", None), part("image", None)])
    assert not any(each.has_file for each in marked)


def test_files_are_kept_by_policy_and_stories_never() -> None:
    for stores in (True, False):
        rules = MediaRules(stores=stores)
        marked = rules.mark([part("image"), part("share", story=True), part("share", ELSEWHERE)])
        files = rules.files(marked, None)
        assert [(file.position, file.story, file.keep) for file in files] == [
            (0, False, stores),
            (1, True, False),
        ]


def test_a_mentions_story_is_the_attachments_own_file() -> None:
    rules = MediaRules()
    marked = rules.mark([part("story_mention")])
    story = rules.mark_story({"id": None, "kind": "mention", "url": CDN}, marked, lambda: "new")
    assert story is not None
    assert story["media_id"] == "id-story_mention"
    (file,) = rules.files(marked, story)
    assert (file.id, file.story, file.keep) == ("id-story_mention", True, False)


def test_a_story_that_is_replied_to_has_a_file_of_its_own() -> None:
    rules = MediaRules()
    marked = rules.mark([part("image", "https://scontent.xx.fbcdn.net/other")])
    story = rules.mark_story({"id": "5", "kind": "reply", "url": CDN}, marked, lambda: "new")
    files = rules.files(marked, story)
    assert [(file.id, file.position, file.keep) for file in files] == [
        ("id-image", 0, True),
        ("new", -1, False),
    ]


@pytest.mark.parametrize("story", [None, {"id": "5", "kind": "reply", "url": None}])
def test_a_story_without_an_address_has_no_file(story: dict[str, str | None] | None) -> None:
    rules = MediaRules()
    assert rules.mark_story(story, (), lambda: "new") == story
    assert rules.files((), story) == ()


def test_an_own_message_takes_its_files_from_its_echo() -> None:
    rules = MediaRules()
    own = (Attachment(id="own", type="image", source_url="https://shop.example/a.jpg"),)
    (adopted,) = rules.adopted(own, [part("image")])
    assert (adopted.id, adopted.source_url, adopted.has_file) == ("own", CDN, True)
    assert rules.adopted(own, []) == own
    assert rules.adopted(own, [part("location", None)]) == own
    assert rules.adopted((adopted,), [part("image", "https://scontent.xx.fbcdn.net/b")]) == (adopted,)


def test_links_show_nothing_when_printed() -> None:
    shown = repr(FreshLinks(attachments=("https://scontent.xx.fbcdn.net/canary",), story="canary"))
    assert "canary" not in shown
