"""What the columns of the first system are called, and finding out which of them are not there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from psycopg import AsyncConnection, sql

from meta_inbox.domain.errors import MetaInboxError

ACCOUNTS = "meta_instagram_accounts"
MESSAGES = "instagram_messages"
COLUMNS = {
    ACCOUNTS: (
        "id",
        "tenant_id",
        "user_id",
        "platform",
        "status",
        "instagram_account_id",
        "instagram_username",
        "instagram_name",
        "profile_picture_url",
        "facebook_page_id",
        "facebook_page_name",
        "access_token",
        "page_access_token",
        "token_expires_at",
        "connected_at",
        "last_synced_at",
        "updated_at",
    ),
    MESSAGES: (
        "id",
        "tenant_id",
        "account_id",
        "message_id",
        "from_id",
        "from_username",
        "to_id",
        "to_username",
        "message_text",
        "attachments",
        "direction",
        "raw_payload",
        "sent_at",
        "created_at",
    ),
}
_THERE = """
    select attname::text from pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
"""


class OldTablesDiffer(MetaInboxError):
    """The old database does not have the tables or columns that are to be read."""


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Each column that is read, by the name it goes by over there."""

    renamed: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    @classmethod
    def parse(cls, given: Sequence[str]) -> Self:
        """Reads ``table.ours=theirs``; raises ValueError saying what is wrong with one."""
        renamed: dict[tuple[str, str], str] = {}
        for text in given:
            ours, equals, theirs = text.partition("=")
            table, dot, column = ours.partition(".")
            if not (equals and dot and theirs):
                raise ValueError(f"{text} is not table.ours=theirs")
            if column not in COLUMNS.get(table, ()):
                known = ", ".join(COLUMNS.get(table, COLUMNS))
                raise ValueError(f"{ours} is not read; known there: {known}")
            renamed[table, column] = theirs
        return cls(renamed)

    def of(self, table: str, column: str) -> sql.Identifier:
        """The column's own name, quoted."""
        return sql.Identifier(self.name(table, column))

    def name(self, table: str, column: str) -> str:
        """The column's own name."""
        return self.renamed.get((table, column), column)

    async def check(self, connection: AsyncConnection[tuple[Any, ...]]) -> None:
        """Raises OldTablesDiffer, naming everything that is missing."""
        missing: list[str] = []
        for table, columns in COLUMNS.items():
            found = await (await connection.execute(_THERE, [f'"{table}"'])).fetchall()
            there = {name for (name,) in found}
            if not there:
                missing.append(f"the table {table}")
                continue
            names = [self.name(table, column) for column in columns]
            missing += [f"{table}.{name}" for name in names if name not in there]
        if missing:
            raise OldTablesDiffer(
                f"the old database has not: {', '.join(missing)}; where a column goes by another name, "
                "say so with --column table.ours=theirs"
            )
