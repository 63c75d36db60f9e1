"""How the process is doing, for whoever starts, watches and restarts it."""

from typing import Literal

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from meta_inbox.adapters.http.identity import PUBLIC
from meta_inbox.adapters.http.problems import PROBLEM_JSON, problem
from meta_inbox.domain.ports import Readiness


class Alive(msgspec.Struct, kw_only=True):
    """The process runs."""

    status: Literal["ok"]


class ConditionWire(msgspec.Struct, kw_only=True):
    """One part of the service."""

    ok: bool
    detail: str


class Ready(msgspec.Struct, kw_only=True):
    """``degraded`` = it serves, but something that is not essential does not work."""

    status: Literal["ok", "degraded"]
    checks: dict[str, ConditionWire]


class NotReady(msgspec.Struct, kw_only=True):
    """No request should come here; ``checks`` says what is missing."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    checks: dict[str, ConditionWire]


@get("/health/live", opt=PUBLIC)
async def live() -> Alive:
    """200 while the process runs."""
    return Alive(status="ok")


@get("/health/ready", opt=PUBLIC)
async def ready(readiness: NamedDependency[SkipValidation[Readiness]]) -> Response[Ready]:
    """503 only when requests cannot be served."""
    conditions = await readiness.conditions()
    checks = {found.name: ConditionWire(ok=found.ok, detail=found.detail) for found in conditions}
    if any(found.fatal and not found.ok for found in conditions):
        return _not_ready(checks)
    status: Literal["ok", "degraded"] = "ok" if all(found.ok for found in conditions) else "degraded"
    return Response(Ready(status=status, checks=checks))


def _not_ready(checks: dict[str, ConditionWire]) -> Response[Ready]:
    told = problem(503, "not_ready", "this process cannot serve requests now")
    body = NotReady(
        type=told.type,
        title=told.title,
        status=told.status,
        detail=told.detail,
        code=told.code,
        checks=checks,
    )
    encoded: Response[bytes] = Response(
        msgspec.json.encode(body), status_code=503, headers={"Retry-After": "1"}, media_type=PROBLEM_JSON
    )
    return encoded  # type: ignore[return-value]  # documented as Ready, which is what 200 answers


@get("/metrics", opt=PUBLIC, media_type="text/plain")
async def metrics(registry: NamedDependency[SkipValidation[CollectorRegistry]]) -> Response[bytes]:
    """The counters of this process in Prometheus' text format; no tenant and no account is named."""
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")
