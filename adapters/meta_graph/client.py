"""The Graph API for one account at a time: sending, profiles, webhook subscriptions.

For Facebook Login an Instagram account is reached through its Page: same endpoint, same token. With its
own login it is reached at graph.instagram.com; ``GraphCalls.of`` makes that choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from meta_inbox.adapters.meta_graph.calls import GraphCalls, own_node, required
from meta_inbox.adapters.meta_graph.exchange import HeldBack, Lost, NotSent
from meta_inbox.adapters.meta_graph.graph_errors import A_WHILE, Class
from meta_inbox.adapters.meta_graph.history import Pace, read_page
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_kept_text, as_label, as_list, as_text
from meta_inbox.adapters.meta_graph.meter import Caller
from meta_inbox.adapters.meta_graph.outcomes import (
    held_back,
    is_permission_missing,
    is_withdrawn,
    outcome_of,
    withdrawn,
)
from meta_inbox.adapters.meta_graph.outgoing import hide_form, send_body, send_path, upload_file, upload_form
from meta_inbox.adapters.meta_graph.token_care import inspect, renew
from meta_inbox.adapters.meta_graph.webhook_fields import (
    INDISPENSABLE,
    SOURCE_FIELDS,
    without_refused,
)
from meta_inbox.adapters.meta_graph.wire import Complaint
from meta_inbox.domain.errors import GraphUnavailable, RefusedByMeta
from meta_inbox.domain.model.account import Account, Login, Platform, WebhookSource
from meta_inbox.domain.model.budget import Priority
from meta_inbox.domain.model.care import RenewedToken
from meta_inbox.domain.model.contact import ContactProfile
from meta_inbox.domain.model.content import Content, MediaKind
from meta_inbox.domain.model.health import TokenFacts
from meta_inbox.domain.model.history import PastPage
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.message import Message, Origin, SendError
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.sending import Copied, Later, Outcome, Unknown, Unsent
from meta_inbox.domain.model.upload import Upload

_FACTS = ("follower_count", "is_user_follow_business", "is_business_follow_user", "is_verified_user")
_PROFILE_FIELDS = {
    Platform.MESSENGER: "name,first_name,last_name,profile_pic",
    Platform.INSTAGRAM: "name,username,profile_pic," + ",".join(_FACTS),
}
_PICTURE = "profile_picture_url"
_PICTURE_BY_PAGE = "instagram_business_account{profile_picture_url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpGraphApi:
    """Acts for connected accounts."""

    graph: GraphCalls
    pace: Pace = field(default_factory=Pace, repr=False)

    async def send(
        self,
        account: Account,
        token: Secret,
        message: Message,
        content: Content,
        reply_to: MetaMessageId | None,
    ) -> Outcome:
        """Sends, once; whatever happens is an outcome."""
        path, body = send_path(account, content), send_body(account, message, content, reply_to)
        graph = self.graph.of(account, _priority(automated=message.origin is Origin.AUTOMATION), sends=True)
        try:
            found = await graph.send(*path, token=token, json=body)
        except HeldBack as held:
            return held_back(held)
        except NotSent as error:
            return Later(error=_error("meta_unavailable", "Meta cannot be reached", error), after=A_WHILE)
        except Lost as error:
            return Unknown(error=_error("outcome_unknown", "the message left, but no answer came", error))
        if is_permission_missing(found) and await is_withdrawn(self.graph, account, token):
            return withdrawn(found)
        return outcome_of(found)

    async def upload(
        self,
        account: Account,
        token: Secret,
        kind: MediaKind,
        upload: Upload,
        content: bytes,
        *,
        automated: bool = False,
    ) -> Copied | Unsent:
        """Gives Meta a copy of a file. Whatever happens, nothing was sent."""
        form, file = upload_form(account, kind), upload_file(upload, content)
        calls = self.graph.of(account, _priority(automated=automated))
        try:
            edge = (own_node(account), "message_attachments")
            return _copied(await calls.upload(*edge, token=token, form=form, file=file))
        except HeldBack as held:
            return held_back(held)
        except (NotSent, Lost) as error:
            return Later(error=_error("meta_unavailable", "Meta did not take the file", error), after=A_WHILE)

    async def hide_comment(
        self, account: Account, token: Secret, comment: MetaMessageId, *, hide: bool
    ) -> None:
        """Hides a comment, or shows it again. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        form = hide_form(account, hide=hide)
        required(await self.graph.of(account).try_post(comment, token=token, form=form))

    async def mark_seen(self, account: Account, token: Secret, contact: ContactId) -> None:
        """Shows the contact that we read it. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        body = {"recipient": {"id": contact}, "sender_action": "mark_seen"}
        calls = self.graph.of(account, Priority.SYNC)
        required(await calls.try_do(own_node(account), "messages", token=token, json=body))

    async def profile(self, account: Account, token: Secret, contact: ContactId) -> ContactProfile | None:
        """The contact's profile. GraphUnavailable, AccessRevoked, RefusedByMeta for a missing right."""
        query = {"fields": _PROFILE_FIELDS[account.platform]}
        graph = self.graph.of(account, Priority.SYNC)
        found = await graph.try_get(contact, token=token, query=query)
        if isinstance(found, Complaint) and found.verdict.kind is Class.DROP:
            return None
        return _profile(required(found))

    async def picture(self, account: Account, token: Secret) -> str | None:
        """Where the Instagram account's picture is. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        by_page = account.login is Login.FACEBOOK
        fields = _PICTURE_BY_PAGE if by_page else _PICTURE
        graph = self.graph.of(account, Priority.SYNC)
        found = required(await graph.try_get(own_node(account), token=token, query={"fields": fields}))
        shown = as_dict(found.get("instagram_business_account")) if by_page else found
        return as_kept_text((shown or {}).get("profile_picture_url"))

    async def history(
        self,
        account: Account,
        token: Secret,
        after: str | None,
        contact: ContactId | None = None,
        *,
        urgent: bool = False,
    ) -> PastPage:
        """A page of what was said before. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        calls = self.graph.of(account, Priority.PEOPLE if urgent else Priority.SYNC)
        return await read_page(calls, self.pace, account, token, after=after, contact=contact)

    async def inspect(self, account: Account, token: Secret) -> TokenFacts:
        """What Meta says of a token. GraphUnavailable."""
        return await inspect(self.graph, account, token)

    async def renew(self, account: Account, token: Secret) -> RenewedToken:
        """A token of Instagram Login for 60 more days. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        return await renew(self.graph, account, token)

    async def subscribed_fields(self, source: WebhookSource, token: Secret) -> frozenset[str]:
        """Which webhook fields it sends this app. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        found = await self._calls(source).get(*_edge(source), token=token)
        apps = [as_dict(row) or {} for row in as_list(found.get("data"))]
        ours = (app for app in apps if self._is_ours(source, app))
        return frozenset(
            field for app in ours for field in map(as_text, as_list(app.get("subscribed_fields"))) if field
        )

    def _is_ours(self, source: WebhookSource, app: dict[str, Any]) -> bool:
        """Which of an app's two ids Instagram names, its documentation leaves open."""
        if source.login is Login.FACEBOOK:
            return as_label(app.get("id")) == self.graph.app.id
        own = self.graph.instagram_app
        return as_label(app.get("app_id")) in (None, self.graph.app.id, own and own.id)

    async def subscribe(self, source: WebhookSource, token: Secret) -> None:
        """Has it send its webhooks, and reads back that it does."""
        needed, more = SOURCE_FIELDS[source.login]
        try:
            await self._subscribe(source, token, (*needed, *more))
        except RefusedByMeta:
            await self._subscribe(source, token, needed)
        if INDISPENSABLE not in await self.subscribed_fields(source, token):
            raise GraphUnavailable("Meta did not keep the subscription to the messages")

    async def _subscribe(self, source: WebhookSource, token: Secret, fields: Sequence[str]) -> None:
        """A name that Meta refuses is left out, all but ``messages``."""
        form = {"subscribed_fields": ",".join(fields)}
        answer = await self._calls(source).try_post(*_edge(source), token=token, form=form)
        left = without_refused(fields, answer) if isinstance(answer, Complaint) else None
        if left is None:
            required(answer)
        else:
            await self._subscribe(source, token, left)

    async def mend_subscription(self, source: WebhookSource, token: Secret) -> frozenset[str]:
        """Subscribes it again where it lacks a field. What Meta refuses stays lacking, and is no news.

        GraphUnavailable, AccessRevoked, RefusedByMeta.
        """
        needed, _ = SOURCE_FIELDS[source.login]
        before = await self.subscribed_fields(source, token)
        if before >= frozenset(needed):
            return frozenset()
        await self.subscribe(source, token)
        return await self.subscribed_fields(source, token) - before

    async def unsubscribe(self, source: WebhookSource, token: Secret) -> None:
        """Ends its webhooks. GraphUnavailable, AccessRevoked, RefusedByMeta."""
        await self._calls(source).delete(*_edge(source), token=token)

    def _calls(self, source: WebhookSource) -> GraphCalls:
        """What an account cannot do without waits as little as an answer does."""
        if source.login is Login.FACEBOOK:
            return self.graph.by(Caller(page_id=source.id))
        return self.graph.by(Caller(account_id=source.id)).at_instagram()


