"""Inbox: the owner's turn first, then what waits for others, then what happened."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from . import turns, welcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit

NOTICES = 15
DECIDED = ("accepted", "declined", "withdrawn", "expired")


async def inbox(visit: Visit) -> Response:
    """What waits and what happened."""
    nothing: Json = {"contracts": [], "serving": [], "received": [], "sent": []}
    status = await visit.ask("/status")
    if welcome.needed(visit, status):
        return visit.go("/welcome")
    owned = status["identity"] is not None
    contracts = await visit.ask("/contracts") if owned else nothing
    proposals = await visit.ask("/proposals", order="time") if owned else nothing
    notices = await visit.ask("/notices", limit=NOTICES)
    return await visit.show(
        "inbox.html",
        area="inbox",
        yours=turns.yours(contracts, proposals),
        others=turns.others(contracts),
        sent=[one for one in proposals["sent"] if one["state"] not in DECIDED],
        notices=notices["notices"][::-1],
        owned=owned,
        silence=partial(turns.silence, visit),
    )


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (("/", {"GET": inbox}),)
