"""Answers of the Graph API: what they give, or what they complain of."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from meta_inbox.adapters.meta_graph import reader_loose
from meta_inbox.adapters.meta_graph.exchange import Answer
from meta_inbox.adapters.meta_graph.graph_errors import Class, Verdict, judge
from meta_inbox.adapters.meta_graph.json_values import as_dict, as_text
from meta_inbox.adapters.meta_graph.usage import number, regained_after
from meta_inbox.domain.errors import AccessRevoked, GraphUnavailable, MetaInboxError, RefusedByMeta
from meta_inbox.domain.model.message import SendError

_LIKE_A_SECRET = re.compile(r"[\w|.%+/=-]{24,}")
_SAID_AT_MOST = 300
_LAST_SECOND = 32_503_680_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """An error as Meta gave it, with what it means; ``said`` is Meta's text, never used to decide.

    ``is_timed`` = Meta said for how long; ``user_…`` is localised and meant for people.
    """

    verdict: Verdict
    code: int | None = None
    subcode: int | None = None
    status: int
    fbtrace_id: str | None = None
    wait: timedelta = timedelta(0)
    is_timed: bool = False
    said: str = field(default="", repr=False)
    user_title: str | None = None
    user_message: str | None = None

    @property
    def detail(self) -> str:
        """Our sentence, with Meta's words where ours say little."""
        if self.verdict.code != "refused_by_meta" or not self.said:
            return self.verdict.detail
        return f"{self.verdict.detail}: {_quoted(self.said)}"

    def as_send_error(self) -> SendError:
        """The complaint as a message keeps it."""
        return SendError(
            code=self.verdict.code,
            detail=self.detail,
            meta_code=self.code,
            meta_subcode=self.subcode,
            fbtrace_id=self.fbtrace_id,
            user_title=self.user_title,
            user_message=self.user_message,
        )

    def as_error(self) -> MetaInboxError:
        """The complaint as the core's error, for calls that can be made again without harm."""
        match self.verdict.kind:
            case Class.WAIT | Class.UNCERTAIN:
                return GraphUnavailable(self.detail, retry_after=self.wait or None)
            case Class.REAUTHORISE:
                return AccessRevoked(
                    self.detail,
                    meta_code=self.code,
                    meta_subcode=self.subcode,
                    fbtrace_id=self.fbtrace_id,
                    user_title=self.user_title,
                    user_message=self.user_message,
                )
            case Class.DROP | Class.CONFIGURE:
                return RefusedByMeta(self.detail, code=self.verdict.code)


def read_answer(answer: Answer, account_id: str | None = None) -> dict[str, Any] | Complaint:
    """What Meta gave, or its complaint. A good status without readable JSON is a complaint, too.

    ``account_id``: Meta's id of the account that asked, by which the usage headers go.
    """
    found = _json(answer.body)
    error = None if found is None else _error_of(found)
    if found is not None and error is None and 200 <= answer.status < 300:
        return found
    return _complaint(answer, error or {}, account_id)


def _error_of(found: dict[str, Any]) -> dict[str, Any] | None:
    """The error in either envelope: the Graph API's, or that of Instagram Login's token endpoint."""
    if "error_message" in found or "error_type" in found:
        return {"code": found.get("code"), "message": found.get("error_message")}
    return as_dict(found.get("error"))


def _complaint(answer: Answer, error: dict[str, Any], account_id: str | None) -> Complaint:
    code, subcode = number(error.get("code")), number(error.get("error_subcode"))
    verdict = judge(code, subcode, transient=error.get("is_transient") is True, status=answer.status)
    return Complaint(
        verdict=verdict,
        code=code,
        subcode=subcode,
        status=answer.status,
        fbtrace_id=(as_text(error.get("fbtrace_id")) or "")[:100] or None,
        wait=_wait(verdict, answer, account_id),
        is_timed=regained_after(answer.headers, account_id) > timedelta(0),
        said=as_text(error.get("error_user_msg")) or as_text(error.get("message")) or "",
        user_title=_for_people(error.get("error_user_title")),
        user_message=_for_people(error.get("error_user_msg")),
    )


def _wait(verdict: Verdict, answer: Answer, account_id: str | None) -> timedelta:
    if verdict.kind is not Class.WAIT:
        return verdict.wait
    return max(verdict.wait, regained_after(answer.headers, account_id))


def _for_people(value: Any) -> str | None:
    return _quoted(as_text(value) or "") or None


def _quoted(said: str) -> str:
    """Meta's words without what may be a token."""
    return _LIKE_A_SECRET.sub("…", said)[:_SAID_AT_MOST]


def _json(body: bytes | None) -> dict[str, Any] | None:
    """One odd character in what somebody wrote must not cost the whole answer."""
    try:
        return None if body is None else as_dict(reader_loose.loads(body)[0])
    except reader_loose.NotJson:
        return None


def as_time(value: Any) -> datetime | None:
    """A moment in seconds; Meta writes 0 for never."""
    seconds = number(value)
    return (
        datetime.fromtimestamp(seconds, UTC) if seconds is not None and 0 < seconds < _LAST_SECOND else None
    )


def as_duration(value: Any) -> timedelta | None:
    """A life in seconds; None when it is absent, which means without end."""
    seconds = number(value)
    return timedelta(seconds=seconds) if seconds is not None and 0 < seconds < _LAST_SECOND else None
