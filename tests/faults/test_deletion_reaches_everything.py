"""After a deletion the whole database and the whole data directory hold nothing of the contact.

The service is killed in the middle of it, and its store of files fails for a while.
"""

import asyncio
import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from meta_inbox.adapters.meta_graph.world_people import CASA_VERDE
from meta_inbox.adapters.meta_graph.world_pictures import picture
from meta_inbox.domain.model.content import MediaContent, TextContent
from tests.acceptance.over_http import OverHttp
from tests.acceptance.real_parts import RealParts, new_world, real_parts
from tests.acceptance.stage import BIA, Stage
from tests.harness.service import JWT_SECRET, SECRET, free_port

pytestmark = pytest.mark.real

WITHIN = 60.0
MINE = "canario-de-ana"
YOURS = "sabia-de-rui"
ANAS_PHOTO, RUIS_PHOTO, SENT_PHOTO = picture("ana"), picture("rui"), picture("answer")


@contextmanager
def playing(parts: RealParts) -> Generator[Stage]:
    """A business, whose events are posted to somebody who never answers."""
    world = new_world(SECRET, parts.service.variable("META_WEBHOOK_VERIFY_TOKEN"))
    with asyncio.Runner() as runner, parts.switchboard.showing(world, parts.base + "/webhook"):
        doors = OverHttp(
            httpx.AsyncClient(trust_env=False, timeout=15), parts.base, JWT_SECRET, parts, _no_host
        )
        try:
            yield Stage(runner, world, doors, world.ground.verify_token, loop=parts.switchboard.loop)
        finally:
            runner.run(doors.close())


async def _no_host(*_: Any, **__: Any) -> Any:
    raise AssertionError("nobody sends here")


def whole_database(dsn: str) -> Generator[tuple[str, str]]:
    """Every row of every table of every schema that is not Postgres's own, bodies in clear."""
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(
                sql.SQL("select to_jsonb(t)::text, t::text from {} t").format(sql.Identifier(schema, table))
            )
            for as_json, as_text in rows.fetchall():
                hidden = re.findall(r"\\\\?x([0-9a-f]+)", as_json)
                clear = [bytes.fromhex(one).decode("utf-8", "replace") for one in hidden if len(one) % 2 == 0]
                yield f"{schema}.{table}", "\n".join([as_json, as_text, *clear])


def holding(parts: RealParts, words: list[str]) -> list[str]:
    """Where one of the words stands, in the database or in a file."""
    found = [
        f"{table}: {word}" for table, row in whole_database(parts.database) for word in words if word in row
    ]
    place = Path(parts.service.variable("META_INBOX_DATA_DIR"))
    for path in (path for path in place.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found += [f"{path.name}: {word}" for word in words if word.encode() in content]
    return found


def files(parts: RealParts) -> set[bytes]:
    """The contents of every file there is."""
    place = Path(parts.service.variable("META_INBOX_DATA_DIR"))
    return {path.read_bytes() for path in place.rglob("*") if path.is_file()}


def everything_happens(stage: Stage, name: str, photo: bytes) -> None:
    """All that a contact and a business can leave behind."""
    contact, world, word = stage.contact(name), stage.world, name.split()[1]
    stage.writes(name, "Casa Verde", f"{word} moro na rua 7")
    stage.sends(name, "Casa Verde", photo)
    mid = stage.play(lambda: world.contacts.write(contact.id, f"{word} antes"))
    stage.play(lambda: world.contacts.edit(contact.id, mid, f"{word} depois"))
    stage.play(lambda: world.contacts.react(contact.id, mid, "love"))
    gone = stage.play(lambda: world.contacts.write(contact.id, f"{word} unsent"))
    stage.play(lambda: world.contacts.unsend(contact.id, gone))
    stage.play(lambda: world.comments.write(contact.id, f"{word} em publico"))
    stage.answers(name, TextContent(text=f"{word} resposta"), key=f"key-{contact.id}")
    stage.replies(name, f"{word} resposta em publico", "public")


def test_nothing_of_the_contact_is_left_anywhere_and_all_of_the_others_is() -> None:
    with real_parts() as parts, playing(parts) as stage:
        ana, rui = f"Ana {MINE}", f"Rui {YOURS}"
        stage.log_in()
        stage.run(stage.doors.tell_of_messages(BIA, f"http://127.0.0.1:{free_port()}/events"))
        everything_happens(stage, ana, ANAS_PHOTO)
        everything_happens(stage, rui, RUIS_PHOTO)
        upload = stage.run(stage.doors.upload(BIA, SENT_PHOTO, f"{MINE}.png"))
        stage.answers(ana, MediaContent(media_id=upload, type="image"))
        stage.eventually(stage.doors.backstage.idle, "what Meta told of is in its place")
        wanted = {ANAS_PHOTO, RUIS_PHOTO, SENT_PHOTO}
        stage.eventually(lambda: _true(wanted <= files(parts)), "the files are here")
        account, contact = stage.thread(ana)
        words = [MINE, contact]
        before = {where.partition(":")[0] for where in holding(parts, words)}
        assert len(before) > 8, before

        media = Path(parts.service.variable("META_INBOX_DATA_DIR")) / "media"
        media.rename(media.with_name("media-away"))
        media.touch()
        stage.run(stage.doors.delete(BIA, account, contact))
        began = time.monotonic()
        parts.service.kill()
        parts.service.start()
        time.sleep(5)
        media.unlink()
        media.with_name("media-away").rename(media)
        while (left := holding(parts, words)) or wanted & files(parts) != {RUIS_PHOTO}:
            assert time.monotonic() - began < WITHIN, left
            time.sleep(0.5)

        assert {where.partition(":")[0] for where in holding(parts, [YOURS])} >= {
            "meta_inbox.messages",
            "meta_inbox.contacts",
        }
        texts = {message.text for message in stage.messages(rui)}
        assert {f"{YOURS} moro na rua 7", f"{YOURS} depois", f"{YOURS} resposta"} <= texts
        rui_id = stage.contact(rui).id
        assert any(rui_id in row for table, row in whole_database(parts.database) if "journal_" in table)

        stage.play(lambda: stage.world.webhooks.repeat(40))
        stage.writes(rui, "Casa Verde", "e depois isto")
        stage.sees(rui, lambda message: message.text == "e depois isto", "what Meta told after that")
        stage.look_for_what_is_missing()
        began = time.monotonic()
        while left := holding(parts, words):
            assert time.monotonic() - began < WITHIN, left
            time.sleep(0.5)
        assert stage.messages(ana) == []
        assert CASA_VERDE.id == stage.contact(ana).account_id


async def _true(holds: bool) -> bool:
    return holds
