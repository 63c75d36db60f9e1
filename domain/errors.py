"""Every refusal of the core, as one tree.

MetaInboxError
├── NotFound                     no such thing, or somebody else's: callers cannot tell which
│   ├── MediaMissing             the file is not here: not yet, no longer, or never; ``code`` says which
│   └── LinkDead                 the address of a file leads nowhere any more
├── Unauthorised                 who is asking, and may they?
│   ├── ScopeMissing
│   └── SignatureInvalid
├── Refused                      a rule forbids it; ``kind`` says whether the state or the content does
│   ├── ContentRefused           such content never can be sent
│   ├── WindowClosed
│   ├── PrivateReplyUsed         a comment has its one private answer
│   ├── CommentDeleted
│   ├── MessageDeleted
│   ├── MessageNotSent           it has not reached Meta
│   ├── AccountNotSendable
│   ├── RecipientUnavailable
│   ├── CannotResend             what was to be sent is no longer kept
│   ├── PersonRequired           only a person may decide this
│   ├── InFlight
│   ├── KeyReused
│   ├── LoginNotAvailable
│   ├── EndpointDisabled         nothing is posted to that webhook endpoint
│   ├── TooManyEndpoints         the tenant has as many webhook endpoints as it may
│   ├── ShortcutTaken            another canned reply of the tenant has that shortcut
│   ├── TooManyCannedReplies     the tenant has as many canned replies as it may
│   ├── LinkBarred               the file must not be fetched from there, or is too large
│   ├── RefusedByMeta            Meta said no, definitively
│   └── ConnectFailed            the dialog or the exchange did not lead to an account
└── Unavailable                  worth trying again
    ├── StorageUnavailable
    ├── GraphUnavailable
    ├── TooManyAtOnce            as many of these are under way as may be at a time
    ├── GraphOutcomeUnknown      the request left; nobody knows whether Meta acted on it
    └── AccessRevoked            Meta no longer accepts the account's access token
"""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from meta_inbox.domain.model.message import Message


class MetaInboxError(Exception):
    """Root of everything the core raises on purpose."""


class NotFound(MetaInboxError):
    """No such thing for this tenant."""


class MediaMissing(NotFound):
    """The file cannot be looked at; ``code`` is ``media_pending``, ``media_expired`` or ``media_refused``."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class LinkDead(NotFound):
    """The address of a file leads nowhere any more."""


class Unauthorised(MetaInboxError):
    """The caller may not do this."""


class ScopeMissing(Unauthorised):
    """The principal's scopes do not include the one that is needed."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"this needs the scope {scope}")
        self.scope = scope


class SignatureInvalid(Unauthorised):
    """The body was not signed with a secret of ours."""


class RefusalKind(StrEnum):
    """Whether the present state forbids it, or such content never can be sent."""

    STATE = "state"
    CONTENT = "content"


class Refused(MetaInboxError):
    """A rule forbids it; ``code`` is stable and for programs, ``detail`` is for people."""

    kind: RefusalKind = RefusalKind.STATE
    code: str = "refused"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        kind: RefusalKind | None = None,
        message: "Message | None" = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.kind = kind or type(self).kind
        self.message = message


class ContentRefused(Refused):
    """Such content never can be sent on this surface; ``code`` names the limit."""

    kind = RefusalKind.CONTENT
    code = "not_supported_here"


class WindowClosed(Refused):
    """The messaging window is closed, or the contact never opened it."""

    code = "window_closed"


class PrivateReplyUsed(Refused):
    """The comment was answered in private already, which Meta allows once."""

    code = "private_reply_used"


class CommentDeleted(Refused):
    """The comment was taken back, or removed."""

    code = "comment_deleted"


class MessageDeleted(Refused):
    """The message was taken back."""

    code = "message_deleted"


class MessageNotSent(Refused):
    """The message has not reached Meta, or is not known to have."""

    code = "message_not_sent"


class AccountNotSendable(Refused):
    """The account is disconnected or needs a new login."""

    code = "account_not_sendable"


class RecipientUnavailable(Refused):
    """The contact cannot receive messages."""

    code = "recipient_unavailable"


class CannotResend(Refused):
    """What was to be sent is no longer kept."""

    code = "cannot_resend"


class PersonRequired(Refused):
    """Only a person may decide this."""

    code = "person_required"


class InFlight(Refused):
    """Another request with the same idempotency key has not ended yet."""

    code = "in_flight"


class KeyReused(Refused):
    """The idempotency key was used with another body."""

    kind = RefusalKind.CONTENT
    code = "key_reused"


class LoginNotAvailable(Refused):
    """This deployment is not configured for that login."""

    kind = RefusalKind.CONTENT
    code = "login_not_available"


class EndpointDisabled(Refused):
    """Nothing is posted to the webhook endpoint until it is enabled."""

    code = "endpoint_disabled"


class TooManyEndpoints(Refused):
    """The tenant has as many webhook endpoints as it may have."""

    code = "too_many_endpoints"


class ShortcutTaken(Refused):
    """Another canned reply of the tenant has that shortcut, in whatever case of its letters."""

    code = "shortcut_taken"

    def __init__(self, shortcut: str) -> None:
        super().__init__(f"another canned reply has the shortcut {shortcut}")


class TooManyCannedReplies(Refused):
    """The tenant has as many canned replies as it may have."""

    code = "too_many_canned_replies"

    def __init__(self, most: int) -> None:
        super().__init__(f"a tenant has at most {most} canned replies")


class LinkBarred(Refused):
    """The file must not be fetched from this address, or is too large."""

    kind = RefusalKind.CONTENT
    code = "media_refused"


class RefusedByMeta(Refused):
    """Meta refused definitively; the failed message is kept on ``message``."""

    code = "refused_by_meta"


class ConnectFailed(Refused):
    """The dialog or the exchange did not lead to an account.

    ``return_origin`` is the origin that began the flow, once that is known; ``by_meta`` tells Meta's
    failure from the person's or the link's.
    """

    code = "connect_failed"

    def __init__(
        self, detail: str, *, code: str, return_origin: str | None = None, by_meta: bool = False
    ) -> None:
        super().__init__(detail, code=code)
        self.return_origin = return_origin
        self.by_meta = by_meta


class Unavailable(MetaInboxError):
    """Something we depend on does not answer; the same call may succeed later."""


class StorageUnavailable(Unavailable):
    """The database did not answer in time."""


class GraphUnavailable(Unavailable):
    """Meta did not take the call: nothing happened there."""

    def __init__(self, detail: str, *, retry_after: "timedelta | None" = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooManyAtOnce(Unavailable):
    """As many of these are under way as may be at a time; nothing was begun."""


class GraphOutcomeUnknown(Unavailable):
    """The request left, and no answer says whether Meta acted on it."""


class AccessRevoked(Unavailable):
    """Meta no longer accepts the access token; a person must log in again."""

    def __init__(
        self,
        detail: str,
        *,
        meta_code: int | None = None,
        meta_subcode: int | None = None,
        fbtrace_id: str | None = None,
        user_title: str | None = None,
        user_message: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.meta_code = meta_code
        self.meta_subcode = meta_subcode
        self.fbtrace_id = fbtrace_id
        self.user_title = user_title
        self.user_message = user_message
