"""GET /export/{ref}: all that is the owner's, in forms that outlive this program. It goes out row by row, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio
from starlette.responses import Response

from freehold.protocol import text

from . import export_page, export_tables, export_tree
from .belongings import PARTS, SECTIONS
from .bodies.house import ExportForm
from .callers import Scope
from .operations import AnyOperation, Call, Operation
from .reading import bad_request
from .views import Views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .http import Message, Receive, Send
    from .port import Json

Section = tuple[str, "Iterator[Json | None]"]
FORMS: dict[str, Callable[[Json, Iterator[Section]], Iterator[str]]] = {
    "json": export_tree.write,
    "html": export_page.write,
}


async def export(call: Call[ExportForm]) -> Response:
    """A file: everything (`all`), or contracts, offers, reputation; as JSON with raw records, a table, or a page."""
    views, form = Views(call.office.desk, call.office.now(), labelled=False), call.given.format
    if call.ref not in PARTS:
        raise bad_request(f"there is no export of {call.ref[:40]!r}: {', '.join(PARTS)}")
    if form == "csv" and call.ref not in export_tables.TABLES:
        raise bad_request(f"a table holds one sort of things: {', '.join(export_tables.TABLES)}")
    head = _head(views, call.ref)
    sections = ((name, SECTIONS[name](views)) for name in PARTS[call.ref])
    pieces = export_tables.write(call.ref, sections) if form == "csv" else FORMS[form](head, sections)
    return Download(f"freehold-{call.ref}.{form}", pieces)


def _head(views: Views, part: str) -> Json:
    me = views.desk.myself()
    return {
        "format": "freehold-export/1",
        "part": part,
        "exported": views.now,
        "network": views.desk.network.name,
        "identity": text.show(me, text.IDENTITY),
        "name": views.name(me),
    }


class Download(Response):
    """A file that goes out piece by piece; one that breaks off is no complete answer, and a client is told so."""

    media_type = "application/octet-stream"  # a browser keeps it, and shows it never

    def __init__(self, name: str, pieces: Iterator[str]) -> None:
        super().__init__(headers={"content-disposition": f'attachment; filename="{name}"'})
        del self.headers["content-length"]
        self._pieces = pieces

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Every piece is one step, and others have their turn after it."""
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for piece in self._pieces:
            if piece:
                await send({"type": "http.response.body", "body": piece.encode(), "more_body": True})
            await trio.lowlevel.checkpoint()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        "GET",
        "/export/{ref}",
        ExportForm,
        export,
        "Everything of the owner's, as a file",
        Scope.READ,
        answers="application/octet-stream",
    ),
)
