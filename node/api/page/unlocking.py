"""The key: locked until its owner says the passphrase, and again after a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.desk import Denied
from . import amounts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit

HOUR_MINUTES = 60
SPANS = (1, 8, 24, 7 * 24)
"""Hours that are offered: a signature, a day of work, a day, a week."""


async def show(visit: Visit) -> Response:
    """Whether the key is locked, and the way to the other state."""
    return await _show(visit, None)


async def _show(visit: Visit, problem: Json | None) -> Response:
    status = 200 if problem is None else problem["status"]
    return await visit.show("unlock.html", status, area="", spans=SPANS, problem=problem)


async def unlock(visit: Visit) -> Response:
    """Let the key sign, for a time. The passphrase is in no page and in no address."""
    try:
        minutes = amounts.whole(visit.one("hours"), 8) * HOUR_MINUTES
        passphrase = visit.typed.get("passphrase", [""])[-1]
        await visit.act("POST", "/identity/unlock", body={"passphrase": passphrase, "minutes": minutes})
    except Denied as denied:
        return await _show(visit, visit.problem(denied))
    return visit.go("/", "unlocked")


async def lock(visit: Visit) -> Response:
    """Let the key sign nothing any more."""
    await visit.act("POST", "/identity/lock")
    return visit.go("/unlock", "locked")


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/unlock", {"GET": show, "POST": unlock}),
    ("/lock", {"POST": lock}),
)
