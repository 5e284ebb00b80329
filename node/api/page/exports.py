"""Backup and export: when the node was saved last, and everything of one's own as files that others can check."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from starlette.responses import Response

from freehold.protocol.money import show_money

from .words import iso

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from ..port import Json
    from .visit import Visit

COLUMNS = (
    "contract", "offer", "my role", "client", "freelancer", "milestone", "title", "price", "state", "deadline",
)  # fmt: skip
_NAME = re.compile(r"[^a-z0-9.-]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run."""


async def show(visit: Visit) -> Response:
    """The last backup, and what can be taken along."""
    status = await visit.ask("/status")
    owned = status["identity"] is not None
    contracts: list[Json] = (await visit.ask("/contracts"))["contracts"] if owned else []
    last = (await visit.ask("/backups"))["last"]
    return await visit.show("backup.html", area="backup", last=last, contracts=contracts, owned=owned)


async def backup(visit: Visit) -> Response:
    """Write one into the node's own folder. It is not sent to the browser: most of it can be read."""
    await visit.act("POST", "/backups/now")
    return visit.go("/backup", "backup")


async def contract(visit: Visit) -> Response:
    """A contract's bundle as a file."""
    found = await visit.ask("/contracts/{ref}/bundle", visit.ref)
    return download(found["bundle"], f"{found['contract'][:24]}.contract.txt")


async def table(visit: Visit) -> Response:
    """All contracts as a table, for an accountant."""
    rows = [row for one in (await visit.ask("/contracts"))["contracts"] for row in _rows(one)]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return download("\ufeff" + file.getvalue(), "contracts.csv", "text/csv; charset=utf-8")


def _rows(one: Json) -> Iterator[tuple[str, ...]]:
    for part in one["milestones"]:
        price = part["price"]
        yield (
            one["contract"], one["offer_title"] or "", one["my_role"] or "",
            one["client_name"] or one["client"], one["freelancer_name"] or one["freelancer"],
            str(part["part"]), part["title"] or "",
            "" if price is None else show_money(price["amount"], price["unit"]), part["state"], iso(part["deadline"]),
        )  # fmt: skip


async def reputation(visit: Visit) -> Response:
    """The owner's reputation as a file that checks without a node."""
    me = (await visit.ask("/status"))["identity"]
    found = await visit.act("POST", "/reputation/{ref}/export", me or "", {})
    return download(found["export"], "my-reputation.txt")


def download(text: str, name: str, media_type: str = "text/plain; charset=utf-8") -> Response:
    """A file that a browser keeps and never shows, under a name of harmless letters."""
    plain = _NAME.sub("-", name.lower()).strip("-.")[:80] or "file"
    return Response(text, media_type=media_type, headers={"content-disposition": f'attachment; filename="{plain}"'})


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/backup", {"GET": show, "POST": backup}),
    ("/backup/contracts.csv", {"GET": table}),
    ("/backup/reputation", {"POST": reputation}),
    ("/backup/contracts/{ref}", {"GET": contract}),
)
