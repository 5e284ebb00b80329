"""Forms with files, as they come: fields are kept, files go onto the shelf, and the form goes on with their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.filename import safe_name

from ...core.desk import Denied
from ...core.ports import StorageFull
from .. import uploads
from ..files import taken
from ..multipart import Begin, Data
from ..reading import bad_request
from .visit import FIELDS, expired

if TYPE_CHECKING:
    from ..port import Json
    from .visit import Visit

UPLOAD, LINES = "upload", "files"
"""The field in which a browser sends files, and the one in which the form has them as lines of hash and name."""
FILES = 20
"""As many as a record names."""
FIELD_BYTES = 64 * 1024
FORM_BYTES = 1024 * 1024
PASSED_OVER_BYTES = 64 * 1024 * 1024
"""Of files, to come to what was typed behind them."""


def has_files(visit: Visit) -> bool:
    """Whether a form comes with files."""
    return uploads.content_type(visit.request.scope) == uploads.FORM


async def read(visit: Visit) -> None:
    """Read such a form into `visit.typed`. A file that cannot be kept is `visit.refused`, and further ones are passed
    over: what was typed is still there. Raises Denied: `upload-broken`, `bad-request`, `page-expired`."""
    parts, form = uploads.Parts(visit.request.scope, visit.request.receive), _Form(visit)
    passed_over = 0
    async for event in parts:
        if isinstance(event, Begin) and event.filename is None:
            form.add(event.name, await _text(_Content(parts)))
        elif isinstance(event, Begin) and visit.refused is None:
            visit.refused = await _taken(form, event, _Content(parts))
        elif isinstance(event, Data):
            passed_over += len(event.data)
            if passed_over > PASSED_OVER_BYTES:
                break
    form.check_token()
    form.name_files()


async def _taken(form: _Form, begun: Begin, content: _Content) -> Denied | None:
    """Why a file cannot be kept; None if it is."""
    form.check_token()
    try:
        await form.take(begun, content)
    except StorageFull as error:
        return Denied("storage-full", str(error), "make room on the disk, then send it once more")
    except Denied as denied:
        if denied.code == uploads.BROKEN:
            raise
        return denied
    return None


def listed(visit: Visit, body: Json) -> list[Json]:
    """The files that a form names, for whoever is about to sign them: `bytes` is None if only the hash is here."""
    found: list[Json] = []
    for file in body.get(LINES) or ():
        kept = visit.site.office.desk.files.get(bytes.fromhex(file["sha256"]))
        found.append({**file, "bytes": None if kept is None else kept.bytes})
    return found


class _Form:
    """What has come of a form, within its bounds."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._bytes = self._fields = 0
        self._files: list[str] = []

    def add(self, name: str, value: str) -> None:
        """A field."""
        self._bytes += len(value)
        self._fields += 1
        if self._fields > FIELDS or self._bytes > FORM_BYTES:
            raise bad_request("the form is too long")
        self._visit.typed.setdefault(name, []).append(value.replace("\r\n", "\n"))

    def check_token(self) -> None:
        """Nothing is kept that did not come from a page of this session. Raises Denied."""
        if not self._visit.session.has_token(self._visit.one("page_token")):
            raise expired()

    async def take(self, begun: Begin, content: _Content) -> None:
        """A file; none, if none was chosen."""
        if not begun.filename:
            async for _ in content:
                pass
            return
        if len(self._files) >= FILES:
            raise Denied("bad-request", f"a form brings up to {FILES} files", "leave some out, or pack them into one")
        kept = await taken(self._visit.site.office.desk.files, begun.filename, content)
        self._files.append(f"{kept.sha256.hex()}  {safe_name(begun.filename)}")

    def name_files(self) -> None:
        """Add those that came to the lines that were typed, wherever in the form either stands."""
        if self._files:
            lines = [self._visit.one(LINES), *self._files]
            self._visit.typed[LINES] = ["\n".join(filter(None, lines))]


class _Content:
    """The bytes of one part."""

    def __init__(self, parts: uploads.Parts) -> None:
        self._parts = parts

    def __aiter__(self) -> _Content:
        return self

    async def __anext__(self) -> bytes:
        event = await anext(self._parts)
        if not isinstance(event, Data):
            raise StopAsyncIteration
        return event.data


async def _text(content: _Content) -> str:
    found = bytearray()
    async for piece in content:
        found += piece
        if len(found) > FIELD_BYTES:
            raise bad_request("a field of the form is too long")
    try:
        return found.decode()
    except UnicodeDecodeError as error:
        raise bad_request("a field of the form is not UTF-8 text") from error
