"""Meta's errors as the Graph API words them. Source: "Handle Errors" and the Messenger error codes."""

from meta_inbox.adapters.meta_graph.world_values import Json, Surface


class GraphError(Exception):
    """A refusal of the Graph API; programs decide by ``code`` and ``subcode``, never by the text."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        transient: bool = False,
        user_title: str | None = None,
        user_message: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.subcode = subcode
        self.status = status
        self.transient = transient
        self.user_title = user_title
        self.user_message = user_message
        self.fbtrace_id = ""
        self.type = "OAuthException"

    def body(self) -> Json:
        """The error in Meta's envelope."""
        error: Json = {"message": self.message, "type": self.type, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        for_people = {"error_user_title": self.user_title, "error_user_msg": self.user_message}
        error |= {name: said for name, said in for_people.items() if said is not None}
        return {"error": error | {"fbtrace_id": self.fbtrace_id}}


class LoginError(GraphError):
    """A refusal of Instagram Login's token endpoint, in its own envelope; only the text tells why."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)

    def body(self) -> Json:
        """The error as that endpoint writes it."""
        return {"error_type": self.type, "code": self.code, "error_message": self.message}


class NoSuchThing(LookupError):
    """The world has no such person, Page, contact or message; a slip of whoever plays Meta."""


_TOKEN_TEXTS = {
    458: "The user has not authorized the application.",
    459: "The user is enrolled in a blocking, logged-in checkpoint.",
    460: "The session has been invalidated because the user changed their password or Facebook has changed "
    "the session for security reasons.",
    463: "Session has expired.",
    464: "Sessions for the user are not allowed because the user is not a confirmed user.",
    467: "The session is invalid because the user logged out.",
    492: "The user no longer has a role on this Page.",
}


def token_dead(subcode: int | None) -> GraphError:
    """The access token is no longer accepted; a new login is needed."""
    text = _TOKEN_TEXTS.get(subcode or 0, "Cannot parse access token")
    return GraphError(190, f"Error validating access token: {text}", subcode=subcode)


def token_missing() -> GraphError:
    """No access token came with the call."""
    return GraphError(104, "An access token is required to request this resource.")


def page_not_granted() -> GraphError:
    """The person left this Page out in the dialog."""
    return GraphError(
        190,
        "Any of the pages_read_engagement, pages_manage_metadata, pages_messaging permission(s) must be "
        "granted before impersonating a user's page.",
    )


def proof_missing() -> GraphError:
    """The app requires appsecret_proof."""
    return GraphError(100, "API calls from the server require an appsecret_proof argument")


def proof_wrong() -> GraphError:
    """The proof is not of this token and secret, or too old."""
    return GraphError(100, "Invalid appsecret_proof provided in the API argument")


def permission_missing(permission: str) -> GraphError:
    """The person did not grant what the call needs."""
    return GraphError(
        10, f"(#10) This endpoint requires the '{permission}' permission to be granted.", status=403
    )


def task_missing(task: str) -> GraphError:
    """The person's role on the Page is too small."""
    return GraphError(
        200, f"(#200) The user must be able to perform the task {task} on the Page.", status=403
    )


def no_such_object(node: str) -> GraphError:
    """Missing, deleted, or not visible with this token."""
    return GraphError(
        100,
        f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation.",
        subcode=33,
    )


def invalid_parameter(message: str, subcode: int | None = None) -> GraphError:
    """The call is not well formed."""
    return GraphError(100, f"(#100) {message}", subcode=subcode)


def invalid_message(surface: Surface, message: str) -> GraphError:
    """The content of a send cannot be carried."""
    return invalid_parameter(message, 2018014 if surface == "page" else 2534015)


def no_such_recipient(surface: Surface) -> GraphError:
    """The id is nobody's, or another Page's contact."""
    if surface == "page":
        return invalid_parameter("No matching user found", 2018001)
    return invalid_parameter("The requested user cannot be found.", 2534014)


def outside_window(surface: Surface) -> GraphError:
    """The contact's latest action is too long ago."""
    subcode = 2018278 if surface == "page" else 2534022
    return GraphError(
        10, "(#10) This message is sent outside of allowed window.", subcode=subcode, status=403
    )


def recipient_unavailable() -> GraphError:
    """The person blocked the business, deleted the thread or left."""
    return GraphError(551, "(#551) This person isn't available right now.", subcode=1545041)


def already_answered(surface: Surface) -> GraphError:
    """A comment has one private answer."""
    if surface == "page":
        return GraphError(10900, "(#10900) Activity already replied to")
    return GraphError(-1, "Message failed to send", subcode=2534023, status=500)


def not_answerable(surface: Surface) -> GraphError:
    """The comment is not there, too old, the business's own, or of a broadcast that is over."""
    if surface == "page":
        return GraphError(10903, "(#10903) This user cant reply to this activity")
    return invalid_parameter("The comment is invalid or has expired", 2534025)


def not_the_owner(surface: Surface) -> GraphError:
    """Another app has the thread."""
    if surface == "instagram":
        return invalid_parameter("The app is not the thread owner", 2534037)
    return GraphError(
        2018300,
        "(#2018300) Message failed to send because another app is controlling this thread now.",
        status=403,
    )


def messages_not_allowed() -> GraphError:
    """The Instagram account's owner switched "Allow access to messages" off."""
    return GraphError(
        200,
        "(#200) The account owner has disabled access to instagram direct messages",
        subcode=2534041,
        status=403,
    )
