"""What lets a browser follow its tenant's events."""

from dataclasses import dataclass
from datetime import datetime

from meta_inbox.domain.model.ids import TenantId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePass:
    """Who follows, and until when the credential lasts with which they asked; None = as long as they like."""

    tenant_id: TenantId
    user_id: UserId
    ends_at: datetime | None = None
