"""The steps about files that agents send."""

from pytest_bdd import given, then, when

from meta_inbox.adapters.meta_graph.world_faults import Fault, FaultKind
from meta_inbox.adapters.meta_graph.world_pictures import picture
from meta_inbox.domain.model.content import MediaContent, MediaKind
from tests.acceptance.stage import BIA, LOJA, OTTO, Stage

PHOTO = picture("bolo")
MENU = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + bytes(200)
ZIP = b"PK\x03\x04" + bytes(200)
VOICE = b"OggS\x00\x02" + bytes(200)
PROGRAM = b"MZ" + bytes(200)


def sends(stage: Stage, content: bytes, name: str, kind: MediaKind) -> str:
    """Bia uploads the file and sends it to Ana."""
    upload = stage.run(stage.doors.upload(BIA, content, name))
    stage.answers("Ana", MediaContent(media_id=upload, type=kind))
    return upload


def received(stage: Stage) -> list[bytes]:
    """The files that Ana was handed, as she sees them."""
    files: list[bytes] = []
    for message in stage.received_by("Ana"):
        address = stage.world.attachments.address(message["attachment"]["payload"]["attachment_id"])
        files.append(stage.world.media.answer("/media" + address.partition("/media")[2]).content)
    return files


def media_id(stage: Stage) -> str:
    """The upload that was latest sent."""
    assert stage.links.latest
    return stage.links.latest


@when("Bia sends Ana a photo from her computer")
def bia_sends_a_photo(stage: Stage) -> None:
    stage.links.latest = sends(stage, PHOTO, "bolo de fubá.png", "image")


@given("Bia sent Ana a photo from her computer, which Meta lost")
def bia_sent_a_photo_that_meta_lost(stage: Stage) -> None:
    bia_sends_a_photo(stage)
    lost = Fault(kind=FaultKind.REFUSE, code=100, subcode=2018074, status=400)
    stage.play(lambda: stage.world.faults.plan("messages", lost))


@when("Bia sends Ana the same photo again")
def bia_sends_it_again(stage: Stage) -> None:
    stage.answers("Ana", MediaContent(media_id=media_id(stage)))


@when("Bia sends Ana a menu as PDF")
def bia_sends_a_menu(stage: Stage) -> None:
    sends(stage, MENU, "cardapio.pdf", "file")


@when("Bia sends Ana everything as a ZIP")
def bia_sends_a_zip(stage: Stage) -> None:
    sends(stage, ZIP, "tudo.zip", "file")


@when("Bia sends Ana a voice note as Ogg")
def bia_sends_a_voice_note(stage: Stage) -> None:
    sends(stage, VOICE, "voz.ogg", "audio")


@when("Bia uploads a program")
def bia_uploads_a_program(stage: Stage) -> None:
    stage.try_to(stage.doors.upload(BIA, PROGRAM, "setup.exe"))


@given("Bia uploaded a photo")
def bia_uploaded_a_photo(stage: Stage) -> None:
    stage.links.latest = stage.run(stage.doors.upload(BIA, PHOTO, "bolo.png"))


@given("Meta will not take the next file")
def meta_takes_no_file(stage: Stage) -> None:
    trouble = Fault(kind=FaultKind.HTML_503)
    stage.play(lambda: stage.world.faults.plan("message_attachments", trouble))


@when("Otto sends it to one of his customers")
def otto_sends_it(stage: Stage) -> None:
    account = stage.account(LOJA.name, OTTO)
    content = MediaContent(media_id=media_id(stage))
    stage.try_to(stage.doors.send(OTTO, account.id, "7001", content))


@then("Ana receives the photo")
def ana_receives_the_photo(stage: Stage) -> None:
    assert received(stage) == [PHOTO]


@then("Ana receives the photo twice")
def ana_receives_the_photo_twice(stage: Stage) -> None:
    assert received(stage) == [PHOTO, PHOTO]


@then("a moment later Ana receives the photo, only once")
def ana_receives_the_photo_later(stage: Stage) -> None:
    stage.sees("Ana", lambda message: message.type == "image" and message.mid is not None, "the photo sent")
    ana_receives_the_photo(stage)


@then("Ana receives the menu")
def ana_receives_the_menu(stage: Stage) -> None:
    assert received(stage) == [MENU]


@then("Meta was given the photo once")
def given_once(stage: Stage) -> None:
    assert len(stage.world.ground.state.copies) == 1


@then("Bia can look at the photo that she sent")
def bia_can_look_at_it(stage: Stage) -> None:
    found = stage.run(stage.doors.look(BIA, stage.own_answer("Ana").files[0]))
    assert (found.content, found.shown) == (PHOTO, True)


@then("the answer is refused because Instagram does not take such files")
def refused_for_its_type(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert stage.outcome.refusal.code == "media_type"


@then("Bia is told which files Instagram takes")
def told_what_is_taken(stage: Stage) -> None:
    assert stage.outcome.refusal is not None
    assert "Instagram does not take audio/ogg" in stage.outcome.refusal.text
    assert "audio/mp4" in stage.outcome.refusal.text


@then("the upload is refused because such files cannot be sent")
def upload_is_refused(stage: Stage) -> None:
    refused_for_its_type(stage)
