"""Whether a tenant may have its events posted to an address, and call it so."""

from meta_inbox.domain.errors import ContentRefused, LinkBarred
from meta_inbox.domain.model.webhook_endpoint import LONGEST_DESCRIPTION, LONGEST_URL
from meta_inbox.domain.ports import WebhookPoster

_REFUSED = "events are posted to https addresses of the public internet alone"


def require_address(poster: WebhookPoster, url: str) -> None:
    """Raises ContentRefused; what the name resolves to is looked at before each post."""
    if len(url) > LONGEST_URL:
        raise ContentRefused(f"the address is longer than {LONGEST_URL}", code="webhook_url_refused")
    try:
        poster.require_allowed(url)
    except LinkBarred as barred:
        raise ContentRefused(_REFUSED, code="webhook_url_refused") from barred


def require_description(text: str) -> None:
    """Raises ContentRefused for what is too long, or no text to keep."""
    if len(text) > LONGEST_DESCRIPTION or not all(each.isprintable() for each in text):
        raise ContentRefused(
            f"a description is one line of at most {LONGEST_DESCRIPTION} characters",
            code="description_refused",
        )
