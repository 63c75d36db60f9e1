"""Where a tenant has its events posted."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from meta_inbox.adapters.http.given import By, Core
from meta_inbox.adapters.http.request import our_id
from meta_inbox.adapters.http.webhook_endpoint_wire import (
    EndpointBody,
    EndpointChangeBody,
    EndpointTest,
    WebhookEndpoints,
    WebhookEndpointWire,
    WebhookEndpointWithSecret,
)
from meta_inbox.domain.model.webhook_endpoint import EndpointId

ENDPOINTS = "/webhook-endpoints"
ENDPOINT = f"{ENDPOINTS}/{{endpoint:str}}"


def endpoint_id(text: str) -> EndpointId:
    """The endpoint's id; NotFound for what cannot be one."""
    return EndpointId(our_id(text))


@get(ENDPOINTS)
async def list_webhook_endpoints(by: By, inbox: Core) -> WebhookEndpoints:
    """The tenant's endpoints, oldest first, disabled ones included."""
    return WebhookEndpoints.of(await inbox.list_webhook_endpoints(by=by))


@post(ENDPOINTS, status_code=201)
async def create_webhook_endpoint(
    data: JSONBody[EndpointBody], by: By, inbox: Core
) -> WebhookEndpointWithSecret:
    """Has events posted there from now on, signed with the secret that only this answer tells."""
    made = await inbox.create_webhook_endpoint(
        by=by, url=data.url, types=data.types, description=data.description
    )
    return WebhookEndpointWithSecret.told(made)


@patch(ENDPOINT)
async def update_webhook_endpoint(
    endpoint: FromPath[str], data: JSONBody[EndpointChangeBody], by: By, inbox: Core
) -> WebhookEndpointWire:
    """Changes what is given. One that is enabled again goes on where it was."""
    changed = await inbox.update_webhook_endpoint(by=by, endpoint=endpoint_id(endpoint), change=data.change())
    return WebhookEndpointWire.of(changed)


@delete(ENDPOINT)
async def delete_webhook_endpoint(endpoint: FromPath[str], by: By, inbox: Core) -> None:
    """Nothing is posted there any more."""
    await inbox.delete_webhook_endpoint(by=by, endpoint=endpoint_id(endpoint))


@post(f"{ENDPOINT}/rotate-secret", status_code=200)
async def rotate_webhook_secret(endpoint: FromPath[str], by: By, inbox: Core) -> WebhookEndpointWithSecret:
    """A new secret; for 24 hours the former one signs as well."""
    made = await inbox.rotate_webhook_secret(by=by, endpoint=endpoint_id(endpoint))
    return WebhookEndpointWithSecret.told(made)


@post(f"{ENDPOINT}/test", status_code=200)
async def test_webhook_endpoint(endpoint: FromPath[str], by: By, inbox: Core) -> EndpointTest:
    """Posts a ``ping`` now, once, and tells what became of it."""
    return EndpointTest.of(await inbox.test_webhook_endpoint(by=by, endpoint=endpoint_id(endpoint)))
