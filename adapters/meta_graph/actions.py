"""Sender actions and thread control. Sources: "Sender actions", "Conversation Routing"."""

from dataclasses import dataclass
from typing import Any

from meta_inbox.adapters.meta_graph.calls import GraphCalls, own_node, required
from meta_inbox.domain.model.account import Account
from meta_inbox.domain.model.ids import ContactId, MetaMessageId
from meta_inbox.domain.model.secret import Secret
from meta_inbox.domain.model.thread_control import ThreadControl


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpGraphActions:
    """Acts for connected accounts, beside messages; all raise as their port says."""

    graph: GraphCalls

    async def typing(self, account: Account, token: Secret, contact: ContactId, *, on: bool) -> None:
        """Shows the contact that somebody types, or no longer."""
        await self._act(account, token, contact, {"sender_action": "typing_on" if on else "typing_off"})

    async def react(
        self,
        account: Account,
        token: Secret,
        contact: ContactId,
        message: MetaMessageId,
        reaction: str | None,
    ) -> None:
        """Reacts; None takes the reaction back."""
        action: dict[str, Any] = {"sender_action": "unreact", "payload": {"message_id": message}}
        if reaction is not None:
            action = {"sender_action": "react", "payload": {"message_id": message, "reaction": reaction}}
        await self._act(account, token, contact, action)

    async def control_thread(
        self, account: Account, token: Secret, contact: ContactId, control: ThreadControl
    ) -> None:
        """Takes the conversation, passes it on or lets go of it."""
        body: dict[str, Any] = {"recipient": {"id": contact}}
        if control.app_id is not None:
            body["target_app_id"] = control.app_id
        edge = f"{control.action}_thread_control"
        required(await self.graph.of(account).try_do(own_node(account), edge, token=token, json=body))

    async def _act(self, account: Account, token: Secret, contact: ContactId, action: dict[str, Any]) -> None:
        body = {"recipient": {"id": contact}, **action}
        required(await self.graph.of(account).try_do(own_node(account), "messages", token=token, json=body))