def _edge(source: WebhookSource) -> tuple[str, str]:
    return ("me" if source.login is Login.INSTAGRAM else source.id, "subscribed_apps")


def _priority(*, automated: bool) -> Priority:
    return Priority.AUTOMATION if automated else Priority.PEOPLE


def _copied(found: dict[str, Any] | Complaint) -> Copied | Unsent:
    if not isinstance(found, Complaint):
        id_ = as_label(found.get("attachment_id"))
        if id_ is not None:
            return Copied(attachment_id=id_)
        error = SendError(code="meta_unavailable", detail="Meta's answer names no file")
        return Later(error=error, after=A_WHILE)
    outcome = outcome_of(found)
    return outcome if isinstance(outcome, Unsent) else Later(error=found.as_send_error(), after=A_WHILE)


def _error(code: str, detail: str, cause: Exception) -> SendError:
    return SendError(code=code, detail=f"{detail} ({cause})")


def _profile(found: dict[str, Any]) -> ContactProfile | None:
    parts = filter(None, (as_text(found.get("first_name")), as_text(found.get("last_name"))))
    profile = ContactProfile(
        name=as_text(found.get("name")) or " ".join(parts) or None,
        username=as_text(found.get("username")),
        profile_picture_url=as_text(found.get("profile_pic")),
        facts=_facts(found),
    )
    return None if profile == ContactProfile() else profile


def _facts(found: dict[str, Any]) -> dict[str, int | bool] | None:
    """What Instagram tells of followers; None when it tells nothing."""
    told = {name: found.get(name) for name in _FACTS}
    return {n: value for n, value in told.items() if isinstance(value, int) and value < 2**53} or None
