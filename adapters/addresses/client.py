"""How addresses that others chose are called: nothing of ours goes along, and nothing leads elsewhere."""

import ssl
from http.cookiejar import DefaultCookiePolicy

import httpx


def plain_client(
    connections: int, *, verify: ssl.SSLContext | bool = True, carrier: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """No proxy of the surroundings, no redirect, no cookie, no compression."""
    client = httpx.AsyncClient(
        verify=verify,
        transport=carrier,
        trust_env=False,
        follow_redirects=False,
        headers={"Accept-Encoding": "identity", "Accept": "*/*", "User-Agent": "meta-inbox"},
        # Connections are kept by address, and one address serves many names: none is used twice.
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=0),
    )
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client
