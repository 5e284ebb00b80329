"""multipart/form-data (RFC 7578) as browsers send it, taken apart as it comes: nothing is held but a header or the
width of a delimiter, whatever is sent.

Neither Starlette nor anything else that is installed reads it without the whole of it in memory or on a disk first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

HEADER_BYTES = 4 * 1024
"""Of one part: its name, and that of a file in UTF-8."""
PARTS = 400
"""As many as a form has fields."""
_BOUNDARY = re.compile(r"multipart/form-data\s*;\s*boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))\s*", re.IGNORECASE)
_LETTERS = re.compile(r"[0-9A-Za-z'()+_,./:=? -]*[0-9A-Za-z'()+_,./:=?-]")
_DISPOSITION = re.compile(r"form-data(?:\s*;\s*(?:name|filename)=\"[^\"]*\")*\s*", re.IGNORECASE)
_PARAMETER = re.compile(r";\s*(name|filename)=\"([^\"]*)\"", re.IGNORECASE)
_ESCAPED = (("%22", '"'), ("%0D", "\r"), ("%0A", "\n"))
"""What browsers escape in names, and all that they do."""


class BadForm(Exception):
    """It is not such a form; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A field begins; with a file name (empty: none was chosen) it is a file."""

    name: str
    filename: str | None


@dataclass(frozen=True, slots=True)
class Data:
    """What follows of it."""

    data: bytes


@dataclass(frozen=True, slots=True)
class End:
    """It is over."""


Event: TypeAlias = Begin | Data | End


def boundary_of(content_type: str) -> bytes:
    """What parts are divided by. Raises BadForm."""
    found = _BOUNDARY.fullmatch(content_type.strip())
    boundary = "" if found is None else found[1] or found[2]
    if not _LETTERS.fullmatch(boundary):
        raise BadForm("it does not say what its parts are divided by")
    return boundary.encode("ascii")


class Parser:
    """Bytes in, events out. However they are cut, the events say the same."""

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._held = bytearray(b"\r\n")  # so that the first delimiter looks like the others
        self._read = self._first
        self._parts = 0
        self.over = False
        """Whether the last delimiter has come; what follows is not looked at."""

    def feed(self, data: bytes) -> list[Event]:
        """What these bytes bring. Raises BadForm."""
        self._held += data
        events: list[Event] = []
        while not self.over and self._read(events):
            pass
        if self.over:
            self._held.clear()
        return events

    def _first(self, _events: list[Event]) -> bool:
        if len(self._held) < len(self._delimiter):
            return False
        if not self._held.startswith(self._delimiter):
            raise BadForm("it does not begin with a part")
        del self._held[: len(self._delimiter)]
        self._read = self._after
        return True

    def _after(self, _events: list[Event]) -> bool:
        """Behind a delimiter: the end, or another part."""
        end = bytes(self._held[:2])
        if len(end) < len(b"--"):
            return False
        self.over = end == b"--"
        if not self.over and end != b"\r\n":
            raise BadForm("a part does not begin on a line of its own")
        del self._held[:2]
        self._parts += 1
        if self._parts > PARTS and not self.over:
            raise BadForm(f"it has more than {PARTS} parts")
        self._read = self._header
        return True

    def _header(self, events: list[Event]) -> bool:
        end = self._held.find(b"\r\n\r\n", 0, HEADER_BYTES)
        if end < 0:
            if len(self._held) >= HEADER_BYTES:
                raise BadForm("the header of a part is too long")
            return False
        events.append(_begin(bytes(self._held[:end])))
        del self._held[: end + 4]
        self._read = self._content
        return True

    def _content(self, events: list[Event]) -> bool:
        at = self._held.find(self._delimiter)
        safe = at if at >= 0 else len(self._held) - len(self._delimiter) + 1
        if safe > 0:
            events.append(Data(bytes(self._held[:safe])))
            del self._held[:safe]
        if at < 0:
            return False
        del self._held[: len(self._delimiter)]
        events.append(End())
        self._read = self._after
        return True


def _begin(header: bytes) -> Begin:
    found: dict[str, str] = {}
    for line in header.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() != "content-disposition":
            continue
        if found or not _DISPOSITION.fullmatch(value.strip()):
            raise BadForm("a part does not say what it is")
        for parameter in _PARAMETER.finditer(value):
            if parameter[1].lower() in found:
                raise BadForm("a part has two names")
            found[parameter[1].lower()] = _plain(parameter[2])
    if not found.get("name"):
        raise BadForm("a part has no name")
    return Begin(found["name"], found.get("filename"))


def _plain(text: str) -> str:
    for escaped, plain in _ESCAPED:
        text = text.replace(escaped, plain)
    return text
