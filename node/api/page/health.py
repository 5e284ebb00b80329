"""Health: how the node is doing, whom it is connected to, and what it found wrong with itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.desk import Denied

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit


async def health(visit: Visit) -> Response:
    """The node's own view of itself."""
    return await _health(visit, None)


async def _health(visit: Visit, problem: Json | None) -> Response:
    found = await visit.ask("/node/peers")
    status = 200 if problem is None else problem["status"]
    examined = await visit.ask("/doctor") if visit.query("examine") else None
    return await visit.show(
        "health.html", status, area="health", examined=examined, peers=found["peers"], banned=found["banned"],
        counted=await visit.ask("/node/statistics"), problem=problem, typed=visit.one,
    )  # fmt: skip


async def examined(visit: Visit) -> Response:
    """What the doctor found, alone: a script asks for it once the page is there, for it may take a while."""
    return await visit.show("examined.html", area="health", examined=await visit.ask("/doctor"))


async def fix(visit: Visit) -> Response:
    """Let the node do what a finding says."""
    await visit.act("POST", "/doctor/fix", body={"check": visit.one("check")})
    return visit.go("/health", "fixed", examine="1")


async def connect(visit: Visit) -> Response:
    """Dial another node."""
    return await _done(visit, "/node/connect", {"address": visit.one("address")}, "connected")


async def ban(visit: Visit) -> Response:
    """Refuse a peer for a day."""
    return await _done(visit, "/node/ban", {"peer": visit.one("peer")}, "saved")


async def unban(visit: Visit) -> Response:
    """Let a peer in again."""
    return await _done(visit, "/node/unban", {"peer": visit.one("peer")}, "saved")


async def _done(visit: Visit, path: str, body: Json, told: str) -> Response:
    try:
        await visit.act("POST", path, body=body)
    except Denied as denied:
        return await _health(visit, visit.problem(denied))
    return visit.go("/health", told)


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/health", {"GET": health}),
    ("/health/examined", {"GET": examined}),
    ("/health/fix", {"POST": fix}),
    ("/health/connect", {"POST": connect}),
    ("/health/ban", {"POST": ban}),
    ("/health/unban", {"POST": unban}),
)
