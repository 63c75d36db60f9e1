"""What a person granted, and what Meta tells the app about a token. Sources: "Debug Token", "Permissions"."""

from dataclasses import dataclass, replace

from meta_inbox.adapters.meta_graph.world_access import Access, Caller
from meta_inbox.adapters.meta_graph.world_errors import GraphError, NoSuchThing
from meta_inbox.adapters.meta_graph.world_ground import Ground, seconds
from meta_inbox.adapters.meta_graph.world_values import Grant, Json, Status, Token


@dataclass(slots=True, kw_only=True)
class Permissions:
    """Inspects tokens and permissions, and takes permissions back."""

    ground: Ground
    access: Access

    def debug_token(self, caller: Caller, input_token: str) -> Json:
        """What Meta tells the app about a token; a dead one is told about as well."""
        self.access.require_app(caller)
        try:
            token = self.access.alive(input_token)
        except GraphError as error:
            told = {"code": error.code, "message": error.message} | (
                {"subcode": error.subcode} if error.subcode else {}
            )
            return {"data": {"is_valid": False, "error": told, "scopes": []}}
        return {"data": self._facts(token)}

    def _facts(self, token: Token) -> Json:
        grant = self.access.grant(token)
        facts: Json = {
            "app_id": self.ground.state.quirks.debug_token_app_id or self.ground.app_id,
            "type": token.type,
            "application": "Inbox",
            "data_access_expires_at": seconds(token.data_access_expires_at),
            "expires_at": seconds(token.expires_at),
            "issued_at": seconds(token.issued_at),
            "is_valid": True,
            "scopes": grant.scopes,
            "granular_scopes": [self._granular(scope, grant) for scope in grant.scopes],
            "user_id": token.person_id,
        }
        return facts | ({"profile_id": token.page_id} if token.page_id else {})

    def _granular(self, scope: str, grant: Grant) -> Json:
        if scope.startswith("pages_"):
            return {"scope": scope, "target_ids": list(grant.page_ids)}
        if scope.startswith("instagram_"):
            pages = [self.ground.state.pages[page_id] for page_id in grant.page_ids]
            return {"scope": scope, "target_ids": [page.instagram_id for page in pages if page.instagram_id]}
        return {"scope": scope}

    def list(self, caller: Caller) -> Json:
        """Every permission the person was asked for, and the answer."""
        grant = self.access.grant(self.access.require(caller, "USER"))
        return {
            "data": [{"permission": name, "status": status} for name, status in grant.permissions.items()]
        }

    def revoke(self, caller: Caller, permission: str | None = None) -> Json:
        """Takes one permission back, or removes the app."""
        token = self.access.require(caller, "USER")
        if permission is None:
            del self.ground.state.grants[token.person_id]
        else:
            self.answer(token.person_id, permission, "declined")
        return {"success": True}

    def answer(self, person_id: str, permission: str, status: Status) -> None:
        """The person changes one permission in their settings. NoSuchThing before any login."""
        grant = self.ground.state.grants.get(person_id)
        if grant is None:
            raise NoSuchThing("this person granted nothing yet")
        self.ground.state.grants[person_id] = replace(
            grant, permissions={**grant.permissions, permission: status}
        )
