"""The first system's database, made in Postgres, its tokens sealed by Node."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_NODE = Path(sys.executable).parent / "node"
_SCRIPT = Path(__file__).parent / "v121_seal.mjs"

TABLES = """
    create table oauth_states (
      id uuid primary key default gen_random_uuid(), state text not null, tenant_id text, user_id text,
      expires_at timestamp, created_at timestamp default now());
    create table meta_instagram_accounts (
      id uuid primary key, tenant_id text, user_id text, instagram_account_id text,
      instagram_username text, instagram_name text, profile_picture_url text, facebook_page_id text,
      facebook_page_name text, access_token text, page_access_token text,
      token_expires_at timestamp, platform text, status text, connected_at timestamp,
      last_synced_at timestamp, updated_at timestamp);
    create table instagram_messages (
      id bigint generated always as identity primary key, tenant_id text, account_id uuid, message_id text,
      conversation_id text, from_id text, from_username text, to_id text, to_username text,
      message_text text, message_type text, attachments jsonb, direction text, status text, metadata jsonb,
      raw_payload jsonb, sent_at timestamp, created_at timestamp default now());
"""


def node_sealed(secret: str, texts: Sequence[str]) -> list[str]:
    """The texts as the first system sealed them."""
    given = json.dumps({"secret": secret, "texts": list(texts)})
    sealed: list[str] = json.loads(_node(given))
    return sealed


def vectors_of_node() -> list[dict[str, Any]]:
    """The committed vectors, made anew."""
    vectors: list[dict[str, Any]] = json.loads(_node("", "vectors"))
    return vectors


def _node(given: str, *arguments: str) -> str:
    return subprocess.run(
        [_NODE, _SCRIPT, *arguments], input=given, capture_output=True, text=True, check=True, timeout=30
    ).stdout
