"""The frame around every page: where one can go, what waits there, who one is. Entries exist when their pages do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .terms import N_

if TYPE_CHECKING:
    from .visit import Visit


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation; `needs` is an address without which it is left out."""

    area: str
    path: str
    label: str
    icon: str
    group: str = "market"


ENTRIES = (
    Entry("inbox", "/", N_("Inbox"), "inbox"),
    Entry("offers", "/offers", N_("Offers"), "search"),
    Entry("proposals", "/proposals", N_("Proposals"), "letter"),
    Entry("contracts", "/contracts", N_("Contracts"), "contract"),
    Entry("messages", "/messages", N_("Messages"), "talk"),
    Entry("people", "/people", N_("People"), "people"),
    Entry("reputation", "/reputation", N_("Reputation"), "chart"),
    Entry("backup", "/backup", N_("Backup and export"), "box", "yours"),
    Entry("health", "/health", N_("Health"), "pulse", "yours"),
    Entry("settings", "/settings", N_("Settings"), "gear", "yours"),
)


async def frame(visit: Visit) -> dict[str, Any]:
    """What the layout shows on every page."""
    status = await visit.ask("/status")
    waiting = status["waiting"]
    counts = dict.fromkeys((entry.area for entry in ENTRIES), 0)
    counts["inbox"] = sum(waiting[what] for what in ("turns", "changes", "claimable", "proposals"))
    live = {route.path for route in visit.request.app.routes if hasattr(route, "path")}
    return {
        "entries": [entry for entry in ENTRIES if entry.path in live],
        "counts": counts,
        "status": status,
        "now": status.get("time") or visit.site.office.now(),
        "page_token": visit.session.page_token,
        "events": f"{visit.site.events}?since={visit.heard_until}" if visit.site.events else "",
        "can": visit.site.can,
        "languages": visit.site.paper.languages,
        "acquaintance": visit.acquaintance,
    }
