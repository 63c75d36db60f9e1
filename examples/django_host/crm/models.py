"""The CRM's own table."""

from __future__ import annotations  # Django's fields take no parameters at run time

from uuid import UUID

from django.db import models

from meta_inbox.domain.model.event import Event
from meta_inbox.domain.model.message import Direction


class Lead(models.Model):
    """Somebody wrote, and somebody of the CRM should care."""

    event_id: models.UUIDField[str | UUID, UUID] = models.UUIDField(unique=True)
    account_id: models.TextField[str, str] = models.TextField()
    contact_id: models.TextField[str, str] = models.TextField()
    name: models.TextField[str | None, str | None] = models.TextField(null=True)
    text: models.TextField[str | None, str | None] = models.TextField(null=True)

    @classmethod
    def keep(cls, event: Event) -> None:
        """Makes a lead of a received message, once however often it is told: the id is always the same."""
        message, conversation = event.data.message, event.data.conversation
        if message is None or conversation is None or message.direction is not Direction.INBOUND:
            return
        cls.objects.get_or_create(
            event_id=event.id,
            defaults={
                "account_id": event.data.account.id,
                "contact_id": conversation.contact.id,
                "name": conversation.contact.name,
                "text": message.text,
            },
        )
