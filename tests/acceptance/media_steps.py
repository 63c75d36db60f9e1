"""The steps about files."""

from pytest_bdd import given, parsers, then, when

from meta_inbox.adapters.meta_graph.world_people import CASAVERDE
from meta_inbox.adapters.meta_graph.world_pictures import picture
from tests.acceptance.stage import BIA, OTTO, Stage

CAKE = picture("cake")
PRETENDER = b"\x89PNG\r\n\x1a\n<!doctype html><script>alert(document.domain)</script>"


@given("Meta is slow to hand out files")
def slow_to_hand_out(stage: Stage) -> None:
    stage.links.spoilt_by = lambda url: stage.world.media.kill(url, 503)


@given("links to files die at once")
def links_die(stage: Stage) -> None:
    stage.links.spoilt_by = lambda url: stage.world.media.kill(url, 410)


@given("Meta loses every file at once")
def files_are_lost(stage: Stage) -> None:
    stage.links.spoilt_by = stage.world.media.remove


@when("Ana sends a photo of a cake")
def ana_sends_a_cake(stage: Stage) -> None:
    stage.sends("Ana", "Casa Verde", CAKE)


@given("Ana sent a photo of a cake, which Bia looked at")
def ana_sent_a_cake(stage: Stage) -> None:
    ana_sends_a_cake(stage)
    bia_can_look_at_the_cake(stage)


@when("somebody answers Ana in Meta's own app with a photo of a cake")
def answered_with_a_cake(stage: Stage) -> None:
    stage.answers_elsewhere_with("Ana", CAKE)


@given(parsers.parse('Ana mentioned the Instagram account "{account}" in a story'))
@when(parsers.parse('Ana mentions the Instagram account "{account}" in a story'))
def ana_mentions(stage: Stage, account: str) -> None:
    stage.sends("Ana", account, CAKE, kind="story_mention")


@when("the story is over")
def the_story_is_over(stage: Stage) -> None:
    stage.loses_its_file()


@when("Ana sends a page that pretends to be a photo")
def ana_pretends(stage: Stage) -> None:
    stage.sends("Ana", "Casa Verde", PRETENDER)


@when("Ana sends a photo that lies on a server of her own")
def ana_sends_from_elsewhere(stage: Stage) -> None:
    stage.sends_link("Ana", "Casa Verde", "https://ana.example/cake.jpg")


@when("Otto looks at it")
def otto_looks(stage: Stage) -> None:
    stage.looks(OTTO, "Ana")


@then("a moment later Bia can look at the photo of the cake")
@then("a moment later Bia can look at the story")
def bia_can_look_at_the_cake(stage: Stage) -> None:
    stage.sees_file("Ana", lambda file: file.content == CAKE and file.shown, "the photo")


@then("a moment later Bia is offered it as a download only")
def offered_as_a_download(stage: Stage) -> None:
    stage.sees_file("Ana", lambda file: file.content == PRETENDER and not file.shown, "the download")


@then("Bia is told that the photo is still to come")
def told_still_to_come(stage: Stage) -> None:
    stage.looks(BIA, "Ana")
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "media_pending"


@then("a moment later Bia is told that the photo has expired")
@then("a moment later Bia is told that the story has expired")
def told_expired(stage: Stage) -> None:
    stage.sees_refusal("Ana", "media_expired")


@then("a moment later Bia is told that the photo is not fetched")
def told_not_fetched(stage: Stage) -> None:
    stage.sees_refusal("Ana", "media_refused")


@then("Bia can look at the picture of Ana")
def bia_can_look_at_the_picture(stage: Stage) -> None:
    shown = stage.conversation("Ana").picture
    assert shown is not None
    found = stage.run(stage.doors.look(BIA, shown))
    assert found.content == picture(f"{stage.contact('Ana').id}.png")
    assert found.shown


@then(parsers.parse('Bia can look at the picture of the Instagram account "{name}"'))
def bia_can_look_at_the_accounts_picture(stage: Stage, name: str) -> None:
    shown = stage.account(name).picture
    assert shown is not None
    found = stage.run(stage.doors.look(BIA, shown))
    assert found.content == picture(f"{CASAVERDE.id}.png")
    assert found.shown


@then("nothing of it is kept")
def nothing_is_kept(stage: Stage) -> None:
    assert stage.run(stage.doors.backstage.files_kept()) == 0


@then("he is told that there is no such file")
def told_no_such_file(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "not_found"
