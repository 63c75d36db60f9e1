"""The system role within a tenant's transaction, for what no tenant may see, and the way back."""

from typing import LiteralString

from meta_inbox.adapters.persistence.database import SYSTEM, TENANT, Connection

# From the one role to the other alone: where the first was forgotten, this must not make up for it.
_SWITCH: LiteralString = "select set_config('role', %s, true) where current_user = %s"


async def become_system(connection: Connection) -> None:
    """From here on the transaction of a tenant sees what is the system's, and every tenant's rows."""
    await connection.execute(_SWITCH, (SYSTEM, TENANT))


async def become_tenant(connection: Connection) -> None:
    """And from here on its tenant's rows alone again."""
    await connection.execute(_SWITCH, (TENANT, SYSTEM))
