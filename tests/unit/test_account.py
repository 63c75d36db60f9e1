"""An account's status, seen at a moment."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from meta_inbox.domain.errors import AccountNotSendable
from meta_inbox.domain.model.account import Account, AccountStatus, Login, Platform
from meta_inbox.domain.model.ids import AccountId
from tests.contracts.scene import BEA, CASA
from tests.unit.doubles import NOON

ACCOUNT = Account(
    id=AccountId("0198a6a0-0000-7000-8000-000000000000"),
    tenant_id=CASA,
    platform=Platform.MESSENGER,
    login=Login.FACEBOOK,
    status=AccountStatus.ACTIVE,
    facebook_page_id="1001",
    facebook_page_name="Casa Verde",
    connected_at=NOON,
    connected_by=BEA,
    updated_at=NOON,
)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("token", "access", "status"),
    [
        (None, None, AccountStatus.ACTIVE),
        (NOON + timedelta(days=7), NOON + timedelta(days=14), AccountStatus.ACTIVE),
        (NOON + timedelta(days=7) - TICK, None, AccountStatus.EXPIRING),
        (None, NOON + timedelta(days=14) - TICK, AccountStatus.EXPIRING),
        (NOON - timedelta(days=1), None, AccountStatus.EXPIRING),
    ],
)
def test_an_approaching_expiry_shows(
    token: datetime | None, access: datetime | None, status: AccountStatus
) -> None:
    account = replace(ACCOUNT, token_expires_at=token, data_access_expires_at=access)
    assert account.status_at(NOON) is account.seen_at(NOON).status is status


@pytest.mark.parametrize("status", [AccountStatus.REAUTH_REQUIRED, AccountStatus.DISCONNECTED])
def test_what_is_worse_than_expiring_stays(status: AccountStatus) -> None:
    assert replace(ACCOUNT, status=status, token_expires_at=NOON).status_at(NOON) is status
    with pytest.raises(AccountNotSendable):
        replace(ACCOUNT, status=status).require_sendable()


@pytest.mark.parametrize("status", [AccountStatus.ACTIVE, AccountStatus.EXPIRING])
def test_an_account_that_only_expires_sends(status: AccountStatus) -> None:
    replace(ACCOUNT, status=status).require_sendable()


def test_webhooks_name_an_account_by_the_id_of_its_platform() -> None:
    both = replace(ACCOUNT, instagram_account_id="9001", instagram_username="casa")
    assert (both.external_id, both.name) == ("1001", "Casa Verde")
    instagram = replace(both, platform=Platform.INSTAGRAM)
    assert (instagram.external_id, instagram.name) == ("9001", "casa")
    assert replace(instagram, instagram_name="Casa").name == "Casa"
    with pytest.raises(ValueError, match="id of its platform"):
        _ = replace(ACCOUNT, platform=Platform.INSTAGRAM).external_id
