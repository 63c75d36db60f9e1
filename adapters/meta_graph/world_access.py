"""Who may do what: access tokens, their proofs, and what makes Meta refuse them.

Sources: "Securing Graph API Requests" (appsecret_proof), "Access Token Guide", and error 190's subcodes.
"""

import hmac
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from meta_inbox.adapters.meta_graph.signature import sign_request
from meta_inbox.adapters.meta_graph.world_errors import (
    GraphError,
    invalid_parameter,
    page_not_granted,
    permission_missing,
    proof_missing,
    proof_wrong,
    task_missing,
    token_dead,
    token_missing,
)
from meta_inbox.adapters.meta_graph.world_ground import Ground
from meta_inbox.adapters.meta_graph.world_values import Grant, Token

SHORT_LIFE = timedelta(seconds=5183)
LONG_LIFE = timedelta(seconds=5183944)
DATA_ACCESS = timedelta(days=90)
PROOF_LIFE = timedelta(minutes=5)
NO_GRANT = 458
EXPIRED = 463
NO_ROLE = 492
PASSWORD_CHANGED = 460


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What a call shows of itself: a token, its appsecret_proof and, in the newer form, its time.

    ``host``: of which of Meta's two Graph APIs it is.
    """

    token: str = field(repr=False)
    proof: str | None = field(default=None, repr=False)
    proof_time: str | None = None
    host: Literal["facebook", "instagram"] = "facebook"


@dataclass(slots=True, kw_only=True)
class Access:
    """Issues tokens and judges them."""

    ground: Ground

    def proof(self, token: str) -> str:
        """The appsecret_proof of a token."""
        return self.ground.hmac(token.encode())

    def user_token(self, person_id: str, *, long_lived: bool) -> Token:
        """A new token of the person; each login and each exchange gives another."""
        now = self.ground.now()
        return self._keep(
            Token(
                text=self.ground.text("EAAB", 120),
                type="USER",
                person_id=person_id,
                long_lived=long_lived,
                issued_at=now,
                expires_at=now + (LONG_LIFE if long_lived else SHORT_LIFE),
                data_access_expires_at=now + DATA_ACCESS,
            )
        )

    def page_token(self, user_token: Token, page_id: str) -> Token:
        """The person's token for the Page: without an end when the user token is long-lived."""
        for token in self.ground.state.tokens.values():
            same = (token.person_id, token.page_id) == (user_token.person_id, page_id)
            if same and token.long_lived == user_token.long_lived and self.fault_of(token) is None:
                return token
        return self._keep(
            replace(
                user_token,
                text=self.ground.text("EAAB", 140),
                type="PAGE",
                page_id=page_id,
                issued_at=self.ground.now(),
                expires_at=None if user_token.long_lived else user_token.expires_at,
            )
        )

    def _keep(self, token: Token) -> Token:
        self.ground.state.tokens[token.text] = token
        return token

    def require(self, caller: Caller, kind: str | None = None) -> Token:
        """The caller's token. GraphError unless it is alive, proven and of the kind that is asked for."""
        token = self.alive(caller.token)
        if (token.type == "INSTAGRAM") != (caller.host == "instagram"):
            raise token_dead(None)
        if caller.host == "facebook":
            self.require_proof(caller)
        elif caller.proof is not None:
            raise proof_wrong()
        if kind is not None and token.type != kind:
            raise GraphError(190, f"A {kind.lower()} access token is required to request this resource.")
        return token

    def alive(self, text: str) -> Token:
        """The token of this text. GraphError when it is unknown or dead."""
        if not text:
            raise token_missing()
        token = self.ground.state.tokens.get(text)
        fault = token_dead(None) if token is None else self.fault_of(token)
        if token is None or fault is not None:
            raise fault or token_dead(None)
        return token

    def fault_of(self, token: Token) -> GraphError | None:
        """Why the token is dead, or None while it lives."""
        if token.revoked is not None:
            return token_dead(token.revoked)
        if token.expires_at is not None and token.expires_at <= self.ground.now():
            return token_dead(EXPIRED)
        grant = self.ground.state.grants.get(token.person_id)
        if grant is None:
            return token_dead(NO_GRANT)
        if token.page_id is None:
            return None
        if self.ground.state.people[token.person_id].role(token.page_id) is None:
            return token_dead(NO_ROLE)
        return None if token.page_id in grant.page_ids else page_not_granted()

    def require_app(self, caller: Caller) -> None:
        """GraphError unless the caller is the app itself."""
        if not caller.token:
            raise token_missing()
        if not hmac.compare_digest(caller.token.encode(), self.ground.app_token.encode()):
            raise invalid_parameter("You must provide an app access token, or one of an app developer")
        if caller.proof is not None:
            self.require_proof(caller)

    def require_proof(self, caller: Caller) -> None:
        """GraphError unless the proof is right; it may be absent only where the app does not require it."""
        if caller.proof is None:
            if self.ground.state.quirks.require_appsecret_proof:
                raise proof_missing()
            return
        message = caller.token if caller.proof_time is None else f"{caller.token}|{caller.proof_time}"
        right = hmac.compare_digest(caller.proof.encode(), self.ground.hmac(message.encode()).encode())
        if not right or not self._recent(caller.proof_time):
            raise proof_wrong()

    def _recent(self, proof_time: str | None) -> bool:
        if proof_time is None:
            return True
        now = self.ground.now().timestamp()
        return proof_time.isdecimal() and abs(now - int(proof_time)) <= PROOF_LIFE.total_seconds()

    def grant(self, token: Token) -> Grant:
        """What the token's person granted."""
        return self.ground.state.grants[token.person_id]

    def require_permission(self, token: Token, *permissions: str) -> None:
        """GraphError unless each permission is granted."""
        for permission in permissions:
            if not self.grant(token).has(permission):
                raise permission_missing(permission)

    def require_task(self, token: Token, page_id: str, *tasks: str) -> None:
        """GraphError unless the person may do one of these tasks on the Page."""
        role = self.ground.state.people[token.person_id].role(page_id)
        if role is None or not any(has_task(role.tasks, task) for task in tasks):
            raise task_missing(tasks[0])

    def revoke(self, subcode: int, *, person_id: str | None = None, page_id: str | None = None) -> int:
        """Kills the tokens of this person, of this Page, or all, with the subcode; how many."""
        tokens = [
            token
            for token in self.ground.state.tokens.values()
            if token.revoked is None
            and person_id in (None, token.person_id)
            and page_id in (None, token.page_id)
        ]
        for token in tokens:
            self._keep(replace(token, revoked=subcode))
        return len(tokens)

    def remove_app(self, person_id: str) -> str:
        """A person takes the app's access back; what Meta then calls back with, as ``signed_request``."""
        self.revoke(NO_GRANT, person_id=person_id)
        now = int(self.ground.now().timestamp())
        return sign_request(person_id, self.ground.app_secret, issued_at=now)

    def kill(self, text: str, subcode: int | None = None) -> None:
        """Ends this one token, if it lives."""
        token = self.ground.state.tokens.get(text)
        if token is not None and token.revoked is None:
            self._keep(replace(token, revoked=subcode or PASSWORD_CHANGED))


def has_task(tasks: tuple[str, ...], task: str) -> bool:
    """Whether the tasks include this one, in the classic or the new Pages wording."""
    return task in tasks or f"PROFILE_PLUS_{task}" in tasks or "PROFILE_PLUS_FULL_CONTROL" in tasks
