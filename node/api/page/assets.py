"""Style, script and icons of the page: read once, served under names with their hash, so that browsers keep them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("static")
PREFIX = "/static/"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
STYLE = "page.css"
"""All style sheets in one file: they are kept apart for those who edit them."""
_HASH_LETTERS = 10


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    content: bytes
    media_type: str


class Assets:
    """Files by the name that a template uses, and by the name that a browser asks for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        sheets = [content for name, content in files.items() if name.endswith(".css")]
        self._served: dict[str, Asset] = {}
        self._urls: dict[str, str] = {}
        for name, content in [*files.items(), (STYLE, b"\n".join(sheets))]:
            stem, suffix = name.rsplit(".", 1)
            served = f"{stem}.{hashlib.sha256(content).hexdigest()[:_HASH_LETTERS]}.{suffix}"
            self._served[served] = Asset(content, _TYPES["." + suffix])
            self._urls[name] = PREFIX + served

    def url(self, name: str) -> str:
        """Where a browser finds it."""
        return self._urls[name]

    def get(self, served: str) -> Asset | None:
        """The file of a URL, if there is one: a dictionary, so no name reaches the disk."""
        return self._served.get(served)
