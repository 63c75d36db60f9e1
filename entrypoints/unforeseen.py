"""What nobody foresaw, in work that nobody waits for."""

from meta_inbox.adapters.logs.log import log_named
from meta_inbox.domain.errors import Unavailable

_log = log_named("meta_inbox.worker")


def tell_unforeseen_attempt(error: BaseException) -> None:
    """The operator reads of an attempt to post an event that ended so."""
    if isinstance(error, Unavailable):
        _log.warning("webhook_attempt_waits", cause=str(error))
    else:
        _log.error("webhook_attempt_failed", exc_info=error)
