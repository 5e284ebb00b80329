"""Operations on files of deliveries and disputes: kept by their SHA-256, sent and fetched as they come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import trio
from msgspec import Meta
from starlette.responses import Response

from freehold.protocol import text
from freehold.protocol.filename import safe_name

from ..core import filing
from ..core.desk import Denied
from . import names
from .bodies.given import Given, Nothing
from .callers import Scope
from .operations import CREATED, AnyOperation, Call, Operation
from .reading import bad_request
from .uploads import SANDBOX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..core.desk import Desk
    from ..core.filing import Named
    from ..core.ports import Files, Kept
    from .http import Message, Receive, Send
    from .port import Json
    from .views import Views

PIECE_BYTES = 256 * 1024
"""What is read from the disk and sent at a time."""
_BEGINNING = re.compile(r"[0-9a-f]{8,64}")
_WHOLE = 64
Sha256 = Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")]
FileName = Annotated[str, Meta(max_length=1_000)]


class NewFile(Given):
    """POST /files: its name, and perhaps the contract that it belongs to."""

    name: FileName
    contract: str | None = None


class SavedAs(Given):
    """GET /files/{ref}: under which name, if not its own."""

    name: FileName = ""


class RemovedFile(Given):
    """POST /files/{ref}/remove. `anyway`: also one that a contract names."""

    anyway: bool = False


class WantedFiles(Given):
    """POST /contracts/{ref}/fetch: which, or all that are not here."""

    files: Annotated[tuple[Sha256, ...], Meta(max_length=50)] = ()


async def listed(call: Call[Nothing]) -> Json:
    """The files that are here, how much room they take, and how much there is."""
    files = call.office.desk.files
    return {"files": [view_of(one) for one in files.listed()], "bytes": files.used, "most": files.most}


async def put(call: Call[NewFile]) -> Json:
    """Keep a file: the body is its content."""
    desk = call.office.desk
    contract = None if call.given.contract is None else names.contract(desk, call.given.contract)
    if call.body is None:
        raise bad_request("it has no body")
    return view_of(await taken(desk.files, call.given.name, call.body, contract))


async def taken(files: Files, name: str, pieces: AsyncIterator[bytes], contract: bytes | None = None) -> Kept:
    """A file as it comes: whole and on the disk when this returns, or not there. Raises Denied, StorageFull."""
    with files.incoming(name, None) as coming:
        async for piece in pieces:
            coming.write(piece)
        await trio.to_thread.run_sync(coming.settle)
        return coming.keep(contract)


async def one(call: Call[SavedAs]) -> Response:
    """The file, to be saved and never shown. One that the disk has changed is not given out."""
    files, kept = call.office.desk.files, _named(call.office.desk, call.ref)
    if not await trio.to_thread.run_sync(files.is_whole, kept.sha256):
        what = f"your node's copy of {kept.name} is damaged: its SHA-256 is not the one that was signed"
        raise Denied("file-damaged", what, "delete it and fetch it again: freehold file remove --anyway")
    return FileDownload(files, kept, safe_name(call.given.name or kept.name))


async def remove(call: Call[RemovedFile]) -> Json:
    """Delete a file from this node."""
    kept = _named(call.office.desk, call.ref)
    filing.drop(call.office.desk, kept.sha256, anyway=call.given.anyway)
    return {"sha256": kept.sha256.hex()}


async def tidy(call: Call[Nothing]) -> Json:
    """Delete what no contract names, if it is older than a day."""
    return {"removed": [sha256.hex() for sha256 in filing.tidy(call.office.desk, call.office.now())]}


async def of_contract(call: Call[Nothing]) -> Json:
    """The files that a contract of the owner's names: whose they are, and whether they are here."""
    return _in_contract(call)


