"""The first system's accounts, brought over one by one."""

from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from meta_inbox.adapters.meta_graph.calls import GraphCalls
from meta_inbox.adapters.persistence.postgres_adopting import Adopted, Adoptee, PostgresAdoption
from meta_inbox.adapters.persistence.postgres_rows import is_storable
from meta_inbox.adapters.persistence.postgres_v121 import V121Database
from meta_inbox.adapters.persistence.v121_tokens import FormerKey
from meta_inbox.domain.errors import MetaInboxError
from meta_inbox.domain.model.account import AccountStatus, Platform, StatusReason
from meta_inbox.domain.model.former import FormerAccount
from meta_inbox.domain.model.ids import TenantId
from meta_inbox.entrypoints.import_report import ImportReport, Noted
from meta_inbox.entrypoints.import_tokens import REAUTHORISE, FoundTokens, find_tokens, opens

_ENOUGH = 20


class WrongAppSecret(MetaInboxError):
    """The app secret opens nothing."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account whose messages can be brought over."""

    adopted: Adopted
    former: FormerAccount
    platform: Platform
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountImport:
    """``key`` None = no token is brought over, so every account needs a login."""

    old: V121Database
    adoption: PostgresAdoption
    graph: GraphCalls
    key: FormerKey | None = field(repr=False)
    report: ImportReport
    now: datetime

    async def __call__(self) -> dict[str, Known]:
        """Those that are here afterwards, by their former ids. GraphUnavailable, StorageUnavailable."""
        await self._require_right_secret()
        known: dict[str, Known] = {}
        async for former in self.old.accounts():
            self.report.accounts_read += 1
            found = await self._bring(former)
            if found is not None:
                known[former.id] = found
        return known

    async def _require_right_secret(self) -> None:
        """Before anything is written: else every account would be here, and need a login."""
        if self.key is None:
            return
        tried = 0
        async with aclosing(self.old.accounts()) as accounts:
            async for former in accounts:
                sealed = [each for each in (former.access_token, former.page_access_token) if each]
                if any(opens(self.key, each) for each in sealed):
                    return
                tried += len(sealed)
                if tried >= _ENOUGH:
                    break
        if tried:
            raise WrongAppSecret(
                f"none of the first {tried} tokens can be opened: give the app secret of the first system by "
                "--app-secret-stdin; --without-tokens brings the accounts without, to be connected again"
            )

    async def _bring(self, former: FormerAccount) -> Known | None:
        flaw, platform, external_id = former.flaw, former.is_at, former.external_id
        if flaw is not None or platform is None or external_id is None:
            self._note(self.report.accounts_left, former, flaw or "it has no id of Meta's")
            return None
        tenant = TenantId(former.tenant_id or "")
        if not is_storable(tenant, external_id):
            self._note(self.report.accounts_left, former, "its ids cannot be kept")
            return None
        adopted = await self.adoption.here(tenant, platform, external_id)
        if adopted is None:
            new = await self._adoptee(former, tenant, platform, external_id)
            adopted = await self.adoption.account(new)
            if adopted is None:
                self._note(self.report.accounts_left, former, "another tenant has this account here")
                return None
            if adopted.is_new and new.reason is not None:
                self._note(self.report.need_login, former, new.reason.detail)
        self.report.accounts_new += adopted.is_new
        self.report.accounts_here += not adopted.is_new
        return Known(adopted, former, platform, external_id)

    async def _adoptee(
        self, former: FormerAccount, tenant: TenantId, platform: Platform, external_id: str
    ) -> Adoptee:
        status, tokens = former.was, FoundTokens()
        if status is not AccountStatus.DISCONNECTED:
            tokens = await find_tokens(former, self.key, self.graph)
        if tokens.dropped:  # of the two, the Page's is the one that is acted with
            self._note(self.report.tokens_left, former, "; ".join(tokens.dropped))
        reason = self._reason(status, former, tokens)
        instagram = platform is Platform.INSTAGRAM
        return Adoptee(
            tenant_id=tenant,
            connected_by=former.user_id or "import-v121",
            platform=platform,
            external_id=external_id,
            status=status if reason is None else AccountStatus.REAUTH_REQUIRED,
            reason=reason,
            instagram_account_id=external_id if instagram else None,
            instagram_username=former.instagram_username if instagram else None,
            instagram_name=former.instagram_name if instagram else None,
            picture_url=former.profile_picture_url,
            page_id=former.facebook_page_id,
            page_name=former.facebook_page_name,
            user_token=tokens.user,
            page_token=tokens.page,
            token_expires_at=former.token_expires_at,
            data_access_expires_at=tokens.data_access_expires_at,
            meta_user_id=tokens.meta_user_id,
            connected_at=former.connected_at,
            synced_at=former.last_synced_at,
            updated_at=former.updated_at,
        )

    def _reason(
        self, status: AccountStatus, former: FormerAccount, tokens: FoundTokens
    ) -> StatusReason | None:
        """Why somebody has to log in again; None when nobody has."""
        if status is AccountStatus.DISCONNECTED:
            return None
        if tokens.problems:
            return StatusReason(code=tokens.code, detail="; ".join(tokens.problems), at=self.now)
        if status is AccountStatus.REAUTH_REQUIRED:
            said = f"its status in the first system was {former.status}"
            return StatusReason(code=REAUTHORISE, detail=said, at=self.now)
        return None

    @staticmethod
    def _note(where: list[Noted], former: FormerAccount, reason: str) -> None:
        where.append(Noted(id=former.id, tenant=former.tenant_id, reason=reason))
