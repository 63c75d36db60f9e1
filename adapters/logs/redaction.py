"""What looks like a secret is masked on its way into a log: the second line of defence."""

import re
from collections.abc import Iterable
from typing import cast

from structlog.typing import EventDict, WrappedLogger

from meta_inbox.domain.model.secret import Secret

_MASK = "***"
_SECRETS = re.compile(
    r"""(?ix)
    \b(?:EAA|IGA)[A-Za-z0-9_-]{20,}                                   # Meta's access tokens
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+          # bearer tokens
    | (?<=[?&\#])(?:code|state|ticket|completion|access_token|client_secret|appsecret_proof|input_token
        |fb_exchange_token|sig|password|hub\.verify_token)=[^&\s"']+    # parameters of an address
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)                                 # user:password@host
    """
)


class Redaction:
    """The second line of defence: the first is that nobody logs a ``Secret``'s text."""

    def __init__(self, known: Iterable[Secret] = ()) -> None:
        texts = {secret.reveal() for secret in known}
        self._known = sorted((text for text in texts if len(text) >= 8), key=len, reverse=True)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """A processor of structlog's."""
        return {name: self.clean(value) for name, value in event.items()}

    def clean(self, value: object) -> object:
        """The value with what looks like a secret masked, in texts however deep."""
        match value:
            case str():
                return self._masked(value)
            case dict():
                inner = cast("dict[object, object]", value)
                return {name: self.clean(one) for name, one in inner.items()}
            case list() | tuple():
                return [self.clean(one) for one in cast("Iterable[object]", value)]
            case _:
                return value

    def _masked(self, text: str) -> str:
        for known in self._known:
            text = text.replace(known, _MASK)
        return _SECRETS.sub(_MASK, text)