async def fetch(call: Call[WantedFiles]) -> Json:
    """Fetch files from the nodes of whoever named them; how far that is shows in the list of the contract's files."""
    contract = names.contract(call.office.desk, call.ref)
    wanted = {sha256.lower() for sha256 in call.given.files}
    named = filing.named_in(call.office.desk, contract)
    if unknown := wanted - {one.sha256.hex() for one in named}:
        what = f"the contract names no file {min(unknown)[:12]}"
        raise Denied("not-found", what, "see: freehold contract files CONTRACT")
    for found in named:
        missing = call.office.desk.files.get(found.sha256) is None
        if found.sha256.hex() in wanted or (missing and not wanted):
            call.office.fetch(contract, found)
    return _in_contract(call)


class FileDownload(Response):
    """A file that others may have made: a browser saves it under a harmless name, and runs nothing of it."""

    media_type = "application/octet-stream"

    def __init__(self, files: Files, kept: Kept, name: str) -> None:
        ascii_name = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
        said = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
        super().__init__(headers={"content-disposition": said, "x-content-type-options": "nosniff"})
        self.headers["content-length"] = str(kept.bytes)
        self.raw_headers.append(SANDBOX)
        self._files, self._kept = files, kept

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Piece by piece; one that is damaged breaks off."""
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for start in range(0, self._kept.bytes, PIECE_BYTES):
            piece = self._files.piece(self._kept.sha256, start, PIECE_BYTES)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await trio.lowlevel.checkpoint()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _named(desk: Desk, ref: str) -> Kept:
    """A file by its SHA-256 or a beginning of it. Raises Denied: `not-found`, `ambiguous-name`."""
    wanted = ref.strip().lower()
    if not _BEGINNING.fullmatch(wanted):
        raise Denied("bad-name", "a file is named by its SHA-256, or its first 8 digits or more", "freehold file list")
    if len(wanted) == _WHOLE:
        found = [desk.files.get(bytes.fromhex(wanted))]
    else:
        found = [kept for kept in desk.files.listed() if kept.sha256.hex().startswith(wanted)]
    match found:
        case [None] | []:
            raise Denied("not-found", "there is no such file here", "see: freehold file list")
        case [kept] if kept is not None:
            return kept
        case _:
            raise Denied("ambiguous-name", "several files begin so", "type more digits of the one you mean")


def view_of(kept: Kept) -> Json:
    """A file that is here."""
    return {
        "sha256": kept.sha256.hex(),
        "name": kept.name,
        "bytes": kept.bytes,
        "at": kept.at,
        "contracts": [text.show(contract, text.CONTRACT) for contract in sorted(kept.contracts)],
    }


def _in_contract(call: Call[Any]) -> Json:
    contract, views = names.contract(call.office.desk, call.ref), call.views()
    files = [_view(call, views, one) for one in filing.named_in(views.desk, contract)]
    return {"contract": text.show(contract, text.CONTRACT), "files": files}


def _view(call: Call[Any], views: Views, named: Named) -> Json:
    kept = views.desk.files.get(named.sha256)
    return {
        "sha256": named.sha256.hex(),
        "name": named.name,
        "save_as": safe_name(named.name),
        "where": named.where,
        **views.people("by", named.author),
        "at": named.at,
        "mine": named.author == views.desk.me,
        "here": kept is not None,
        "bytes": None if kept is None else kept.bytes,
        "fetch": call.office.fetching(named.sha256),
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/files", Nothing, listed, "Files that are here", Scope.READ),
    Operation("POST", "/files", NewFile, put, "Keep a file", Scope.WRITE, CREATED, raw=True),
    Operation(
        "GET", "/files/{ref}", SavedAs, one, "One file", Scope.READ, answers="application/octet-stream"
    ),
    Operation("POST", "/files/{ref}/remove", RemovedFile, remove, "Delete a file", Scope.WRITE),
    Operation("POST", "/files/tidy", Nothing, tidy, "Delete what no contract names", Scope.WRITE),
    Operation("GET", "/contracts/{ref}/files", Nothing, of_contract, "Files that a contract names", Scope.READ),
    Operation("POST", "/contracts/{ref}/fetch", WantedFiles, fetch, "Fetch files of a contract", Scope.WRITE),
)  # fmt: skip
