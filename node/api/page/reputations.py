"""Reputation: the number and its range, its history as a picture, and why, down to each record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.desk import Denied
from . import picture

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from .visit import Visit

ROLES = ("client", "freelancer")
PLACE = "/reputation/{ref}"


async def own(visit: Visit) -> Response:
    """The owner's own; a node without an owner is asked whose."""
    me = (await visit.ask("/status"))["identity"]
    return visit.go("/people") if me is None else visit.go(f"/reputation/{me}")


async def whose(visit: Visit) -> Response:
    """Somebody by the name of the identity."""
    return visit.go(f"/reputation/{(visit.query('identity') or '?').replace('/', '')}")


async def reputation(visit: Visit) -> Response:
    """What to expect of somebody, from the owner's place or another's."""
    standpoint = _standpoint(visit)
    found = await visit.ask(f"{PLACE}/why", visit.ref, **standpoint)
    identity = found["identity"]
    changes = await visit.ask(f"{PLACE}/history", identity, **({"as": standpoint["as"]} if "as" in standpoint else {}))
    beside: Any = None
    problem = None
    if other := visit.query("other"):
        try:
            beside = await visit.ask(f"{PLACE}/compare", identity, other=other, **standpoint)
        except Denied as denied:
            problem = visit.problem(denied)
    return await visit.show(
        "reputation.html",
        200 if problem is None else problem["status"],
        area="reputation",
        found=found,
        own=identity == (await visit.ask("/status"))["identity"],
        evidence=sorted(found["evidence"], key=lambda point: (-abs(point["delta"]), point["review"])),
        changes=changes["changes"][::-1],
        picture=picture.history(changes["changes"], visit.site.office.now()),
        beside=beside,
        roles=ROLES,
        given={"as": visit.query("as"), "role": visit.query("role"), "other": other},
        problem=problem,
    )


def _standpoint(visit: Visit) -> dict[str, str]:
    return {name: value for name in ("as", "role") if (value := visit.query(name))}


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/reputation", {"GET": own}),
    ("/reputation/of", {"GET": whose}),
    (PLACE, {"GET": reputation}),
)
