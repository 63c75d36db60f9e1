"""What Meta's errors mean for us, as data: decided by code and subcode, never by the text.

Sources: "Handle Errors", the Messenger Platform's error codes (2026-06-25), and codes seen in production.
What is not in the table is judged by ``is_transient``, then by the HTTP status.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Class(StrEnum):
    """What may be done after an error."""

    WAIT = "wait"
    """Certainly not done; the same call may succeed later."""
    REAUTHORISE = "reauthorise"
    """The access token is dead; only a new login helps."""
    DROP = "drop"
    """Refused for good."""
    CONFIGURE = "configure"
    """Refused until somebody changes a setting or a permission at Meta."""
    UNCERTAIN = "uncertain"
    """Nobody knows whether it was done."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The meaning of an error; ``code`` and ``detail`` are ours, ``wait`` is at least how long to wait.

    ``once`` = worth one more try; when the same comes again, the message is refused for good.
    """

    kind: Class
    code: str
    detail: str
    wait: timedelta = timedelta(0)
    once: bool = False


A_WHILE = timedelta(seconds=5)
THROTTLED = timedelta(seconds=30)
RESTRICTED = timedelta(hours=1)


def _wait(detail: str, wait: timedelta = A_WHILE, code: str = "meta_unavailable") -> Verdict:
    return Verdict(Class.WAIT, code, detail, wait)


def _throttled(detail: str = "Meta asks for slower sending") -> Verdict:
    return Verdict(Class.WAIT, "rate_limited", detail, THROTTLED)


def _login(detail: str) -> Verdict:
    return Verdict(Class.REAUTHORISE, "reauth_required", f"{detail}; connect the account again")


def _once_more(detail: str, code: str) -> Verdict:
    return Verdict(Class.WAIT, code, detail, A_WHILE, once=True)


def _drop(detail: str, code: str = "refused_by_meta") -> Verdict:
    return Verdict(Class.DROP, code, detail)


def _configure(detail: str) -> Verdict:
    return Verdict(Class.CONFIGURE, "account_not_sendable", detail)


def _uncertain(detail: str) -> Verdict:
    return Verdict(Class.UNCERTAIN, "outcome_unknown", detail)


def _window(detail: str = "Meta says that the messaging window is closed") -> Verdict:
    return _drop(detail, "window_closed")


def _unreachable(detail: str) -> Verdict:
    return _drop(detail, "recipient_unavailable")


COPY_GONE = (100, 2018074)
"""Meta's copy of a file expired or is another Page's; it can be given a new one."""
_UNSAID = _uncertain("Meta had a fault and did not say whether the message was sent")
_DISMISSED = _drop("Meta refused it as invalid")
_OTHER_APP = _drop("another app controls this conversation at Meta; take it over first", "not_thread_owner")
_LINK = _configure("the Page is no longer linked to an Instagram account; link it and connect again")
_ANSWERED = _drop("this comment was already answered in private", "private_reply_used")
_TOO_LATE = _window(
    "Meta takes no private answer to this comment: it is too old or gone, or its broadcast is over"
)
_NO_ROLE = _configure("the Meta app is in development mode, and the recipient has no role on it")
_MEDIA_TEMPLATE = _drop("Meta cannot use this media template", "media_type")
_LOGIN_CODE = _drop("the code of this login was already used, is too old, or is of another address")

TABLE: dict[tuple[int, int | None], Verdict] = {
    (-1, 2534023): _ANSWERED,
    (1, None): _UNSAID,
    (1, 1357031): _drop("the content is no longer available"),
    (1, 1357046): _uncertain("Meta probably sent the message, but its answer was damaged"),
    (2, None): _UNSAID,
    (2, 2018344): _wait("Meta's messaging service has a temporary fault"),
    (3, None): _configure("the Meta app lacks the capability for this call"),
    (4, None): _throttled(),
    (4, 2018354): _throttled(),
    (9, 2018352): _throttled(),
    (10, None): _configure(
        "a permission is missing or was withdrawn; connect the account again and grant it"
    ),
    (10, 1404170): _configure("Meta does not allow this Page to send to this recipient"),
    (10, 1893015): _configure("Meta does not allow this Page to send to this recipient"),
    (10, 1893063): _wait("Meta has restricted this account for a time", RESTRICTED, "account_restricted"),
    (10, 2018065): _window(),
    (10, 2018108): _unreachable("Meta says that this person cannot receive messages right now"),
    (10, 2018278): _window(),
    (10, 2018336): _configure("Meta does not allow this Page to send to this recipient"),
    (10, 2534022): _window(),
    (10, 2534077): _configure("the link between Instagram and the Page needs attention at Meta"),
    (17, None): _throttled(),
    (32, None): _throttled(),
    (33, None): _drop("Meta does not know this object, or does not show it to this account"),
    (99, None): _UNSAID,
    (100, None): _DISMISSED,
    (100, 33): _drop("Meta does not know this object, or does not show it to this account"),
    (100, 36007): _LOGIN_CODE,
    (100, 36008): _LOGIN_CODE,
    (100, 36009): _LOGIN_CODE,
    (100, 2018001): _unreachable("Meta knows no such contact of this Page"),
    (100, 2018008): _once_more("Meta could not fetch the file from its address", "media_type"),
    (100, 2018014): _DISMISSED,
    (100, 2018047): _once_more(
        "Meta could not take the file; its type or size is not accepted", "media_type"
    ),
    COPY_GONE: _drop("the uploaded file expired, or belongs to another Page", "media_type"),
    (100, 2018109): _drop("the file is too large for Meta", "media_too_large"),
    (100, 2018164): _configure("the call names the wrong Meta app"),
    (100, 2018218): _drop("Meta has no profile of this contact"),
    (100, 2018294): _once_more("Meta took too long to fetch the video", "media_type"),
    (100, 2018320): _DISMISSED,
    (100, 2018328): _DISMISSED,
    (100, 2534013): _LINK,
    (100, 2534014): _unreachable("Meta knows no such Instagram contact of this account"),
    (100, 2534015): _DISMISSED,
    (100, 2534025): _TOO_LATE,
    (100, 2534029): _unreachable("messages between this account and this person are blocked"),
    (100, 2534037): _OTHER_APP,
    (102, None): _login("Meta ended the session of this connection"),
    (104, None): _configure("Meta refused the proof of the app secret; check META_APP_SECRET"),
    (190, None): _login("Meta no longer accepts this connection"),
    (190, 458): _login("the person who connected the account removed the app"),
    (190, 459): _login("the person who connected the account must first log in at facebook.com"),
    (190, 460): _login("the person who connected the account changed their password"),
    (190, 463): _login("the connection expired"),
    (190, 464): _login("the person who connected the account must confirm their Facebook account"),
    (190, 467): _login("the person who connected the account logged out or withdrew it"),
    (190, 492): _login("the person who connected the account lost their role on the Page"),
    (200, None): _configure(
        "Meta denied the permission; the role on the Page or the app's access is too small"
    ),
    (200, 1545041): _unreachable("this person is not available to this account"),
    (200, 2018021): _NO_ROLE,
    (200, 2018027): _NO_ROLE,
    (200, 2018028): _NO_ROLE,
    (200, 2534041): _configure(
        'the owner switched off "Allow access to messages" in the Instagram app\'s connected tools'
    ),
    (230, None): _drop("the contact has not consented to showing a profile"),
    (341, None): _throttled(),
    (368, None): _wait(
        "Meta has blocked this action for a time, for policy", RESTRICTED, "account_restricted"
    ),
    (506, None): _drop("Meta took it for a duplicate"),
    (551, None): _unreachable("this person is not available to this account"),
    (551, 1545041): _unreachable("this person is not available to this account"),
    (613, None): _throttled(),
    (613, 1996): _throttled(),
    (613, 1893016): _throttled(),
    (613, 2018338): _throttled(),
    (613, 2534040): _throttled(),
    (803, None): _drop("Meta does not know this id"),
    (2022, None): _configure("Meta has disabled the commerce account"),
    (2500, None): _DISMISSED,
    (9010, None): _drop("Meta knows no such Instagram contact"),
    (10303, None): _drop("this feature is not available for this conversation", "not_supported_here"),
    (10900, None): _ANSWERED,
    (10903, None): _TOO_LATE,
    (36103, None): _configure("this Instagram account may not use messaging through the API"),
    (2018218, None): _drop("Meta has no profile of this contact"),
    (2018247, None): _drop("Meta does not show the profile of this contact"),
    (2018300, None): _OTHER_APP,
    (2018321, None): _drop("an automated flow of Messenger is active in this conversation"),
    (9000001, None): _drop("the message was deleted, or is too old for details"),
}

RANGES: tuple[tuple[range, Verdict], ...] = (
    (range(201, 300), _configure("Meta denied a permission; connect the account again and grant it")),
    (range(80000, 80100), _throttled("the account has used up its calls to Meta for a while")),
)
SUBCODE_RANGES: tuple[tuple[int, range, Verdict], ...] = ((100, range(2018173, 2018189), _MEDIA_TEMPLATE),)


def judge(
    code: int | None, subcode: int | None = None, *, transient: bool = False, status: int = 400
) -> Verdict:
    """What an error means; ``code`` None = the answer carried no error of the Graph API."""
    known = None if code is None else _known(code, subcode)
    if known is not None:
        return known
    if status == 429:
        return _throttled()
    if transient or status >= 500 or code is None:
        return _UNSAID
    return _drop("Meta refused it")


def _known(code: int, subcode: int | None) -> Verdict | None:
    if (code, subcode) in TABLE:
        return TABLE[code, subcode]
    for of_code, subcodes, verdict in SUBCODE_RANGES:
        if code == of_code and subcode is not None and subcode in subcodes:
            return verdict
    found = TABLE.get((code, None))
    return found or next((verdict for codes, verdict in RANGES if code in codes), None)
