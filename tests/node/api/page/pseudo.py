"""A language that is nobody's: every text of the catalogues in marks."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from freehold.node.api.page.catalogues import read
from freehold.node.api.page.paper import Paper
from freehold.node.api.page.words import Words
from specs import texts

if TYPE_CHECKING:
    import pytest

TAG = "x-marks"
OPEN, CLOSE = "⟦⟧"
HEADER = (
    'msgid ""\nmsgstr ""\n"X-Name: Marks\\n"\n"X-Direction: rtl\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"'
)
_SPOKEN = ("aria-label", "title", "alt", "placeholder", "content", "data-sentence", "data-show", "data-on", "data-off")
"""Attributes that are read to somebody."""
_OTHERS = frozenset({"code", "pre", "bdi", "textarea", "script", "style"})
"""Elements for what people wrote, names, and what is typed into a terminal."""
_VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "line", "polyline", "polygon"})
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SAME = re.compile(r"Freehold|\b[A-Z]{3,8}\b|\bfh[ocr]?1\w*")
"""The same in every language: our name, currencies, names of identities and records."""


def speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page knows the language, as if its catalogue had been dropped in."""
    wrapped = {(one, many): tuple(f"{OPEN}{text}{CLOSE}" for text in (one, many) if text) for one, many in texts.used()}
    catalogue = read(TAG, texts.catalogue(HEADER, wrapped))
    paper = Paper.shared()
    monkeypatch.setitem(paper.languages, TAG, catalogue)
    monkeypatch.setitem(paper._words, TAG, Words(catalogue))
    monkeypatch.setattr(paper, "_environments", {})


class Unmarked(HTMLParser):
    """`found`: texts of a page that are in no catalogue."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name") != "description":
            return
        for name in _SPOKEN:
            self._look(given.get(name, ""), 0)
        others = tag in _OTHERS or (tag != "html" and "lang" in given) or given.get("dir") in ("auto", "ltr")
        if tag not in _VOID:
            self._open.append((tag, others))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._depth = self._look(data, self._depth, exempt=any(others for _, others in self._open))

    def _look(self, text: str, depth: int, *, exempt: bool = False) -> int:
        outside = ""
        for letter in text:
            outside += letter if depth == 0 and letter != OPEN else " "
            depth += (letter == OPEN) - (letter == CLOSE)
        if not exempt and _LETTERS.search(_SAME.sub("", outside)):
            self.found.append(" ".join(outside.split()))
        return depth
