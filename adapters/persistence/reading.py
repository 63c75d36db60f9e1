"""Reading: one statement in a transaction of its own, in one round trip, its rows decoded at once.

A page costs the processor more by how it is asked for than by what it says: a transaction through psycopg's
pipeline waits for the socket for each of its four messages (docs/performance.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.pq.abc import PGresult
from psycopg.types.json import set_json_loads

from meta_inbox.adapters.persistence.round_trip import Call, Connection, Line, Statement
from meta_inbox.adapters.persistence.shared_line import transact

_NUMBERS: tuple[LiteralString, ...] = ("$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9")


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that changes nothing, and which value each of its numbers stands for."""

    statement: Statement
    names: tuple[str, ...]

    @classmethod
    def named(cls, key: bytes, sql: LiteralString) -> "Question":
        """The statement with parameters like ``%(account)s``, kept prepared under ``key``."""
        names: list[LiteralString] = []
        numbered, *rest = sql.split("%(")
        for each in rest:
            name, _, following = each.partition(")s")
            if name not in names:
                names.append(name)
            numbered += _NUMBERS[names.index(name)] + following
        return cls(Statement(key, numbered), tuple(names))

    def asked(self, values: Mapping[str, str]) -> Call:
        """The call with these values, each as Postgres reads its type; more may be given."""
        return self.statement.with_values(*(values[name] for name in self.names))


class Rows:
    """Decodes answers: JSON as plain values, every time in UTC whatever the server's time zone."""

    def __init__(self) -> None:
        adapters = AdaptersMap(psycopg.adapters)
        # A page has some hundred JSON values: 1.4 µs each by the standard library, 0.06 by this.
        set_json_loads(msgspec.json.decode, adapters)
        self._transformer = Transformer(adapters)  # of no connection: times are in UTC, texts in UTF-8

    def of(self, answer: PGresult) -> Sequence[tuple[Any, ...]]:
        """The answer's rows."""
        self._transformer.set_pgresult(answer)
        try:
            return self._transformer.load_rows(0, answer.ntuples, tuple)
        finally:
            self._transformer.set_pgresult(None)


async def answered(connection: Connection, calls: Sequence[Call]) -> PGresult:
    """What the last of the calls answers; they are one transaction of an idle connection."""
    line = Line(connection)
    try:
        answer = await transact(line, calls)
    finally:
        line.close()
    if answer is None:
        raise psycopg.ProgrammingError("the statement gives no rows")
    return answer
