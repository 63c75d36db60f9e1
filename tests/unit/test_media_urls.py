"""Signed addresses: who may look at what, and until when."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from meta_inbox.adapters.http.media_urls import MediaUrls
from meta_inbox.adapters.persistence.sealing import KeyRing
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.domain.model.principal import Scope

NOW = datetime(2026, 11, 23, 12, 10, tzinfo=UTC)
TENANT = TenantId("casa-verde")
MEDIA = "0192f0a0-0000-7000-8000-000000000001"
URLS = MediaUrls(base_url="https://crm.example/api/meta", keys=(b"k" * 32,))


def signed(tenant: str = TENANT, media: str = MEDIA, urls: MediaUrls = URLS) -> tuple[str, str]:
    query = parse_qs(urlsplit(urls.url(TenantId(tenant), media, NOW)).query)
    return query["exp"][0], query["sig"][0]


def test_the_address_is_absolute_and_on_our_base() -> None:
    url = URLS.url(TENANT, MEDIA, NOW)
    assert url.startswith(f"https://crm.example/api/meta/media/{MEDIA}?exp=")


def test_it_lets_a_reader_of_that_tenant_in_to_read_alone() -> None:
    reader = URLS.reader(MEDIA, *signed(), NOW)
    assert reader is not None
    assert (reader.tenant, reader.scopes) == (TENANT, frozenset({Scope.MESSAGES_READ}))


@pytest.mark.parametrize("tenant", ["1", "x" * 64, "ação", "日本", "a b", "a&b=c#d"])
def test_any_tenant_id_is_signed_and_read_back(tenant: str) -> None:
    reader = URLS.reader(MEDIA, *signed(tenant), NOW)
    assert reader is not None
    assert reader.tenant == tenant


def test_it_lives_for_half_an_hour_at_least_and_an_hour_at_most() -> None:
    for minute in range(120):
        made = NOW + timedelta(minutes=minute, seconds=minute % 60)
        exp = int(parse_qs(urlsplit(URLS.url(TENANT, MEDIA, made)).query)["exp"][0])
        assert 1800 <= exp - made.timestamp() <= 3600


def test_it_stays_the_same_for_a_while_so_that_browsers_need_not_load_again() -> None:
    first = URLS.url(TENANT, MEDIA, NOW)
    assert URLS.url(TENANT, MEDIA, NOW + timedelta(minutes=15)) == first
    assert URLS.url(TENANT, MEDIA, NOW + timedelta(minutes=31)) != first


def test_it_ends_at_its_moment() -> None:
    exp, sig = signed()
    end = datetime.fromtimestamp(int(exp), UTC)
    assert URLS.reader(MEDIA, exp, sig, end - timedelta(seconds=1)) is not None
    assert URLS.reader(MEDIA, exp, sig, end) is None
    assert URLS.reader(MEDIA, exp, sig, end - timedelta(hours=2)) is None  # no address lives for longer


def test_it_is_for_one_file() -> None:
    assert URLS.reader("0192f0a0-0000-7000-8000-000000000002", *signed(), NOW) is None


def test_its_tenant_cannot_be_exchanged() -> None:
    exp, sig = signed()
    raw = urlsafe_b64decode(sig + "=" * (-len(sig) % 4))
    forged = urlsafe_b64encode(raw[:32] + b"rival-shop").decode().rstrip("=")
    assert URLS.reader(MEDIA, exp, forged, NOW) is None


def test_its_end_cannot_be_moved() -> None:
    exp, sig = signed()
    assert URLS.reader(MEDIA, str(int(exp) + 60), sig, NOW) is None


def test_no_byte_of_it_can_be_changed() -> None:
    exp, sig = signed()
    raw = bytearray(urlsafe_b64decode(sig + "=" * (-len(sig) % 4)))
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        forged = urlsafe_b64encode(bytes(changed)).decode().rstrip("=")
        assert URLS.reader(MEDIA, exp, forged, NOW) is None


@pytest.mark.parametrize("exp", ["", "0", "-1", "1e9", "\uff19\uff19\uff19\uff19", "1" * 30, " 1", "nan"])
def test_an_odd_end_is_no_end(exp: str) -> None:
    assert URLS.reader(MEDIA, exp, signed()[1], NOW) is None


@pytest.mark.parametrize(
    "sig", ["", "a", "=" * 60, "A" * 44, "A" * 401, "é" * 50, "+/" * 40, "A" * 45 + "\n"]
)
def test_an_odd_signature_is_no_signature(sig: str) -> None:
    assert URLS.reader(MEDIA, signed()[0], sig, NOW) is None


def test_half_an_address_is_none() -> None:
    exp, sig = signed()
    assert URLS.reader(MEDIA, None, sig, NOW) is None
    assert URLS.reader(MEDIA, exp, None, NOW) is None


def test_a_key_that_was_rotated_still_opens_and_one_that_was_removed_does_not() -> None:
    old, new = KeyRing.generate("k1"), KeyRing.generate("k2")

    def urls(ring: str) -> MediaUrls:
        return MediaUrls(base_url=URLS.base_url, keys=KeyRing.parse(ring).derived("media-url"))

    exp, sig = signed(urls=urls(old))
    assert urls(f"{new},{old}").reader(MEDIA, exp, sig, NOW) is not None
    assert urls(new).reader(MEDIA, exp, sig, NOW) is None


def test_each_purpose_has_a_key_of_its_own() -> None:
    ring = KeyRing.parse(KeyRing.generate("k1"))
    assert ring.derived("media-url") == ring.derived("media-url")
    assert ring.derived("media-url") != ring.derived("another")
    assert len(ring.derived("media-url")[0]) == 32


def test_its_keys_are_not_shown() -> None:
    assert "kkkk" not in repr(URLS)
